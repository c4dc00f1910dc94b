"""What an answer means: the outcome of a page by its status, headers and first bytes, and where redirects lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.outcomes import Outcome
from data.records import Validators
from scrapers.challenge import challenge_reason
from scrapers.urls import meaningful_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapers.exchange import Answer
    from scrapers.urls import Url

LOGIN_WORDS = frozenset(
    {
        "login",
        "log-in",
        "login.php",
        "login.html",
        "wp-login.php",
        "signin",
        "sign-in",
        "sign_in",
        "masuk",
        "sso",
        "auth",
    }
    | {"oauth", "register", "registrasi", "registration", "signup", "sign-up", "daftar"}
)
"""Path segments of login and registration pages of the catalogue's kinds of sites; a slug is never just this."""

HOME_PATHS = re.compile(r"/(?:(?:index|home|beranda|default)(?:\.\w{2,5})?/?|(?:id|en)/?)?", re.IGNORECASE)

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UNTELLING_TYPES = frozenset(
    {"", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown"}
)
_HTML_START = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*>)*
    <(?:!doctype\s+html|html|head|body|script|style|title|meta|h1|div|table|p|br|a|iframe)\b""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BINARY_START = re.compile(
    rb"%PDF-|\x89PNG|GIF8|\xff\xd8\xff|RIFF|PK\x03\x04|\x1f\x8b|ID3|OggS|\x00\x00\x00.ftyp|wOF|\x7fELF|MZ\x90|Rar!",
    re.DOTALL,
)
_SNIFFED_BYTES = 1024


def judge(answer: Answer, *, accept: str, conditional: bool) -> tuple[Outcome, str]:
    """Return what a page is that ended in ``answer``, and one sentence where it is not FETCHED.

    ``conditional`` says that the question carried validators: a 304 to any other is nonsense.
    """
    status = answer.status
    wall = challenge_reason(status, dict(answer.headers), answer.body)
    retry_after = answer.header("retry-after")
    if status == 429 and not answer.header("cf-mitigated"):
        return Outcome.THROTTLED, "too many requests, says the server" + _wait(retry_after)
    if wall is not None:
        return Outcome.CHALLENGE, wall
    if status == 503 and retry_after is not None:
        return Outcome.THROTTLED, "not now, says the server" + _wait(retry_after)
    if status == 304:
        if conditional:
            return Outcome.NOT_MODIFIED, ""
        return Outcome.PROTOCOL_ERROR, "answered 304 (not modified) to a question without condition"
    if status != 200:
        return _by_status(status)
    return _by_body(answer, accept)


def _wait(retry_after: str | None) -> str:
    return f" (Retry-After: {retry_after[:60]})" if retry_after else ""


def _by_status(status: int) -> tuple[Outcome, str]:
    named = {
        401: (Outcome.LOGIN, "only for those who log in (401)"),
        402: (Outcome.PAYWALL, "only for those who pay (402)"),
        404: (Outcome.GONE, "not there (404)"),
        410: (Outcome.GONE, "taken away (410)"),
        203: (Outcome.FETCHED, ""),
    }
    if status in named:
        return named[status]
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR, f"the server refuses ({status})"
    if status >= 500:
        return Outcome.SERVER_ERROR, f"the server fails ({status})"
    if 300 <= status < 400:
        return Outcome.PROTOCOL_ERROR, f"a redirect to nowhere ({status})"
    return Outcome.PROTOCOL_ERROR, f"an answer that holds no whole page ({status})"


def _by_body(answer: Answer, accept: str) -> tuple[Outcome, str]:
    kind = media_type(answer.header("content-type"))
    if accept == "html":
        if not is_html_type(kind) or not _is_html(kind, answer.body):
            return Outcome.NOT_HTML, f"not a page but {kind or 'something without a type'}"
        if not answer.body.strip():
            return Outcome.PROTOCOL_ERROR, "an empty page"
    elif accept != "any" and not answer.body.strip():
        return Outcome.PROTOCOL_ERROR, "an empty answer"
    return Outcome.FETCHED, ""


def media_type(content_type: str | None) -> str:
    """Return the type without its parameters, in lower case; empty where none is named."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_html_type(kind: str) -> bool:
    """Return whether a body of media type ``kind`` may be HTML, as far as the type tells."""
    return kind in _HTML_TYPES or kind in _UNTELLING_TYPES


def looks_like_html_type(_status: int, headers: Mapping[str, str]) -> bool:
    """Return whether the headers leave it possible that a body is HTML: otherwise it need not be read."""
    return is_html_type(media_type(headers.get("content-type")))


def _is_html(kind: str, body: bytes) -> bool:
    head = body[:_SNIFFED_BYTES]
    if kind in _HTML_TYPES:
        return not _BINARY_START.match(head)
    return bool(_HTML_START.match(head))


def validators_of(answer: Answer) -> Validators:
    """Return what the server gave to ask "changed since?" with, leaving out what cannot be sent back."""
    return Validators(sendable(answer.header("etag")), sendable(answer.header("last-modified")))


def sendable(value: str | None) -> str | None:
    """Return ``value`` if it can stand in a request's header, else None."""
    if not value or len(value) > 512 or not value.isascii() or not value.isprintable():
        return None
    return value


def leads_to_login(first: Url, target: Url) -> bool:
    """Return whether a redirect from ``first`` to ``target`` asks to log in or to register."""
    return _is_login(target) and not _is_login(first)


def _is_login(url: Url) -> bool:
    segments = url.path.lower().strip("/").split("/")
    return not LOGIN_WORDS.isdisjoint(segments) or url.host.partition(".")[0] in {"sso", "login", "auth", "accounts"}


def leads_to_home(first: Url, target: Url, home: Url | None = None) -> bool:
    """Return whether a redirect leads from a page that is not a home page to one: how many sites say "not there".

    ``home`` is the source's own (a section of a large site has one under a path).
    """
    return _is_home(target, home) and not _is_home(first, home)


def _is_home(url: Url, home: Url | None) -> bool:
    if meaningful_query(url.query) is not None:
        return False
    own = home is not None and (url.host, url.path.rstrip("/")) == (home.host, home.path.rstrip("/"))
    return own or bool(HOME_PATHS.fullmatch(url.path))
