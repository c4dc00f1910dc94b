"""The sections that the daily and the weekly report have in common: warnings, incidents, regions, coverage, times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.gazetteer import KABKOTA, PROVINCE
from data.watching import CoverageState, WarningKind
from feeds.items import SEVERITY_NAMES, UNVERIFIED
from feeds.reports.document import Column, Facts, Items, Paragraph, Picture, Section, Table
from feeds.reports.maps import UNCOVERED, region_map, worst
from feeds.reports.wording import Level, Link, duration, joined, moment, number, short_moment, zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.watching import Coverage, RegionPicture
    from feeds.reports.content import (
        CoverageCount,
        Head,
        IncidentLine,
        SourceCount,
        StepTime,
        WarningLine,
    )
    from feeds.reports.document import Block
    from feeds.reports.wording import Cell

STATE_WORDS: Final = {
    CoverageState.TERLIPUT: "terliput",
    CoverageState.TIPIS: "tipis",
    CoverageState.SUNYI: "sunyi",
    CoverageState.TERPUTUS: "terputus",
    CoverageState.TANPA_SUMBER: "tanpa sumber",
}
STATE_MEANINGS: Final = (
    "Terliput: cukup sumber memberitakannya. Tipis: satu sumber saja atau sedikit artikel. Sunyi: sumbernya menjawab,"
    " tetapi tidak ada berita dari sana. Terputus: sumbernya tidak menjawab. Tanpa sumber: tidak ada sumber yang"
    " didaftarkan. Pada dua keadaan terakhir, tidak adanya kejadian tidak berarti apa-apa."
)
UNVERIFIED_NOTE: Final = (
    "Semua kejadian berasal dari pemberitaan terbuka dan belum terverifikasi kecuali dinyatakan lain. Nama tersangka,"
    " korban, saksi, dan anak ditulis dengan inisial. Laporan ini tentang kejadian, bukan tentang orang atau pasangan"
    " calon, dan tidak menilai elektabilitas siapa pun."
)
UNKNOWN_TIME: Final = "belum diketahui"
"""What `feeds.items.AlertItem.event_time` says where no text tells when it happened."""
MOST_NAMED: Final = 12
"""Sources or regions that a sentence names; the rest is counted, and all stand in the workbook's tables."""
METHOD: Final = (
    "Yang dihitung adalah kejadian, bukan artikel: salinan satu rilis tetap satu kejadian. Kejadian dihitung pada hari"
    " pertama kali diberitakan, pada tingkat tertingginya saat laporan dibuat. Urutan menurut jumlah kejadian terberat,"
    " tanpa pembobotan. Dimensi mengikuti pemetaan sinyal kami dan bukan nilai IKP Bawaslu. Sedikit kejadian dari"
    " wilayah yang sedikit terliput tidak berarti aman."
)
"""How a report counts: by the day on which an incident became known, so that each falls in one daily report."""
BLIND: Final = (
    "Tidak ada sumber yang menjawab pada periode ini sendiri: kejadian di sini terbaca kemudian, dan yang lain mungkin"
    " terlewat."
)
HALF: Final = 0.5
"""Share of the sources that must have answered for figures to stand without a warning beside them. By reasoning."""
CLASSIFICATION: Final = "TERBATAS"
"""The default of a Laporan Informasi under UU 14/2008 (domain dossier, 4.4)."""
ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections with Roman numerals before their headings; those of level 3 have none."""
    made: list[Section] = []
    count = 0
    for section in sections:
        if section.level == 2:
            made.append(Section(f"{ROMAN[count]}. {section.heading}", section.blocks))
            count += 1
        else:
            made.append(section)
    return tuple(made)


def letterhead(head: Head) -> tuple[str, ...]:
    """Return the lines at the head of a report."""
    lines = (head.office.upper(), head.area_name.upper())
    return ("LATIHAN – BUKAN KEJADIAN NYATA", *lines) if head.exercise else lines


def warning_sentence(one: WarningLine, timezone: str) -> str:
    """Return a warning in one sentence: what rises where, how many in which window, and how many its past has."""
    window = f"{short_moment(one.start, timezone)} – {short_moment(one.end, timezone)} {zone_name(timezone, one.start)}"
    kind = "LONJAKAN" if one.kind == WarningKind.LONJAKAN else "PRAKURSOR MENINGKAT"
    past = f"biasanya {_few(one.expected)}; {UNVERIFIED}"
    end = "" if one.standing else "; sudah berakhir"
    return f"{kind}: {one.signal} di {one.place}, {number(one.observed)} kejadian pada {window} ({past}){end}."


def _few(expected: float) -> str:
    return "kurang dari 0,1" if expected < 0.1 else f"{expected:.1f}".replace(".", ",")


def warnings_section(warnings: Sequence[WarningLine], timezone: str) -> tuple[Section, ...]:
    """Return the section on bursts and precursors, with the incidents behind each; none without warnings."""
    if not warnings:
        return ()
    blocks: list[Block] = [
        Paragraph(warning_sentence(warnings[0], timezone), "warning"),
        *([Items(tuple(warning_sentence(one, timezone) for one in warnings[1:]))] if warnings[1:] else []),
    ]
    rows: list[tuple[Cell, ...]] = []
    for at, one in enumerate(warnings, 1):
        rows.append(
            (
                at,
                "lonjakan" if one.kind == WarningKind.LONJAKAN else "prakursor",
                one.signal,
                one.place,
                one.start,
                one.end,
                one.observed,
                _few(one.expected),
                ", ".join(f"#{number_}" for number_ in one.incident_ids[:MOST_NAMED])
                + (
                    f" dan {number(len(one.incident_ids) - MOST_NAMED)} lagi"
                    if len(one.incident_ids) > MOST_NAMED
                    else ""
                ),
                None if one.level is None else Level(one.level),
                one.method,
                round(one.expected, 4),
                round(one.q_value, 6),
                one.note,
            )
        )
    zone = zone_name(timezone, warnings[0].start)
    blocks.append(
        Table(
            "Peringatan dini",
            "Peringatan dini dan kejadian di baliknya",
            (
                Column("No.", "number"),
                Column("Jenis"),
                Column("Sinyal"),
                Column("Wilayah"),
                Column(f"Mulai ({zone})", "moment"),
                Column(f"Sampai ({zone})", "moment"),
                Column("Kejadian", "number"),
                Column("Biasanya"),
                Column("Nomor kejadian"),
                Column("Tingkat tertinggi", "level"),
                Column("Metode", workbook_only=True),
                Column("Harapan", "number", workbook_only=True),
                Column("Nilai q", "number", workbook_only=True),
                Column("Catatan", workbook_only=True),
            ),
            tuple(rows),
        )
    )
    blocks.append(
        Paragraph(
            "Lonjakan dihitung dari jumlah kejadian, bukan jumlah berita: salinan satu rilis tidak menaikkannya.",
            "note",
        )
    )
    return (Section("Peringatan dini", tuple(blocks)),)


def incidents_table(sheet: str, caption: str, lines: Sequence[IncidentLine], timezone: str, empty: str) -> Table:
    """Return incidents one by one: what, where, when, by how many sources, and how it is handled."""
    zone = zone_name(timezone, lines[0].first_seen) if lines else ""
    rows = tuple(
        (
            f"#{one.id}",
            Level(one.severity),
            happened(one, timezone),
            one.place,
            f"{joined(one.signal_names) or 'tanpa sinyal'} ({one.modality}): {one.title}",
            f"{number(one.independent_sources)} mandiri, {number(one.spread)} berita",
            f"{one.verification}; {one.handling}" if one.verification != one.handling else one.handling,
            one.title,
            ", ".join(one.signals),
            one.modality,
            one.urgency,
            one.first_seen,
            one.independent_sources,
            one.spread,
            ", ".join(one.codes),
            one.verification,
            ", ".join(one.handlers),
            one.outlet,
            Link(one.url, one.url) if one.url else None,
        )
        for one in lines
    )
    return Table(
        sheet,
        caption,
        (
            Column("No."),
            Column("Tingkat", "level"),
            Column("Waktu kejadian"),
            Column("Tempat"),
            Column("Uraian"),
            Column("Sumber"),
            Column("Status dan penanganan"),
            Column("Judul", workbook_only=True),
            Column("Sinyal (kode)", workbook_only=True),
            Column("Modalitas", workbook_only=True),
            Column("Urgensi", workbook_only=True),
            Column(f"Pertama terlihat ({zone})", "moment", workbook_only=True),
            Column("Sumber mandiri", "number", workbook_only=True),
            Column("Sebaran (berita)", "number", workbook_only=True),
            Column("Kode wilayah", workbook_only=True),
            Column("Verifikasi", workbook_only=True),
            Column("Yang menangani", workbook_only=True),
            Column("Media", workbook_only=True),
            Column("Alamat", workbook_only=True),
        ),
        rows,
        empty=empty,
    )


def happened(one: IncidentLine, timezone: str) -> str:
    """Return when it happened; where no text says so, when it was first seen, and that this is not the same."""
    if one.happened != UNKNOWN_TIME:
        return one.happened
    seen = f"{short_moment(one.first_seen, timezone)} {zone_name(timezone, one.first_seen)}"
    return f"{UNKNOWN_TIME}; terlihat {seen}"


def incident_facts(one: IncidentLine, timezone: str) -> tuple[Block, ...]:
    """Return an incident of a high level with its quotation and source, as a reader needs it to act."""
    rows: list[tuple[str, Cell]] = [
        ("Tingkat", Level(one.severity)),
        ("Tempat", one.place),
        ("Waktu kejadian", one.happened),
        ("Pertama terlihat", moment(one.first_seen, timezone)),
        ("Sumber", f"{number(one.independent_sources)} sumber mandiri, {number(one.spread)} berita"),
        ("Status", f"{one.verification}; {one.handling}" if one.verification != one.handling else one.handling),
        ("Yang menangani (menurut jenisnya)", ", ".join(one.handlers)),
        ("Tautan", Link(one.url, one.url) if one.url else None),
    ]
    quote = (
        [Paragraph(f"“{one.quote}” ({one.outlet})" if one.outlet else f"“{one.quote}”", "quote")] if one.quote else []
    )
    return (*quote, Facts(tuple(rows)))


def levels_sentence(levels: Sequence[int]) -> str:
    """Return counts by level in words: *1 kritis, 2 tinggi, 4 sedang, 3 rendah*; those of none are left out."""
    parts = [f"{number(levels[level])} {SEVERITY_NAMES[level]}" for level in (4, 3, 2, 1, 0) if levels[level]]
    return ", ".join(parts)


def regions_section(
    regions: Sequence[RegionPicture],
    head: Head,
    gazetteer: Gazetteer,
    *,
    incidents: int,
    dimension_names: Mapping[str, str],
    method: str,
) -> Section:
    """Return the map and the counts per region beside its coverage; ``incidents`` is the number of different ones.

    Regions without incidents that are well covered are counted in one row, so that the page stays readable.
    """
    told = [one for one in regions if one.total or one.coverage.state in UNCOVERED or len(regions) <= 40]
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            *(one.levels[level] for level in (4, 3, 2, 1, 0)),
            one.total,
            one.verified,
            STATE_WORDS[one.coverage.state],
            one.coverage.reporting,
            one.coverage.articles,
            one.region,
        )
        for one in told
    ]
    sums = tuple(sum(one.levels[level] for one in regions) for level in (4, 3, 2, 1, 0))
    articles = None  # an article that names two regions would count twice
    total: tuple[Cell, ...] = (
        "Jumlah",
        *sums,
        sum(sums),
        sum(one.verified for one in regions),
        None,
        None,
        articles,
        None,
    )
    table = Table(
        "Wilayah",
        "Kejadian menurut wilayah dan tingkat, beserta liputannya",
        (
            Column("Wilayah"),
            *(Column(f"{level} {SEVERITY_NAMES[level]}", "number") for level in (4, 3, 2, 1, 0)),
            Column("Jumlah", "number"),
            Column("Terverifikasi", "number", workbook_only=True),
            Column("Liputan"),
            Column("Sumber", "number"),
            Column("Artikel", "number"),
            Column("Kode", workbook_only=True),
        ),
        tuple(rows),
        total,
        empty="Tidak ada wilayah.",
    )
    blocks: list[Block] = []
    drawing = region_map(regions, head.area, gazetteer)
    if drawing is not None:
        blocks.append(
            Picture(
                "peta",
                f"Peta kejadian menurut wilayah, {head.area_name}",
                map_words(regions),
                drawing,
                table,
            )
        )
    else:
        blocks.append(table)
    hidden = len(regions) - len(told)
    if hidden:
        blocks.append(Paragraph(f"{number(hidden)} wilayah lain terpantau dan tanpa kejadian.", "note"))
    blocks.append(Paragraph(sums_sentence(sum(sums), incidents), "note"))
    seen = {slug: sum(one.dimensions.get(slug, 0) for one in regions) for slug in dimension_names}
    if any(seen.values()):
        blocks.append(
            Table(
                "Dimensi IKP",
                "Kejadian menurut dimensi Indeks Kerawanan Pemilu (Bawaslu)",
                (Column("Dimensi"), Column("Kejadian per wilayah", "number")),
                tuple((dimension_names[slug], count) for slug, count in seen.items()),
            )
        )
    if method:
        blocks.append(Paragraph(method, "note"))
    return Section("Gambaran wilayah", tuple(blocks))


def sums_sentence(by_region: int, incidents: int) -> str:
    """Return why the regions' sum may differ from the number of incidents, so that a reader can add up."""
    repeated = by_region - incidents
    if not repeated:
        return f"Jumlah tabel {number(by_region)} = {number(incidents)} kejadian berbeda."
    return (
        f"Jumlah tabel {number(by_region)} = {number(incidents)} kejadian berbeda + {number(repeated)} yang dihitung"
        " lagi karena mencakup lebih dari satu wilayah."
    )


def map_words(regions: Sequence[RegionPicture]) -> str:
    """Return what the map shows, in words: for those who do not see it."""
    regions = [one for one in regions if one.region]  # the row of incidents without place is on no map
    hit = [one for one in regions if one.total]
    blind = sum(one.coverage.state in UNCOVERED for one in regions)
    tail = f" {number(blind)} wilayah tidak terpantau." if blind else ""
    if not hit:
        return f"Peta {number(len(regions))} wilayah: tidak ada kejadian.{tail}"
    named = [f"{one.name} {number(one.total)} (tertinggi {SEVERITY_NAMES[worst(one)]})" for one in hit[:5]]
    more = f", dan {number(len(hit) - 5)} wilayah lain" if len(hit) > 5 else ""
    return f"Peta kejadian di {number(len(hit))} dari {number(len(regions))} wilayah: {'; '.join(named)}{more}.{tail}"


def coverage_sentence(sources: SourceCount, count: CoverageCount) -> str:
    """Return the coverage in one sentence of figures: what stands beside every count, and above all beside none."""
    states = [
        f"{STATE_WORDS[state]} {number(count.of(state))}"
        for state in (CoverageState.TERLIPUT, CoverageState.TIPIS, CoverageState.SUNYI)
    ]
    dark = [
        f"{STATE_WORDS[state]} {number(count.of(state))}"
        for state in (CoverageState.TERPUTUS, CoverageState.TANPA_SUMBER)
    ]
    return (
        f"Cakupan: {number(sources.answering)} dari {number(sources.read)} sumber yang dibaca menjawab"
        f" ({number(sources.declared)} terdaftar), {number(sources.new_articles)} artikel baru;"
        f" {number(count.covered)} dari {number(count.total)} kab/kota terpantau ({', '.join(states)}),"
        f" {number(count.total - count.covered)} tidak terpantau ({', '.join(dark)})."
    )


def coverage_section(
    sources: SourceCount, count: CoverageCount, coverage: Mapping[str, Coverage], area: str | None, gazetteer: Gazetteer
) -> Section:
    """Return what was read and what was not, with the names of what is missing."""
    missing = [
        one
        for code, one in sorted(coverage.items())
        if len(code) == KABKOTA and (area is None or code.startswith(area)) and one.state in UNCOVERED
    ]
    blocks: list[Block] = [
        Facts(
            (
                ("Sumber terdaftar untuk wilayah ini", sources.declared),
                ("Sumber dibaca", sources.read),
                ("Sumber menjawab", sources.answering),
                ("Artikel baru", sources.new_articles),
                ("Kab/kota terpantau", f"{number(count.covered)} dari {number(count.total)}"),
            )
        ),
        Table(
            "Cakupan",
            "Kabupaten/kota menurut keadaan liputan",
            (Column("Keadaan"), Column("Kab/kota", "number")),
            tuple((STATE_WORDS[state], number_) for state, number_ in count.states),
            ("Jumlah", count.total),
        ),
        Paragraph(STATE_MEANINGS, "note"),
    ]
    if sources.silent:
        blocks.append(Paragraph(f"Sumber yang dibaca tetapi tidak menjawab: {_named(sources.silent)}.", "warning"))
    if missing:
        blocks.append(
            Table(
                "Tidak terpantau",
                "Kabupaten/kota yang tidak terpantau",
                (
                    Column("Wilayah"),
                    Column("Provinsi"),
                    Column("Keadaan"),
                    Column("Kode", workbook_only=len(missing) > 40),
                ),
                tuple(
                    (
                        gazetteer.name(one.region),
                        gazetteer.name(one.region[:PROVINCE]),
                        STATE_WORDS[one.state],
                        one.region,
                    )
                    for one in missing
                ),
            )
            if len(missing) <= 60
            else Paragraph(
                f"Kab/kota yang tidak terpantau: {_named([gazetteer.name(one.region) for one in missing])}.", "warning"
            )
        )
    return Section("Cakupan pemantauan", tuple(blocks))


def _named(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    more = len(names) - len(shown)
    return ", ".join(shown) + (f", dan {number(more)} lagi" if more else "")


def times_section(steps: Sequence[StepTime]) -> Section:
    """Return how long each step took, from the outlet's publication to a person's eyes."""
    rows = tuple(
        (
            one.name,
            one.n,
            None if one.median is None else duration(one.median),
            None if one.ninety is None else duration(one.ninety),
            one.median,
            one.ninety,
        )
        for one in steps
    )
    table = Table(
        "Ketepatan waktu",
        "Dari terbit sampai desk",
        (
            Column("Langkah"),
            Column("Artikel terukur", "number"),
            Column("Median"),
            Column("Sembilan dari sepuluh paling lama"),
            Column("Median (menit)", "number", workbook_only=True),
            Column("Persentil 90 (menit)", "number", workbook_only=True),
        ),
        rows,
    )
    return Section("Ketepatan waktu", (table,))


def reading_note(sources: SourceCount, *, is_nil: bool) -> tuple[Block, ...]:
    """Return a warning where so few sources answered that the figures may be too small; none where enough did.

    A nil of which nobody saw anything says so itself.
    """
    if sources.answering == 0:
        return () if is_nil else (Paragraph(BLIND, "warning"),)
    if sources.answering < HALF * max(sources.declared, 1):
        words = "Kurang dari separuh sumber menjawab: angka di laporan ini mungkin terlalu kecil."
        return (Paragraph(words, "warning"),)
    return ()


def unplaced_note(unplaced: Sequence[int], area: str | None, notable_from: int) -> tuple[Block, ...]:
    """Return what a report on an area leaves out: incidents of which no place is known; none on the whole country."""
    if area is None or not sum(unplaced):
        return ()
    grave = sum(unplaced[notable_from:])
    text = (
        f"Di luar laporan ini: {number(sum(unplaced))} kejadian yang tempatnya tidak dikenali"
        f" ({number(grave)} di antaranya tingkat {notable_from} ke atas); lihat laporan seluruh Indonesia."
    )
    return (Paragraph(text, "warning" if grave else "note"),)


def period(start: datetime, end: datetime, timezone: str, *, unfinished: bool) -> str:
    """Return a period in words: from its first moment to its last, and whether it has not ended yet."""
    open_ = " (SEMENTARA: periode belum berakhir)" if unfinished else ""
    return f"{moment(start, timezone)} s.d. {moment(end, timezone)}{open_}"


def reach(count: CoverageCount) -> str:
    """Return what a nil holds for, as the end of a sentence; nothing where all is covered."""
    if count.covered == count.total:
        return ""
    return f", sejauh {number(count.covered)} dari {number(count.total)} kab/kota yang terpantau"
