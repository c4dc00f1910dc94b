"""The picture of a region: incidents counted by level, signal and IKP dimension per province and kabupaten/kota.

Nothing is weighed and nobody is ranked: counts of incidents, beside how much is read from there. An incident whose
kabupaten is not known counts under its province, one without any place under *tanpa tempat*; none is lost. The order is
by the levels themselves, the gravest first, because a reader can check that and could not check an index.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from classifiers.stages import zone_of
from data.gazetteer import KABKOTA, PROVINCE
from data.watching import Coverage, CoverageState, Picture, RegionPicture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classifiers.ikp import Ikp
    from classifiers.stages import Calendar, Stage
    from data.watching import CountedIncident

UNPLACED: Final = ""
"""The code of the row of incidents of which no place is known."""

UNPLACED_NAME: Final = "tanpa tempat"
OUTSIDE: Final = "di luar tahapan"

Levels = tuple[int, int, int, int, int]
By = Literal["provinsi", "kabkota"]

METHOD: Final = (
    "Yang dihitung adalah kejadian, bukan artikel: banyak salinan satu berita tetap satu kejadian. Kejadian dihitung "
    "pada hari terjadinya menurut teks; bila teks tidak menyebutnya, bila baru akan terjadi, atau bila lebih dari 30 "
    "hari sebelum diberitakan, pada saat pertama diberitakan. Kejadian yang oleh analis dinilai bukan ancaman atau "
    "duplikat tidak dihitung; selebihnya termasuk yang belum terverifikasi. Tingkat adalah tingkat tertinggi kejadian "
    "itu; satu kejadian dapat memiliki beberapa sinyal dan masuk ke beberapa dimensi. Kejadian di beberapa wilayah "
    "dihitung di tiap wilayah itu; yang kabupaten/kotanya tidak diketahui dihitung pada provinsinya, yang tempatnya "
    "tidak diketahui sama sekali pada baris tanpa tempat. Urutan: jumlah kejadian tingkat 4, lalu 3, 2, 1, 0; tanpa "
    "pembobotan. Dimensi mengikuti {edition} Bawaslu menurut pemetaan sinyal kami dan bukan nilai IKP. Baca selalu "
    "bersama cakupan: sedikit kejadian dari wilayah yang sedikit terliput tidak berarti aman."
)


def picture_of(
    incidents: Iterable[CountedIncident],
    names: Mapping[str, str],
    coverage: Mapping[str, Coverage],
    ikp: Ikp,
    *,
    start: datetime,
    end: datetime,
    area: str | None = None,
    by: By | None = None,
    stage: str | None = None,
) -> Picture:
    """Return the picture of ``area`` (a code; None: the whole country) in [start, end), the worst region first.

    ``names`` holds the full name of every province and kabupaten/kota that is to have a row, those without an incident
    too: they are as much an answer. ``by`` None means provinces for the country and kabupaten/kota for a province. A
    region that ``coverage`` lacks is one that no source is declared for and no article names. Incidents outside the
    period or the area are passed over.
    """
    by = by or ("provinsi" if area is None else "kabkota")
    mine = [one for one in incidents if start <= one.counted_at < end and (area is None or area in one.regions)]
    rows: dict[str, list[CountedIncident]] = {code: [] for code in _rows_of(names, area, by)}
    placed = 0
    for one in mine:
        for code in rows_of(one.regions, area, by):
            rows.setdefault(code, []).append(one)
            placed += 1
    pictures = [
        _region(code, _name(code, names, by), found, _covered(code, area, coverage), ikp)
        for code, found in rows.items()
        if found or code in names
    ]
    pictures.sort(key=lambda row: (*(-count for count in reversed(row.levels)), row.region or "~"))
    method = METHOD.format(edition=ikp.edition)
    return Picture(area, start, end, stage, tuple(pictures), method, len(mine), placed - len(mine))


def rows_of(regions: Sequence[str], area: str | None, by: By) -> tuple[str, ...]:
    """Return the rows that an incident in ``regions`` counts in: one at least.

    A province stands for itself where rows are kabupaten/kota and the incident is in none of its own.
    """
    inside = [code for code in regions if area is None or code == area or code.startswith(area + ".")]
    if by == "provinsi":
        found = sorted({code[:PROVINCE] for code in inside})
    else:
        exact = [code for code in inside if len(code) == KABKOTA]
        covered = {code[:PROVINCE] for code in exact}
        found = [*exact, *(code for code in inside if len(code) == PROVINCE and code not in covered)]
    return tuple(found) or (UNPLACED,)


def _rows_of(names: Mapping[str, str], area: str | None, by: By) -> list[str]:
    length = PROVINCE if by == "provinsi" else KABKOTA
    wanted = area[:length] if area is not None else None
    return [
        code
        for code in names
        if len(code) == length and (wanted is None or code == wanted or code.startswith(wanted + "."))
    ]


def _name(code: str, names: Mapping[str, str], by: By) -> str:
    if code == UNPLACED:
        return UNPLACED_NAME
    name = names.get(code, code)
    return f"{name} (tanpa kabupaten/kota)" if by == "kabkota" and len(code) == PROVINCE else name


def _covered(code: str, area: str | None, coverage: Mapping[str, Coverage]) -> Coverage:
    """Return the coverage of a row; of the row without place that of the area, or of the country as its best region."""
    if code != UNPLACED:
        return coverage.get(code) or Coverage(code, CoverageState.TANPA_SUMBER, 0, 0, 0, 0)
    found = [
        one for name, one in coverage.items() if len(name) == PROVINCE and (area is None or name == area[:PROVINCE])
    ]
    if not found:
        return Coverage(code, CoverageState.TANPA_SUMBER, 0, 0, 0, 0)
    return Coverage(
        code,
        min((one.state for one in found), key=list(CoverageState).index),
        max(one.declared for one in found),
        max(one.answering for one in found),
        max(one.reporting for one in found),
        max(one.articles for one in found),
        max((one.last_article for one in found if one.last_article), default=None),
    )


def _region(code: str, name: str, found: Sequence[CountedIncident], coverage: Coverage, ikp: Ikp) -> RegionPicture:
    signals = Counter(signal for one in found for signal in set(one.signals))
    dimensions = Counter(slug for one in found for slug in ikp.of(one.signals))
    return RegionPicture(
        region=code,
        name=name,
        levels=levels_of(found),
        signals=dict(sorted(signals.items(), key=lambda item: (-item[1], item[0]))),
        dimensions={dimension.slug: dimensions[dimension.slug] for dimension in ikp.dimensions},
        verified=sum(one.verified for one in found),
        coverage=coverage,
    )


def levels_of(incidents: Iterable[CountedIncident]) -> Levels:
    """Return how many incidents there are of severity 0, 1, 2, 3 and 4."""
    counts = [0, 0, 0, 0, 0]
    for one in incidents:
        counts[one.severity] += 1
    return (counts[0], counts[1], counts[2], counts[3], counts[4])


@dataclass(frozen=True, slots=True)
class Slice:
    """The incidents of an area on one day, or in one stage: ``label`` is the day as 2024-11-27, or the stage's name."""

    label: str
    levels: Levels

    @property
    def total(self) -> int:
        """Return how many incidents there are, of whatever level."""
        return sum(self.levels)


def by_day(
    incidents: Iterable[CountedIncident], start: datetime, end: datetime, area: str | None = None
) -> tuple[Slice, ...]:
    """Return the incidents of ``area`` in [start, end) day by day, empty days too; each incident once.

    A day is that of the incident's own zone (WIB without a place), so the first and the last may be days in part.
    """
    found: dict[date, list[CountedIncident]] = {}
    zone = zone_of([area] if area else [])
    day, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        found[day] = []
        day += timedelta(days=1)
    for one in _within(incidents, start, end, area):
        found.setdefault(one.counted_at.astimezone(zone_of(one.regions)).date(), []).append(one)
    return tuple(Slice(day.isoformat(), levels_of(found[day])) for day in sorted(found))


def by_stage(
    incidents: Iterable[CountedIncident], calendar: Calendar, start: datetime, end: datetime, area: str | None = None
) -> tuple[Slice, ...]:
    """Return the incidents of ``area`` in [start, end) by the stage that ran where and when they happened.

    In the order of the stages in time; those outside any stage come last, as *di luar tahapan*. Each incident counts
    once.
    """
    found: dict[tuple[date, str], list[CountedIncident]] = {}
    for one in _within(incidents, start, end, area):
        window = calendar.stage_at(one.counted_at, one.regions)
        key = (date.max, OUTSIDE) if window is None else (window.stage.first, stage_name(window.stage))
        found.setdefault(key, []).append(one)
    return tuple(Slice(key[1], levels_of(found[key])) for key in sorted(found))


def stage_name(stage: Stage) -> str:
    """Return what a stage is called without the day: *masa tenang Pilkada 2024*."""
    return f"{stage.kind.replace('_', ' ')} {stage.election}"


def _within(
    incidents: Iterable[CountedIncident], start: datetime, end: datetime, area: str | None
) -> Iterable[CountedIncident]:
    return (one for one in incidents if start <= one.counted_at < end and (area is None or area in one.regions))
