"""Makes HTML of an owner's Markdown safe to publish; the sole importer of nh3.

Left out are elements that could run, load or imitate something, unless ``unsafe_html`` is set in site.toml. It is
a setting of the site, and not of a page, because the author of a page or a note in a pull request is not the one who
may allow it. Addresses are checked in either case.
"""

from __future__ import annotations

import re
import string
from html import unescape
from typing import NamedTuple

import nh3

from sitegen.config.toml import shown
from sitegen.models import ArxivId
from sitegen.text import PAPER_LINK, ROOT

# Applied to output of markdown, in which text is escaped, so that every match is a tag.
_ALIGNED_CELL = re.compile(r'(<t[hd]) style="text-align: (left|right|center);"')
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z][^\s/<>]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)")
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")
# Applied to output of nh3, in which every attribute is quoted.
_IMAGE_WITHOUT_SOURCE = re.compile(r'<img(?: (?!src=)[\w-]+="[^"]*")*>')

# Characters that the URL Standard removes before parsing (https://url.spec.whatwg.org/#concept-basic-url-parser), and
# those that content.py removes later.
_REMOVED_BY_BROWSERS = re.compile(r"[\x00-\x1f\x7f]")
_ADDRESSES = {"action", "cite", "data", "formaction", "href", "poster", "src"}
_SCHEMES = {"http", "https", "mailto", "arxiv"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_PLAIN_SEGMENT = re.compile(r"[\w.~%-]*(?:[/?#]|\Z)", re.A)

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Only classes that markdown generates: others could imitate the site's own controls.
_CLASSES = re.compile(
    r"footnote(?:-ref|-backref)?|toc|align-(?:left|right|center)|language-[\w+#-]{1,30}|tex", re.A
)
# Never published: elements of which a page has one of its own, or after which it would be another page.
_OF_THE_LAYOUT = {"base", "body", "frameset", "head", "html", "meta", "plaintext", "title"}
# Ids of templates/base.html and page.html, and those that scripts look for on every page; two elements of a page must
# not have the same.
IDS_OF_LAYOUT = frozenset(
    {
        "bibtex", "catchup", "content", "contents", "finder", "following", "keys", "missing", "reading-list",
        "said-here", "search",
    }
)  # fmt: skip

_ALLOW = "use Markdown instead, or publish all HTML as it is written: unsafe_html = true in site.toml"
_ADDRESS = "use an address that begins with https:// or mailto:"


class Finding(NamedTuple):
    """A mistake in HTML: the text that has it, a message and a remedy."""

    written: str
    message: str
    remedy: str


class Sanitised(NamedTuple):
    """Safe HTML, the mistakes for which the page is refused, and what was left out of the page."""

    html: str
    mistakes: list[Finding]
    left_out: list[Finding]


def plain(markup: str) -> str:
    """Return the text of HTML, without its tags."""
    return unescape(nh3.clean(markup, tags=set()))


def sanitised(markup: str, *, id_prefix: str = "", unsafe: bool = False) -> Sanitised:
    """Return HTML that is safe to publish, or with ``unsafe`` all of it; ids and links to them get a prefix."""
    markup = _ALIGNED_CELL.sub(r'\1 class="align-\2"', markup)
    used = {name for name, _ in _TAG.findall(markup)} if unsafe else set()
    tags = (_TAGS | used) - _OF_THE_LAYOUT
    mistakes: list[Finding] = []
    interrupted: list[BaseException] = []

    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        try:
            match name:
                case "class" if not unsafe:
                    return " ".join(filter(_CLASSES.fullmatch, value.split())) or None
                case "id":
                    return _own_id("-".join(value.split()), id_prefix)
                case "src" if tag == "img":
                    return _image_address(_browser_address(value))
                case _ if name in _ADDRESSES:
                    if tag not in tags:  # nh3 also calls this for elements that it leaves out
                        return None
                    address = _browser_address(value)
                    is_here = address.startswith("#")
                    return f"#{_own_id(address[1:], id_prefix)}" if is_here else _address(address)
        except ValueError as error:
            mistakes.append(Finding(value, *error.args))
            return None
        except BaseException as error:  # such as Ctrl-C, which nh3 would ignore; it is raised again below
            interrupted.append(error)
            return None
        return value

    clean = nh3.clean(
        markup,
        tags=tags,
        clean_content_tags=set() if unsafe else None,
        attributes=_ATTRIBUTES,
        # Every name of an attribute begins with one of these characters.
        generic_attribute_prefixes=set(string.ascii_letters) if unsafe else None,
        # nh3 removes addresses with other schemes before it calls ``filter_attribute``.
        url_schemes=_SCHEMES,
        attribute_filter=filter_attribute,
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        link_rel=None,
    )
    if interrupted:
        raise interrupted[0]
    return Sanitised(_IMAGE_WITHOUT_SOURCE.sub("", clean), mistakes, _left_out(markup, tags, unsafe))


def _own_id(written: str, id_prefix: str) -> str:
    return (id_prefix or "text-") + written if written in IDS_OF_LAYOUT else id_prefix + written


def _left_out(markup: str, tags: set[str], unsafe: bool) -> list[Finding]:
    """Return what nh3 leaves out of some HTML: elements, attributes and addresses."""
    found: dict[str, Finding] = {}
    for tag, rest in _TAG.findall(_COMMENT.sub("", markup)):
        name = tag.lower()
        if tag not in tags and name not in tags:
            remedy = "use Markdown instead" if name in _OF_THE_LAYOUT else _ALLOW
            found.setdefault(name, Finding(f"<{tag}", f"the element <{name}> is left out", remedy))
            continue
        allowed = _ATTRIBUTES["*"] | _ATTRIBUTES.get(name, set())
        for attribute, *values in _ATTRIBUTE.findall(rest):
            key, value = attribute.lower(), unescape("".join(values))
            scheme = _SCHEME.match(_browser_address(value)) if key in _ADDRESSES else None
            if scheme and scheme[0][:-1].lower() not in _SCHEMES:
                message = f"the address {shown(value)} is left out"
                found.setdefault(value, Finding(value, message, _ADDRESS))
            elif key not in allowed and not unsafe:
                message = f"the attribute {shown(key)} of <{name}> is left out"
                found.setdefault(f"{name} {key}", Finding(attribute, message, _ALLOW))
    return list(found.values())


def _browser_address(value: str) -> str:
    """Return an address as browsers read it, without control characters and surrounding white space."""
    return _REMOVED_BY_BROWSERS.sub("", value).strip()


def _address(value: str) -> str | None:
    """Return the address of a link, or None if its scheme is not allowed.

    nh3 has checked the scheme only before control characters were removed. ValueError has message and remedy.
    """
    if (scheme := _SCHEME.match(value)) and scheme[0][:-1].lower() not in _SCHEMES:
        return None
    if value.lower().startswith("arxiv:"):
        try:
            return PAPER_LINK + str(ArxivId.parse(value))
        except ValueError:
            raise ValueError(f"{shown(value)} names no paper", "write it as in arxiv:2603.07369") from None
    if value.startswith("//"):
        return f"https:{value}"
    if value.startswith("/"):
        # If ROOT becomes the empty string, "/javascript:…" must not become an address with a scheme.
        return ROOT + (value[1:] if _PLAIN_SEGMENT.match(value[1:]) else f"./{value[1:]}")
    return value


def _image_address(value: str) -> str | None:
    value = value.replace("\\", "/")  # as browsers do
    # Pages load nothing from other hosts.
    if _SCHEME.match(value) or value.startswith("//"):
        raise ValueError(
            f"the image {shown(value)} is at another host", "put it into static/ and write /static/NAME"
        )
    return _address(value)
