"""The feeds of the desk over HTTP: ``/feeds/FORMAT``, narrowed by its address, in pages, and *not modified* quickly.

Whether anything changed is asked of the store alone: three numbers, and where one of them moved, the page of alerts
without what they say. Only where it did is the document made. Tags are weak: what is said is the same, not each byte
(RFC 9110, section 8.8.1), since a packed answer has another length.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from data.errors import InputError, KentonganError, UnknownItemError
from data.store.alert_feed import AlertFilter
from desk.api.limits import STRANGERS_PER_MINUTE, Limiter, TooManyRequestsError
from desk.entry.doorkeeper import address_of
from desk.entry.feed_door import FeedRefusedError, NoTokenError, Reader, ReadLog, reader_of
from desk.feed_views import view_filter
from desk.frame import language_of
from desk.terminal.speech import reword
from feeds import FORMATS, Page, message_file
from flows.alert_items import alert_items
from flows.feed_filters import NAMES, filter_of, query_of
from flows.feed_filters import said as said_of
from flows.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request

    from data.store.alert_feed import FeedPage
    from desk.frame import Desk
    from feeds import Format

PER_PAGE: Final = 100
MOST_PER_PAGE: Final = 1000
WHOLE: Final = 200
"""Alerts up to which a document is made before it is sent, so that a failure is a plain answer; more are streamed."""
PIECE: Final = 64 * 1024
LAST: Final = "akhir"
PER_MINUTE: Final = 120
"""Requests of one reader: two a second, when a feed a minute is what readers poll."""
MOST_KNOWN: Final = 2_000
"""Pages of feeds whose tag is remembered: of each some 300 bytes."""
OTHERS: Final = ("tampilan", "halaman", "jumlah", "token", "lang")
CACHE: Final = "private, no-cache"
"""A reader keeps its copy and asks each time whether it still holds; nobody between keeps one for others."""
VARY: Final = "Accept-Encoding, Authorization, Cookie"
FILES: Final = {chosen.file: name for name, chosen in FORMATS.items()}
DOWNLOADED: Final = frozenset({"csv", "xlsx", "ndjson", "geojson"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for: a format, the filters that hold, the page, and the address without page and token."""

    name: str
    filters: tuple[AlertFilter, ...]
    asked: AlertFilter
    query: str
    page: str
    size: int
    exact: bool
    """Whether the filters say the same at every moment: a view may ask for the last 24 hours."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a page of a feed: for which state of the store, its tag and when it last changed."""

    state: tuple[int, ...]
    tag: str
    changed: datetime | None


class Feeds:
    """Answers to requests for feeds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[Any, ...], Known] = OrderedDict()
        self._limiter = Limiter()
        self._reads = ReadLog()

    def routes(self) -> list[Route]:
        """Return the routes of the feeds."""

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(self._answer, request)

        return [Route("/feeds/{name:path}", endpoint, methods=["GET"])]

    def _answer(self, request: Request) -> Response:
        tools, now = self._desk.tools, self._desk.tools.clock()
        try:
            # A dozen questions over one connection, and of one state of the store.
            with tools.store.reading():
                reader = self._reader(request, now)
                wanted = self._wanted(request, reader, now)
                response = self._feed(request, reader, wanted, now)
        except KentonganError as error:
            return self._refused(request, error)
        path = f"{wanted.name}?{wanted.query}" if wanted.query else wanted.name
        self._reads.note(tools, reader, path[:200], now, unchanged=response.status_code == 304)
        return response

    def _reader(self, request: Request, now: datetime) -> Reader:
        """Return who reads; raises as `reader_of`, and TooManyRequestsError."""
        try:
            reader = reader_of(request, self._desk.tools, now)
        except NoTokenError:
            self._limiter.take(f"address:{address_of(request)}", now, STRANGERS_PER_MINUTE)
            raise
        token = reader.token.id if reader.token is not None else 0
        self._limiter.take(f"reader:{reader.actor.user.id}:{token}", now, PER_MINUTE)
        return reader

    def _wanted(self, request: Request, reader: Reader, now: datetime) -> Wanted:
        tools = self._desk.tools
        name = request.path_params["name"]
        parameters = request.query_params
        unknown = sorted(set(parameters) - {*NAMES, *OTHERS})
        if unknown:
            raise InputError(f'there is no filter "{unknown[0]}"; there are {", ".join((*NAMES, *OTHERS[:3]))}')
        number = _message(name)
        if number is not None:
            one = (AlertFilter(incident_id=number), *reader.limits)
            return Wanted(name, one, one[0], "", "", 1, exact=True)
        name = FILES.get(name, name)
        if name not in FORMATS or FORMATS[name].single:
            raise UnknownItemError("feed", name, hint=f"there are {', '.join(_several())}")
        asked = filter_of({key: parameters.getlist(key) for key in NAMES}, tools.gazetteer, tools.taxonomy)
        reader.refuse_outside(asked, tools)
        query = query_of(asked)
        if asked.drills is None:
            # Machines are told of drills only where they ask for them; who sits at the desk sees what it shows.
            asked = replace(asked, drills=tools.publish.exercise and reader.token is None)
        view = _whole(parameters.get("tampilan", ""), "tampilan")
        filters = (asked, *reader.limits)
        if view is not None:
            filters += self._view(view, reader, now)
            query = "&".join(filter(None, (query, f"tampilan={view}")))
        size = _whole(parameters.get("jumlah", ""), "jumlah")
        if size is not None and not 1 <= size <= MOST_PER_PAGE:
            raise InputError(f"a page has 1 to {MOST_PER_PAGE} alerts")
        if size is not None and size != PER_PAGE:
            query = "&".join(filter(None, (query, f"jumlah={size}")))
        page = parameters.get("halaman", "")
        return Wanted(name, filters, asked, query, page, size or PER_PAGE, exact=view is None)

    def _view(self, number: int, reader: Reader, now: datetime) -> tuple[AlertFilter, ...]:
        """Return what a saved view asks for; UnknownItemError for one that is not the reader's and not shared."""
        store, tools = self._desk.tools.store, self._desk.tools
        kept = store.saved_views.get(number)
        if kept is None or not (kept.shared or kept.user_id == reader.actor.user.id):
            raise UnknownItemError("view", number)
        return (view_filter(kept, reader.actor, store, tools.taxonomy, now, self._desk.zone),)

    def _feed(self, request: Request, reader: Reader, wanted: Wanted, now: datetime) -> Response:
        store = self._desk.tools.store
        key = (reader.key, wanted.name, wanted.query, wanted.page, str(request.base_url))
        state = (*store.alert_feed.state(), 0 if wanted.exact else int(now.timestamp()) // 60)
        with self._lock:
            known = self._known.get(key)
        page: FeedPage | None = None
        if known is None or known.state != state:
            page = self._page(wanted)
            known = Known(state, self._tag(request, wanted, page, state), _changed(page))
            with self._lock:
                self._known[key] = known
                self._known.move_to_end(key)
                while len(self._known) > MOST_KNOWN:
                    self._known.popitem(last=False)
        headers = {"etag": known.tag, "cache-control": CACHE, "vary": VARY}
        # A moment that is not over may still bring another change: of it no reader is told that it was the last one.
        if known.changed is not None and now - known.changed >= timedelta(seconds=1):
            headers["last-modified"] = format_datetime(known.changed.astimezone(UTC), usegmt=True)
        if _is_unchanged(request, known, headers):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            response = Response(headers=headers, media_type=_format(wanted.name).media_type)
            del response.headers["content-length"]  # of the body that is not made
            return response
        return self._document(request, wanted, page or self._page(wanted), headers, now)

    def _page(self, wanted: Wanted) -> FeedPage:
        feed = self._desk.tools.store.alert_feed
        if wanted.page == LAST:
            return feed.last(wanted.filters, wanted.size)
        if not wanted.page:
            page = feed.page(wanted.filters, wanted.size)
        else:
            number = _whole(wanted.page.removeprefix("-"), "halaman")
            after = wanted.page.startswith("-")
            page = feed.page(wanted.filters, wanted.size, **{"after" if after else "before": number})
        if not page.alerts and wanted.asked.incident_id is not None:
            raise UnknownItemError("alert", wanted.asked.incident_id)
        return page

    def _tag(self, request: Request, wanted: Wanted, page: FeedPage, state: tuple[int, ...]) -> str:
        # The last setting counts: the calendar of the desk stands in what feeds say.
        stated = sorted(self._desk.tools.publish.stated.items())
        told = (
            VERSION,
            stated,
            wanted.name,
            wanted.query,
            str(request.base_url),
            state[2],
            page.stamp,
            page.older,
            page.newer,
        )
        return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'

    def _document(
        self, request: Request, wanted: Wanted, page: FeedPage, headers: dict[str, str], now: datetime
    ) -> Response:
        tools = self._desk.tools
        chosen, base = _format(wanted.name), f"{request.base_url}feeds/"
        links = _links(base, chosen, wanted, page)
        told = said_of(wanted.asked, tools.gazetteer, tools.taxonomy)
        plain = tools.publish.channel(_changed(page) or now)
        channel = replace(
            plain,
            title=f"{plain.title}: {told}" if told else plain.title,
            name=f"alerts?{wanted.query}" if wanted.query else plain.name,
            base_url=base,
            self_url=_address(base, chosen, wanted, wanted.page),
            updated=_changed(page),
            page=links,
            exercise=wanted.asked.drills is True,
        )
        if links is not None and links.links:
            headers["link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.links)
        if wanted.name in DOWNLOADED:
            headers["content-disposition"] = f'attachment; filename="{chosen.file}"'
        items = alert_items(tools.publish, page.alerts)
        if len(page.alerts) <= WHOLE:
            return Response(chosen.write(items, channel), headers=headers, media_type=chosen.media_type)
        pieces = _pieces(chosen.chunks(items, channel))
        return StreamingResponse(pieces, headers=headers, media_type=chosen.media_type)

    def _refused(self, request: Request, error: KentonganError) -> Response:
        """Return an error as a plain sentence: who reads feeds is a program, and who looks after it reads logs."""
        lang = language_of(request)
        status, headers = _told(error) or (self._desk.failed(request, error, lang).status_code, {})
        sentence = reword(lambda indonesian, english: english if lang == "en" else indonesian, str(error))
        if status == 503:
            sentence, headers = "Desk sedang tidak dapat membaca data.", {"retry-after": "30"}
        return Response(f"{sentence}\n", status_code=status, headers=headers, media_type="text/plain; charset=utf-8")


def _told(error: KentonganError) -> tuple[int, dict[str, str]] | None:
    """Return status and headers of an error that only feeds have, or that has headers of its own."""
    if isinstance(error, NoTokenError):
        return 401, {"www-authenticate": 'Basic realm="Kentongan", charset="UTF-8", Bearer'}
    if isinstance(error, FeedRefusedError):
        return 403, {}
    if isinstance(error, TooManyRequestsError):
        return 429, {"retry-after": str(error.wait_s)}
    return None


def _links(base: str, chosen: Format, wanted: Wanted, page: FeedPage) -> Page | None:
    """Return where the other pages are (RFC 5005, section 3); None for a single message."""
    if chosen.single:
        return None
    return Page(
        first=_address(base, chosen, wanted, ""),
        previous=None if page.newer is None else _address(base, chosen, wanted, f"-{page.newer}"),
        next=None if page.older is None else _address(base, chosen, wanted, str(page.older)),
        last=_address(base, chosen, wanted, LAST) if page.older is not None or page.newer is not None else None,
        complete=page.older is None and page.newer is None and wanted.asked.since is None,
    )


def _address(base: str, chosen: Format, wanted: Wanted, page: str) -> str:
    file = wanted.name if chosen.single else chosen.file
    query = "&".join(filter(None, (wanted.query, urlencode({"halaman": page}) if page else "")))
    return f"{base}{file}?{query}" if query else f"{base}{file}"


def _several() -> Iterable[str]:
    return (name for name, chosen in FORMATS.items() if not chosen.single)


def _format(name: str) -> Format:
    return FORMATS[name] if name in FORMATS else FORMATS["cap"]


def _message(name: str) -> int | None:
    """Return which incident's CAP message a path names; None where it names none."""
    before, _, rest = message_file(0).partition("0")
    middle = name.removeprefix(before).removesuffix(rest)
    fits = name == f"{before}{middle}{rest}" and middle.isascii() and middle.isdecimal() and len(middle) <= 10
    return int(middle) if fits else None


def _changed(page: FeedPage) -> datetime | None:
    return max((alert.at for alert in page.alerts), default=None)


def _is_unchanged(request: Request, known: Known, headers: dict[str, str]) -> bool:
    """Return whether what the reader has still holds (RFC 9110, section 13.2.2: a tag is asked for first)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        mine = known.tag.removeprefix("W/")
        return any(tag.strip().removeprefix("W/") in {mine, "*"} for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    if since is None or known.changed is None or "last-modified" not in headers:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return known.changed.replace(microsecond=0) <= moment


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same in larger pieces: each costs a change of threads."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _whole(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise InputError(f'"{text[:40]}" is no number of "{name}"')
    return int(text)
