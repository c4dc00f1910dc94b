"""The daily report of a Desk Pilkada (*laporan harian*): what happened, or that nothing did and how well that is known.

Form: situation, stage, notable incidents (number, time, place, what, handling), counts, tomorrow, recommendations
(domain dossier, 4.1 and 4.2). A day with a burst names the burst first. A day without an item of level 2 or more is a
nil report with coverage figures; where no source answered it does not say *kondusif*, as nobody can know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - fields of a dataclass that others may inspect
from typing import TYPE_CHECKING, Final

from data.watching import Coverage, Picture, WarningKind
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
from feeds.reports.document import Document, Facts, Paragraph, Prompt, Section
from feeds.reports.figures import days_figure, signals_figure
from feeds.reports.parts import (
    BLIND,
    CLASSIFICATION,
    METHOD,
    UNVERIFIED_NOTE,
    coverage_section,
    coverage_sentence,
    incident_facts,
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
from feeds.reports.wording import long_day, number, signed, zone_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.gazetteer import Gazetteer
    from feeds.reports.document import Block

KIND: Final = "daily"
TOLD_WHOLE_FROM: Final = 3
"""The level from which an incident has a paragraph of its own below the table."""
MOST_TOLD: Final = 12
IN_MESSAGE: Final = 6
"""Incidents that the short form names: more, and nobody reads it on a telephone."""


@dataclass(frozen=True, slots=True)
class Daily:
    """What the report of one day says.

    ``start`` and ``end`` bound the day on the desk's clock (UTC, half open). ``count`` is of the incidents that became
    known in it, without what persons have rejected (``rejected`` is their number); ``notable`` are those of level 2 or
    more, ``going_on`` such as were known before, with news in it. ``unplaced`` counts by level 0 to 4 those of no known
    place, which are in no area's report. ``week`` are the last seven days with this one last, ``before`` the counts of
    the day before. ``stage`` and ``tomorrow`` are the election's stages (None: none). ``signal_names`` are all signals
    in their fixed order, ``dimension_names`` those of the IKP. ``unfinished``: the day is not over yet.
    """

    head: Head
    day: date
    start: datetime
    end: datetime
    count: Counts
    notable: tuple[IncidentLine, ...]
    going_on: tuple[IncidentLine, ...]
    warnings: tuple[WarningLine, ...]
    picture: Picture
    coverage: Mapping[str, Coverage]
    sources: SourceCount
    week: tuple[DayCount, ...]
    before: Counts
    steps: tuple[StepTime, ...]
    stage: str | None
    tomorrow: str | None
    rejected: int
    unplaced: tuple[int, int, int, int, int]
    signal_names: Mapping[str, str]
    dimension_names: Mapping[str, str]
    unfinished: bool = False

    @property
    def bursts(self) -> tuple[WarningLine, ...]:
        """Return the warnings, bursts before precursors, those furthest above their past first."""
        return bursts_first(self.warnings)

    @property
    def is_nil(self) -> bool:
        """Return whether nothing of level 2 or more is new or goes on, and nothing is rising."""
        return not (self.warnings or self.notable or self.going_on)

    @property
    def is_blind(self) -> bool:
        """Return whether no source answered, so that silence says nothing."""
        return self.sources.answering == 0


def document(daily: Daily, gazetteer: Gazetteer) -> Document:
    """Return the report as a document of revision 1, not yet signed; the caller sets revision, maker and time."""
    head, zone = daily.head, daily.head.timezone
    sections = (
        *warnings_section(daily.bursts, zone),
        Section("Situasi umum", (*_situation(daily),)),
        *_notable(daily),
        *_going_on(daily),
        _counts(daily),
        regions_section(
            daily.picture.regions,
            head,
            gazetteer,
            incidents=daily.count.total,
            dimension_names=daily.dimension_names,
            method=METHOD,
        ),
        coverage_section(
            daily.sources, coverage_count(daily.coverage, head.area), daily.coverage, head.area, gazetteer
        ),
        times_section(daily.steps),
        _tomorrow(daily),
    )
    return Document(
        kind=KIND,
        subject=daily.day.isoformat(),
        area=head.area or "",
        title="Laporan Harian Desk Pilkada",
        subtitle=long_day(daily.day),
        letterhead=letterhead(head),
        classification=CLASSIFICATION,
        facts=Facts(
            (
                ("Wilayah", head.area_name),
                ("Periode", period(daily.start, daily.end, zone, unfinished=daily.unfinished)),
                ("Tahapan", daily.stage or "di luar tahapan pemilihan"),
                ("Kesimpulan", verdict(daily)),
            )
        ),
        sections=numbered(sections),
        short=message(daily),
        timezone=zone,
        exercise=head.exercise,
        closing=(UNVERIFIED_NOTE,),
    )


def verdict(daily: Daily) -> str:
    """Return the day in a few words."""
    if daily.bursts:
        first = daily.bursts[0]
        word = "LONJAKAN" if first.kind == WarningKind.LONJAKAN else "PRAKURSOR MENINGKAT"
        return f"{word} – {first.signal} di {first.place}"
    if not daily.is_nil:
        count = len(daily.notable)
        words = f"{number(count)} kejadian baru tingkat 2 ke atas"
        return words if count else f"{number(len(daily.going_on))} kejadian lama tingkat 2 ke atas masih berkembang"
    if daily.is_blind:
        return "TIDAK DAPAT DISIMPULKAN – tidak ada sumber yang terbaca"
    return "NIHIL – situasi kondusif"


def nil_sentence(daily: Daily) -> str:
    """Return what a quiet day says; never *kondusif* where nobody was there to see."""
    if daily.is_blind:
        return (
            "Tidak dapat disimpulkan: tidak ada sumber yang menjawab hari ini, sehingga tidak adanya kejadian tidak"
            " berarti situasi kondusif. Periksa pembacaan sumber dan hubungi daerah."
        )
    count = coverage_count(daily.coverage, daily.head.area)
    return f"Nihil: situasi kondusif, tidak ada item tingkat >= 2 hari ini{reach(count)}."


def _situation(daily: Daily) -> list[Block]:
    count = daily.count
    blocks: list[Block] = []
    if daily.is_nil:
        blocks.append(Paragraph(nil_sentence(daily), "warning" if daily.is_blind else "lead"))
    else:
        lead = f"{number(count.notable)} kejadian baru tingkat 2 ke atas"
        lead += f" dan {number(len(daily.going_on))} kejadian lama yang berkembang." if daily.going_on else "."
        blocks.append(Paragraph(lead[0].upper() + lead[1:], "lead"))
    words = f" ({levels_sentence(count.levels)})" if count.total else ""
    blocks.append(
        Paragraph(
            f"Kejadian baru seluruhnya {number(count.total)}{words}; sehari sebelumnya {number(daily.before.total)}"
            f" ({signed(count.total - daily.before.total)})."
            + (f" {number(daily.rejected)} kejadian lain ditolak analis dan tidak dihitung." if daily.rejected else "")
        )
    )
    blocks.append(Paragraph(coverage_sentence(daily.sources, coverage_count(daily.coverage, daily.head.area))))
    blocks += reading_note(daily.sources, is_nil=daily.is_nil)
    blocks += unplaced_note(daily.unplaced, daily.head.area, NOTABLE_FROM)
    blocks.append(Paragraph(f"Tahapan hari ini: {daily.stage or 'di luar tahapan pemilihan'}."))
    return blocks


def _notable(daily: Daily) -> tuple[Section, ...]:
    zone = daily.head.timezone
    table = incidents_table(
        "Kejadian menonjol",
        f"Kejadian baru tingkat {NOTABLE_FROM} ke atas, yang terberat lebih dahulu",
        daily.notable,
        zone,
        "Tidak ada kejadian baru tingkat 2 ke atas.",
    )
    whole = [one for one in daily.notable if one.severity >= TOLD_WHOLE_FROM][:MOST_TOLD]
    return (
        Section("Kejadian menonjol", (table,)),
        *(Section(f"#{one.id} {one.title}", incident_facts(one, zone), 3) for one in whole),
    )


def _going_on(daily: Daily) -> tuple[Section, ...]:
    if not daily.going_on:
        return ()
    table = incidents_table(
        "Perkembangan",
        f"Kejadian lama tingkat {NOTABLE_FROM} ke atas dengan berita baru hari ini",
        daily.going_on,
        daily.head.timezone,
        "Tidak ada.",
    )
    return (Section("Perkembangan kejadian sebelumnya", (table,)),)


def _counts(daily: Daily) -> Section:
    count = daily.count
    return Section(
        "Data kejadian menurut hari dan sinyal",
        (
            days_figure(daily.week, "hari", "Kejadian baru per hari dan tingkat, tujuh hari terakhir"),
            signals_figure(count, daily.before, daily.signal_names, "hari ini", "sehari sebelumnya"),
            Paragraph(
                "Satu kejadian dapat memuat lebih dari satu sinyal, sehingga jumlah penandaan dapat melebihi"
                f" {number(count.total)} kejadian.",
                "note",
            ),
        ),
    )


def _tomorrow(daily: Daily) -> Section:
    basis = [f"tahapan besok: {daily.tomorrow or 'di luar tahapan pemilihan'}"]
    standing = [one for one in daily.bursts if one.standing]
    if standing:
        basis.append(f"{number(len(standing))} peringatan dini masih berlangsung")
    open_ = [one for one in (*daily.notable, *daily.going_on) if not one.verified]
    if open_:
        basis.append(f"{number(len(open_))} kejadian tingkat 2 ke atas belum terverifikasi")
    who = tuple(dict.fromkeys(name for one in daily.notable for name in one.handlers))
    blocks: list[Block] = [
        Paragraph(f"Dasar dari mesin (bukan pendapat): {'; '.join(basis)}.", "note"),
        Prompt("Prediksi besok (diisi petugas):"),
        Prompt("Rekomendasi (diisi petugas):"),
    ]
    if who:
        blocks.insert(1, Paragraph(f"Yang menangani menurut jenis kejadian hari ini: {', '.join(who)}.", "note"))
    return Section("Prediksi dan rekomendasi", tuple(blocks))


def message(daily: Daily) -> str:
    """Return the day as a short message for a messenger: a burst first, else the gravest, always with the coverage."""
    head, zone = daily.head, daily.head.timezone
    drill = "*LATIHAN* – " if head.exercise else ""
    lines = [
        f"{drill}*Laporan harian Desk Pilkada*, {head.area_name}",
        f"{long_day(daily.day)} ({zone_name(zone, daily.start)})",
    ]
    lines += [f"⚠ {warning_sentence(one, zone)}" for one in daily.bursts[:3]]
    if daily.is_nil:
        lines.append(nil_sentence(daily))
    else:
        count = daily.count
        words = f": {levels_sentence(count.levels)}" if count.total else ""
        lines.append(f"Kejadian baru {number(count.total)}{words}.")
        shown = daily.notable[:IN_MESSAGE]
        lines += [
            f"{at}. [{one.severity} {SEVERITY_NAMES[one.severity]}] {one.place}: {one.title} ({one.verification})"
            for at, one in enumerate(shown, 1)
        ]
        if len(daily.notable) > len(shown):
            lines.append(f"… dan {number(len(daily.notable) - len(shown))} kejadian tingkat 2 ke atas lainnya.")
        if daily.going_on:
            lines.append(f"{number(len(daily.going_on))} kejadian lama tingkat 2 ke atas berkembang.")
    if daily.is_blind and not daily.is_nil:
        lines.append(BLIND)
    lines.append(coverage_sentence(daily.sources, coverage_count(daily.coverage, head.area)))
    lines.append(f"Tahapan: {daily.stage or 'di luar tahapan'}; besok: {daily.tomorrow or 'di luar tahapan'}.")
    return "\n".join(lines) + "\n"
