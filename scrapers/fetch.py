"""Fetching: every URL that is asked for ends as a `Page` with one outcome, whatever the web does.

The order for each hop of a page: is the URL one that we may ask (scheme, port, address), is its network resting, does
robots.txt allow it, whose turn is it. Only then a request goes out. A redirect is a new hop and is vetted anew.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import structlog

from data.errors import FetchError, RefusedAddressError
from data.outcomes import Outcome
from data.records import Page, RobotsRecord, Validators
from scrapers.addresses import AddressBook
from scrapers.answers import judge, leads_to_home, leads_to_login, looks_like_html_type, sendable
from scrapers.budget import HOST_FAILURES, BlockedError, Budget, Rest
from scrapers.decode import decode_body, is_gzip
from scrapers.exchange import Answer, Exchange, Limits, Meter, whole
from scrapers.robots import MAX_BYTES, Robots
from scrapers.trip import Accept, Trip, home_of
from scrapers.urls import askable_url, is_trap, parse_url, printable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable

    import httpcore

    from data.records import Source
    from scrapers.addresses import Destination, Resolver
    from scrapers.budget import HostMemory
    from scrapers.robots import RobotsMemory
    from scrapers.urls import Url

__all__ = ["Accept", "Fetcher", "Limits"]

log = structlog.get_logger(__name__)

ROBOTS_REDIRECTS = 5
"""Redirects of a robots.txt that are followed; past them it counts as unavailable (RFC 9309, section 2.3.1.2)."""


def utc_now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class Fetcher:
    """Asks the web, many networks side by side, each gently; made and used within one event loop.

    ``robots`` and ``hosts`` are the memories that outlive the process. ``allow_private_hosts`` are the only hosts
    that may have a private address or a port of their own, ``connect_to`` says where some of those really answer
    (such hosts share no budget by address, for their addresses say nothing). ``resolver``, ``backend``,
    ``ssl_context``, ``monotonic`` and ``sleep`` are the system's unless given.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        robots: RobotsMemory,
        hosts: HostMemory,
        clock: Callable[[], datetime] = utc_now,
        allow_private_hosts: Iterable[str] = frozenset(),
        connect_to: Iterable[tuple[str, tuple[str, int]]] = (),
        default_delay_s: float = 2.0,
        limits: Limits | None = None,
        resolver: Resolver | None = None,
        backend: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits or Limits()
        self._clock = clock
        self._default_delay_s = default_delay_s
        self._book = AddressBook(
            allow_private_hosts=allow_private_hosts,
            connect_to=dict(connect_to),
            resolver=resolver,
            monotonic=monotonic,
        )
        self._exchange = Exchange(
            self._book, user_agent=user_agent, limits=self._limits, backend=backend, ssl_context=ssl_context
        )
        self._robots = Robots(robots, user_agent=user_agent, clock=clock)
        self._budget = Budget(monotonic=monotonic, sleep=sleep)
        self._rest = Rest(hosts, clock)

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: Accept = "html"
    ) -> Page:
        """Return the answer to ``url``, whatever happened; see `data.outcomes` for what may.

        ``validators`` make the question conditional (NOT_MODIFIED has no body). With ``accept="html"`` other types
        end as NOT_HTML, and a redirect to another site, to a login or to the home page is told by its outcome
        instead of followed; feeds and the like may move to another site. A gzip file is unpacked where ``accept``
        is "feed" or "xml". THROTTLED with status None means that the network must be left alone: nothing was asked.
        """
        asked = validators or Validators()
        asked = Validators(sendable(asked.etag), sendable(asked.last_modified))
        trip = Trip(url, source, accept, asked, self._clock(), home_of(source))
        try:
            answer = await self._travel(trip)
            outcome, detail = judge(answer, accept=accept, conditional=trip.validators != Validators())
            body: bytes | None = self._unpacked(trip, answer) if outcome is Outcome.FETCHED else None
        except FetchError as error:
            answer, outcome, detail, body = None, error.outcome, error.detail, None
            if isinstance(error, BlockedError):
                trip.retry_after_s = error.seconds
        if outcome is Outcome.REFUSED_ADDRESS:
            log.warning(
                "address_refused", source=source.id, url=printable(url), at=str(trip.at), detail=printable(detail)
            )
        self._learn(trip, outcome, answer)
        return trip.page(outcome, answer, detail, body)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._exchange.aclose()

    def _unpacked(self, trip: Trip, answer: Answer) -> bytes:
        """Return the body, out of the gzip file that some sitemaps and feeds are served as."""
        if trip.accept not in {"feed", "xml"} or not is_gzip(answer.body):
            return answer.body
        return decode_body(
            answer.body, "gzip", url=trip.url, max_bytes=self._limits.decoded_bytes, max_ratio=self._limits.ratio
        )

    async def _travel(self, trip: Trip) -> Answer:
        """Follow ``trip`` from hop to hop to the answer that ends it."""
        if trip.accept == "html" and is_trap(trip.url):
            raise FetchError(
                Outcome.BAD_URL, trip.url, "it looks like one of endlessly many (too long, deep or looping)"
            )
        trip.at = askable_url(trip.url)
        while True:
            answer = await self._hop(trip, trip.at)
            if not answer.is_redirect:
                return answer
            if len(trip.redirects) >= self._limits.redirects:
                raise FetchError(
                    Outcome.TOO_MANY_REDIRECTS, trip.url, f"more than {self._limits.redirects} redirects in a row"
                )
            target = await self._next(trip, trip.at, answer.header("location") or "")
            trip.redirects.append(str(trip.at))
            trip.at = target

    async def _next(self, trip: Trip, at: Url, location: str) -> Url:
        """Return where a redirect leads, or raise what the page ends as because of it."""
        try:
            target = parse_url(urljoin(str(at), location.strip()))
        except (FetchError, ValueError) as error:
            detail = error.detail if isinstance(error, FetchError) else "which is no URL"
            raise FetchError(
                Outcome.BAD_URL, trip.url, f'it redirects to "{printable(location)}", and {detail}'
            ) from error
        self._book.check(target)
        if str(target) in {*trip.redirects, str(at)}:
            raise FetchError(Outcome.TOO_MANY_REDIRECTS, trip.url, "its redirects go round in a circle")
        if trip.accept != "html":
            return target
        if leads_to_login(trip.first, target):
            raise FetchError(Outcome.LOGIN, trip.url, f"it redirects to a login ({printable(str(target))})")
        if not trip.is_on_site(target):
            try:
                await self._destination(trip, target)
            except RefusedAddressError:
                raise
            except FetchError:
                pass  # no address either: that it leads off the site says more
            raise FetchError(Outcome.OFF_SITE, trip.url, f"it redirects to another site ({printable(str(target))})")
        if leads_to_home(trip.first, target, trip.home):
            raise FetchError(Outcome.SOFT_404, trip.url, "it redirects to the home page")
        return target

    async def _hop(self, trip: Trip, url: Url) -> Answer:
        self._book.check(url)
        networks = trip.networks(url)
        self._rest.check(networks)
        destination = await self._destination(trip, url)
        delay_s = self._delay(trip, url)
        verdict = await self._robots.verdict(url, lambda origin: self._ask_robots(trip, origin))
        if verdict.outcome is not None:
            raise FetchError(verdict.outcome, str(url), verdict.detail)
        delay_s = max(delay_s, verdict.crawl_delay_s or 0.0)
        async with self._budget.turn(_keys(networks, destination), delay_s) as begun:
            self._rest.check(networks)  # another page may have been told to wait, while this one was queueing
            return await self._exchange.ask(
                url,
                network=networks[0],
                headers=trip.headers(),
                meter=trip.meter,
                wants=looks_like_html_type if trip.accept == "html" else whole,
                on_send=begun,
            )

    async def _destination(self, trip: Trip, url: Url) -> Destination:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(self._limits.deadline_s - trip.meter.seconds, 0)):
                return await self._book.destination(url.host)
        except TimeoutError as error:
            raise FetchError(Outcome.DNS_ERROR, str(url), "its name was not resolved in time") from error
        finally:
            trip.meter.seconds += loop.time() - began

    def _delay(self, trip: Trip, url: Url) -> float:
        own = trip.source.delay_s
        return self._default_delay_s if own is None or not trip.is_on_site(url) else own

    async def _ask_robots(self, trip: Trip, origin: str) -> RobotsRecord:
        """Fetch a robots.txt; what is raised from here (blocked, no connection) leaves no record."""
        meter, url = Meter(), parse_url(f"{origin}/robots.txt")
        status, body = None, b""
        try:
            for _ in range(ROBOTS_REDIRECTS + 1):
                answer = await self._robots_hop(trip, url, meter)
                status = answer.status
                if not answer.is_redirect:
                    body = answer.body if 200 <= status < 300 else b""
                    break
                url = parse_url(urljoin(str(url), answer.header("location") or ""))
        except BlockedError:
            raise
        except (FetchError, ValueError) as error:
            # No connection at all is the page's own outcome, and is found out anew as soon as anybody asks.
            if isinstance(error, FetchError) and error.outcome in {Outcome.CONNECT_ERROR, Outcome.TLS_ERROR}:
                raise
            status, body = None, b""
        finally:
            trip.meter.wire_bytes += meter.wire_bytes
        return RobotsRecord(origin, self._clock(), status, body[:MAX_BYTES])

    async def _robots_hop(self, trip: Trip, url: Url, meter: Meter) -> Answer:
        self._book.check(url)
        networks = trip.networks(url)
        self._rest.check(networks)
        destination = await self._destination(trip, url)
        async with self._budget.turn(_keys(networks, destination), self._delay(trip, url)) as begun:
            answer = await self._exchange.ask(
                url,
                network=networks[0],
                headers={"Accept": "text/plain,*/*;q=0.5"},
                meter=meter,
                cut_at=MAX_BYTES,
                on_send=begun,
            )
        if answer.status == 429 or (answer.status == 503 and answer.header("retry-after")):
            self._rest.throttled(networks, answer.header("retry-after"))
        return answer

    def _learn(self, trip: Trip, outcome: Outcome, answer: Answer | None) -> None:
        """Remember what the end of a trip says about the network that it ended at."""
        if trip.at is None:
            return
        networks = trip.networks(trip.at)
        if answer is not None and outcome is Outcome.THROTTLED:
            trip.retry_after_s = self._rest.throttled(networks, answer.header("retry-after"))
        elif outcome in HOST_FAILURES:
            self._rest.failed(networks)
        elif answer is not None:
            self._rest.answered(networks)


def _keys(networks: Iterable[str], destination: Destination) -> tuple[str, ...]:
    shared = () if destination.private else destination.addresses
    return (*networks, *(f"ip:{address}" for address in shared))
