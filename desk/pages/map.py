"""The map (*peta*): where incidents are, how grave and how many, beside how well each region is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from data.gazetteer import PROVINCE
from data.watching import CoverageState
from desk.map_drawing import draw_regions
from desk.overview import Period, area_asked, day_asked, overview_of, provinces_of
from desk.permissions import Permission
from feeds.reports.content import coverage_count
from feeds.reports.maps import UNCOVERED
from feeds.reports.wording import day_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.watching import EarlyWarning, Picture
    from desk.frame import Call, Desk

LENGTHS: Final = (1, 7, 30)
"""Days that a map may show at once."""
STANDARD: Final = 7
SLIDER: Final = 30
"""Days that the slider goes through."""

LEVELS: Final = (("nihil", "none"), ("rendah", "low"), ("sedang", "medium"), ("tinggi", "high"), ("kritis", "critical"))
"""The words of levels 0 to 4, Indonesian and English."""

STATES: Final = {
    CoverageState.TERLIPUT: ("terliput", "covered", "cukup sumber memberitakannya", "enough sources report from it"),
    CoverageState.TIPIS: ("tipis", "thin", "satu sumber saja atau sedikit artikel", "one source only, or few articles"),
    CoverageState.SUNYI: (
        "sunyi",
        "silent",
        "sumbernya menjawab, tanpa berita",
        "its sources answer, no news came",
    ),
    CoverageState.TERPUTUS: ("terputus", "cut off", "sumbernya tidak menjawab", "its sources do not answer"),
    CoverageState.TANPA_SUMBER: ("tanpa sumber", "no source", "tidak ada sumber terdaftar", "no source is declared"),
}
"""How each state of coverage is called and what it means, Indonesian and English."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: an area (None: the country), how many days, which is the last, the slider's first."""

    area: str | None
    days: int
    last: date
    slider_first: date

    @property
    def period(self) -> Period:
        """The days that are shown."""
        return Period.ending(self.last, self.days)

    @property
    def slider_at(self) -> int:
        """Where the slider stands, from 1."""
        return (self.last - self.slider_first).days + 1

    def link(self, **changed: str) -> str:
        """Return the address of the map with something changed; empty values are left out."""
        told = {"wilayah": self.area or "", "panjang": str(self.days), "sampai": self.last.isoformat()} | changed
        return f"/peta?{urlencode({name: value for name, value in told.items() if value})}"

    def day_link(self, days: int) -> str:
        """Return the address of the map so many days later."""
        return self.link(sampai=(self.last + timedelta(days=days)).isoformat())


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the map."""
    return [desk.route("/peta", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show the map of the area and days in the address, or only what changes with them."""
    overview = overview_of(call.desk)
    today = overview.today()
    asked = asked_of(call, today)
    picture = overview.picture(asked.period, asked.area, call.actor)
    warnings = overview.warnings(asked.period, call.actor, asked.area)
    rows = [one for one in picture.regions if one.region == "" or call.actor.sees([one.region])]
    count = coverage_count(
        {code: one for code, one in overview.coverage(asked.period).items() if call.actor.sees([code])}, asked.area
    )
    answered, sources = overview.answered(asked.period)
    values: dict[str, Any] = {
        "asked": asked,
        "today": today,
        "picture": picture,
        "rows": rows,
        "map": draw_regions([one for one in rows if one.region], warnings, asked.area, call.tools.gazetteer),
        "warnings": marked(warnings, asked.area),
        "warning_count": len(warnings),
        "unplaced": next((one for one in rows if not one.region), None),
        "levels": LEVELS,
        "states": STATES,
        "uncovered": UNCOVERED,
        "count": count,
        "answered": answered,
        "sources": sources,
        "sums": level_sums(picture),
        "words": day_span(asked.period.first, asked.period.last),
        "queue": lambda region: queue_link(region, asked.period),
        "place": call.tools.gazetteer.name(asked.area) if asked.area else call.say("Indonesia", "Indonesia"),
    }
    if call.partial:
        return call.part("map.html", "peta_isi", **values)
    provinces = provinces_of(call.desk, call.actor)
    return call.page("map.html", **values, provinces=provinces, lengths=LENGTHS, whole=not call.actor.user.regions)


def asked_of(call: Call, today: date) -> Asked:
    """Return what the address asks for; what is none that there is becomes what a map shows at first."""
    length = call.asked("panjang")
    days = int(length) if length in {str(one) for one in LENGTHS} else STANDARD
    last = day_asked(call.asked("sampai"), today)
    first = slider_first(last, today)
    at = call.asked("ke")
    if at.isascii() and at.isdecimal() and 1 <= int(at[:3]) <= SLIDER:
        # The slider tells its place; which day that is depends on where it begins.
        first = day_asked(call.asked("geser_dari"), today) if call.asked("geser_dari") else first
        last = min(first + timedelta(days=int(at[:3]) - 1), today)
    area = area_asked(call.desk, call.actor, call.asked("wilayah"))
    return Asked(area[:PROVINCE] if area else None, days, last, first)


def slider_first(last: date, today: date) -> date:
    """Return the first day of the slider: it ends today, or around the day shown where that is long ago."""
    if last > today - timedelta(days=SLIDER):
        return today - timedelta(days=SLIDER - 1)
    return last - timedelta(days=SLIDER // 2)


def level_sums(picture: Picture) -> tuple[int, int, int, int, int]:
    """Return the sums of the rows by level 0 to 4, which the table ends with."""
    sums = [sum(one.levels[level] for one in picture.regions) for level in range(5)]
    return (sums[0], sums[1], sums[2], sums[3], sums[4])


def marked(warnings: Iterable[EarlyWarning], area: str | None) -> dict[str, Sequence[EarlyWarning]]:
    """Return warnings by the region of the map on which each is marked."""
    found: dict[str, list[EarlyWarning]] = {}
    for one in warnings:
        found.setdefault(one.region[:PROVINCE] if area is None else one.region, []).append(one)
    return dict(found)


def queue_link(region: str, period: Period) -> str:
    """Return the address of the queue of a region's incidents that came in these days, whatever became of them."""
    told = {"status": "semua", "wilayah": region, "dari": period.first.isoformat(), "sampai": period.last.isoformat()}
    return f"/?{urlencode(told)}"
