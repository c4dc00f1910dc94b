"""A receiver on loopback that answers as it is told, byte by byte, and a message for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from data.delivering import Message, Recipient

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Post:
    """One request as the receiver saw it; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers by path with bytes or a script; what nobody set is 204."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, bytes | Script] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posts.append(Post(method, path, headers, body))
        answer = self.answers.get(path, OK)
        if not isinstance(answer, bytes):
            await answer(writer)
            return False
        writer.write(answer)
        await writer.drain()
        return b"\r\nconnection: close\r\n" not in answer.lower()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await made.close()
    await server.wait_closed()


@pytest.fixture
def message_of() -> Callable[..., Message]:
    def make(**more: Any) -> Message:
        values: dict[str, Any] = {
            "key": "tag:desk.example,2026-11-26:kejadian:7.1.3",
            "kind": "alert",
            "uid": "tag:desk.example,2026-11-26:kejadian:7",
            "revision": 1,
            "incident_id": 7,
            "subject": "[TINGGI] Perusakan, Pariaman: Posko dibakar (belum terverifikasi)",
            "text": "Izin melaporkan, posko dibakar.\n1. Waktu: 26-11-2026\n",
            "body": '{"id":"tag:desk.example,2026-11-26:kejadian:7","title":"Posko dibakar – “ricuh”"}'.encode(),
            "exercise": False,
            "state": "raised",
        }
        return Message(**values | more)

    return make


@pytest.fixture
def message(message_of: Callable[..., Message]) -> Message:
    return message_of()


@pytest.fixture
def recipient_of() -> Callable[..., Recipient]:
    def make(target: str, channel: Any = "webhook", **more: Any) -> Recipient:
        values: dict[str, Any] = {"id": 3, "name": "Bawaslu", "secret": "k" * 32 if channel == "webhook" else ""}
        return Recipient(channel=channel, target=target, **values | more)

    return make
