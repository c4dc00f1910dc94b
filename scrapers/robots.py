"""robots.txt by RFC 9309: asked once a day per origin, parsed by protego, remembered over restarts.

What an answer means: 2xx is obeyed; 4xx but 429, and too many redirects, is "no rules"; 429, 5xx and no answer mean
"wait", and ask again ten minutes later at the earliest. A body that is no robots.txt (a BOM, a page of HTML, ten
megabytes) is read as far as it makes sense, at most the first 500 KiB.
"""

from __future__ import annotations

import asyncio
import codecs
import math
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from protego import Protego

from data.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from data.records import RobotsRecord
    from scrapers.urls import Url

FRESH = timedelta(hours=24)
"""How long an answer is used without asking again (RFC 9309, section 2.4)."""

ASK_AGAIN = timedelta(minutes=10)
"""How long "wait" is taken for an answer, so that a sick server is not asked again for every page."""

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is read (RFC 9309, section 2.5)."""

MOST_PARSED = 2_000
"""Parsed files kept in memory, the last used ones."""


class RobotsMemory(Protocol):
    """Where answers are kept over restarts, by origin."""

    def get(self, origin: str) -> RobotsRecord | None:
        """Return the last answer of ``origin``, however old; None where it was never asked."""

    def put(self, record: RobotsRecord) -> None:
        """Keep ``record`` as its origin's answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a URL may be asked: ``outcome`` is None for yes, else ROBOTS_DENIED or ROBOTS_UNREACHABLE.

    ``crawl_delay_s`` is what the origin asks for between two requests (None: nothing).
    """

    outcome: Outcome | None
    crawl_delay_s: float | None = None
    detail: str = ""


class Robots:
    """The rules of every origin for the one crawler that we are.

    ``user_agent``'s product token (what stands before the first slash or space) is what groups are matched with.
    """

    def __init__(self, memory: RobotsMemory, *, user_agent: str, clock: Callable[[], datetime]) -> None:
        self._memory = memory
        self._token = product_token(user_agent)
        self._clock = clock
        self._parsed: OrderedDict[str, tuple[datetime, Protego]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def verdict(self, url: Url, ask: Callable[[str], Awaitable[RobotsRecord]]) -> Verdict:
        """Return whether ``url`` may be asked; ``ask(origin)`` fetches a robots.txt where none fresh is known.

        What ``ask`` raises is passed on, and nothing is remembered of it.
        """
        if url.path == "/robots.txt":
            return Verdict(None)
        record = await self._record(url.origin, ask)
        if means_wait(record.status):
            said = "did not answer" if record.status is None else f"answered {record.status}"
            return Verdict(
                Outcome.ROBOTS_UNREACHABLE, detail=f"{url.origin}/robots.txt {said}; to be asked again later"
            )
        if not 200 <= (record.status or 0) < 300:
            return Verdict(None)
        rules = self._rules(record)
        if not rules.can_fetch(str(url), self._token):
            return Verdict(Outcome.ROBOTS_DENIED, detail=f"{url.origin}/robots.txt does not allow it")
        delay = rules.crawl_delay(self._token)
        return Verdict(None, delay if delay is not None and math.isfinite(delay) and delay > 0 else None)

    async def _record(self, origin: str, ask: Callable[[str], Awaitable[RobotsRecord]]) -> RobotsRecord:
        # One question at a time per origin: the others find its answer in the memory.
        async with self._asking.setdefault(origin, asyncio.Lock()):
            record = self._memory.get(origin)
            if record is None or not self._is_fresh(record):
                record = await ask(origin)
                self._memory.put(record)
            return record

    def _is_fresh(self, record: RobotsRecord) -> bool:
        age = self._clock() - record.fetched_at
        # An answer from the future was dated by a clock that was wrong.
        return -ASK_AGAIN < age < (ASK_AGAIN if means_wait(record.status) else FRESH)

    def _rules(self, record: RobotsRecord) -> Protego:
        kept = self._parsed.get(record.origin)
        if kept is None or kept[0] != record.fetched_at:
            kept = (record.fetched_at, Protego.parse(robots_text(record.body)))
            self._parsed[record.origin] = kept
            if len(self._parsed) > MOST_PARSED:
                self._parsed.popitem(last=False)
        self._parsed.move_to_end(record.origin)
        return kept[1]


def product_token(user_agent: str) -> str:
    """Return the name that robots.txt files would call us by: ``Kentongan/0.1 (+...)`` -> ``Kentongan``."""
    return re.split(r"[/\s]", user_agent.strip(), maxsplit=1)[0]


def means_wait(status: int | None) -> bool:
    """Return whether a robots.txt answer of ``status`` (None: none came) forbids everything for now."""
    return status is None or status == 429 or status >= 500


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt: the first 500 KiB in whole lines, whatever bytes they are."""
    if len(body) >= MAX_BYTES:
        # Half a line could forbid more than the whole one: "Disallow: /" instead of "Disallow: /admin".
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")
