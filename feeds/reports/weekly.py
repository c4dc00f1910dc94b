"""The weekly trend: counts per day, level, signal and region beside the week before, warnings, coverage, times taken.

Counts of incidents, never of articles, and never without the coverage of the same week. No forecast: what comes is for
persons to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - fields of a dataclass that others may inspect
from typing import TYPE_CHECKING, Final

from data.watching import Coverage, Picture  # noqa: TC001 - as above
from feeds.items import SEVERITY_NAMES
from feeds.reports.content import (
    NOTABLE_FROM,
    Counts,
    DayCount,
    Head,
    IncidentLine,
    SourceCount,
    StepTime,
    WarningLine,
    bursts_first,
    coverage_count,
)
from feeds.reports.document import Column, Document, Facts, Paragraph, Prompt, Section, Table
from feeds.reports.figures import days_figure, signals_figure
from feeds.reports.parts import (
    BLIND,
    CLASSIFICATION,
    METHOD,
    UNVERIFIED_NOTE,
    coverage_section,
    coverage_sentence,
    incidents_table,
    letterhead,
    levels_sentence,
    numbered,
    period,
    reach,
    reading_note,
    regions_section,
    times_section,
    unplaced_note,
    warning_sentence,
    warnings_section,
)
from feeds.reports.wording import Level, day_span, joined, number, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.gazetteer import Gazetteer
    from feeds.reports.document import Block

KIND: Final = "weekly"
GRAVE_FROM: Final = 3
"""The level from which a week's incidents are listed one by one; those of level 2 stand in the daily reports."""
IN_MESSAGE: Final = 5


@dataclass(frozen=True, slots=True)
class Weekly:
    """What the report of one week (Monday to Sunday) says.

    ``week`` is its ISO 8601 name, as 2024-W48. ``count`` is of the incidents that became known in it, ``before`` of the
    week before; ``days`` and ``days_before`` are seven each and add up to these. ``grave`` are those of level 3 or 4.
    ``stages`` are the election's stages that ran in it. The other fields are those of `feeds.reports.daily.Daily`.
    """

    head: Head
    week: str
    first: date
    last: date
    start: datetime
    end: datetime
    count: Counts
    before: Counts
    days: tuple[DayCount, ...]
    days_before: tuple[DayCount, ...]
    grave: tuple[IncidentLine, ...]
    warnings: tuple[WarningLine, ...]
    picture: Picture
    picture_before: Picture
    coverage: Mapping[str, Coverage]
    sources: SourceCount
    steps: tuple[StepTime, ...]
    stages: tuple[str, ...]
    rejected: int
    unplaced: tuple[int, int, int, int, int]
    signal_names: Mapping[str, str]
    dimension_names: Mapping[str, str]
    unfinished: bool = False

    @property
    def is_nil(self) -> bool:
        """Return whether nothing of level 2 or more became known, and nothing rose."""
        return not (self.warnings or self.count.notable)

    @property
    def is_blind(self) -> bool:
        """Return whether no source answered, so that silence says nothing."""
        return self.sources.answering == 0


def document(weekly: Weekly, gazetteer: Gazetteer) -> Document:
    """Return the report as a document of revision 1, not yet signed; the caller sets revision, maker and time."""
    head, zone = weekly.head, weekly.head.timezone
    warnings = bursts_first(weekly.warnings)
    sections = (
        *warnings_section(warnings, zone),
        Section("Ringkasan", tuple(_summary(weekly))),
        Section(
            "Tren per hari",
            (days_figure(weekly.days, "hari", "Kejadian baru per hari dan tingkat"), _levels(weekly)),
        ),
        Section(
            "Tren per sinyal",
            (signals_figure(weekly.count, weekly.before, weekly.signal_names, "minggu ini", "minggu sebelumnya"),),
        ),
        regions_section(
            weekly.picture.regions,
            head,
            gazetteer,
            incidents=weekly.count.total,
            dimension_names=weekly.dimension_names,
            method=METHOD,
        ),
        Section("Perubahan menurut wilayah", (_changes(weekly),)),
        Section(
            "Kejadian terberat",
            (
                incidents_table(
                    "Kejadian terberat",
                    f"Kejadian baru tingkat {GRAVE_FROM} ke atas minggu ini",
                    weekly.grave,
                    zone,
                    f"Tidak ada kejadian baru tingkat {GRAVE_FROM} ke atas.",
                ),
            ),
        ),
        coverage_section(
            weekly.sources, coverage_count(weekly.coverage, head.area), weekly.coverage, head.area, gazetteer
        ),
        times_section(weekly.steps),
        Section(
            "Analisis dan rekomendasi",
            (Prompt("Analisis (diisi petugas):"), Prompt("Rekomendasi (diisi petugas):")),
        ),
    )
    return Document(
        kind=KIND,
        subject=weekly.week,
        area=head.area or "",
        title="Tren Mingguan Desk Pilkada",
        subtitle=f"Minggu {weekly.week.partition('W')[2].lstrip('0')}: {day_span(weekly.first, weekly.last)}",
        letterhead=letterhead(head),
        classification=CLASSIFICATION,
        facts=Facts(
            (
                ("Wilayah", head.area_name),
                ("Periode", period(weekly.start, weekly.end, zone, unfinished=weekly.unfinished)),
                ("Tahapan", joined(weekly.stages) or "di luar tahapan pemilihan"),
                ("Kesimpulan", verdict(weekly)),
            )
        ),
        sections=numbered(sections),
        short=message(weekly),
        timezone=zone,
        exercise=head.exercise,
        closing=(UNVERIFIED_NOTE,),
    )


def verdict(weekly: Weekly) -> str:
    """Return the week in a few words."""
    if weekly.warnings:
        first = bursts_first(weekly.warnings)[0]
        return f"{number(len(weekly.warnings))} peringatan dini, terutama {first.signal} di {first.place}"
    if weekly.count.notable:
        return f"{number(weekly.count.notable)} kejadian baru tingkat 2 ke atas"
    if weekly.is_blind:
        return "TIDAK DAPAT DISIMPULKAN – tidak ada sumber yang terbaca"
    return "NIHIL – situasi kondusif"


def nil_sentence(weekly: Weekly) -> str:
    """Return what a quiet week says; never *kondusif* where nobody was there to see."""
    if weekly.is_blind:
        return (
            "Tidak dapat disimpulkan: tidak ada sumber yang menjawab minggu ini, sehingga tidak adanya kejadian tidak"
            " berarti situasi kondusif."
        )
    count = coverage_count(weekly.coverage, weekly.head.area)
    return f"Nihil: situasi kondusif, tidak ada item tingkat >= 2 minggu ini{reach(count)}."


def change_sentence(weekly: Weekly) -> str:
    """Return the week's count beside the week before, in words."""
    count, before = weekly.count, weekly.before
    words = f" ({levels_sentence(count.levels)})" if count.total else ""
    return (
        f"Kejadian baru {number(count.total)}{words}; minggu sebelumnya {number(before.total)}"
        f" ({signed(count.total - before.total)}). Tingkat 2 ke atas {number(count.notable)}; minggu sebelumnya"
        f" {number(before.notable)} ({signed(count.notable - before.notable)})."
    )


def _summary(weekly: Weekly) -> list[Block]:
    blocks: list[Block] = []
    if weekly.is_nil:
        blocks.append(Paragraph(nil_sentence(weekly), "warning" if weekly.is_blind else "lead"))
    else:
        blocks.append(Paragraph(f"{verdict(weekly)}.", "lead"))
    blocks.append(Paragraph(change_sentence(weekly)))
    if weekly.rejected:
        blocks.append(Paragraph(f"{number(weekly.rejected)} kejadian lain ditolak analis dan tidak dihitung."))
    blocks.append(Paragraph(coverage_sentence(weekly.sources, coverage_count(weekly.coverage, weekly.head.area))))
    blocks += reading_note(weekly.sources, is_nil=weekly.is_nil)
    blocks += unplaced_note(weekly.unplaced, weekly.head.area, NOTABLE_FROM)
    return blocks


def _levels(weekly: Weekly) -> Table:
    now, before = weekly.count, weekly.before
    return Table(
        "Per tingkat",
        "Kejadian menurut tingkat, minggu ini dan minggu sebelumnya",
        (
            Column("Tingkat", "level"),
            Column("Minggu ini", "number"),
            Column("Minggu sebelumnya", "number"),
            Column("Perubahan"),
        ),
        tuple(
            (
                Level(level),
                now.levels[level],
                before.levels[level],
                signed(now.levels[level] - before.levels[level]),
            )
            for level in range(len(SEVERITY_NAMES) - 1, -1, -1)
        ),
        ("Jumlah", now.total, before.total, signed(now.total - before.total)),
    )


def _changes(weekly: Weekly) -> Table:
    now = {one.region: one for one in weekly.picture.regions}
    before = {one.region: one for one in weekly.picture_before.regions}
    codes = [*now, *(code for code in before if code not in now)]
    rows = []
    for code in codes:
        new = now[code].total if code in now else 0
        old = before[code].total if code in before else 0
        if new or old:
            name = (now.get(code) or before[code]).name
            rows.append((name, new, old, signed(new - old), code))
    rows.sort(key=lambda row: (-(row[1] - row[2]), -row[1], row[4]))
    return Table(
        "Perubahan wilayah",
        "Kejadian menurut wilayah, minggu ini dan minggu sebelumnya, yang paling naik lebih dahulu",
        (
            Column("Wilayah"),
            Column("Minggu ini", "number"),
            Column("Minggu sebelumnya", "number"),
            Column("Perubahan"),
            Column("Kode", workbook_only=True),
        ),
        tuple(rows),
        (
            "Jumlah",
            sum(row[1] for row in rows),
            sum(row[2] for row in rows),
            signed(sum(row[1] - row[2] for row in rows)),
            None,
        ),
        empty="Tidak ada kejadian di kedua minggu.",
    )


def message(weekly: Weekly) -> str:
    """Return the week as a short message: warnings first, then counts beside the week before, always the coverage."""
    head, zone = weekly.head, weekly.head.timezone
    drill = "*LATIHAN* – " if head.exercise else ""
    lines = [
        f"{drill}*Tren mingguan Desk Pilkada*, {head.area_name}",
        f"{weekly.week}: {day_span(weekly.first, weekly.last)}",
    ]
    lines += [f"⚠ {warning_sentence(one, zone)}" for one in bursts_first(weekly.warnings)[:3]]
    if weekly.is_nil:
        lines.append(nil_sentence(weekly))
    lines.append(change_sentence(weekly))
    lines += [
        f"{at}. [{one.severity} {SEVERITY_NAMES[one.severity]}] {one.place}: {one.title} ({one.verification})"
        for at, one in enumerate(weekly.grave[:IN_MESSAGE], 1)
    ]
    if len(weekly.grave) > IN_MESSAGE:
        lines.append(f"… dan {number(len(weekly.grave) - IN_MESSAGE)} kejadian tingkat {GRAVE_FROM} ke atas lainnya.")
    if weekly.is_blind and not weekly.is_nil:
        lines.append(BLIND)
    lines.append(coverage_sentence(weekly.sources, coverage_count(weekly.coverage, head.area)))
    return "\n".join(lines) + "\n"
