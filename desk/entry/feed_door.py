"""Who reads a feed: a person who is logged in, or a program with a token; what they may read, and a lean log of it.

A token may be for feeds alone: its scope is ``umpan``, or ``umpan:wilayah=13&tingkat=3``, and then whatever it asks
for, it is told of nothing else. Programs bring it as *Bearer*, feed readers as the password of *Basic*; in the address
only such a token is taken: addresses stand in logs and histories, and then no more is lost than the feed.
"""

from __future__ import annotations

import base64
import binascii
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from data.errors import InputError, KentonganError, StoreError
from data.store.alert_feed import AlertFilter
from data.store.feed_reads import IN_BROWSER, FeedRead
from desk.entry.doorkeeper import refuse_foreign, visitor
from desk.entry.guard import actor_of, token_of
from desk.permissions import Permission
from flows.feed_filters import query_of, read_query

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from data.people import ApiToken
    from desk.permissions import Actor
    from flows.desk import DeskTools

log = structlog.get_logger(__name__)

SCOPE: Final = "umpan"
"""The scope of a token that reads feeds and does nothing else; behind a colon stands what they are narrowed to."""

FLUSH_EVERY: Final = timedelta(minutes=1)
"""How stale the counts in the store may be: a poll must not cost a write each. A first read of the day is written at
once; a process that is killed loses a minute of counts."""

MOST_WAITING: Final = 500
KEPT: Final = timedelta(days=400)
"""How long it is kept who fetched what: a year, and a month to look back on it."""


class NoTokenError(KentonganError):
    """No valid token came with the request, and nobody is logged in."""

    def __init__(self) -> None:
        super().__init__("bring a valid token: Authorization: Bearer ktg_…")


class FeedRefusedError(KentonganError):
    """The reader is known and may not read this; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and ``limits``: filters that hold whatever is asked for. ``token`` None: in a browser."""

    actor: Actor
    token: ApiToken | None
    limits: tuple[AlertFilter, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what tells readers apart who are told different things."""
        user = self.actor.user
        return (user.id, user.regions, self.token.scopes if self.token is not None else ())

    def refuse_outside(self, asked: AlertFilter, tools: DeskTools) -> None:
        """Raise FeedRefusedError where none of the places that are asked for may be read."""
        for limit in self.limits:
            mine = limit.regions or limit.places
            if asked.places and mine and not any(_touch(one, other) for one in asked.places for other in mine):
                names = ", ".join(tools.gazetteer.name(code) for code in mine)
                raise FeedRefusedError(f"this reader is told of {names} only")


def reader_of(request: Request, tools: DeskTools, now: datetime) -> Reader:
    """Return who reads; NoTokenError for a stranger, FeedRefusedError for who may read no feeds at all."""
    secret, in_address = _secret(request)
    if not secret:
        return _in_browser(request, tools, now)
    found = token_of(tools.store, secret, now)
    if found is None:
        raise NoTokenError
    token, actor = found
    feeds = [scope for scope in token.scopes if scope.partition(":")[0] == SCOPE]
    if in_address and len(feeds) < len(token.scopes):
        raise FeedRefusedError("in an address only a token is taken that reads feeds and nothing else")
    if not actor.may(Permission.LIHAT) or not (feeds or Permission.LIHAT.value in token.scopes):
        raise FeedRefusedError(f'this needs a token with the scope "{SCOPE}"')
    limits = []
    if Permission.LIHAT.value not in token.scopes:
        limits = [read_query(scope.partition(":")[2], tools.gazetteer, tools.taxonomy) for scope in feeds]
    return Reader(actor, token, (AlertFilter(regions=actor.user.regions), *limits))


def _in_browser(request: Request, tools: DeskTools, now: datetime) -> Reader:
    found = visitor(request, tools.store, now)
    if found is None:
        raise NoTokenError
    session, user = found
    if (user.totp_on and not session.second_factor) or user.must_change:
        raise NoTokenError
    refuse_foreign(request)
    actor = actor_of(tools.store, user, session)
    actor.require(Permission.LIHAT)
    return Reader(actor, None, (AlertFilter(regions=user.regions),))


def _secret(request: Request) -> tuple[str, bool]:
    """Return the token that came with a request ("" for none), and whether it stood in the address."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip(), False
    if kind.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "-", False
        return (password or name or "-"), False
    return request.query_params.get("token", "").strip(), True


def scope_of(asked: AlertFilter) -> str:
    """Return the scope of a token for the feeds of a filter; InputError for one that no token is limited by."""
    if asked.since is not None or asked.drills is not None:
        raise InputError("a token is limited to regions, signals, a level, urgencies or a status, and nothing else")
    query = query_of(asked)
    return f"{SCOPE}:{query}" if query else SCOPE


class ReadLog:
    """Counts reads in memory and writes them to the store now and then; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, int, int, str], FeedRead] = {}
        self._known: set[tuple[str, int, int, str]] = set()
        self._written: datetime | None = None

    def note(self, tools: DeskTools, reader: Reader, feed: str, now: datetime, *, unchanged: bool) -> None:
        """Count a read. Where the store is busy, it is counted later; the reader does not wait for it."""
        token = reader.token.id if reader.token is not None else IN_BROWSER
        key = (f"{now:%Y-%m-%d}", reader.actor.user.id, token, feed)
        with self._lock:
            before = self._waiting.get(key)
            times, same = (before.times, before.unchanged) if before is not None else (0, 0)
            self._waiting[key] = FeedRead(*key, times + 1, same + unchanged, now)
            if any(one[0] != key[0] for one in self._known):
                self._known.clear()
            due = self._written is None or not timedelta(0) <= now - self._written < FLUSH_EVERY
            if not due and key in self._known and len(self._waiting) < MOST_WAITING:
                return
            reads, self._waiting = list(self._waiting.values()), {}
            new_day, self._written = not self._known, now
            self._known.add(key)
        try:
            tools.store.feed_reads.add(reads)
            if new_day:
                tools.store.feed_reads.forget(f"{now - KEPT:%Y-%m-%d}")
        except StoreError as error:
            log.warning("feed_reads_not_written", reads=len(reads), error=str(error))


def _touch(code: str, other: str) -> bool:
    return code == other or code.startswith(f"{other}.") or other.startswith(f"{code}.")
