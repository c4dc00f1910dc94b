"""Trends (*tren*): how many incidents day by day, of which level, signal, region and outlet, beside the time before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from classifiers.region_picture import rows_of
from desk.charts import bar_chart, day_chart
from desk.overview import Period, area_asked, day_asked, overview_of, provinces_of
from desk.pages.early_warnings import lines_of
from desk.pages.map import LEVELS, queue_link
from desk.permissions import Permission
from feeds.reports.wording import day_span, short_day, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.watching import CountedIncident
    from desk.frame import Call, Desk
    from desk.overview import Overview

LENGTHS: Final = (7, 14, 30, 90)
STANDARD: Final = 14
MOST_DRAWN: Final = 12
"""Rows that a chart draws, the largest; its table holds all."""

MODALITIES: Final = {
    "kejadian": ("kejadian", "event"),
    "dugaan": ("dugaan", "allegation"),
    "ancaman_potensi": ("ancaman atau potensi", "threat or potential"),
    "pencegahan_kegiatan": ("pencegahan, kegiatan", "prevention, activity"),
    "penanganan_hukum": ("penanganan hukum", "legal handling"),
    "opini": ("opini", "opinion"),
    "tidak_relevan": ("tidak relevan", "not relevant"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a chart and its table; ``href`` is empty where there is nowhere to go."""

    name: str
    now: int
    before: int
    href: str = ""

    @property
    def change(self) -> str:
        """The change as people write it: *+3*, *−2*, *0*."""
        return signed(self.now - self.before)


@dataclass(frozen=True, slots=True)
class Trends:
    """Everything counted of a period, each incident once (in several signals or regions it counts in each).

    ``days`` are the days with their numbers by level 0 to 4; rows are the largest first.
    """

    period: Period
    days: tuple[tuple[date, tuple[int, ...]], ...]
    total: int
    total_before: int
    levels: tuple[Row, ...]
    signals: tuple[Row, ...]
    regions: tuple[Row, ...]
    modalities: tuple[Row, ...]
    outlets: tuple[Row, ...]


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the trends."""
    return [desk.route("/tren", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show the trends of the area and days in the address."""
    overview = overview_of(call.desk)
    today = overview.today()
    length, last = call.asked("panjang"), day_asked(call.asked("sampai"), today)
    days = int(length) if length in {str(one) for one in LENGTHS} else STANDARD
    area = area_asked(call.desk, call.actor, call.asked("wilayah"))
    period = Period.ending(last, days)
    trends = trends_of(call, overview, period, area)
    chart = day_chart(
        [day.isoformat() for day, _ in trends.days],
        [levels for _, levels in trends.days],
        [short_day(day) if days <= 14 else f"{day.day}/{day.month}" for day, _ in trends.days],
    )
    told = {"wilayah": area or "", "panjang": str(days)}

    def link(**changed: str) -> str:
        asked = {**told, "sampai": last.isoformat(), **changed}
        return f"/tren?{urlencode({name: value for name, value in asked.items() if value})}"

    values: dict[str, Any] = {
        "trends": trends,
        "chart": chart,
        "charts": {name: _drawn(getattr(trends, name)) for name in ("signals", "regions", "modalities", "outlets")},
        "warnings": lines_of(call, overview.warnings(period, call.actor, area)),
        "area": area,
        "area_name": call.tools.gazetteer.name(area) if area else "",
        "days": days,
        "last": last,
        "today": today,
        "lengths": LENGTHS,
        "levels": LEVELS,
        "link": link,
        "earlier": link(sampai=(period.first - timedelta(days=1)).isoformat()),
        "later": link(sampai=min(last + timedelta(days=days), today).isoformat()) if last < today else "",
        "words": day_span(period.first, period.last),
        "words_before": day_span(period.before.first, period.before.last),
        "most": MOST_DRAWN,
        "provinces": provinces_of(call.desk, call.actor),
        "whole": not call.actor.user.regions,
        "counted_from": overview.bounds(period)[0],
    }
    return call.page("trends.html", **values)


def trends_of(call: Call, overview: Overview, period: Period, area: str | None) -> Trends:
    """Return what is counted of an area in a period and in the one before, of what the person may see."""
    now = in_area(overview.counted(period, call.actor), area)
    before = in_area(overview.counted(period.before, call.actor), area)
    signals = {one.slug: one.name if call.lang == "id" else one.name_en for one in call.tools.taxonomy.signals}
    gazetteer, sources = call.tools.gazetteer, overview.sources()

    def region_name(code: str) -> str:
        return gazetteer.name(code) if code in gazetteer else call.say("tanpa tempat", "no place known")

    def regions(one: CountedIncident) -> Iterable[str]:
        return rows_of(one.regions, area, "provinsi" if area is None else "kabkota")

    levels = level_counts(now), level_counts(before)
    outlets = outlet_counts(overview.outlets(period), now)
    outlets_before = outlet_counts(overview.outlets(period.before), before)
    return Trends(
        period=period,
        days=by_day(now, period, call.desk.zone),
        total=len(now),
        total_before=len(before),
        levels=tuple(
            Row(f"{level} {call.say(*LEVELS[level])}", levels[0][level], levels[1][level]) for level in (4, 3, 2, 1, 0)
        ),
        signals=compared(now, before, lambda one: one.signals, lambda slug: signals.get(slug, slug)),
        regions=compared(now, before, regions, region_name, lambda code: queue_link(code, period) if code else ""),
        modalities=compared(
            now,
            before,
            lambda one: (one.modality.value,),
            lambda slug: call.say(*MODALITIES.get(slug, (slug, slug))),
        ),
        outlets=rows_from(outlets, outlets_before, lambda name: sources[name].name if name in sources else name),
    )


def in_area(incidents: Sequence[CountedIncident], area: str | None) -> Sequence[CountedIncident]:
    """Return the incidents of an area (None: all)."""
    return incidents if area is None else [one for one in incidents if area in one.regions]


def level_counts(incidents: Iterable[CountedIncident]) -> Mapping[int, int]:
    """Return how many incidents there are of each level."""
    return Counter(one.severity for one in incidents)


def by_day(
    incidents: Iterable[CountedIncident], period: Period, zone: ZoneInfo
) -> tuple[tuple[date, tuple[int, ...]], ...]:
    """Return the incidents of each day on the desk's clock by level 0 to 4, empty days too."""
    found = {day: [0] * 5 for day in period.days}
    for one in incidents:
        found[one.counted_at.astimezone(zone).date()][one.severity] += 1
    return tuple((day, tuple(levels)) for day, levels in found.items())


def compared(
    now: Iterable[CountedIncident],
    before: Iterable[CountedIncident],
    keys: Callable[[CountedIncident], Iterable[str]],
    name: Callable[[str], str],
    href: Callable[[str], str] = lambda _: "",
) -> tuple[Row, ...]:
    """Return a row for each key of incidents, now and before, the largest first."""
    counts, counts_before = (Counter(key for one in part for key in set(keys(one))) for part in (now, before))
    return rows_from(counts, counts_before, name, href)


def outlet_counts(pairs: Iterable[tuple[str, int]], incidents: Iterable[CountedIncident]) -> Counter[str]:
    """Return how many of these incidents each source reported; ``pairs`` are source and incident, each once."""
    mine = {one.id for one in incidents}
    return Counter(source for source, number in pairs if number in mine)


def rows_from(
    now: Counter[str], before: Counter[str], name: Callable[[str], str], href: Callable[[str], str] = lambda _: ""
) -> tuple[Row, ...]:
    """Return counts as rows, the largest now first, of those the largest before."""
    keys = sorted(now.keys() | before.keys(), key=lambda key: (-now[key], -before[key], name(key)))
    return tuple(Row(name(key), now[key], before[key], href(key)) for key in keys)


def _drawn(rows: Sequence[Row]) -> Any:
    return bar_chart([(row.name, row.now, row.before) for row in rows[:MOST_DRAWN]])
