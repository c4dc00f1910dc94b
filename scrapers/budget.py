"""Politeness: how often a network of hosts is asked, and when it is left alone.

One budget counts for a host, for its network (all hosts of one registrable domain, or of the name that the catalogue
gives) and for each of its IP addresses: one request at a time, and a least time between the starts of two. What a
network asked for with Retry-After, and how long it has been failing, is remembered over restarts.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from data.errors import FetchError
from data.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable

SHORTEST_BLOCK = timedelta(minutes=1)
LONGEST_BLOCK = timedelta(hours=24)
"""What a Retry-After may ask for: less is no rest, more is a mistake (ten years have been seen)."""

LONGEST_BACKOFF = timedelta(hours=6)
"""A site that comes back in the morning should be read by noon."""

FAILURES_BEFORE_BACKOFF = 3
"""Failures in a row: one is an accident, three are an answer (the crawl pass counts the same)."""

LONGEST_WAIT_S = 300.0
"""Seconds that a request waits for its turn; whoever asks for a longer Crawl-delay is read in another run."""

HOST_FAILURES = frozenset(
    {
        Outcome.DNS_ERROR,
        Outcome.CONNECT_ERROR,
        Outcome.TLS_ERROR,
        Outcome.TIMEOUT,
        Outcome.SERVER_ERROR,
        Outcome.CHALLENGE,
    }
)
"""What speaks against the host and not only against the page."""

_FAILING = "failing:"
_OVER = datetime(1970, 1, 1, tzinfo=UTC)


class HostMemory(Protocol):
    """Where it is kept over restarts until when a network is left alone."""

    def blocked_until(self, network: str) -> datetime | None:
        """Return until when ``network`` must be left alone, also where that has passed; None where it never asked."""

    def block(self, network: str, until: datetime) -> None:
        """Leave ``network`` alone until ``until``; the last word counts."""


class BlockedError(FetchError):
    """A network must be left alone for another ``seconds``; nothing was asked."""

    def __init__(self, network: str, seconds: float, why: str) -> None:
        super().__init__(Outcome.THROTTLED, network, why)
        self.seconds = seconds


@dataclass(slots=True)
class _Pace:
    lock: asyncio.Lock
    last_start: float = float("-inf")
    last_delay_s: float = 0.0


class Budget:
    """Gives out turns: whoever asks the web does so within one."""

    def __init__(
        self, *, monotonic: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._paces: dict[str, _Pace] = {}

    @asynccontextmanager
    async def turn(self, keys: Collection[str], delay_s: float) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn that is free under every one of ``keys``, and hold it while the request runs.

        A turn begins ``delay_s`` after the one before it began, or later where that one asked for more. Who then
        needs time to connect calls what this gives when the request really leaves: the next turn is counted from
        there, and the server sees the whole pause. Raises BlockedError where the turn would begin more than five
        minutes from now.
        """
        async with AsyncExitStack() as held:
            paces = [self._paces.setdefault(key, _Pace(asyncio.Lock())) for key in sorted(set(keys))]
            for pace in paces:  # sorted: two that share keys never wait for each other
                await held.enter_async_context(pace.lock)
            while (wait := self._wait(paces, delay_s)) > 0:
                if wait > LONGEST_WAIT_S:
                    raise BlockedError(min(keys), wait, f"its next turn is {wait:,.0f} s away")
                await self._sleep(wait)

            def begun() -> None:
                now = self._monotonic()
                for pace in paces:
                    pace.last_start, pace.last_delay_s = now, delay_s

            begun()
            yield begun

    def _wait(self, paces: Iterable[_Pace], delay_s: float) -> float:
        begin = max(pace.last_start + max(delay_s, pace.last_delay_s) for pace in paces)
        return begin - self._monotonic()


class Rest:
    """Knows which networks are left alone, and learns it from what they answer."""

    def __init__(self, memory: HostMemory, clock: Callable[[], datetime]) -> None:
        self._memory = memory
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._since: dict[str, datetime] = {}
        self._healthy: set[str] = set()

    def check(self, networks: Iterable[str]) -> None:
        """Raise BlockedError where one of ``networks`` must be left alone just now."""
        for network in networks:
            until = self._memory.blocked_until(network)
            if until is None:
                continue
            left = until - self._clock()
            # More than we ever block for was written by a clock that was wrong.
            if timedelta(0) < left <= LONGEST_BLOCK:
                raise BlockedError(
                    network, left.total_seconds(), f"{network} is left alone until {until:%Y-%m-%d %H:%M} UTC"
                )

    def throttled(self, networks: Iterable[str], retry_after: str | None) -> float:
        """Leave ``networks`` alone for as long as they ask; return how many seconds that is."""
        now = self._clock()
        asked = retry_after_wait(retry_after, now)
        longest = SHORTEST_BLOCK
        for network in networks:
            # Told to wait but not how long: as long as it has been so already.
            self._fail(network, now)
            pause = asked or self._backoff(network, now)
            self._block(network, now + pause)
            self._memory.block(_FAILING + network, self._since[network])
            longest = max(longest, pause)
        return longest.total_seconds()

    def failed(self, networks: Iterable[str]) -> None:
        """Note a failure of ``networks``: from the third in a row on each is left alone as long as it has failed."""
        now = self._clock()
        for network in networks:
            if self._fail(network, now) >= FAILURES_BEFORE_BACKOFF:
                self._block(network, now + self._backoff(network, now))
                self._memory.block(_FAILING + network, self._since[network])

    def answered(self, networks: Iterable[str]) -> None:
        """Note that ``networks`` are well."""
        for network in networks:
            self._failures.pop(network, None)
            self._since.pop(network, None)
            if network not in self._healthy:
                self._healthy.add(network)
                if (self._memory.blocked_until(_FAILING + network) or _OVER) > _OVER:
                    self._memory.block(_FAILING + network, _OVER)

    def _fail(self, network: str, now: datetime) -> int:
        self._healthy.discard(network)
        if network not in self._failures:
            since = self._memory.blocked_until(_FAILING + network) or _OVER
            last = self._memory.blocked_until(network) or _OVER
            goes_on = _OVER < since <= now and now - last < LONGEST_BLOCK
            self._since[network] = since if goes_on else now
            self._failures[network] = FAILURES_BEFORE_BACKOFF - 1 if goes_on else 0
        self._failures[network] += 1
        return self._failures[network]

    def _backoff(self, network: str, now: datetime) -> timedelta:
        # As long as it has failed already: so each pause is twice the one before.
        return min(max(now - self._since[network], SHORTEST_BLOCK), LONGEST_BACKOFF)

    def _block(self, network: str, until: datetime) -> None:
        before = self._memory.blocked_until(network)
        if before is None or before < until or before - self._clock() > LONGEST_BLOCK:
            self._memory.block(network, until)


def retry_after_wait(value: str | None, now: datetime) -> timedelta | None:
    """Return how long a Retry-After header asks to wait, within a minute and a day; None where it says nothing.

    Takes seconds (also negative, fractional and absurd ones) and an HTTP date.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[+-]?\d+(?:\.\d*)?", text):
        seconds = float(text[:20])
    else:
        try:
            at = email.utils.parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    bounds = SHORTEST_BLOCK.total_seconds(), LONGEST_BLOCK.total_seconds()
    return timedelta(seconds=min(max(seconds, bounds[0]), bounds[1]))
