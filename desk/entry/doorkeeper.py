"""Who is at the door: the session of a request, and whether what it wants to change came from our own page.

Against forged requests (CSRF) each session has a token of its own that every form carries (the synchroniser token of
OWASP's cheat sheet); besides, a browser that says that the request comes from another site is refused (Sec-Fetch-Site).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from data.errors import KentonganError
from desk.entry.guard import ABSOLUTE, session_of, touch

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from data.people import Session, User
    from data.store import Store

COOKIE: Final = "kentongan"
SECURE_COOKIE: Final = "__Host-kentongan"
"""Over HTTPS; the prefix keeps a neighbour host from setting it (RFC 6265bis, section 4.1.3)."""

CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
BY_ITSELF: Final = "x-kentongan-sendiri"
"""Header of requests that a page makes by itself, on a clock: they keep no session alive."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedRequestError(KentonganError):
    """The request did not come from a page of ours, or from one that was open too long."""

    def __init__(self) -> None:
        super().__init__("the form was open too long, or is not ours; open the page again")


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie for the scheme that the request came by."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def visitor(request: Request, store: Store, now: datetime) -> tuple[Session, User] | None:
    """Return the living session of a request and whose it is; None for a stranger."""
    cookie = request.cookies.get(cookie_name(request))
    found = session_of(store, cookie, now) if cookie else None
    if found is not None and BY_ITSELF not in request.headers:
        touch(store, found[0], now)
    return found


def give_cookie(request: Request, response: Response, cookie: str) -> None:
    """Let the browser keep a session's cookie, until the session ends for good."""
    response.set_cookie(
        cookie_name(request),
        cookie,
        max_age=int(ABSOLUTE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the session's cookie."""
    response.delete_cookie(cookie_name(request), path="/", httponly=True, secure=request.url.scheme == "https")


def refuse_forged(request: Request, session: Session, field: str | None) -> None:
    """Raise ForgedRequestError for a changing request without the session's own token, or from another site."""
    if request.method in SAFE:
        return
    refuse_foreign(request)
    given = request.headers.get(CSRF_HEADER) or field or ""
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise ForgedRequestError


def refuse_foreign(request: Request) -> None:
    """Raise ForgedRequestError where the browser says that the request comes from another site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedRequestError


def address_of(request: Request) -> str:
    """Return the address that a request came from, as the server saw it (or its proxy, where uvicorn trusts one)."""
    return request.client.host if request.client is not None else "?"
