"""The desk as a web application: its pages behind the door, the feeds, the static files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from data.errors import KentonganError, UnknownItemError
from desk.api.app import make_api
from desk.feeds import Feeds
from desk.frame import HEADERS, Desk, language_of
from desk.pages import routes
from desk.static_files import ADDRESS, VersionedFiles

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from flows.desk import DeskTools

LOCAL: Final = ("127.0.0.1", "localhost")
"""The names under which a desk on loopback is asked for. Another name in the Host header is a stranger's page that has
its own name resolve to 127.0.0.1, to read the desk through the analyst's browser (DNS rebinding)."""


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
                if scope.get("scheme") == "https":
                    extra.append((b"strict-transport-security", b"max-age=31536000"))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers)


def make_desk(tools: DeskTools, *, hosts: Sequence[str] = ("*",)) -> Starlette:
    """Return the desk as an ASGI application that works through ``tools``; asked under other names it says nothing.

    ``hosts`` are the names that it answers to, ``*`` any.
    """
    desk = Desk(tools)

    async def health(_request: Request) -> Response:
        """Answer whether the store can be read, for whoever keeps the process."""
        await run_in_threadpool(tools.store.articles.count)
        return JSONResponse({"status": "ok"})

    async def unknown(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status == 404:
            return desk.failed(request, UnknownItemError("page", request.url.path), language_of(request))
        return Response(status_code=status, headers=getattr(error, "headers", None))

    async def failed(request: Request, error: Exception) -> Response:
        return desk.failed(request, error, language_of(request))

    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        HTTPException: unknown,
        KentonganError: failed,
    }
    return Starlette(
        routes=[
            *routes(desk),
            *Feeds(desk).routes(),
            Route("/sehat", health),
            Mount("/api/v1", make_api(desk)),
            Mount(ADDRESS, VersionedFiles(desk.static_folder, desk.static_version)),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        ],
        exception_handlers=handlers,
    )
