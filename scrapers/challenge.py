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

_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (rb"_cf_chl_opt|cf-chl-widget|cf_chl_|cf-browser-verification|id=.cf-error-details", "Cloudflare"),
        (rb"captcha-delivery\.com", "DataDome"),
        (rb"sucuri_cloudproxy_js|sucuri website firewall", "Sucuri"),
        (rb"_incapsula_resource|incapsula incident id", "Imperva"),
        (rb"px-captcha|_pxappid", "HUMAN"),
        (rb"awswafintegration|aws-waf-token|gokuprops", "AWS WAF"),
        (rb"errors\.edgesuite\.net|akamai-bm-telemetry|sec-if-cpt-container", "Akamai"),
        (rb"/\.well-known/sgcaptcha|sg-captcha", "SiteGround"),
        (rb"imunify360|wsidchk", "Imunify360"),
        (rb"check\.ddos-guard\.net|ddos-guard/js-challenge", "DDoS-Guard"),
        (rb"anubis_challenge|within\.website/x/cmd/anubis", "Anubis"),
        (rb"/recaptcha/api\.js[^>]*>.{0,400}(?:lsrecap|robot)", "reCAPTCHA"),
    )
)
_ARTICLE = re.compile(
    rb"""<article[\s>] | property=["']?og:type["']?\s+content=["']?article
      | ["']@type["']\s*:\s*["'](?:News)?Article""",
    re.VERBOSE | re.IGNORECASE,
)
_TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_SCRIPTED = re.compile(rb"<script|http-equiv=.?refresh", re.IGNORECASE)
_WALL_STATUSES = frozenset({202, 401, 403, 405, 406, 429, 503})


def challenge_reason(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return one sentence on why this answer is a bot wall, or None where it is none.

    ``headers`` has lower-case names; ``body`` is decoded and may be cut.
    """
    by_header = _by_header(status, headers)
    if by_header:
        return by_header
    head = body[:LOOKED_AT_BYTES]
    if status == 200 and (len(body) > LONGEST_WALL_BYTES or _ARTICLE.search(head)):
        return None
    if status != 200 and status not in _WALL_STATUSES:
        return None
    name = next((name for pattern, name in _WORDS if pattern.search(head)), None)
    if name is not None:
        return f"a wall of {name} stands before the page (answer {status})"
    match = _TITLE.search(head)
    title = " ".join(html.unescape(match[1].decode("utf-8", "replace")).split()) if match else ""
    # "Access denied" on a plain 403 is a server's own refusal; a wall runs a script or reloads itself.
    if title and _TITLES.fullmatch(title) and _SCRIPTED.search(head):
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
