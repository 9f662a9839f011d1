"""Finds out whether a paper was withdrawn, which arXiv's metadata state only in the comment or the abstract.

A paper counts as withdrawn only if its author or arXiv's administrators state it of this paper. The word alone is not
enough: a paper may supersede a withdrawn one, reply to it, or be withdrawn from a journal. In doubt a paper counts as
not withdrawn, because a dead link does less harm than a paper that is wrongly called withdrawn. A retraction by a
journal is no withdrawal: the preprint is still at arXiv.
"""

from __future__ import annotations

import re
from itertools import islice
from textwrap import shorten

from sitegen.text.patterns import pattern

# Characters of a statement that a banner quotes.
_LONGEST = 400
# For each claim the text before it is searched; a limit keeps the time linear. No real comment has so many.
_MOST_CLAIMS = 20

# Every statement contains one of these; the test for them is a hundred times as fast as _CLAIM.
_MARKS = ("withdr", "removed")

_NOUN = r"(?:paper|article|manuscript|submission|pre-?print|e-?print|version|draft|work|document|note|letter)"
_WHICH = rf"(?:(?:present|current|following|above|entire|whole|arxiv)\s+)?{_NOUN}"
_OF_THIS = rf"(?:\s+of\s+(?:this|the|our|my)\s+{_NOUN})?"  # this version of the paper
_ARXIV = r"(?:the\s+)?arxiv(?:\.org)?(?:['’]s)?(?:\s+(?:admin|moderat)\w*)?"
_AGENT = (
    r"(?:(?:the|its|all(?:\s+(?:of\s+)?the)?)\s+)?"
    rf"(?:(?:\w+\s+)?(?:co-?)?author|submitter|{_ARXIV}|admin|me\b|us\b)"
)
_ADVERB = (
    r"(?:(?:now|hereby|therefore|thus|hence|just|already|temporarily|voluntarily|formally|officially)\s+)?"
)
_PASSIVE = rf"(?:has\s+{_ADVERB}been|is\s+{_ADVERB}being|is|was)\s+{_ADVERB}"
_WITHDRAWN = rf"(?:withdrawn|removed(?=\s+by\s+{_ARXIV}))\b"
_WITHDRAW = r"""
    (?:(?:has|have|had|hereby|now|therefore|thus|must|would|like|wish(?:es)?|wants?|need(?:s|ed)?|decided?|choose|chose|chosen
    |agree[ds]?|apply|applied|requests?|requested|am|are|is|to|the|a|all|voluntarily|temporarily|formally|forced)\s+){0,5}
    withdr(?:aws?|ew|awn|awing|awal)(?:\s+of)?
"""

_CLAIM = pattern(
    rf"""
    (?:
        # At the beginning of a clause, after a bracket, a heading of a note or a few linking words,
        (?: (?:^|[\s(\[*–—-])(?<![\w,;:.!?)\]]\s)(?<!\w[–—-]) | (?<=[,;:.!?)\]])\s* )
        [(\[*"“–—\s-]{{0,4}}
        (?:arxiv\s+admin\w*\s+note:?\s*)?
        (?:(?:(?:please\s+)?not(?:e|ice)(?:\s+that|:)?|and|so|thus|therefore|hence|unfortunately|warning:|update:|comments?:),?\s+){{0,3}}
    |   # or at a new sentence without a full stop before it: "20 pages, 4 figures The paper has been withdrawn".
        (?-i:(?<=[\w)]\s)(?=(?:This|The|Withdrawn|WITHDRAWN|Paper|Reason)\s))
    )
    (?:
        (?P<this>(?:this|our|my)\s+{_WHICH}{_OF_THIS}(?:,[^,.;]{{1,60}},|\s*\([^()]{{1,60}}\))?\s+
            (?:(?P<past>was)\s+{_ADVERB}|{_PASSIVE})?{_WITHDRAWN})
    |   (?P<own>(?:we|i)\s+{_WITHDRAW}\s+(?:this|our|my|the)\s+{_NOUN}(?!\s*[\[(]?\s*(?:arxiv:|[0-9]{{4}}\.[0-9])))
    |   (?P<people>
            (?:  (?:all\s+(?:of\s+)?)?(?:(?:the|both)\s+)?(?:co-?)?authors?(?P<of_this>\s+of\s+this\s+{_NOUN})?
            |   the\s+submitter
            |   {_ARXIV}
            )
            \s+{_WITHDRAW}\s+(?:(?:this|the|our|their|his|her)\s+{_NOUN}|(?(of_this)it|this))\b
            (?!\s*[\[(]?\s*(?:arxiv:|[0-9]{{4}}\.[0-9])))
    |   (?P<the>(?:the\s+)?{_WHICH}{_OF_THIS}\s+{_PASSIVE}{_WITHDRAWN})
    |   (?P<bare>(?:{_NOUN}[:,]?\s+|temporarily\s+)?{_WITHDRAWN}
            (?=\s*(?:$|[.,;:!)\]–—]|by\s+{_AGENT}|(?:due|owing|because|since|as|pending|until|in\s+favou?r|on|for|to|and\s+replaced|temporarily|from)\b)))
    |   (?P<withdrew>^withdrew\s+(?:since|because|due|as)\b)
    |   (?P<reason>reasons?\s+(?:for|of)\s+(?:(?:the|this|our)\s+)?withdrawal\b)
    )
    """,
    re.I | re.X,
)
# After the claim: withdrawn from a journal, a conference or the market; by somebody else; by mistake.
_ELSEWHERE = pattern(
    rf"""
    \s*(?:by\s+(?!{_AGENT}) | in\s+error\b
    |   (?:by\s+{_AGENT}\S*\s+)?from\s+(?!
            (?:the\s+|this\s+)?(?:arxiv|e-?prints?|pre-?prints?|archive|repository|server|public|circulation)\b
        |   (?:further\s+)?(?:consideration|publication)(?:\s+for\s+publication)?(?!\s+(?:in|at|by|to|of|for)\b)))
    """,
    re.I | re.X,
)
_UNDONE = pattern(r"\b(?:reinstated|restored|no longer withdrawn)\b", re.I)
# Before the claim: another work, or a journal or conference, that the claim may refer to.
_OTHER_WORK = pattern(
    rf"""
    arxiv: | \b[0-9]{{4}}\.[0-9]{{4,5}} | \bet\ al\b | \bdoi\b
    | \b(?:comments?\s+on|repl(?:y|ies)|respon(?:se|d)|supersedes?|replac(?:es?|ing)|extends?|extension\s+of)\b
    | \b(?:companion|previous|earlier|original|first)\s+(?:\w+\s+)?{_NOUN}\b
    """,
    re.I | re.X,
)
_VENUE = pattern(
    r"\b(?:submitted|accepted|appear|published|presented|workshop|conference|journal|proc)\b", re.I
)
_BY_AGENT = pattern(rf"\s*by\s+{_AGENT}", re.I)
# The end of a sentence: not the full stop of an abbreviation, "due to an error in Eq. 1".
_END = pattern(
    r"(?<![Ee]q)(?<![Ff]ig)(?<![Ss]ec)(?<![Tt]hm)(?<![Rr]ef)(?<!\b[Pp]rop)(?<!\b[Nn]o)(?<!\bal)(?<!\b[A-Z])"
    r"(?<!e\.g)(?<!i\.e)[.!?](?=\s|$)"
)


def statement(comment: str, abstract: str) -> str:
    """Return the sentence of the comment, or else of the abstract, that states the withdrawal; "" without one."""
    return _statement(comment, is_comment=True) or _statement(abstract, is_comment=False)


def _statement(text: str, *, is_comment: bool) -> str:
    lowered = text.lower()
    if not any(mark in lowered for mark in _MARKS):
        return ""
    text = " ".join(text.split())
    for claim in islice(_CLAIM.finditer(text), _MOST_CLAIMS):
        if _is_about_this_paper(text, claim, is_comment=is_comment):
            return _sentence(text, claim)
    return ""


def _is_about_this_paper(text: str, claim: re.Match[str], *, is_comment: bool) -> bool:
    """Return whether a claim is certainly about this paper, judging by the text around it."""
    kind, end = claim.lastgroup, claim.end()
    if _ELSEWHERE.match(text, end) or _UNDONE.search(text, end):
        return False
    before = text[: claim.start()].strip(' ([*"“-–—')
    if claim["this"] or claim["own"]:
        # In an abstract, "this paper was withdrawn" may refer to another paper.
        return is_comment or not (claim["past"] and before)
    if _OTHER_WORK.search(before):
        return False
    by_agent = bool(claim["people"]) or bool(_BY_AGENT.match(text, end))
    if not is_comment:
        at_an_end = text[end : end + 1] in ("", ".", "]", ")")
        return not before and kind != "reason" and (bool(claim["the"]) or by_agent or at_an_end)
    return by_agent or not _VENUE.search(before)


def _sentence(text: str, claim: re.Match[str]) -> str:
    """Return the sentence that contains a claim, without brackets around it."""
    start = 0
    for end in _END.finditer(text):
        if end.start() >= claim.end():
            text = text[: end.end()]
            break
        if end.end() <= claim.start() + 1:
            start = end.end()
    if claim[0].strip()[:1].isupper():  # a new sentence, with or without a full stop before it
        start = claim.start()
    sentence = text[start:].strip(" *").lstrip("([ ")
    for opening, closing in ("()", "[]"):
        if opening not in sentence:  # the opening bracket was before the sentence
            sentence = sentence.replace(closing, "")
    return shorten(sentence, _LONGEST, placeholder=" …")
