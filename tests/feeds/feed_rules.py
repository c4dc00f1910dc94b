"""Rules that an Atom or RSS document must keep, by the names that the W3C feed validator gives their breach.

Written by hand from RFC 4287, RFC 5005, RFC 4151 (tag URIs), RFC 3339 and the RSS 2.0 specification; `make evaluate`
holds them against the validator's own cases.
"""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

ATOM = "{http://www.w3.org/2005/Atom}"
GEORSS = "{http://www.georss.org/georss}"
HISTORY = "{http://purl.org/syndication/history/1.0}"

_RFC3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_URI = re.compile(
    r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef])*"
)
_TAG = re.compile(
    r"tag:(?:[A-Za-z0-9_.+-]+@)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
    r",\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?:[0-9A-Za-z?:@!$&'()*+,;=_./~%-]*(?:#[0-9A-Za-z?:@!$&'()*+,;=_./~%-]*)?"
)
_URN = re.compile(
    r"urn:(?!urn:)[a-z0-9][a-z0-9-]{1,31}:(?:[A-Za-z0-9()+,\-.:=@;$_!*'/?~&]|%[0-9A-Fa-f]{2})+", re.IGNORECASE
)
_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9!#$&.+^_-]+/[A-Za-z0-9!#$&.+^_-]+(?:\s*;\s*[A-Za-z0-9_-]+=(?:\"[^\"]*\"|[A-Za-z0-9._-]+))*"
)
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[ix])(?:-[A-Za-z0-9]{1,8})*")
_AMBIGUOUS = re.compile(rb"<title>(?:[^<]*&(?:amp|lt|#38|#60);|<!\[CDATA\[[^\]]*&(?!#x26;|#x3C;))")
"""An ampersand in a title of RSS that is not written as the profile has it: is it text, or markup?"""
_TAGS = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:[A-Za-z]+|#\d+|#x[0-9A-Fa-f]+);")

RELATIONS = frozenset(
    [
        "alternate",
        "current",
        "enclosure",
        "edit",
        "first",
        "last",
        "license",
        "next",
        "next-archive",
        "payment",
        "prev",
        "previous",
        "prev-archive",
        "related",
        "self",
        "via",
        "service",
        "up",
        "collection",
        "preview",
        "hub",
        "replies",
    ]
)
_PAGING = frozenset({"first", "last", "next", "previous", "prev", "prev-archive", "next-archive"})
_FEED = frozenset(
    [
        "author",
        "category",
        "contributor",
        "entry",
        "generator",
        "icon",
        "id",
        "link",
        "logo",
        "rights",
        "subtitle",
        "title",
        "updated",
    ]
)
_ENTRY = frozenset(
    [
        "author",
        "category",
        "content",
        "contributor",
        "id",
        "link",
        "published",
        "rights",
        "source",
        "summary",
        "title",
        "updated",
    ]
)
_ONCE = frozenset(
    [
        "generator",
        "icon",
        "id",
        "logo",
        "rights",
        "subtitle",
        "title",
        "updated",
        "content",
        "published",
        "source",
        "summary",
    ]
)
_TEXTS = frozenset(["title", "subtitle", "summary", "rights"])


def faults(document: bytes) -> set[str]:
    """Return the names of the rules that a document breaks; empty where it keeps all."""
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        return {"SAXError"}
    if root.tag == f"{ATOM}feed":
        return set(_atom(root))
    if root.tag == "rss":
        return set(_rss(root)) | ({"ContainsHTML"} if _AMBIGUOUS.search(document) else set())
    return {"InvalidNamespace", "UndefinedElement"}


def _atom(feed: etree._Element) -> Iterator[str]:
    yield from _children(feed, _FEED, ("id", "title", "updated"))
    entries = feed.findall(f"{ATOM}entry")
    seen: set[tuple[str, str]] = set()
    links = feed.findall(f"{ATOM}link")
    complete, signed = feed.find(f"{HISTORY}complete") is not None, feed.find(f"{ATOM}author") is not None
    if not any(link.get("rel") == "self" for link in links):
        yield "MissingSelf"
    for link in links:
        if complete and link.get("rel") in _PAGING:
            yield "FeedRelInCompleteFeed"
    for entry in entries:
        yield from _children(entry, _ENTRY, ("id", "title", "updated"))
        source = entry.find(f"{ATOM}source/{ATOM}author")
        if not signed and entry.find(f"{ATOM}author") is None and source is None:
            yield "MissingElement"
        if any(link.get("rel") in _PAGING | {"current"} for link in entry.findall(f"{ATOM}link")):
            yield "FeedHistoryRelInEntry"
        content = entry.find(f"{ATOM}content")
        alternate = any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{ATOM}link"))
        if content is None and not alternate:
            yield "MissingContentOrAlternate"
        if content is not None:
            yield from _text(content)
        key = (_value(entry, "id"), _value(entry, "updated"))
        if key[0] and key in seen:
            yield "DuplicateEntries"
        seen.add(key)
        for where in entry.findall(f"{GEORSS}point"):
            yield from _point(where.text or "")
    for element in feed.iter("*"):
        yield from _language(element.get("{http://www.w3.org/XML/1998/namespace}lang"))


def _children(parent: etree._Element, allowed: frozenset[str], required: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with the elements of a feed or an entry."""
    counts: dict[str, int] = {}
    if (parent.text or "").strip() or any((child.tail or "").strip() for child in parent):
        yield "UnexpectedText"
    for child in parent.iterchildren("*"):
        if not child.tag.startswith(ATOM):
            continue
        name = child.tag.removeprefix(ATOM)
        counts[name] = counts.get(name, 0) + 1
        if name not in allowed:
            yield "UndefinedElement"
        elif name == "id":
            yield from _identifier(child)
        elif name in {"updated", "published"}:
            yield from _moment(child)
        elif name in _TEXTS:
            yield from _text(child)
        elif name in {"author", "contributor"}:
            yield from _person(child)
        elif name == "category":
            yield from _category(child)
        elif name == "generator":
            yield from _generator(child)
        elif name in {"icon", "logo"}:
            if (child.text or "") != (child.text or "").strip():
                yield "UnexpectedWhitespace"
            yield from _address((child.text or "").strip(), "InvalidLink")
    yield from _links([child for child in parent if child.tag == f"{ATOM}link"])
    if any(counts.get(name, 0) > 1 for name in _ONCE):
        yield "DuplicateElement"
    if any(name not in counts for name in required):
        yield "MissingElement"


def _generator(element: etree._Element) -> Iterator[str]:
    if len(element):
        yield "UndefinedElement"
    elif not (element.text or "").strip():
        yield "NotBlank"
    elif _MARKUP.search(element.text or ""):
        yield "ContainsHTML"
    uri = element.get("uri")
    if uri is not None and not re.match(r"https?://[^/]", uri):
        yield "InvalidLink"


def _identifier(element: etree._Element) -> Iterator[str]:
    text = element.text or ""
    if text != text.strip():
        yield "UnexpectedWhitespace"
    text = text.strip()
    if not text:
        yield "InvalidFullLink"
        yield "NotBlank"
    elif text.startswith("tag:"):
        if not _TAG.fullmatch(text):
            yield "InvalidTAG"
    elif text.lower().startswith("urn:"):
        if not _URN.fullmatch(text):
            yield "InvalidURN"
    elif not _URI.fullmatch(text) or re.match(r"https?:/?[^/]", text):
        yield "InvalidLink"
    elif not _SCHEME.match(text):
        yield from ("InvalidFullLink", "InvalidLink")


def _moment(element: etree._Element) -> Iterator[str]:
    text = element.text or ""
    if text != text.strip():
        yield "UnexpectedWhitespace"
    if not _RFC3339.fullmatch(text.strip()):
        yield "InvalidRFC3339Date"
        return
    try:
        date.fromisoformat(text.strip()[:10])
    except ValueError:
        yield "InvalidRFC3339Date"


def _text(element: etree._Element) -> Iterator[str]:
    kind = element.get("type")
    name = element.tag.removeprefix(ATOM)
    if kind == "":
        yield "AttrNotBlank"
    elif kind is not None and kind not in {"text", "html", "xhtml"}:
        if name != "content":
            yield "InvalidTextType"
        if not _MEDIA_TYPE.fullmatch(kind) or kind.lower().startswith("multipart/"):
            yield "InvalidMIMEType"
    if kind == "html" and len(element):
        yield "UndefinedElement"
    if kind == "text/plain" and _MARKUP.search(element.text or ""):
        yield "ContainsUndeclaredHTML"
    if kind in {None, "text"}:
        if len(element):
            yield "UndefinedElement"
        if _MARKUP.search(element.text or ""):
            yield "ContainsUndeclaredHTML"
        if name in {"title", "subtitle"} and not (element.text or "").strip():
            yield "NotBlank"


def _person(element: etree._Element) -> Iterator[str]:
    names = [child.tag for child in element.iterchildren("*")]
    if f"{ATOM}name" not in names:
        yield "MissingElement"
    if any(names.count(f"{ATOM}{name}") > 1 for name in ("name", "email", "uri")):
        yield "DuplicateElement"
    known = {f"{ATOM}{name}" for name in ("name", "email", "uri")}
    if any(name.startswith(ATOM) and name not in known for name in names):
        yield "UndefinedElement"
    for child in element:
        text = (child.text or "").strip()
        if child.tag == f"{ATOM}name":
            if not text:
                yield "NotBlank"
            elif _MARKUP.search(text):
                yield "ContainsHTML"
        if child.tag == f"{ATOM}email" and not _EMAIL.fullmatch(text):
            yield "InvalidContact"
        if child.tag == f"{ATOM}uri":
            if (child.text or "") != text:
                yield "UnexpectedWhitespace"
            yield from _address(text, "InvalidLink")


def _category(element: etree._Element) -> Iterator[str]:
    if element.get("term") is None:
        yield "MissingAttribute"
    elif not element.get("term"):
        yield "NotBlank"
    if _MARKUP.search(element.get("label") or ""):
        yield "ContainsHTML"
    scheme = element.get("scheme")
    if scheme is not None:
        if not _URI.fullmatch(scheme):
            yield "InvalidUriChar"
        elif not _SCHEME.match(scheme):
            yield "InvalidFullLink"
        elif scheme.startswith("tag:") and not _TAG.fullmatch(scheme):
            yield "InvalidTAG"


def _links(links: list[etree._Element]) -> Iterator[str]:
    alternates = set()
    for link in links:
        relation = link.get("rel", "alternate")
        for name in ("rel", "type", "title", "hreflang"):
            if link.get(name) == "":
                yield "AttrNotBlank"
        if link.get("href") is None:
            yield from ("MissingHref", "MissingAttribute")
        else:
            yield from _address(link.get("href", ""), "InvalidLink")
        if relation and not _SCHEME.match(relation) and relation not in RELATIONS:
            yield "UnregisteredAtomLinkRel"
        if _MARKUP.search(link.get("title") or ""):
            yield "ContainsHTML"
        if link.get("type") is not None and not _MEDIA_TYPE.fullmatch(link.get("type", "")):
            yield "InvalidMIMEType"
        yield from _language(link.get("hreflang"))
        if relation == "alternate":
            key = (link.get("type"), link.get("hreflang"))
            if key in alternates:
                yield "DuplicateAtomLink"
            alternates.add(key)
        if len(link) or (link.text or "").strip():
            yield "AtomLinkNotEmpty"


def _address(text: str, name: str) -> Iterator[str]:
    if not _URI.fullmatch(text) or re.match(r"https?:/?[^/]", text):
        yield name


def _language(code: str | None) -> Iterator[str]:
    if code and not _LANGUAGE.fullmatch(code):
        yield "InvalidLanguage"


def _point(text: str) -> Iterator[str]:
    try:
        latitude, longitude = map(float, text.split())
    except ValueError:
        yield "InvalidCoord"
        return
    if not -90 <= latitude <= 90:
        yield "InvalidLatitude"
    if not -180 <= longitude <= 180:
        yield "InvalidLongitude"


def _value(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{ATOM}{name}") or "").strip()


_CHANNEL_ONCE = ("title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate",
                 "lastBuildDate", "generator", "docs", "ttl")  # fmt: skip
_ITEM_ONCE = ("title", "link", "description", "author", "comments", "guid", "pubDate", "source")
_ITEM = frozenset((*_ITEM_ONCE, "category", "enclosure"))
_CHANNEL = frozenset(
    (*_CHANNEL_ONCE, "category", "cloud", "image", "rating", "textInput", "skipHours", "skipDays", "item")
)


def _rss(root: etree._Element) -> Iterator[str]:
    if root.get("version") is None:
        yield "MissingAttribute"
    elif root.get("version") not in {"2.0", "0.91", "0.92"}:
        yield "InvalidRSSVersion"
    channel = root.find("channel")
    if channel is None:
        yield "MissingElement"
        return
    missing = [name for name in ("title", "link", "description") if channel.find(name) is None]
    if missing:
        yield from ("MissingElement", *(f"Missing{name.title()}" for name in missing))
    yield from _plain_children(channel, _CHANNEL, _CHANNEL_ONCE)
    if not any(link.get("rel") == "self" for link in channel.findall(f"{ATOM}link")):
        yield "MissingSelf"
    yield from _links(channel.findall(f"{ATOM}link"))
    if channel.find("language") is not None and not _LANGUAGE.fullmatch((channel.findtext("language") or "").strip()):
        yield "InvalidLanguage"
    ttl = channel.findtext("ttl")
    if ttl is not None and not re.fullmatch(r"\s*[1-9]\d*\s*", ttl):
        yield "InvalidInteger"
    guids: set[str] = set()
    for item in channel.findall("item"):
        yield from _plain_children(item, _ITEM, _ITEM_ONCE)
        if item.find("title") is None and item.find("description") is None:
            yield "ItemMustContainTitleOrDescription"
        guid = item.find("guid")
        if guid is not None:
            yield from _guid(guid)
            if (guid.text or "") in guids:
                yield "DuplicateValue"
            guids.add(guid.text or "")
        for where in item.findall(f"{GEORSS}point"):
            yield from _point(where.text or "")
        for moment in item.findall(f"{ATOM}updated"):
            yield from _moment(moment)


def _plain_children(parent: etree._Element, allowed: frozenset[str], once: tuple[str, ...]) -> Iterator[str]:
    names = [child.tag for child in parent.iterchildren("*")]
    if any(names.count(name) > 1 for name in once):
        yield "DuplicateElement"
    for child in parent.iterchildren("*"):
        if child.tag.startswith("{"):
            continue
        text = (child.text or "").strip()
        if child.tag not in allowed:
            yield "UndefinedElement"
        elif child.tag in {"pubDate", "lastBuildDate"}:
            yield from _rfc822(text)
        elif child.tag in {"link", "docs", "comments"}:
            if not re.match(r"(?:https?|ftp)://[^/]|mailto:|news:|tag:", text) or not _URI.fullmatch(text):
                yield "InvalidLink"
        elif child.tag in {"managingEditor", "webMaster", "author"}:
            if not re.match(_EMAIL, text):
                yield "InvalidContact"
        elif child.tag == "title":
            if not text:
                yield "NotBlank"
            if _TAGS.search(text):
                yield "ContainsHTML"
        elif child.tag in {"category", "ttl"} and not text:
            yield "NotBlank"


def _rfc822(text: str) -> Iterator[str]:
    wanted = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|[A-Z]{1,3})"
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        yield "InvalidRFC2822Date"
        return
    if not re.fullmatch(wanted, text) or (text[3:4] == "," and not text.startswith(f"{moment:%a}")):
        yield "InvalidRFC2822Date"


def _guid(guid: etree._Element) -> Iterator[str]:
    permanent, text = guid.get("isPermaLink"), (guid.text or "").strip()
    if permanent is not None and permanent not in {"true", "false"}:
        yield "InvalidBooleanAttribute"
    if permanent in {None, "true"} and not re.match(r"https?://[^/]", text):
        yield "InvalidHttpGUID"
    if not text:
        yield "NotBlank"
