"""Bot walls: pages that ask whether we are human. They are recognised, recorded and never forced.

A wall is known by a header that says so, or by the wall's own words in a page that is otherwise no article. Marks
that normal pages carry too (Cloudflare's measuring script, a Turnstile box under a comment form, a DataDome cookie)
count for nothing by themselves.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOKED_AT_BYTES = 200_000
"""How much of a body is searched; walls are 1 to 60 KB."""

LONGEST_WALL_BYTES = 100_000
"""A page answered with 200 that is longer is no wall, whatever it says."""

_TITLES = re.compile(
    r"""(?:just\ a\ moment | sebentar | tunggu\ sebentar | mohon\ tunggu\ sebentar | one\ moment,?\ please
      | please\ wait | attention\ required!?(?:\ \|\ cloudflare)? | access\ denied(?:\ \|\ .*)?
      | checking\ your\ browser.* | ddos-guard | ddos\ protection.* | security\ (?:check|verification)
      | bot\ verification | robot\ challenge\ screen | human\ verification
      | verify(?:ing)?\ (?:that\ )?you\ are\ (?:a\ )?human.* | are\ you\ (?:a\ )?(?:human|robot)\??
      | pardon\ our\ interruption | making\ sure\ you(?:'|’)re\ not\ a\ bot!? | you\ are\ being\ redirected
      | memeriksa\ browser\ anda.* | verifikasi\ (?:bahwa\ )?anda\ (?:adalah\ )?manusia.* | sucuri\ website\ firewall.*
      )[.…!\s]*""",
    re.VERBOSE | re.IGNORECASE,
)
"""Whole titles of walls, in English and Indonesian; an article's title says more than that."""

_WORDS: Mapping[str, tuple[bytes, ...]] = {
    "Cloudflare": (b"_cf_chl_opt", b"cf-chl-widget", b"cf_chl_", b"cf-browser-verification", b"cf-error-details"),
    "DataDome": (b"captcha-delivery.com",),
    "Sucuri": (b"sucuri_cloudproxy_js", b"sucuri website firewall"),
    "Imperva": (b"_incapsula_resource", b"incapsula incident id"),
    "HUMAN": (b"px-captcha", b"_pxappid"),
    "AWS WAF": (b"awswafintegration", b"aws-waf-token", b"gokuprops"),
    "Akamai": (b"errors.edgesuite.net", b"akamai-bm-telemetry", b"sec-if-cpt-container"),
    "SiteGround": (b"/.well-known/sgcaptcha", b"sg-captcha"),
    "Imunify360": (b"imunify360", b"wsidchk"),
    "DDoS-Guard": (b"check.ddos-guard.net", b"ddos-guard/js-challenge"),
    "Anubis": (b"anubis_challenge", b"within.website/x/cmd/anubis"),
    "LiteSpeed": (b"lsrecap",),
}
"""Marks of walls in lower case; a pattern for all of them would cost more than the page's whole way here."""

# Each begins with a literal, on lower-case text: so they cost no more than finding that.
_ARTICLES = (
    re.compile(rb"<article[\s>]"),
    re.compile(rb"og:type[\"']?\s+content=[\"']?article"),
    re.compile(rb"@type[\"']\s*:\s*[\"'](?:news)?article"),
)
_TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title", re.DOTALL)
_SCRIPTED = re.compile(rb"<script|http-equiv=.?refresh")
_WALL_STATUSES = frozenset({202, 401, 403, 405, 406, 429, 503})


def challenge_reason(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return one sentence on why this answer is a bot wall, or None where it is none.

    ``headers`` has lower-case names; ``body`` is decoded and may be cut.
    """
    by_header = _by_header(status, headers)
    if by_header:
        return by_header
    if status not in _WALL_STATUSES and (status != 200 or len(body) > LONGEST_WALL_BYTES):
        return None
    lower = body[:LOOKED_AT_BYTES].lower()
    said = _by_words(status, lower)
    if said and status == 200 and any(mark.search(lower) for mark in _ARTICLES):
        return None
    return said


def _by_words(status: int, lower: bytes) -> str | None:
    name = next((name for name, marks in _WORDS.items() if any(mark in lower for mark in marks)), None)
    if name is not None:
        return f"a wall of {name} stands before the page (answer {status})"
    match = _TITLE.search(lower)
    title = " ".join(html.unescape(match[1].decode("utf-8", "replace")).split()) if match else ""
    # "Access denied" on a plain 403 is a server's own refusal; a wall runs a script or reloads itself.
    if title and _TITLES.fullmatch(title) and _SCRIPTED.search(lower):
        return f'a bot wall stands before the page (answer {status}, "{title}")'
    return None


def _by_header(status: int, headers: Mapping[str, str]) -> str | None:
    if "challenge" in headers.get("cf-mitigated", "").lower():
        return f"Cloudflare asks whether we are human (answer {status})"
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return f"AWS WAF asks whether we are human (answer {status})"
    if status in _WALL_STATUSES:
        if "x-sucuri-block" in headers:
            return f"Sucuri's firewall refuses us (answer {status})"
        if "x-datadome" in headers or "x-dd-b" in headers:
            return f"DataDome refuses us (answer {status})"
        if headers.get("x-iinfo") and status == 403:
            return f"Imperva refuses us (answer {status})"
    return None
