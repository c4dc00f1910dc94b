"""The frame that every page of the desk stands in: who calls, what they may, templates, errors, and security headers.

A page is a plain function from a `Call` to a response; `Desk.route` puts the door before it: session, right, forged
request. It runs in a thread of its own, so that it may ask the store without holding others up.

Every text on a page came from somebody else: it is escaped by the templates, shown isolated (``<bdi>``), and no script
runs but our own files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request  # noqa: TC002 - a field of a dataclass that others may inspect
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from data.errors import ConflictError, InputError, KentonganError, LeaseError, SettingsError, UnknownItemError
from desk.entry.doorkeeper import CSRF_FIELD, SAFE, ForgedRequestError, refuse_forged, visitor
from desk.entry.guard import actor_of
from desk.moments import shown_time, span
from desk.permissions import Actor, ForbiddenError, Permission
from desk.static_files import ADDRESS, version_of
from desk.terminal.speech import reword
from feeds.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.store import Store
    from flows.desk import DeskTools

log = structlog.get_logger(__name__)

HERE: Final = Path(__file__).resolve().parent
LANGUAGES: Final = ("id", "en")
MOST_FIELDS: Final = 1000
LARGEST_FIELD: Final = 1024 * 1024
LOGIN: Final = "/masuk"
SECOND_FACTOR: Final = "/masuk/kode"
CHANGE_PASSWORD: Final = "/akun/sandi"  # noqa: S105 - an address

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
}
"""On every answer (OWASP ASVS 5.0, 3.4): pages show other people's text, which must not be able to do anything."""

STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (ForgedRequestError, 403),
    (ForbiddenError, 403),
    (UnknownItemError, 404),
    (ConflictError, 409),
    (LeaseError, 409),
    (InputError, 422),
    (SettingsError, 422),
)
"""How a browser and a program are told of our errors; every other one is a 503: the store cannot be asked."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a page sees it.

    ``form`` is empty where nothing was sent. ``partial``: HTMX asks for a part of the page only.
    """

    desk: Desk
    request: Request
    actor: Actor
    form: FormData
    now: datetime
    lang: str

    @property
    def tools(self) -> DeskTools:
        """The desk's tools."""
        return self.desk.tools

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self.desk.tools.store

    @property
    def partial(self) -> bool:
        """Whether HTMX asks for a part of the page."""
        return "hx-request" in self.request.headers and "hx-boosted" not in self.request.headers

    def say(self, indonesian: str, english: str) -> str:
        """Return the one of two sentences that the person reads."""
        return english if self.lang == "en" else indonesian

    def text(self, name: str, default: str = "") -> str:
        """Return a field of the form, without blanks around it."""
        value = self.form.get(name, default)
        return value.strip() if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """Return every value of a field of the form."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str)]

    def asked(self, name: str, default: str = "") -> str:
        """Return a parameter of the address, without blanks around it."""
        return self.request.query_params.get(name, default).strip()

    def number(self, name: str) -> int:
        """Return a number of the path."""
        return int(self.request.path_params[name])

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page of a template."""
        return HTMLResponse(self.desk.render(template, self, values), status_code=status)

    def part(self, template: str, block: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return one block of a template, for HTMX to put in its place."""
        return HTMLResponse(self.desk.render(template, self, values, block=block), status_code=status)

    def go(self, path: str, message: str = "", *, undo: str = "") -> Response:
        """Send the browser on to another page of ours, which shows ``message``; ``undo`` is where to post to undo."""
        told = {"pesan": message, "urung": undo}
        query = urlencode({name: value for name, value in told.items() if value})
        target = path + (("&" if "?" in path else "?") + query if query else "")
        if self.partial:
            return Response(status_code=204, headers={"hx-redirect": target})
        return RedirectResponse(target, status_code=303)


class Desk:
    """Templates, tools and the door; pages register with `route`."""

    def __init__(self, tools: DeskTools) -> None:
        self.tools = tools
        self.zone = ZoneInfo(tools.publish.timezone)
        self.static_folder = HERE / "static"
        self.static_version = version_of(self.static_folder)
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["waktu"] = lambda moment: shown_time(moment, self.zone)
        self.templates.filters["mesin"] = lambda moment: moment.isoformat(timespec="seconds")

    def route(
        self,
        path: str,
        page: Callable[[Call], Response],
        permission: Permission | None,
        *,
        methods: Sequence[str] = ("GET",),
    ) -> Route:
        """Return the route of a page for whoever is logged in and has ``permission`` (None: every user)."""

        async def endpoint(request: Request) -> Response:
            lang = language_of(request)
            form = FormData()
            if request.method not in SAFE:
                form = await request.form(max_files=10, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)

            def answer() -> Response:
                with self.tools.store.reading():
                    return self._answer(request, page, permission, form, lang)

            return await run_in_threadpool(answer)

        return Route(path, endpoint, methods=list(methods))

    def _answer(
        self,
        request: Request,
        page: Callable[[Call], Response],
        permission: Permission | None,
        form: FormData,
        lang: str,
    ) -> Response:
        now = self.tools.clock()
        try:
            found = visitor(request, self.tools.store, now)
            if found is None:
                return self._to_login(request)
            session, user = found
            call = Call(self, request, actor_of(self.tools.store, user, session), form, now, lang)
            if user.totp_on and not session.second_factor and request.url.path not in {SECOND_FACTOR, "/keluar"}:
                return call.go(SECOND_FACTOR)
            if user.must_change and request.url.path not in {CHANGE_PASSWORD, SECOND_FACTOR, "/keluar"}:
                return call.go(CHANGE_PASSWORD)
            field = form.get(CSRF_FIELD)
            refuse_forged(request, session, field if isinstance(field, str) else None)
            if permission is not None:
                call.actor.require(permission)
            response = page(call)
        except KentonganError as error:
            return self.failed(request, error, lang)
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            response.set_cookie("lang", asked, max_age=31_536_000, samesite="lax", httponly=True)
        return response

    def render(self, template: str, call: Call | None, values: dict[str, Any], *, block: str = "") -> str:
        """Return a template, or one block of it, with what every page is told beside its own values."""
        chosen = self.templates.get_template(template)
        lang = call.lang if call is not None else values.pop("lang", "id")
        request: Request | None = call.request if call is not None else values.pop("request", None)

        def say(indonesian: str, english: str) -> str:
            return english if lang == "en" else indonesian

        told = {
            "say": say,
            "lang": lang,
            "static": f"{ADDRESS}/{self.static_version}",
            "other": "id" if lang == "en" else "en",
            "path": request.url.path if request is not None else "/",
            "here": _here(request) if request is not None else "/",
            "message": request.query_params.get("pesan", "")[:300] if request is not None else "",
            "undo": _ours(request.query_params.get("urung", "")) if request is not None else "",
            "actor": call.actor if call is not None else None,
            "csrf": call.actor.session.csrf if call is not None and call.actor.session is not None else "",
            "now": call.now if call is not None else self.tools.clock(),
            "P": Permission,
            "named": lambda title: _seen_title(title, call),
            "said": lambda sentence: reword(say, sentence),
            "span": lambda length: span(length, lang),
            "exercise": self.tools.publish.exercise,
            **values,
        }
        if block:
            return "".join(chosen.blocks[block](chosen.new_context(told)))
        return chosen.render(told)

    def failed(self, request: Request, error: Exception, lang: str) -> Response:
        """Return the page, or for HTMX the message, that tells of an error in the words of the person."""
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 503)

        def say(indonesian: str, english: str) -> str:
            return english if lang == "en" else indonesian

        if status == 503:
            # Its own words name files and hosts: they go to the log, never to a browser.
            log.error("desk_failed", error=str(error), kind=type(error).__name__, path=request.url.path)
            sentence = say("Desk sedang tidak dapat membaca data.", "The desk cannot read its data just now.")
        else:
            sentence = reword(say, str(error))
        if "hx-request" in request.headers:
            html = self.render("told.html", None, {"lang": lang, "request": request, "sentence": sentence})
            return HTMLResponse(html, status_code=status)
        values = {"lang": lang, "request": request, "sentence": sentence, "status": status}
        return HTMLResponse(self.render("error.html", None, values), status_code=status)

    def _to_login(self, request: Request) -> Response:
        target = f"{LOGIN}?lanjut={quote(_here(request), safe='')}" if request.method in SAFE else LOGIN
        if "hx-request" in request.headers:
            return Response(status_code=204, headers={"hx-redirect": LOGIN})
        return RedirectResponse(target, status_code=303)


def _seen_title(title: str, call: Call | None) -> str:
    """Return a headline as the person may read it: names of suspects, victims and children masked without the text."""
    return title if call is not None and call.actor.may(Permission.BACA_TEKS) else masked(title)


def language_of(request: Request) -> str:
    """Return the language that a browser asked for, by address or cookie; Indonesian otherwise."""
    asked = request.query_params.get("lang") or request.cookies.get("lang") or "id"
    return asked if asked in LANGUAGES else "id"


def local_path(path: str) -> str:
    """Return a path of this desk as it is, and "/" for what would lead elsewhere (an open redirect)."""
    return _ours(path) or "/"


def _ours(path: str) -> str:
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if ours else ""


def _here(request: Request) -> str:
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {"pesan", "urung", "lang"}
    ]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")
