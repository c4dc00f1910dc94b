"""URLs: which may be asked at all, which name the same page, and which hosts are one network.

The identity of a page (`canonical_url`) does not depend on scheme: a page that is offered once as ``http:`` and once
as ``https:`` is one page. Public hosts get ``https:``, which practically all of them speak; hosts that cannot have a
certificate (IP literals, one-label names and the reserved domains, among them ``.test``) get ``http:``, and so does
nobody's identity break on a machine of one's own. With a port of its own a URL keeps its scheme, for such a port
speaks only one. What is *asked* is never the identity but the URL as it was offered (`askable_url`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from data.errors import FetchError
from data.outcomes import Outcome
from scrapers.hostnames import has_no_certificate, read_host, registrable_domain

if TYPE_CHECKING:
    from data.records import Source

__all__ = [
    "Url",
    "askable_url",
    "canonical_url",
    "is_trap",
    "meaningful_query",
    "network_of",
    "parse_url",
    "printable",
    "registrable_domain",
]

DEFAULT_PORTS = {"http": 80, "https": 443}

LONGEST_URL = 2000
"""Characters; the frontier's keys are no longer, and nothing that a newsroom publishes is."""

LONGEST_PARSED = 8192
"""Characters past which text is no URL: servers take no more."""

DEEPEST_PATH = 12
"""Segments; the deepest article paths of the catalogue's sites have 8 (/section/section/region/yyyy/mm/dd/id/slug)."""

MOST_REPEATS = 2
"""Times that a segment may come in a path before it is a loop of relative links; dates and ids are not counted."""

MOST_QUERY_KEYS = 6
"""Meaningful query keys; articles have up to 3, archives by date and page up to 4, facets more."""

_TRACKING = re.compile(
    r"""^(?: utm_\w* | itm_\w* | mtm_\w* | pk_\w* | hsa_\w* | mc_[ce]id | _g[al]\w* | _hs\w+ | jx(?:conn|rec\w*|rcd\w*)
      | fb[ac]lid | fb_\w+ | gclid | gclsrc | [gw]braid | gad_\w+ | dclid | msclkid | yclid | twclid | ttclid | tbclid
      | li_fat_id | igsh(?:id)? | mibextid | srsltid | s_kwcid | vero_\w+ | oly_(?:anon|enc)_id | mkt_tok | wickedid
      | ref | ref_src | ref_url | referrer | referer | cmpid | tag_from | lgn_method | google_btn | __twitter_impression
      | _x_tr_\w+ | replytocom | share | phpsessid | jsessionid | aspsessionid\w* | sessionid | session_id
      )$""",
    re.VERBOSE | re.IGNORECASE,
)
"""Query keys that say where a reader came from or who he is, never which page."""

_VIEWS = {
    "amp": {"", "0", "1", "true"},
    "noamp": {"", "1", "true", "mobile", "available"},
    "nonamp": {"", "1", "true"},
    "outputtype": {"amp"},
    "output": {"amp"},
    "format": {"amp"},
    "s": {"paging_new"},
    "page": {"all"},
    "showpage": {"all"},
    "halaman": {"all"},
    "single": {"1"},
    "m": {"0", "1"},
}
"""Query items that show the same article in another dress: AMP, mobile, all parts on one page."""

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
_QUERY_SAFE = _PATH_SAFE | frozenset(b"?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_AUTHORITY = re.compile(r"[/\\]{2,}([^/\\?#]*)(.*)", re.DOTALL)
_SESSION_PARAM = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Url:
    """A web URL taken apart and in normal form.

    ``host`` is lower case and ASCII (IDNA), an IPv4 address in dotted form or an IPv6 address without brackets;
    ``port`` is None where it is the scheme's; ``path`` begins with a slash; ``query`` is without question mark, None
    where there is none. ``odd_host`` is True where an address was written in a form that nobody means honestly
    (decimal, octal, hexadecimal, short).
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    odd_host: bool = False

    @property
    def effective_port(self) -> int:
        """The port that is connected to."""
        return self.port or DEFAULT_PORTS[self.scheme]

    @property
    def origin(self) -> str:
        """Scheme, host and port, where the port is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return f"{self.origin}{self.path}" + (f"?{self.query}" if self.query is not None else "")


def parse_url(url: str) -> Url:
    """Take ``url`` apart as a browser would (WHATWG), refusing what we may never ask.

    Raises FetchError (BAD_URL) for any scheme but http and https, for credentials, and for hosts and ports that are
    none. The fragment is dropped; percent-encoding is brought into its normal form; dot segments are resolved.
    """
    text = url.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
    if len(text) > LONGEST_PARSED:
        raise _bad(url, "it is longer than any real one")
    scheme_match = _SCHEME.match(text)
    scheme = scheme_match[1].lower() if scheme_match else ""
    if scheme_match is None or scheme not in DEFAULT_PORTS:
        raise _bad(url, f"the scheme {scheme!r} is not asked" if scheme else "it names no scheme")
    rest = _AUTHORITY.fullmatch(text[scheme_match.end() :])
    if rest is None:
        raise _bad(url, "it names no host")
    authority, tail = rest[1], rest[2].partition("#")[0]
    if "@" in authority:
        raise _bad(url, "it carries credentials")
    host_text, port = _split_port(url, authority)
    try:
        host, odd = read_host(host_text)
    except ValueError as error:
        raise _bad(url, str(error)) from error
    path, mark, query = tail.partition("?")
    return Url(
        scheme=scheme,
        host=host,
        port=None if port == DEFAULT_PORTS[scheme] else port,
        path=_resolve_dots(_encode(path.replace("\\", "/"), _PATH_SAFE) or "/"),
        query=_encode(query, _QUERY_SAFE) if mark else None,
        odd_host=odd,
    )


def askable_url(url: str) -> Url:
    """Return ``url`` as it can be asked: the same page and scheme, in correct syntax; raises as `parse_url` does."""
    parts = parse_url(url)
    return replace(parts, query=parts.query or None)


@lru_cache(maxsize=65_536)
def canonical_url(url: str) -> str:
    """Return the normal form of ``url``: the identity of the page under all the names it is offered by.

    Besides what `parse_url` does: one scheme (see the module), no AMP host, path or cache, no tracking and session
    keys, no views of one article (``page=all``, ``single=1``, ``m=1``), single slashes, the query sorted by key.
    Numbered pages (``page=2``) stay what they are. Applied twice it changes nothing.

    Raises FetchError (BAD_URL) where it is nothing we may ask.
    """
    parts = parse_url(url)
    while (unwrapped := _out_of_amp_cache(parts)) is not None:
        parts = unwrapped
    host, path = _without_amp(parts.host, parts.path)
    scheme, port = parts.scheme, parts.port
    if port is None:
        scheme = "http" if has_no_certificate(host) else "https"
    return str(Url(scheme, host, port, path, meaningful_query(parts.query)))


def is_trap(url: str) -> bool:
    """Return whether ``url`` looks like one of endlessly many that a site makes up: too long, deep, looping, faceted.

    What is no URL at all is no trap; it is BAD_URL by itself.
    """
    try:
        parts = parse_url(url)
    except FetchError:
        return False
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(str(parts)) > LONGEST_URL or len(segments) > DEEPEST_PATH:
        return True
    words = [segment for segment in segments if not segment.isdigit()]
    if any(words.count(word) > MOST_REPEATS for word in set(words)) or _loops(words):
        return True
    keys = [item.partition("=")[0] for item in (meaningful_query(parts.query) or "").split("&")]
    return len(keys) > MOST_QUERY_KEYS


def _loops(words: list[str]) -> bool:
    """Return whether the path ends in the same words twice: /a/b/a/b."""
    return any(words[-n:] == words[-2 * n : -n] for n in range(2, len(words) // 2 + 1))


def network_of(source: Source) -> str:
    """Return the name of the group of hosts that share one request budget with ``source``."""
    return source.network or registrable_domain(parse_url(source.home).host)


def _bad(url: str, why: str) -> FetchError:
    return FetchError(Outcome.BAD_URL, printable(url), why)


def printable(text: str, longest: int = 300) -> str:
    """Return ``text`` fit for one line of a log: control and format characters escaped, cut at ``longest``."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[: longest + 1])
    return text if len(text) <= longest else text[:longest] + "…"


def _split_port(url: str, authority: str) -> tuple[str, int | None]:
    host, colon, port_text = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, None
    if not port_text:
        return host, None
    if not (port_text.isascii() and port_text.isdigit()) or not 0 < int(port_text[:9]) < 65536 or len(port_text) > 9:
        raise _bad(url, "its port is none")
    return host, int(port_text)


def _encode(text: str, safe: frozenset[int]) -> str:
    """Bring percent-encoding into its normal form: only what must be encoded is, in upper case (RFC 3986, 6.2.2)."""
    out: list[str] = []
    for place, piece in enumerate(re.split(r"(%[0-9A-Fa-f]{2})", text)):
        if place % 2:  # the separators
            byte = unquote_to_bytes(piece)[0]
            out.append(chr(byte) if byte in _UNRESERVED else piece.upper())
        else:
            # A lone surrogate has no UTF-8; browsers send U+FFFD in its place.
            raw = piece.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
            out.append("".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in raw))
    return "".join(out)


def _resolve_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.removeprefix("/").split("/")
    for place, segment in enumerate(segments):
        if segment in {".", ".."}:
            if segment == ".." and kept:
                kept.pop()
            if place == len(segments) - 1:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _out_of_amp_cache(url: Url) -> Url | None:
    """Return the publisher's URL behind a URL of Google's AMP caches, or None where it is none."""
    if url.host.endswith(".cdn.ampproject.org"):
        match = re.fullmatch(r"/(?:c|v|wp/c)/(s/)?([^/]+)(/.*)?", url.path)
    elif re.fullmatch(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}", url.host):
        match = re.fullmatch(r"/amp/(s/)?([^/]+\.[^/]+)(/.*)?", url.path)
    else:
        return None
    if match is None:
        return None
    query = f"?{url.query}" if url.query else ""
    try:
        return parse_url(f"{'https' if match[1] else 'http'}://{match[2]}{match[3] or '/'}{query}")
    except FetchError:
        return None


def _without_amp(host: str, path: str) -> tuple[str, str]:
    while host.startswith("amp.") and host.count(".") >= 2:
        host = host.removeprefix("amp.")
    before = None
    while path != before:  # taking one mark away may bare another
        before = path
        path = re.sub(r"/{2,}", "/", _SESSION_PARAM.sub("", path))
        path = re.sub(r"\.amp(\.html?)?$", r"\1", path)
        path = re.sub(r"^/amp(?=/.)|(?<=.)/amp$|(?<=./)amp/$", "", path)
        path = "/" if path in {"/amp", "/amp/"} else _resolve_dots(path)
    return host, path


def meaningful_query(query: str | None) -> str | None:
    """Return the items of ``query`` that say which page is meant, sorted by key; None where there is none."""
    if not query:
        return None
    kept = []
    for item in query.split("&"):
        key, _, value = item.partition("=")
        name = unquote(key).lower()
        if key and not _TRACKING.match(name) and unquote(value).lower() not in _VIEWS.get(name, ()):
            kept.append(item)
    return "&".join(sorted(kept, key=lambda item: item.partition("=")[0])) or None
