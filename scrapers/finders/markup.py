"""XML from strangers: bytes of any claimed encoding in, a tree out, without entities, DTDs, network or huge texts."""

from __future__ import annotations

import codecs
import html
import re
import zlib

from lxml import etree

MOST_BYTES = 52_428_800
"""Bytes of a sitemap or feed after unpacking: the sitemap protocol's own limit (50 MB)."""

LONGEST_PROLOG = 8_192
"""Bytes before the root element in which notices of a broken server ("Warning: …") are passed over."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_DECLARATION = re.compile(r"<\?xml[^>]{0,400}\?>")
_ROOT = re.compile(r"<(?:\?xml|!DOCTYPE|!--|[A-Za-z])", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STRAY = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d{1,7};|#x[0-9a-f]{1,6};|[a-z]\w{0,30};)", re.DOTALL | re.IGNORECASE
)
"""A CDATA section, or an ampersand that nobody escaped: ``?a=1&b=2`` in a <link> (libxml2 would drop ``&b``)."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark, by the first "<" (XML 1.0, appendix F).
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)


class NotReadableError(Exception):
    """A body is not what was asked for; the message says why, for the log. It never leaves ``scrapers.finders``."""


def unpacked(body: bytes, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Return ``body`` without its gzip wrapping, if it has one.

    Raises NotReadableError where it would grow over ``most_bytes``, or is broken.
    """
    if not body.startswith(b"\x1f\x8b"):
        if len(body) > most_bytes:
            raise NotReadableError(f"larger than {most_bytes:,} bytes")
        return body
    machine = zlib.decompressobj(wbits=31)
    try:
        plain = machine.decompress(body, most_bytes)
    except zlib.error as error:
        raise NotReadableError(f"broken gzip: {error}") from error
    if machine.unconsumed_tail:
        raise NotReadableError(f"unpacks to more than {most_bytes:,} bytes")
    if not machine.eof:
        raise NotReadableError("broken gzip: it ends too early")
    return plain


def text_of_bytes(body: bytes, content_type: str | None = None) -> str:
    """Return ``body`` decoded: byte order mark, XML declaration, HTTP charset, UTF-8, and windows-1252 as the last."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    declared = _DECLARED.search(body[:1024])
    header = _CHARSET.search(content_type or "")
    names = [declared.group(1).decode("ascii")] if declared else []
    names += [header.group(1)] if header else []
    for name in (*names, "utf-8", "cp1252"):
        try:
            # What calls itself Latin-1 on the web is windows-1252 (WHATWG encoding standard).
            return body.decode("cp1252" if name.lower() in {"iso-8859-1", "latin-1", "latin1", "us-ascii"} else name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def is_html(text: str) -> bool:
    """Return whether a body is a web page, not the XML or JSON that was asked for."""
    head = text[:2000].lstrip().lower()
    return (
        head.startswith("<!doctype html")
        or re.match(r"(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)?<html\b", head, re.DOTALL) is not None
    )


def read_xml(body: bytes, content_type: str | None = None) -> etree._Element:
    """Return the root of an XML body, mended where it is broken.

    Raises NotReadableError for a web page, for a document that declares entities of its own (an entity bomb, or a
    reach for local files), and for what is no XML at all.
    """
    text = xml_text(body, content_type)
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotReadableError(f"no XML: {error}") from error
    if root is None:
        raise NotReadableError("no XML")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():  # type: ignore[union-attr]  # the stubs do not know DTD.entities
        raise NotReadableError("refused: it declares entities of its own")
    return root


def xml_text(body: bytes, content_type: str | None = None) -> str:
    """Return an XML body as text that a parser can take, without its declaration and what stands before it."""
    text = _ILLEGAL.sub("", text_of_bytes(body, content_type)).lstrip("\ufeff \t\r\n")
    if not text:
        raise NotReadableError("empty answer")
    text = _STRAY.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)
    if is_html(text):
        raise NotReadableError("a web page, not XML")
    start = _ROOT.search(text[:LONGEST_PROLOG])
    if start is None:
        raise NotReadableError("no XML")
    for sign in ("<?xml", "<rss", "<feed", "<rdf:RDF", "<urlset", "<sitemapindex"):
        at = text.find(sign, start.start(), LONGEST_PROLOG)
        if at > start.start() and not text.startswith(("<?xml", "<!"), start.start()):
            return _DECLARATION.sub("", text[at:], count=1).lstrip()
    return _DECLARATION.sub("", text[start.start() :], count=1).lstrip()


def inner_text(element: etree._Element) -> str:
    """Return the text inside an element, with HTML's named entities resolved (XML knows none of them)."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child, etree._Entity):
            parts.append(html.unescape(child.text or ""))
        elif isinstance(child.tag, str):
            parts.append(inner_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case; empty for what is no element."""
    tag: object = element.tag  # a function for comments and entities
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
