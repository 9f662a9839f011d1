"""The contexts of templates: one frozen class per template, with every field described in its annotation.

The docstring of such a class begins with the template's name and a colon, where ``reference.py`` reads the name.
``templates/README.md`` is generated from these classes; a test compares it with them, and them with the fields that
templates use. Fields whose name ends in ``_html`` hold safe markup, in which ROOT stands for the relative path to the
site's root. All other fields hold plain text, which the templates escape. URLs are relative to the site's root unless
the description says otherwise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated as A
from typing import Any

import msgspec


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a template can use."""


# --- parts that several pages share ---------------------------------------------------------------------------


class Link(Context, frozen=True, kw_only=True):
    """A link with its text."""

    label: A[str, "text of the link"]
    url: A[str, "where it goes; absolute for other hosts"]


class Count(Context, frozen=True, kw_only=True):
    """A page that lists papers, with their number."""

    label: A[str, "name of the person, year, category or day"]
    url: A[str, "its page"]
    count: A[int, "number of papers"]


class CrowdPaper(Context, frozen=True, kw_only=True):
    """A paper by more than 100 authors."""

    label: A[str, "its title"]
    url: A[str, "its page"]
    authors: A[int, "number of its authors"]
    year: A[str, "in which it was submitted"]


class CategoryLink(Context, frozen=True, kw_only=True):
    """An arXiv category."""

    id: A[str, "arXiv's code, such as q-bio.NC"]
    name: A[str, "arXiv's name for it"]
    url: A[str, "its page"]


class AuthorLink(Context, frozen=True, kw_only=True):
    """An author of a paper in a list."""

    before: A[str, "text before the name: nothing, a comma, or a comma and «…» where authors are left out"]
    label: A[str, "name as printed on the paper"]
    url: A[str, "the person's page; empty for a credit that is no name, and on that very page"]
    own: A[bool, "whether the list is on the person's own page"] = False


class Entry(Context, frozen=True, kw_only=True):
    """A paper in a list, without what differs from list to list; it is rendered once for all lists."""

    url: A[str, "the paper's page"]
    id: A[str, "arXiv identifier without version"]
    title_html: A[str, "title"]
    authors: A[tuple[AuthorLink, ...], "the first three authors and the last, or all if they are four"]
    primary: A[str, "code of the primary category, or empty"]
    published: A[bool, "whether the feed gives a publisher's DOI or a journal reference"]
    withdrawn: A[bool, "whether the paper was withdrawn"]
    notes: A[int, "number of notes on it"]


class Item(Context, frozen=True, kw_only=True):
    """An entry in one particular list."""

    entry: A[Entry, "the paper"]
    mark: A[str, "why it is in this list: new, updated v3, cross-list, or empty"] = ""
    date: A[str, "day of submission, as far as no heading tells it, or empty"] = ""
    authors: A[tuple[AuthorLink, ...], "authors to show in place of the entry's own, or empty"] = ()
    abstract_html: A[str, "abstract to unfold, or empty if the list shows none"] = ""


class Group(Context, frozen=True, kw_only=True):
    """A part of a list, under its own heading."""

    label: A[str, "heading"]
    detail: A[str, "small print of the heading, such as the day of the week or the year, or empty"] = ""
    url: A[str, "page of this part, or empty"] = ""
    items: A[tuple[Item, ...], "its papers, newest first"]
    more: A[int, "number of its papers that are left out here"] = 0


class Pager(Context, frozen=True, kw_only=True):
    """Links between the pages of a split list; all fields are empty if the list fits on one page."""

    previous: A[Link | None, "previous page of the list; the label says what is on it"]
    next: A[Link | None, "next page of the list"]
    position: A[str, "such as Page 3 of 22, if there are too many to link them all above the list"]
    parts: A[tuple[PagerPart, ...], "all pages of the list, empty if there is only one"]


class PagerPart(Context, frozen=True, kw_only=True):
    """One page of a split list."""

    label: A[str, "what is on it: its first and last name, day or year"]
    url: A[str, "its URL"]
    current: A[bool, "whether it is the page at hand"]


class Letter(Context, frozen=True, kw_only=True):
    """A letter of the index of authors."""

    label: A[str, "the letter, or # for names that begin with none"]
    url: A[str, "its page, or empty if no name begins with it"]
    current: A[bool, "whether it is the page at hand"]


class Site(Context, frozen=True, kw_only=True):
    """``site`` in every template: the settings of site.toml, and the links at the top and bottom of pages."""

    title: A[str, "the site's name"]
    description: A[str, "one sentence on what the archive holds"]
    url: A[str, "absolute address of the root, with a slash at its end"]
    language: A[str, "BCP 47 code of the language of its text"]
    owner: A[str, "name of who runs the site, or empty"]
    owner_url: A[str, "the owner's page, or empty"]
    theme_color: A[str, "colour of the browser's frame, #rrggbb"]
    navigation: A[tuple[Link, ...], "links at the top of each page"]
    footer: A[tuple[Link, ...], "links at the bottom of each page"]


class HtmlPage(Context, frozen=True, kw_only=True):
    """``page`` in the template of every HTML page; the classes below add their own fields."""

    title: A[str, "title as plain text, without the site's name"]
    description: A[str, "for search engines and link previews, or empty if the title suffices"] = ""
    url: A[str, "its own address, relative to the root"]
    section: A[str, "URL of the navigation link that it belongs to, or empty"]
    crumbs: A[tuple[Link, ...], "the pages above it, from the top, without the front page"] = ()
    feed_url: A[str, "Atom feed of its papers, or empty"] = ""

    @property
    def tops_section(self) -> bool:
        """Whether the navigation links to this very page."""
        return self.url == self.section


# --- pages ----------------------------------------------------------------------------------------------------


class Home(HtmlPage, frozen=True, kw_only=True):
    """``home.html``: the front page."""

    field: A[str, "name and category of the field, or empty"]
    papers: A[int, "papers in the archive"]
    people: A[int, "persons in the archive"]
    since: A[str, "year of the oldest paper, or empty"]
    newest: A[str, "day of the newest submission, or empty"]
    newest_iso: A[str, "the same as YYYY-MM-DD"]
    newest_feed: A[str, "day of the newest feed, or empty"]
    newest_feed_iso: A[str, "the same as YYYY-MM-DD"]
    newest_day_iso: A[str, "last day of the archive, also of revisions, as YYYY-MM-DD, or empty"]
    days: A[tuple[Group, ...], "the latest days on which papers were submitted or revised"]
    years_chart_html: A[str, "papers per year as bars, or empty"]
    categories: A[tuple[Count, ...], "the largest categories"]
    topics: A[tuple[Count, ...], "the topics with most papers"]
    map_url: A[str, "the map, or empty if there is none"]
    prolific: A[tuple[Count, ...], "the persons with most papers"]


class CreditLine(Context, frozen=True, kw_only=True):
    """An author on a paper's page."""

    name: A[str, "name as printed on this paper"]
    url: A[str, "the person's page"]
    marks: A[str, "numbers of the author's affiliations, such as 1,3, or empty"]


class VersionLink(Context, frozen=True, kw_only=True):
    """A version of a paper."""

    label: A[str, "v1, v2 …"]
    url: A[str, "absolute address at arXiv"]
    date: A[str, "day of submission, or empty if no feed has this version"]


class RelatedPaper(Context, frozen=True, kw_only=True):
    """A related paper, and what the two papers have in common: authors, topics or both."""

    title_html: A[str, "its title"]
    url: A[str, "its page"]
    year: A[str, "year in which it was submitted"]
    authors: A[str, "names of common authors as a list in words, or empty"]
    is_one_author: A[bool, "whether they have one author in common"]
    topics: A[
        tuple[Link, ...], "phrases that both have, each with the page of this topic, or the search for it"
    ]


class NoteView(Context, frozen=True, kw_only=True):
    """A note by the site's owner."""

    id: A[str, "unique on its page"]
    title: A[str, "its title"]
    author: A[str, "who wrote it: its author, else the site's owner, else the site"]
    date: A[str, "day it was written, or empty"]
    body_html: A[str, "its text"]


class PaperPage(HtmlPage, frozen=True, kw_only=True):
    """``paper.html``: one paper."""

    id: A[str, "arXiv identifier without version"]
    version: A[str, "latest version, such as v2, or empty if no feed has it"]
    heading_html: A[str, "title"]
    credits: A[tuple[CreditLine, ...], "the first authors, in order"]
    folded_credits: A[tuple[CreditLine, ...], "the authors after them, shown on demand"]
    last_credits: A[tuple[CreditLine, ...], "the author after those, who is always shown"]
    affiliations: A[tuple[str, ...], "all affiliations of the authors, in the order of their numbers"]
    abstract_html: A[str, "abstract in paragraphs, or empty"]
    withdrawn: A[bool, "whether the comment or the abstract states that the paper was withdrawn"]
    withdrawal_html: A[str, "the sentence that states it, or empty"]
    before_withdrawal: A[Link | None, "the version before that of a withdrawn paper, at arXiv"]
    submitted: A[str, "day of version 1, such as 7 Mar 2026"]
    submitted_url: A[str, "page of that day"]
    revised: A[str, "day of the latest version, or empty if it is the same day"]
    versions: A[
        tuple[tuple[VersionLink, ...], ...],
        "all versions from the first, empty if there is only one; those without a date share a line",
    ]
    announcements: A[tuple[str, ...], "appearances in arXiv's daily listing, in words"]
    comment_html: A[str, "the author's comment, or empty"]
    journal: A[str, "journal reference, or empty"]
    journal_name: A[str, "name of the journal, else the beginning of the reference, or empty"]
    published: A[tuple[Link, ...], "DOIs of the published version"]
    preprint: A[Link, "DOI of the preprint"]
    primary: A[CategoryLink | None, "primary category"]
    cross_lists: A[tuple[CategoryLink, ...], "other categories"]
    subject_classes: A[tuple[str, ...], "MSC and ACM codes"]
    recurring: A[tuple[Link, ...], "topics that the paper is about, the most important first"]
    abs_url: A[str, "absolute: the paper at arXiv"]
    pdf_url: A[str, "absolute: its PDF at arXiv, or empty if the paper was withdrawn"]
    html_url: A[str, "absolute: its HTML at arXiv, or empty if there is none"]
    links: A[tuple[Link, ...], "further links of the feed"]
    license_url: A[str, "absolute: licence, or empty"]
    bibtex: A[str, "reference as BibTeX"]
    ris: A[str, "reference as RIS"]
    csl: A[str, "reference as CSL-JSON"]
    reference: A[str, "reference as a line of text"]
    markdown: A[str, "reference as a line of Markdown"]
    related: A[tuple[RelatedPaper, ...], "related papers, nearest first"]
    more_related_url: A[str, "search for more papers on the same topics, or empty"]
    notes: A[tuple[NoteView, ...], "notes by the owner"]
    newer: A[Link | None, "the paper submitted next; a long title is cut"]
    older: A[Link | None, "the paper submitted before; a long title is cut"]
    meta: A[tuple[tuple[str, str], ...], "Highwire tags except title and address: name and content"]
    json_ld_html: A[str, "schema.org description, safe inside a script element"]


class AuthorsPage(HtmlPage, frozen=True, kw_only=True):
    """``authors.html``: the start of the index of authors."""

    people: A[int, "number of persons"]
    letters: A[tuple[Letter, ...], "A to Z"]
    prolific: A[tuple[Count, ...], "the persons with most papers"]
    everybody: A[tuple[Count, ...], "all persons by inverted name, if they are few"]


class LetterPage(HtmlPage, frozen=True, kw_only=True):
    """``letter.html``: authors whose family name begins with a letter."""

    people: A[int, "number of persons under this letter"]
    letters: A[tuple[Letter, ...], "A to Z"]
    persons: A[tuple[Count, ...], "persons of this part, by inverted name"]
    pager: A[Pager, "the other parts"]


class Coauthor(Context, frozen=True, kw_only=True):
    """A co-author."""

    label: A[str, "name of the person"]
    url: A[str, "the person's page"]
    count: A[int, "number of joint papers"]
    papers_url: A[str, "the search for joint papers"]


class AuthorPage(HtmlPage, frozen=True, kw_only=True):
    """``author.html``: one person."""

    papers: A[str, "number of papers, such as 12 papers"]
    extent: A[str, "the same with first and last year, such as 12 papers, 2012–2026"]
    ends: A[
        tuple[Link, ...], "the oldest and the newest paper, labelled with their dates; none for one paper"
    ]
    group: A[bool, "whether it is a collaboration"]
    variants: A[tuple[str, ...], "other forms of the name on papers"]
    similar: A[tuple[Count, ...], "other persons whose names may be forms of this one, most papers first"]
    more_similar: A[int, "number of such persons left out"]
    report_url: A[str, "where to report that similar names are one person's, or empty"]
    orcid: A[str, "ORCID iD, or empty"]
    homepage: A[str, "the person's own page, or empty"]
    activity_html: A[str, "papers per year as a small picture, or empty"]
    years: A[tuple[Group, ...], "papers of this part by year"]
    pager: A[Pager, "the other parts"]
    coauthors: A[
        tuple[Coauthor, ...],
        "most frequent co-authors, by papers in common; as many as fit beside the list, none for one paper",
    ]
    further_coauthors: A[tuple[Link, ...], "co-authors beyond these"]
    more_coauthors: A[int, "number of co-authors left out"]
    crowd: A[CrowdPaper | None, "largest of the papers whose authors, more than 100, are not counted"]
    categories: A[tuple[Count, ...], "categories of the papers"]
    bibliography_url: A[str, ".bib of all papers, or empty if they are fewer than person_feed of site.toml"]


class MemberPage(Context, frozen=True, kw_only=True):
    """``member.html``: a person of few papers, each by more than 100 authors; it is short, as there are many."""

    title: A[str, "name of the person"]
    papers: A[tuple[CrowdPaper, ...], "newest first"]
    similar: A[tuple[Count, ...], "other persons whose names may be forms of this one, most papers first"]


class MovedPage(Context, frozen=True, kw_only=True):
    """``moved.html``: an earlier address of a person's page."""

    title: A[str, "name of the person"]
    target: A[str, "the person's page"]


class YearLine(Context, frozen=True, kw_only=True):
    """A year of the archive."""

    label: A[str, "the year"]
    url: A[str, "its page"]
    count: A[int, "number of papers"]
    bibliography_url: A[str, ".bib of the year"]


class ArchivePage(HtmlPage, frozen=True, kw_only=True):
    """``archive.html``: all years."""

    papers: A[int, "number of papers"]
    years_chart_html: A[str, "papers per year as bars"]
    years: A[tuple[YearLine, ...], "newest first"]


class CalendarDay(Context, frozen=True, kw_only=True):
    """A day of a calendar, or the room before the first and after the last day of a month."""

    label: A[str, "day of the month, or empty for room"] = ""
    url: A[str, "its page, or empty if it has none"] = ""
    count: A[int, "number of papers"] = 0
    tint: A[int, "1 to 4, the more papers the darker; 0 without papers"] = 0


class MonthLine(Context, frozen=True, kw_only=True):
    """A month of a year's page."""

    label: A[str, "name of the month"]
    url: A[str, "its page"]
    count: A[int, "number of papers"]
    weeks: A[tuple[tuple[CalendarDay, ...], ...], "its weeks, each of seven days from Monday to Sunday"]


class Tint(Context, frozen=True, kw_only=True):
    """A tint of a calendar's days."""

    tint: A[int, "1 to 4"]
    label: A[str, "numbers of papers that have it, such as 3–5"]


class YearPage(HtmlPage, frozen=True, kw_only=True):
    """``year.html``: one year."""

    papers: A[int, "number of papers"]
    extent: A[str, "on how many days, and the day with most papers, or empty if one day has them all"]
    tints: A[tuple[Tint, ...], "what the tints of days stand for, the lightest first"]
    months: A[tuple[MonthLine, ...], "months with papers, in calendar order"]
    groups: A[tuple[Group, ...], "all papers by month, newest first, if they are few"]
    bibliography_url: A[str, ".bib of the year"]
    newer: A[Link | None, "next year with papers"]
    older: A[Link | None, "previous year with papers"]


class MonthPage(HtmlPage, frozen=True, kw_only=True):
    """``month.html``: one month, or a part of it."""

    papers: A[int, "number of papers of the month"]
    days: A[tuple[Group, ...], "papers of this part by day"]
    bibliography_url: A[str, ".bib of the year, or empty"]
    pager: A[Pager, "the other parts"]
    weeks: A[tuple[tuple[CalendarDay, ...], ...], "the days of the month, in weeks from Monday to Sunday"]
    categories: A[tuple[Count, ...], "primary categories of the month's papers, the most frequent first"]
    newer: A[Link | None, "next month with papers"]
    older: A[Link | None, "previous month with papers"]


class DayPage(HtmlPage, frozen=True, kw_only=True):
    """``day.html``: one day, or a part of it."""

    weekday: A[str, "name of the day of the week"]
    announced: A[int, "papers in arXiv's listing of that day, 0 if it is not known"]
    submitted: A[int, "other papers submitted that day"]
    revised: A[int, "other papers revised that day"]
    groups: A[
        tuple[Group, ...], "papers of this part: new, cross-listed and replaced ones, submitted, revised"
    ]
    bibliography_url: A[str, ".bib of the year, or empty"]
    pager: A[Pager, "the other parts"]
    categories: A[tuple[Count, ...], "primary categories of the day's papers, if they fit beside the list"]
    newer: A[Link | None, "next day with papers"]
    older: A[Link | None, "previous day with papers"]


class CatchUp(HtmlPage, frozen=True, kw_only=True):
    """``catchup.html``: all papers since a day, which a script shows."""

    oldest_iso: A[str, "first day of the archive as YYYY-MM-DD, or empty"]
    newest_iso: A[str, "last day of the archive as YYYY-MM-DD, or empty"]
    newest: A[str, "last day of the archive, or empty"]
    newest_url: A[str, "page of the last day, or empty"]
    files: A[tuple[str, ...], "files of the last days, which the script reads first"]
    categories: A[tuple[Count, ...], "all categories, to choose one"]


class Following(HtmlPage, frozen=True, kw_only=True):
    """``following.html``: what is new of what a reader follows, which a script shows."""

    newest_iso: A[str, "last day of the archive as YYYY-MM-DD, or empty"]
    categories: A[bool, "whether there is a page of categories"]


class CategoryLine(Context, frozen=True, kw_only=True):
    """A category in the list of all categories."""

    id: A[str, "arXiv's code"]
    name: A[str, "arXiv's name"]
    url: A[str, "its page"]
    primary: A[int, "papers that have it as primary category"]
    cross: A[int, "papers cross-listed to it"]


class CategoryGroup(Context, frozen=True, kw_only=True):
    """One of arXiv's groups, such as Quantitative Biology."""

    label: A[str, "name of the group"]
    papers: A[int, "number of papers that have a primary category of the group"]
    categories: A[tuple[CategoryLine, ...], "its categories, most papers first"]
    folded: A[tuple[CategoryLine, ...], "its categories with few papers, shown on demand"]


class CategoriesPage(HtmlPage, frozen=True, kw_only=True):
    """``categories.html``: all categories."""

    groups: A[tuple[CategoryGroup, ...], "by arXiv's groups, most papers first"]
    small_groups: A[tuple[CategoryGroup, ...], "the groups that have no category but small ones"]


class CategoryPage(HtmlPage, frozen=True, kw_only=True):
    """``category.html``: one category, its newest papers or one of its years."""

    id: A[str, "arXiv's code"]
    name: A[str, "arXiv's name"]
    group: A[str, "arXiv's group"]
    primary: A[int, "papers that have it as primary category"]
    cross: A[int, "papers cross-listed to it"]
    years: A[tuple[Count, ...], "years with papers, newest first"]
    year: A[str, "the year shown, or empty for the newest papers"]
    shared: A[tuple[Count, ...], "other categories of the papers of this part, the most frequent first"]
    newer: A[Link | None, "next year with papers"]
    older: A[Link | None, "previous year with papers"]
    months: A[tuple[Group, ...], "papers of this part by month"]
    pager: A[Pager, "the other parts"]
    bibliography_url: A[str, ".bib of all its papers"]


class TopicLetter(Context, frozen=True, kw_only=True):
    """The topics whose names begin with a letter."""

    label: A[str, "the letter"]
    topics: A[tuple[Count, ...], "by name"]


class TopicsPage(HtmlPage, frozen=True, kw_only=True):
    """``topics.html``: all topics."""

    topics: A[int, "number of topics"]
    letters: A[tuple[TopicLetter, ...], "the topics by first letter"]
    map_url: A[str, "the map, or empty if there is none"]


class TopicPage(HtmlPage, frozen=True, kw_only=True):
    """``topic.html``: one topic, or a part of its papers."""

    also: A[str, "its acronym, or what its name is the acronym of, or empty"]
    extent: A[str, "number of papers, first and last year, such as 12 papers, 2012–2026"]
    activity_html: A[str, "papers per year as a small picture, or empty"]
    years: A[tuple[Group, ...], "papers of this part by year"]
    pager: A[Pager, "the other parts"]
    related: A[tuple[Count, ...], "topics that the same papers are about, with the number of these papers"]
    authors: A[tuple[Count, ...], "persons with several of the papers, most papers first"]
    search_url: A[str, "search for all papers that have the term"]
    bibliography: A[Link, ".bib of the newest papers; the text says of how many"]


class MapLabel(Context, frozen=True, kw_only=True):
    """The name of a topic on the map."""

    label: A[str, "its name"]
    url: A[str, "its page"]
    x: A[str, "where the middle of the text is, in per cent from the left"]
    y: A[str, "where its base line is, in per cent from the top"]
    size: A[int, "1 to 3, the more papers the larger"]


class MapPlace(Context, frozen=True, kw_only=True):
    """A topic in the list that says in words what the map shows."""

    topic: A[Count, "the topic"]
    near: A[tuple[Link, ...], "the topics next to it on the map, the nearest first"]


class MapPage(HtmlPage, frozen=True, kw_only=True):
    """``map.html``: the papers as a map, with the topics that they are about."""

    papers: A[int, "number of papers on the map"]
    density_html: A[str, "areas with papers, the denser the darker, as SVG that can be stretched"]
    labels: A[tuple[MapLabel, ...], "topics that have room where the map is wide"]
    few_labels: A[tuple[MapLabel, ...], "topics that have room on a phone"]
    places: A[tuple[MapPlace, ...], "all topics by name"]


class TextPage(HtmlPage, frozen=True, kw_only=True):
    """``page.html``: a Markdown page by the owner."""

    headings: A[tuple[Link, ...], "its headings of the second level, empty if they are fewer than three"]
    body_html: A[str, "its text"]


class NoteLine(Context, frozen=True, kw_only=True):
    """A note in the list of notes."""

    title: A[str, "its title"]
    url: A[str, "its place on the paper's page"]
    author: A[str, "who wrote it: its author, else the site's owner, else the site"]
    date: A[str, "day it was written, or empty"]
    beginning: A[str, "beginning of its text, or empty"]
    entry: A[Entry, "the paper"]


class NotesPage(HtmlPage, frozen=True, kw_only=True):
    """``notes.html``: all notes, newest first."""

    notes: A[tuple[NoteLine, ...], "the notes of this part"]
    pager: A[Pager, "the other parts"]


class ReadingListPage(HtmlPage, frozen=True, kw_only=True):
    """``reading-list.html``: the papers that a reader has saved in the browser, which a script shows."""


class SearchPage(HtmlPage, frozen=True, kw_only=True):
    """``search.html``: the search, whose results a script shows."""

    domain: A[str, "host and path of the site, for search engines of the web"]
    categories: A[bool, "whether there is a page of categories"]
    watches: A[tuple[Count, ...], "saved searches"]


class WatchPage(HtmlPage, frozen=True, kw_only=True):
    """``watch.html``: a saved search."""

    query: A[str, "what is searched for"]
    search_url: A[str, "the search page with this query"]
    papers: A[int, "number of papers that match"]
    years: A[tuple[Group, ...], "papers of this part by year"]
    pager: A[Pager, "the other parts"]


class NotFound(HtmlPage, frozen=True, kw_only=True):
    """``404.html``: shown for a missing page, at any depth."""


# --- files for machines ---------------------------------------------------------------------------------------


class FeedEntry(Context, frozen=True, kw_only=True):
    """A paper in an Atom feed."""

    id: A[str, "permanent identifier: the address of the version at arXiv"]
    url: A[str, "absolute: the paper's page here"]
    title: A[str, "plain text"]
    authors: A[tuple[str, ...], "names"]
    published: A[str, "RFC 3339"]
    updated: A[str, "RFC 3339"]
    categories: A[tuple[str, ...], "codes"]
    summary: A[str, "abstract as plain text"]


class AtomFeed(Context, frozen=True, kw_only=True):
    """``feed.xml``: the newest papers of the site, a category, a topic or a person (RFC 4287)."""

    title: A[str, "title of the feed"]
    url: A[str, "absolute: its own address, which is also its id"]
    alternate: A[str, "absolute: the page that lists the same papers"]
    updated: A[str, "RFC 3339: when its newest entry changed"]
    entries: A[tuple[FeedEntry, ...], "newest first"]


class Bibliography(Context, frozen=True, kw_only=True):
    """``papers.bib``: BibTeX of a year, a category, a topic or a person."""

    heading: A[str, "description in one line"]
    entries: A[tuple[str, ...], "complete BibTeX entries"]


class PaperRecord(Context, frozen=True, kw_only=True):
    """A paper in ``papers.json``."""

    id: A[str, "arXiv identifier without version"]
    version: A[int | None, "latest version, null if no feed has it"]
    title: A[str, "plain text"]
    authors: A[tuple[str, ...], "names as printed"]
    published: A[datetime, "time of version 1"]
    updated: A[datetime, "time of the latest version"]
    categories: A[tuple[str, ...], "codes, the primary one first"]
    doi: A[str | None, "first DOI of the published work, without a prefix"]
    dois: A[tuple[str, ...], "all DOIs of the published work"]
    journal: A[str | None, "journal reference"]
    url: A[str, "its page, relative to the site's root"]


class PapersJson(Context, frozen=True, kw_only=True):
    """``papers.json``: every paper, without abstracts."""

    papers: A[tuple[PaperRecord, ...], "newest first"]


class SitemapUrl(Context, frozen=True, kw_only=True):
    """An address in a sitemap."""

    loc: A[str, "absolute"]
    lastmod: A[str, "YYYY-MM-DD, or empty"] = ""


class Sitemap(Context, frozen=True, kw_only=True):
    """``sitemap.xml``: addresses for search engines (sitemaps.org 0.9)."""

    urls: A[tuple[SitemapUrl, ...], "at most 40,000"]


class SitemapIndex(Context, frozen=True, kw_only=True):
    """``sitemap-index.xml``: the parts of a sitemap that is too large for one file."""

    parts: A[tuple[SitemapUrl, ...], "addresses of the parts"]


class OpenSearch(Context, frozen=True, kw_only=True):
    """``opensearch.xml``: the search for a browser's address bar (OpenSearch 1.1)."""

    url: A[str, "absolute: the search page"]


class Robots(Context, frozen=True, kw_only=True):
    """``robots.txt``: permits everything."""

    sitemap: A[str, "absolute address of the sitemap"]


class WebManifest(Context, frozen=True, kw_only=True):
    """``manifest.webmanifest``: name, colours and icons for an installed site."""

    data: A[dict[str, Any], "the manifest"]


class StaticFile(Context, frozen=True, kw_only=True):
    """A file without a template: a static file, or one whose bytes its function makes."""

    data: A[bytes, "its bytes"]
