"""Which comments and abstracts say that a paper was withdrawn, and which only use the word."""

from pathlib import Path

import pytest
from conftest import build

from sitegen.text.withdrawn import statement

# Comments of arXiv papers, and what the banner quotes of them.
WITHDRAWN_BY_COMMENT = {
    # From arXiv, as they stand there.
    "This paper has been withdrawn": "This paper has been withdrawn",
    "This paper has been withdrawn by the author(s). 5 pages, 4 figures": (
        "This paper has been withdrawn by the author(s)."
    ),
    "This paper has been withdrawn by the author due to a crucial sign error in equation 3": (
        "This paper has been withdrawn by the author due to a crucial sign error in equation 3"
    ),
    "Withdrew since neurons can never be quantum devices, August 24, 2016": (
        "Withdrew since neurons can never be quantum devices, August 24, 2016"
    ),
    "Withdrawn, new, extended results sumbmitted": "Withdrawn, new, extended results sumbmitted",
    "20 pages, 4 figures The paper has been withdrawn by the author due to\n  misinterpretation of output": (
        "The paper has been withdrawn by the author due to misinterpretation of output"
    ),
    "Reason for withdrawal is that in the draft the study is incomplete. See https://doi.org/10.1063/1": (
        "Reason for withdrawal is that in the draft the study is incomplete."
    ),
    "19 pages Reason for withdrawal: There is an erroneous theorem": (
        "Reason for withdrawal: There is an erroneous theorem"
    ),
    "Withdrawn pending data use agreement clarification": "Withdrawn pending data use agreement clarification",
    "Workshop at NeurIPS 2018 arXiv:1811.07216. This paper is being withdrawn due to a mistake. Sorry.": (
        "This paper is being withdrawn due to a mistake."
    ),
    "All of the co-authors of this article agree to withdraw it, because it is not ready": (
        "All of the co-authors of this article agree to withdraw it, because it is not ready"
    ),
    "We find some essential error, so we apply to withdrawal this paper": (
        "We find some essential error, so we apply to withdrawal this paper"
    ),
    "10 pages, 10 figures (non-original) Withdrawn due to insufficiency of background": (
        "Withdrawn due to insufficiency of background"
    ),
    "arXiv admin note: submission has been withdrawn by arXiv\n  administrators due to text reuse": (
        "arXiv admin note: submission has been withdrawn by arXiv administrators due to text reuse"
    ),
    "arXiv admin note: This version has been removed by arXiv administrators due to copyright infringement": (
        "arXiv admin note: This version has been removed by arXiv administrators due to copyright infringement"
    ),
    "This submission has been withdrawn by arXiv administrators due to text overlap": (
        "This submission has been withdrawn by arXiv administrators due to text overlap"
    ),
    "12 pages. arXiv admin note: This paper has been withdrawn by arXiv due to disputed authorship": (
        "arXiv admin note: This paper has been withdrawn by arXiv due to disputed authorship"
    ),
    # Other ways to say it.
    "This paper has been withdrawn by the authors due to an error in Eq. (4)": (
        "This paper has been withdrawn by the authors due to an error in Eq. (4)"
    ),
    "12 pages (withdrawn by the author)": "12 pages (withdrawn by the author)",
    "The author withdraws this paper because of an error": "The author withdraws this paper because of an error",
    "The authors have withdrawn the manuscript": "The authors have withdrawn the manuscript",
    "Both authors wish to withdraw this paper.": "Both authors wish to withdraw this paper.",
    "I withdraw this paper; the proof of Thm. 2 fails": "I withdraw this paper; the proof of Thm. 2 fails",
    "We have decided to withdraw our paper from arXiv": "We have decided to withdraw our paper from arXiv",
    "arXiv has withdrawn this submission": "arXiv has withdrawn this submission",
    "Withdrawn.": "Withdrawn.",
    "WITHDRAWN": "WITHDRAWN",
    "[withdrawn]": "withdrawn",
    "Withdrawn by the authors": "Withdrawn by the authors",
    "5 pages, 2 figures, withdrawn": "5 pages, 2 figures, withdrawn",
    "12 pages; paper withdrawn by the author": "12 pages; paper withdrawn by the author",
    "Paper withdrawn: Lemma 3 is wrong": "Paper withdrawn: Lemma 3 is wrong",
    "Due to an error in Eq. 1, this paper has been withdrawn. Sorry": (
        "Due to an error in Eq. 1, this paper has been withdrawn."
    ),
    "This paper is temporarily withdrawn": "This paper is temporarily withdrawn",
    "This manuscript was withdrawn by the submitter": "This manuscript was withdrawn by the submitter",
    "The current version of this paper is withdrawn": "The current version of this paper is withdrawn",
    "This paper has been withdrawn from arXiv": "This paper has been withdrawn from arXiv",
    "This paper has been withdrawn and replaced by arXiv:1411.4625": (
        "This paper has been withdrawn and replaced by arXiv:1411.4625"
    ),
    "Submitted to Phys. Rev. D. The paper has been withdrawn by the author": (
        "The paper has been withdrawn by the author"
    ),
    "Supersedes arXiv:1101.0001. This paper has been withdrawn by the authors": (
        "This paper has been withdrawn by the authors"
    ),
}
WITHDRAWN_BY_ABSTRACT = {
    "This paper has been withdrawn by the author due to an error in Eq. 1.": (
        "This paper has been withdrawn by the author due to an error in Eq. 1."
    ),
    'This paper has been withdrawn. Its main conclusions are in "On dynamics"': "This paper has been withdrawn.",
    "[This paper has been withdrawn by the author due to updated research (arXiv:1811.01918)] As the paradigm": (
        "This paper has been withdrawn by the author due to updated research (arXiv:1811.01918) As the paradigm"
    ),
    "The following paper has been withdrawn from consideration for publication because there are mistakes.": (
        "The following paper has been withdrawn from consideration for publication because there are mistakes."
    ),
    "This paper is withdrawn since we found a flaw.": "This paper is withdrawn since we found a flaw.",
    "Paper withdrawn by the author. We study mice.": "Paper withdrawn by the author.",
    "Withdrawn.": "Withdrawn.",
    "We study mice. This paper has been withdrawn because of a bug in our code.": (
        "This paper has been withdrawn because of a bug in our code."
    ),
}
NOT_WITHDRAWN_BY_COMMENT = [
    "12 pages; supersedes the withdrawn arXiv:2405.13351",
    "12 pages; supersedes arXiv:2405.13351, withdrawn",
    "Replaces arXiv:2405.13351 (withdrawn by the authors)",
    "Replaces the withdrawn paper 2405.13351",
    "Supersedes arXiv:2405.13351. Paper withdrawn by the authors",
    "Comment on arXiv:2405.13351, which has been withdrawn",
    "Comment on Smith et al.; the paper has been withdrawn by the authors",
    "A reply to a paper that was withdrawn",
    "Data on blood withdrawn from 12 mice",
    "Withdrawal of nicotine; 4 figures",
    "Drugs withdrawn from the market, 12 pages",
    "and re-submitted after the Reviewers withdrew after 5 months",
    "This paper was withdrawn from Nature and submitted to Science",
    "We withdrew this paper from ICLR 2024",
    "Withdrawn from NeurIPS 2023; 12 pages",
    "Withdrawn by the authors from ICLR 2024",
    "Submitted to ICLR 2024, withdrawn",
    "This paper has been withdrawn from publication in PRL",
    "An earlier version of this paper was withdrawn",
    "The first version has been withdrawn because of a bug; this one is correct",
    "The previous version was withdrawn due to a bug in the code",
    "v1 was withdrawn because of a bug",
    "This paper has not been withdrawn",
    "This paper was withdrawn by mistake; it is restored here",
    "This paper had been withdrawn; it is now reinstated",
    "This paper has been withdrawn and is now restored",
    "We withdraw the claim of Section 3",
    "We withdrew our paper arXiv:2405.13351 and replace it with this one",
    "Theorem 3 of this paper is withdrawn",
    "Artifacts removed by ICA, 12 pages",
    "arXiv admin note: text overlap with arXiv:1005.1516",
    "",
]
NOT_WITHDRAWN_BY_ABSTRACT = [
    "The state persists even after the input that elicited that state is withdrawn.",
    "Blood was withdrawn by the authors from 12 mice.",
    "Withdrawn by the FDA in 2004, rofecoxib is studied here.",
    "Withdrawn patients were not counted.",
    "In 1998 the Lancet printed a study. This paper was withdrawn in 2010. We model its effects.",
    "Reasons for withdrawal were pain and fear.",
    "The symptoms influence their host to withdraw from social activity.",
    "We show that the paper of Smith has been withdrawn by the authors.",
    "On withdrawing the stimulus, the activity decays.",
    "Line noise was removed by a notch filter.",
]


@pytest.mark.parametrize(("comment", "quoted"), WITHDRAWN_BY_COMMENT.items())
def test_a_comment_says_that_the_paper_was_withdrawn(comment: str, quoted: str) -> None:
    assert statement(comment, "We study mice.") == quoted


@pytest.mark.parametrize(("abstract", "quoted"), WITHDRAWN_BY_ABSTRACT.items())
def test_an_abstract_says_that_the_paper_was_withdrawn(abstract: str, quoted: str) -> None:
    assert statement("12 pages", abstract) == quoted


@pytest.mark.parametrize("comment", NOT_WITHDRAWN_BY_COMMENT)
def test_a_comment_has_the_word_alone(comment: str) -> None:
    assert statement(comment, "We study mice.") == ""


@pytest.mark.parametrize("abstract", NOT_WITHDRAWN_BY_ABSTRACT)
def test_an_abstract_has_the_word_alone(abstract: str) -> None:
    assert statement("12 pages", abstract) == ""


def test_the_comment_is_quoted_before_the_abstract() -> None:
    assert statement("Withdrawn by the author", "This paper has been withdrawn") == "Withdrawn by the author"


def test_a_statement_is_quoted_in_part_if_it_is_long() -> None:
    quoted = statement("This paper has been withdrawn because " + "of an error and " * 100, "")
    assert 380 < len(quoted) <= 400
    assert quoted.endswith(" …")


@pytest.mark.parametrize("again", ["(", "note: ", "the paper has been withdrawn; ", "by the ", ", "])
def test_hostile_text_takes_no_long_time(again: str) -> None:
    # Without bounds in the expressions each of these takes minutes.
    assert statement("", "supersedes withdr" + again * 10_000) == ""


_ENTRY = """<entry><id>http://arxiv.org/abs/2603.0000{number}v2</id><title>T</title><summary>S</summary>
<published>2026-03-07T22:41:26Z</published><updated>2026-03-07T22:41:26Z</updated>
<arxiv:comment>{comment}</arxiv:comment><arxiv:primary_category term="q-bio.NC"/>
<category term="q-bio.NC"/><author><name>Ada Example</name></author></entry>"""


def test_a_withdrawn_paper_has_a_banner_and_no_pdf(tmp_path: Path) -> None:
    comments = ("supersedes the withdrawn arXiv:2405.13351", "withdrawn by arXiv administrators due to $x$")
    entries = "".join(_ENTRY.format(number=at, comment=text) for at, text in enumerate(comments, 1))
    feeds = tmp_path / "content" / "feeds"
    feeds.mkdir(parents=True)
    (tmp_path / "content/site.toml").write_text('title = "T"\nurl = "https://example.org/"\n', "utf-8")
    (feeds / "a.xml").write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        f"<id>x</id><title>t</title>{entries}</feed>",
        "utf-8",
    )
    site = build(tmp_path / "content", tmp_path / "output")
    there, gone = (site.joinpath(f"abs/2603.0000{at}/index.html").read_text("utf-8") for at in (1, 2))
    for words in ("https://arxiv.org/pdf/", "https://arxiv.org/html/", "citation_pdf_url"):
        assert words in there
        assert words not in gone
    for words in ('class="banner"', "note={Withdrawn}", "N1  - Withdrawn"):
        assert words not in there
        assert words in gone
    assert "<blockquote>withdrawn by arXiv administrators due to <math>" in gone
