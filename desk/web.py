"""The desk in a browser: the incidents as a list and one by one, the sources, and the feeds. Read-only as yet.

Every text on a page came from somebody else's site: it is escaped by the templates, shown isolated (``<bdi>``), and no
script runs but our own file. Nothing here writes to the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from data.errors import KentonganError, UnknownItemError
from desk.changes import words_of
from feeds import FORMATS, Channel
from flows.publish import alert_items, incident_item
from flows.watch import watch_sources

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from flows.publish import PublishTools

HERE = Path(__file__).resolve().parent
PER_PAGE = 50
LANGUAGES = ("id", "en")

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}
"""On every answer (OWASP ASVS 5.0, 3.4): pages show other people's text, which must not be able to do anything."""


class SecurityHeaders:
    """ASGI middleware that puts `HEADERS` on every answer, errors and static files included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                extra = [
                    (name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in present
                ]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers)


class Desk:
    """The pages; ``tools`` are what they read from, shared by all requests."""

    def __init__(self, tools: PublishTools) -> None:
        self.tools = tools
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def queue(self, request: Request) -> Response:
        """Show the incidents, the most urgent first, filtered by level, signal and place."""
        asked = _asked(request)

        def read() -> dict[str, Any]:
            tools = self.tools
            found = tools.store.incidents.list(
                min_severity=asked["min"], signal=asked["signal"], place=asked["place"], limit=PER_PAGE + 1
            )
            return {
                "items": [incident_item(incident, tools) for incident in found[:PER_PAGE]],
                "more": len(found) > PER_PAGE,
                "signals": tools.taxonomy.signals,
                "articles": tools.store.articles.count(),
                "asked": asked,
            }

        return self._page(request, "queue.html", await run_in_threadpool(read))

    async def incident(self, request: Request) -> Response:
        """Show one incident: what, where, when, why it was flagged, who reported it, how it changed."""
        number = int(request.path_params["number"])

        def read() -> dict[str, Any]:
            tools = self.tools
            incident = tools.store.incidents.get(number)
            if incident is None:
                raise UnknownItemError("incident", number)
            history = tools.store.incidents.history(number)
            return {"item": incident_item(incident, tools), "history": history, "words_of": words_of}

        return self._page(request, "incident.html", await run_in_threadpool(read))

    async def sources(self, request: Request) -> Response:
        """Show the health of every source, the worst first."""

        def read() -> dict[str, Any]:
            tools = self.tools
            lines = watch_sources(tools.sources.values(), tools.store, tools.clock())
            return {"lines": lines, "sources": tools.sources}

        return self._page(request, "sources.html", await run_in_threadpool(read))

    async def feed(self, request: Request) -> Response:
        """Answer with a feed of the alerts, written now."""
        chosen = FORMATS.get(request.path_params["name"])
        if chosen is None or chosen.single:
            raise UnknownItemError("format", request.path_params["name"])

        def read() -> bytes:
            tools = self.tools
            items = alert_items(tools, tools.store.alerts.current(limit=200))
            base = str(request.base_url) + "umpan/"
            return chosen.write(items, Channel(authority=tools.authority, now=tools.clock(), base_url=base))

        return Response(await run_in_threadpool(read), media_type=chosen.media_type)

    async def health(self, _request: Request) -> Response:
        """Answer whether the store can be read, for whoever keeps the process."""

        def read() -> int:
            tools = self.tools
            return tools.store.articles.count()

        return JSONResponse({"status": "ok", "articles": await run_in_threadpool(read)})

    def _page(self, request: Request, template: str, values: Mapping[str, Any]) -> HTMLResponse:
        lang = request.query_params.get("lang") or request.cookies.get("lang") or "id"
        lang = lang if lang in LANGUAGES else "id"

        def say(indonesian: str, english: str) -> str:
            return english if lang == "en" else indonesian

        html = self.templates.get_template(template).render(
            **values, say=say, lang=lang, other="id" if lang == "en" else "en", path=request.url.path
        )
        answer = HTMLResponse(html)
        if request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie("lang", lang, max_age=31_536_000, samesite="lax", httponly=True)
        return answer


def _asked(request: Request) -> dict[str, Any]:
    """Return the filters of a request; what is no filter we know is left out rather than failing the page."""
    from data.taxonomy import load_taxonomy

    least = request.query_params.get("min", "")
    signal = request.query_params.get("signal", "")
    place = request.query_params.get("place", "").strip()
    return {
        "min": int(least) if least in {"0", "1", "2", "3", "4"} else 0,
        "signal": signal if signal in load_taxonomy().slugs else None,
        "place": place if place and all(part.isdigit() for part in place.split(".")) else None,
    }


async def _unknown(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("Tidak ada. / No such thing.", status_code=404)


async def _failed(_request: Request, error: Exception) -> Response:
    # The error's own words name files and hosts: they go to the log, never to a browser.
    import structlog

    structlog.get_logger(__name__).error("desk_failed", error=str(error))
    return PlainTextResponse("Desk sedang tidak dapat membaca data. / The desk cannot read its data.", status_code=503)


LOCAL = ("127.0.0.1", "localhost")
"""The names under which a desk on loopback is asked for. Another name in the Host header is a stranger's page that has
its own name resolve to 127.0.0.1, to read the desk through the analyst's browser (DNS rebinding)."""


def make_desk(tools: PublishTools, *, hosts: Sequence[str] = ("*",)) -> Starlette:
    """Return the desk as an ASGI application that reads through ``tools``; asked under other names it says nothing.

    ``hosts`` are the names that it answers to, ``*`` any.
    """
    desk = Desk(tools)
    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        404: _unknown,
        UnknownItemError: _unknown,
        KentonganError: _failed,
    }
    return Starlette(
        routes=[
            Route("/", desk.queue),
            Route("/kejadian/{number:int}", desk.incident),
            Route("/sumber", desk.sources),
            Route("/umpan/{name}", desk.feed),
            Route("/sehat", desk.health),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        ],
        exception_handlers=handlers,
    )
