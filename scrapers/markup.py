"""From a page's bytes to a tree that is safe to walk: charset by validity, hostile markup refused, clean characters.

Nothing here knows what an article is.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

MAX_TAG_CHARS = 65_536
"""A single tag longer than this (inlined images not counted) is an attack; honest ones carry up to 20 kB of JSON."""

MAX_ATTRIBUTES = 2_000
"""Attributes of one tag; parsers are quadratic in them (100,000 took 10 to 17 CPU seconds in every parser tried)."""

MAX_DEPTH = 2_000
"""Elements open at once. Lexbor is quadratic in it (100,000: 13.8 s); saved news pages stay under 60."""

MAX_TAGS = 200_000
"""Tags of one page; a table of 100,000 rows cost trafilatura 6.4 s and 476 MB. News pages have up to 12,000."""

_BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ODD_SPACES = "\t\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Single plain blanks, which are nearly all, are not matched: nothing has to be put in their place.
_SPACES = re.compile(f"[{_ODD_SPACES}][ {_ODD_SPACES}]*| [ {_ODD_SPACES}]+")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")

_INLINE_DATA = re.compile(r"data:[\w.+-]{0,40}/?[\w.+-]{0,40}(?:;[\w=-]{1,40})*+,[^\s\"'<>)]{256,}+", re.ASCII)
_ATTRIBUTE = r"""[\s/]*+(?:[^\s/>=]++|=)(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:{_ATTRIBUTE})*+)[\s/]*+>?+|<!--|<!\[CDATA\["
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_NEVER_OPEN = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "rt",
        "rp",
        "html",
        "head",
        "body",
        "path",
        "circle",
        "rect",
        "line",
        "polygon",
        "g",
        "use",
        "stop",
        "ellipse",
        "polyline",
    ]
)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "summary",
    ]
)
"""Elements that begin and end a line."""

SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "map",
        "select",
    ]
)
"""Elements whose inside is never read as text."""


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a page's bytes; what the bytes are wins over what header and meta tag claim.

    Valid UTF-8 is UTF-8. Otherwise: mostly valid UTF-8 keeps its letters and the stray bytes are read as windows-1252;
    else a declared charset that fits, else windows-1252 (what Indonesian sites with another charset have).
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    mixed, good, bad = _mostly_utf8(body)
    if good > bad:
        return mixed
    for label in _declared(body, content_type):
        try:
            codec = codecs.lookup(label).name
            if codec not in {"utf-8", "ascii", "iso8859-1", "cp1252"}:
                return body.decode(codec)
        except (LookupError, UnicodeDecodeError):
            continue
    return "".join(_as_cp1252(body))


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    if content_type and (match := _HEADER_CHARSET.search(content_type)):
        yield match[1]
    if meta := _META_CHARSET.search(body[:8192]):
        yield meta[1].decode("ascii", "replace")


def _mostly_utf8(body: bytes) -> tuple[str, int, int]:
    """Return the text with stray bytes as windows-1252, and how many sequences were valid and how many stray."""
    parts, good, bad, start, view = [], 0, 0, 0, memoryview(body)
    while True:
        try:
            text = str(view[start:], "utf-8")
        except UnicodeDecodeError as error:
            text = str(view[start : start + error.start], "utf-8")
            end = start + error.end
            parts += [text, *_as_cp1252(body[start + error.start : end])]
            good += sum(1 for character in text if character > "\x7f")
            bad += 1
            start = end
        else:
            parts.append(text)
            return "".join(parts), good + sum(1 for character in text if character > "\x7f"), bad


def _as_cp1252(body: bytes) -> Iterator[str]:
    # Five bytes mean nothing in windows-1252; browsers show them as C1 controls, which ``clean`` drops.
    yield body.decode("cp1252", errors="ignore")


def hostile(html: str) -> str | None:
    """Return why no parser should see this markup, None where it is harmless; linear in the page's length."""
    depth = deepest = count = at = 0
    while match := _TAG.search(html, at):
        at = match.end()
        name = match["name"]
        if name is None:
            end = "-->" if match[0] == "<!--" else "]]>"
            found = html.find(end, at)
            at = found if found >= 0 else len(html)
            continue
        count += 1
        length = match.end() - match.start()
        if length > MAX_TAG_CHARS:
            return f"a tag of {length:,} characters"
        if length > MAX_ATTRIBUTES and sum(1 for _ in _ONE_ATTRIBUTE.finditer(match["attributes"])) > MAX_ATTRIBUTES:
            return f"a tag with more than {MAX_ATTRIBUTES:,} attributes"
        name = name.lower()
        if name in _RAW and not match["end"]:
            at = _end_of_raw(html, name, at)
        elif match["end"]:
            depth = max(0, depth - (name not in _NEVER_OPEN))
        elif name not in _NEVER_OPEN and not match[0].endswith("/>"):
            depth += 1
            deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        return f"{deepest:,} elements inside one another"
    return f"{count:,} tags" if count > MAX_TAGS else None


def _end_of_raw(html: str, name: str, at: int) -> int:
    end = re.compile(rf"</{name}", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)


def without_inlined_files(html: str) -> str:
    """Return the markup with ``data:`` URLs emptied: images pasted into a post are the only honest tags over 64 kB."""
    return _INLINE_DATA.sub("data:,", html) if "data:" in html else html


def clean(text: str) -> str:
    """Return text as it may be stored: NFC, no control, zero-width, bidi, soft-hyphen or surrogate characters.

    Runs of blanks become one space; line ends are kept as newlines.
    """
    text = _BAD_CHARACTERS.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text))


_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονα",
    "ABESIJKMHOPCTYXaesijopcyxdhqwABEZHIKMNOPTYXova",
)
_MASKED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[\u0370-\u052f])\w+\b")


def unmasked(text: str) -> str:
    """Return text in which words that mix Latin with Cyrillic or Greek look-alikes are Latin, as they are read.

    A trick of spinners and hoaxers to get past word lists; words of one script are left as they are.
    """
    return _MASKED.sub(lambda word: word[0].translate(_LOOKALIKES), text)


def one_line(text: str) -> str:
    """Return ``clean`` text on one line without blanks at its ends."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # most of a page: nothing to clean, and a third of the time saved
    return " ".join(clean(text).split())


def parse(html: str) -> LexborHTMLParser:
    """Return the tree of a page whose markup ``hostile`` has passed."""
    return LexborHTMLParser(_BAD_CHARACTERS.sub("", html))


def text_of(node: LexborNode) -> str:
    """Return what an element shows, on one line, scripts and styles left out."""
    return one_line("".join(_pieces(node)))


def _pieces(node: LexborNode) -> Iterator[str]:
    """Yield the text of an element in reading order; block elements and breaks become newlines."""
    stack: list[LexborNode | str] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif item.is_text_node:
            yield item.text_content or ""
        elif item.tag == "br":
            yield "\n"
        elif item.is_element_node and item.tag not in SILENT:
            edge = _edge_of(item)
            if edge:
                stack.append(edge)
            children = []
            child = item.child
            while child is not None:
                children.append(child)
                child = child.next
            stack.extend(reversed(children))
            if edge:
                stack.append(edge)


def _edge_of(node: LexborNode) -> str:
    """Return what stands before and after an element's text: a line end, a blank between cells of data, or nothing."""
    if node.tag in {"td", "th"} and node.css_first("p, div, br, table, ul, ol") is None:
        return " "
    return "\n" if node.tag in BLOCKS else ""


def lines_of(node: LexborNode) -> list[str]:
    """Return an element's lines as a reader sees them: a block or a ``<br>`` ends a line, empty ones are left out.

    Line ends inside the source are blanks, as in a browser.
    """
    text = "".join(piece if piece == "\n" else piece.replace("\n", " ").replace("\r", " ") for piece in _pieces(node))
    return [line for raw in clean(text).split("\n") if (line := raw.strip())]


def first_text(tree: LexborHTMLParser | LexborNode, selectors: Sequence[str]) -> str:
    """Return the text of the first element that any of ``selectors`` (tried in order) finds with text in it."""
    for selector in selectors:
        for node in tree.css(selector):
            if text := text_of(node):
                return text
    return ""


def drop(node: LexborHTMLParser | LexborNode, selectors: Sequence[str]) -> None:
    """Take every element that ``selectors`` find out of the tree."""
    for selector in selectors:
        for found in node.css(selector):
            found.decompose()
