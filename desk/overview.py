"""What map, trends and the chair's screen are made of: counts, coverage and warnings of whole days, kept for a minute.

A slider goes through thirty days, and each asks for the coverage of its own week. So what is slow is kept day by day:
who answered, and which source named which unit. Days add up to any period, and the sum is the coverage that
`flows.coverage.coverage_of` tells of that period. A day that is over hardly changes; today is asked anew every minute.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from classifiers.coverage import Named, coverages
from data.gazetteer import KABKOTA, PROVINCE, Level
from flows.coverage import answering, regions_of, switched_on
from flows.picture import picture_in
from flows.report_facts import day_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from data.records import Source
    from data.store.article_places import Heard
    from data.watching import CountedIncident, Coverage, EarlyWarning, Picture
    from desk.frame import Desk
    from desk.permissions import Actor

FRESH: Final = timedelta(minutes=1)
"""How long what may change is shown as it was."""
PAST: Final = timedelta(minutes=15)
"""The same of a day that is over: an article that is judged late, or anew, is all that changes it."""
MOST_KEPT: Final = 400
"""Values that are kept: two for each day of a quarter, and a few periods of several persons."""
DAY: Final = timedelta(days=1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on the desk's clock, both of them in it."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> Period:
        """Return so many days of which ``last`` is the last."""
        return cls(last - timedelta(days=days - 1), last)

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Period:
        """The same number of days just before it."""
        return Period.ending(self.first - DAY, len(self.days))


class Kept:
    """Values by key for a while, so that the same question is not asked of the store twice; for several threads.

    Of two threads that ask for one key at the same moment only one asks the store, the other waits for what it gets.
    """

    def __init__(self, clock: Callable[[], datetime], most: int = MOST_KEPT) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()
        self._asking: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, ask: Callable[[], T], length: timedelta = FRESH) -> T:
        """Return the value of a key, asked for where it is older than ``length``; an error is not kept."""
        with self._lock:
            held = self._values.get(key)
            if held is not None and self._is_fresh(held[0], length):
                return cast("T", held[1])
            asking = self._asking.setdefault(key, threading.Lock())
        with asking:
            with self._lock:
                held = self._values.get(key)
            if held is not None and self._is_fresh(held[0], length):
                return cast("T", held[1])
            at = self._clock()
            try:
                value = ask()
                with self._lock:
                    self._values[key] = (at, value)
                    self._values.move_to_end(key)
                    while len(self._values) > self._most:
                        self._values.popitem(last=False)
            finally:
                with self._lock:
                    self._asking.pop(key, None)
        return value

    def _is_fresh(self, at: datetime, length: timedelta) -> bool:
        return timedelta(0) <= self._clock() - at < length


class Overview:
    """Counts, coverage and warnings of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._tools = desk.tools
        self._zone = desk.zone
        self._kept = Kept(desk.tools.clock)

    def today(self) -> date:
        """Return the day that it is on the desk's clock."""
        return self._tools.clock().astimezone(self._zone).date()

    def bounds(self, period: Period) -> tuple[datetime, datetime]:
        """Return the first moment of a period and the first after it."""
        zone = self._tools.publish.timezone
        return day_bounds(period.first, zone)[0], day_bounds(period.last, zone)[1]

    def counted(self, period: Period, actor: Actor) -> list[CountedIncident]:
        """Return the incidents that count in a period, of those that a person may see.

        The same that `flows.picture.picture_in` counts: by the day on which each happened, as far as that is known.
        """
        start, end = self.bounds(period)
        found = self._kept.get(("incidents", period), lambda: self._tools.store.counts.incidents(start, end))
        return [one for one in found if actor.sees(finest(one.regions))] if actor.user.regions else found

    def coverage(self, period: Period) -> Mapping[str, Coverage]:
        """Return the coverage of every province and kabupaten/kota in a period."""
        return self._kept.get(("coverage", period), partial(self._coverage, period))

    def picture(self, period: Period, area: str | None, actor: Actor) -> Picture:
        """Return the picture of an area in a period: what a person may see of it."""
        start, end = self.bounds(period)
        return picture_in(
            self._tools.store,
            (),
            self._tools.gazetteer,
            self._tools.calendar,
            start,
            end,
            area=area,
            coverage=self.coverage(period),
            incidents=self.counted(period, actor),
        )

    def warnings(self, period: Period, actor: Actor, area: str | None = None) -> list[EarlyWarning]:
        """Return the early warnings whose window has a part in a period, the last raised first."""
        start, end = self.bounds(period)
        found = self._kept.get(("warnings", period), lambda: self._tools.store.early_warnings.list(since=start))
        return [
            one
            for one in found
            if one.start < end
            and one.end > start
            and actor.sees([one.region])
            and (area is None or one.region == area or one.region.startswith(f"{area}."))
        ]

    def outlets(self, period: Period) -> list[tuple[str, int]]:
        """Return which source reported which incident that counts in a period: (source id, incident id), each once."""
        start, end = self.bounds(period)
        return self._kept.get(("outlets", period), lambda: self._tools.store.counts.outlets(start, end))

    def sources(self) -> Mapping[str, Source]:
        """Return the catalogue's sources by id."""
        return self._kept.get("sources", self._tools.load_sources)

    def answered(self, period: Period) -> tuple[int, int]:
        """Return how many of the sources that are on answered in a period, and how many there are."""
        active = self._active()
        answered = self._answered(period, active)
        return sum(source.id in answered for source in active), len(active)

    def _active(self) -> list[Source]:
        return self._kept.get("active", lambda: switched_on(self._tools.store, self.sources().values()))

    def _coverage(self, period: Period) -> Mapping[str, Coverage]:
        active = self._active()
        heard = [one for day in period.days for one in self._heard(day)]
        return coverages(regions_of(self._tools.gazetteer), active, self._answered(period, active), named_of(heard))

    def _heard(self, day: date) -> Sequence[Heard]:
        start, end = self.bounds(Period(day, day))
        store = self._tools.store
        return self._kept.get(("heard", day), lambda: store.article_places.heard(start, end), self._length(end))

    def _answered(self, period: Period, active: Sequence[Source]) -> frozenset[str]:
        found: set[str] = set()
        # The newest day first: who answered today need not be asked about yesterday.
        for day in reversed(period.days):
            start, end = self.bounds(Period(day, day))
            if start > self._tools.clock():
                continue
            names = [source.id for source in active]
            ask = partial(answering, self._tools.store, names, start, end)
            found |= self._kept.get(("answering", day), ask, self._length(end))
            if found.issuperset(names):
                break
        return frozenset(found)

    def _length(self, end: datetime) -> timedelta:
        return PAST if end <= self._tools.clock() else FRESH


_OVERVIEWS: WeakKeyDictionary[Desk, Overview] = WeakKeyDictionary()


def overview_of(desk: Desk) -> Overview:
    """Return the one overview of a desk; its pages share what it keeps."""
    return _OVERVIEWS.setdefault(desk, Overview(desk))


def named_of(heard: Iterable[Heard]) -> list[Named]:
    """Return by unit how many sources named it, in how many articles, and when last, of several days together."""
    sources: dict[str, set[str]] = {}
    articles: dict[str, int] = {}
    last: dict[str, datetime] = {}
    for one in heard:
        sources.setdefault(one.code, set()).add(one.source_id)
        articles[one.code] = articles.get(one.code, 0) + one.articles
        last[one.code] = max(one.last, last.get(one.code, one.last))
    return [Named(code, len(sources[code]), articles[code], last[code]) for code in sorted(sources)]


def finest(regions: Sequence[str]) -> list[str]:
    """Return the regions that no other one of an incident lies in: what `Actor.sees` is asked of.

    An incident in a kota is counted in its province too; seen by all of the province it is not.
    """
    return [code for code in regions if not any(other.startswith(f"{code}.") for other in regions)]


def provinces_of(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the provinces that a person may look at, in the order of codes."""
    gazetteer = desk.tools.gazetteer
    return [(code, gazetteer.name(code)) for code in gazetteer.codes(Level.PROVINCE) if actor.sees([code])]


def area_asked(desk: Desk, actor: Actor, asked: str) -> str | None:
    """Return the area that a person looks at: what was asked for, where they may see it; None is the country.

    Whoever is responsible for regions begins with the first of their provinces; what lies deeper than a kabupaten/kota,
    or is none, is left aside.
    """
    code = asked[:KABKOTA]
    if len(code) in {PROVINCE, KABKOTA} and code in desk.tools.gazetteer and actor.sees([code]):
        return code
    return actor.user.regions[0][:PROVINCE] if actor.user.regions else None


def day_asked(text: str, standard: date) -> date:
    """Return a day of an address; ``standard`` where it is none, and never a day after that."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return standard
    return min(found, standard) if found.year >= 1990 else standard
