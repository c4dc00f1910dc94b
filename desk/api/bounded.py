"""Bodies of a bounded size: more than `LARGEST_BODY` is refused, whether or not its length was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from desk.api.limits import LARGEST_BODY, TooLargeError
from desk.api.problems import of_error

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BoundedBodies:
    """ASGI middleware that answers for the application where too much is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting what is read of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = of_error(Request(scope), TooLargeError())
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told) > LARGEST_BODY:
            await refusal(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise TooLargeError
            return message

        async def answered(message: Message) -> None:
            # Whoever reads a body takes any error for one of its form: what it says of it is replaced.
            if read <= LARGEST_BODY:
                await send(message)
            elif message["type"] == "http.response.start":
                await refusal(scope, receive, send)

        await self.app(scope, counted, answered)
