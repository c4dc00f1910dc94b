"""Texts and addresses of the web as they may stand in any format: what XML forbids, hides or disguises is taken out.

Headlines and sentences come from pages that anybody may write. XML 1.0 (2.2) has no control characters, surrogates,
U+FFFE or U+FFFF at all; bidi embeddings, overrides and isolates turn the rest of a line around (Unicode TR 36, 3.3);
a carriage return does not survive an XML parser. All formats get the same text, so that all say the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import idna

LONGEST_ADDRESS: Final = 2_000
"""Characters of an address: what browsers and the CAP readers of authorities take at least (sitemaps.org: 2,048)."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_SPACES = re.compile(r"\s+")
_ALREADY_FINE = re.compile(r"https?://[a-z0-9.-]+(?:/[A-Za-z0-9._~!$'()*+,;=:@/-]*)?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH: Final = "/%:@!$&'()*+,;=~"
_QUERY: Final = _PATH + "?"


def text_of(text: str) -> str:
    """Return a text without what no format may hold; line ends become U+000A. Most texts come back as they were."""
    if text.isprintable():  # no control, surrogate, bidi or unassigned character is: one fast look for nearly all
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))


def line_of(text: str) -> str:
    """Return a text as one line, spaces of every kind as one: titles, names and cells."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text_of(text)).strip()


def address_of(url: str) -> str | None:
    """Return an http or https address as a URI of ASCII (RFC 3986; hosts by UTS 46); None where it is none to follow.

    Anything else than http and https, an address without a host, with a user or password in it, or longer than
    ``LONGEST_ADDRESS``, never leaves the house.
    """
    if len(url) <= LONGEST_ADDRESS and _ALREADY_FINE.fullmatch(url):
        return url
    return _encoded(text_of(url).strip())


@lru_cache(maxsize=4096)
def _encoded(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), parts.hostname
    if scheme not in {"http", "https"} or not host or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    named = _host(host)
    if named is None:
        return None
    encoded = urlunsplit(
        (
            scheme,
            named if port is None else f"{named}:{port}",
            _quoted(parts.path, _PATH),
            _quoted(parts.query, _QUERY),
            _quoted(parts.fragment, _QUERY),
        )
    )
    return encoded if len(encoded) <= LONGEST_ADDRESS else None


def _host(host: str) -> str | None:
    if ":" in host:  # an address of IPv6, which urlsplit has looked at
        return f"[{host}]"
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        # Names with an underscore are none by IDNA, and there are sites that have one.
        return host if re.fullmatch(r"[a-z0-9_.-]+", host) else None


def _quoted(part: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=safe)
