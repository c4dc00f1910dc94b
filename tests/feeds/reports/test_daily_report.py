"""The daily report: nil with its coverage, the burst first, figures that add up, the same in every format."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from lxml import html

from data.watching import CoverageState, WarningKind
from feeds import REPORTS
from feeds.reports import FILE_FORMATS, daily, weekly
from feeds.reports.content import Counts, SourceCount
from feeds.reports.document import Document, plain_text

if TYPE_CHECKING:
    from data.gazetteer import Gazetteer
    from feeds.reports.daily import Daily
    from feeds.reports.weekly import Weekly

NIL = "Nihil: situasi kondusif, tidak ada item tingkat >= 2 hari ini, sejauh 16 dari 19 kab/kota yang terpantau."
COVERAGE = (
    "Cakupan: 38 dari 40 sumber yang dibaca menjawab (41 terdaftar), 1.204 artikel baru; 16 dari 19 kab/kota terpantau"
    " (terliput 13, tipis 2, sunyi 1), 3 tidak terpantau (terputus 1, tanpa sumber 2)."
)
BURST = (
    "LONJAKAN: Perusakan & pembakaran di Kota Padang, 5 kejadian pada 27-11-2024 00.00 – 28-11-2024 00.00 WIB"
    " (biasanya 0,4; belum terverifikasi)."
)


def signed(document: Document) -> Document:
    return replace(document, made_at=datetime(2024, 11, 27, 23, 0, tzinfo=UTC), made_by="jadwal")


def sheets(document: Document) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(FILE_FORMATS["xlsx"].write(document)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def word_text(document: Document) -> str:
    made = docx.Document(io.BytesIO(FILE_FORMATS["docx"].write(document)))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def page_of(document: Document) -> Any:
    return html.fromstring(FILE_FORMATS["html"].write(document).decode())


def words_of(page: Any) -> str:
    return " ".join(page.text_content().split())


def test_a_quiet_day_is_a_nil_report_with_coverage(quiet: Daily, gazetteer: Gazetteer) -> None:
    document = signed(daily.document(quiet, gazetteer))
    assert dict(document.facts.rows)["Kesimpulan"] == "NIHIL – situasi kondusif"
    assert document.sections[0].heading == "I. Situasi umum"
    for text in (
        words_of(page_of(document)), word_text(document), FILE_FORMATS["txt"].write(document).decode(),
        "\n".join(str(cell) for row in sheets(document)["Ringkasan"] for cell in row),
    ):  # fmt: skip
        assert NIL in text
        assert COVERAGE in text


def test_where_no_source_answered_nothing_is_called_quiet(quiet: Daily, gazetteer: Gazetteer) -> None:
    blind = replace(quiet, sources=SourceCount(41, 40, 0, ("Kabar Danau",), 0))
    text = plain_text(daily.document(blind, gazetteer)) + daily.message(blind)
    assert "kondusif, tidak ada item" not in text
    assert text.count("Tidak dapat disimpulkan: tidak ada sumber yang menjawab hari ini") == 2
    assert "Kesimpulan: TIDAK DAPAT DISIMPULKAN – tidak ada sumber yang terbaca" in text


def test_a_nil_with_half_of_the_sources_dumb_says_so(quiet: Daily, gazetteer: Gazetteer) -> None:
    thin = replace(quiet, sources=SourceCount(41, 40, 20, (), 12))
    assert "Kurang dari separuh sumber menjawab" in plain_text(daily.document(thin, gazetteer))


def test_incidents_of_a_day_on_which_nothing_was_read_came_in_later_and_may_not_be_all(
    burst: Daily, gazetteer: Gazetteer
) -> None:
    blind = replace(burst, sources=SourceCount(41, 0, 0, (), 0))
    document = daily.document(blind, gazetteer)
    words = "Tidak ada sumber yang menjawab pada periode ini sendiri: kejadian di sini terbaca kemudian"
    assert words in plain_text(document)
    assert words in document.short


def test_what_goes_on_from_days_before_is_no_nil(quiet: Daily, burst: Daily, gazetteer: Gazetteer) -> None:
    going = replace(quiet, going_on=burst.going_on)
    text = plain_text(daily.document(going, gazetteer))
    assert "situasi kondusif" not in text
    assert "1 kejadian lama tingkat 2 ke atas masih berkembang" in text
    assert "Bentrok pendukung: dua tersangka ditahan" in text


def test_a_day_with_a_burst_names_it_first(burst: Daily, gazetteer: Gazetteer) -> None:
    document = signed(daily.document(burst, gazetteer))
    assert document.sections[0].heading == "I. Peringatan dini"
    assert document.sections[0].blocks[0].text == BURST
    assert document.short.splitlines()[2] == f"⚠ {BURST}"
    assert dict(document.facts.rows)["Kesimpulan"] == "LONJAKAN – Perusakan & pembakaran di Kota Padang"
    page = page_of(document)
    assert page.xpath("//section[1]/p[@class='warning']")[0].text_content() == BURST
    assert word_text(document).index(BURST) < word_text(document).index("3 kejadian baru tingkat 2 ke atas")


def test_a_burst_goes_before_a_precursor_and_the_unlikelier_first(burst: Daily) -> None:
    (first,) = burst.warnings
    warnings = (
        replace(first, kind=WarningKind.PRAKURSOR, place="Kota Solok", q_value=0.000001),
        replace(first, place="Kabupaten Agam", q_value=0.01),
        first,
    )
    assert [one.place for one in replace(burst, warnings=warnings).bursts] == [
        "Kota Padang", "Kabupaten Agam", "Kota Solok",
    ]  # fmt: skip


def test_the_gravest_are_told_first_and_each_is_unverified(burst: Daily, gazetteer: Gazetteer) -> None:
    table = next(one for one in daily.document(burst, gazetteer).tables if one.sheet == "Kejadian menonjol")
    assert [row[0] for row in table.rows] == ["#31", "#30", "#33"]
    page = page_of(signed(daily.document(burst, gazetteer)))
    row = page.xpath("//caption[contains(., 'Kejadian baru tingkat 2')]/../tbody/tr[1]")[0]
    assert [" ".join(cell.text_content().split()) for cell in row] == [
        "#31",
        "4 kritis",
        "27-11-2024 01.00–03.00 WIB",
        "Kecamatan Koto Tangah, Kota Padang",
        "Perusakan & pembakaran (kejadian): Kotak suara dibakar massa, seorang tewas",
        "3 mandiri, 12 berita",
        "belum terverifikasi; belum ditinjau",
    ]


def numbers(cells: Any) -> list[int]:
    return [int(str(cell).replace(".", "")) for cell in cells]


def test_the_figures_of_each_day_and_region_add_up_and_are_the_same_everywhere(
    burst: Daily, gazetteer: Gazetteer
) -> None:
    document = signed(daily.document(burst, gazetteer))
    book = sheets(document)
    days, regions = book["Per hari"][2:], book["Wilayah"][2:]
    assert [row[1:] for row in days[-2:]] == [(1, 1, 1, 4, 0, 7), (1, 1, 1, 10, 0, 13)]
    assert regions[0][:7] == ("Kota Padang", 1, 1, 0, 3, 0, 5)
    assert regions[-1][:7] == ("Jumlah", 1, 1, 1, 5, 0, 8)
    for rows in (days, regions):
        for column in range(1, 7):
            assert sum(row[column] for row in rows[:-1]) == rows[-1][column]
        assert all(sum(row[1:6]) == row[6] for row in rows)
    page = page_of(document)
    assert "Jumlah tabel 8 = 7 kejadian berbeda + 1 yang dihitung lagi karena mencakup lebih dari satu" in words_of(
        page
    )
    for caption, rows in (("per hari dan tingkat", days), ("menurut wilayah dan tingkat", regions)):
        (table,) = page.xpath(f"//table[caption[contains(., '{caption}')]]")
        printed = [[cell.text_content() for cell in row] for row in table.xpath(".//tr")][1:]
        assert [numbers(row[1:7]) for row in printed] == [list(row[1:7]) for row in rows]
    made = docx.Document(io.BytesIO(FILE_FORMATS["docx"].write(document)))
    (table,) = [one for one in made.tables if one.rows[0].cells[0].text == "Wilayah" and len(one.columns) > 4]
    in_word = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert [numbers(row[1:7]) for row in in_word] == [list(row[1:7]) for row in regions]


def test_the_states_of_coverage_add_up_to_all_regions(quiet: Daily, gazetteer: Gazetteer) -> None:
    rows = sheets(signed(daily.document(quiet, gazetteer)))["Cakupan"][2:]
    assert rows == [
        ("terliput", 13), ("tipis", 2), ("sunyi", 1), ("terputus", 1), ("tanpa sumber", 2), ("Jumlah", 19),
    ]  # fmt: skip


def test_what_is_not_covered_is_named(quiet: Daily, gazetteer: Gazetteer) -> None:
    text = plain_text(daily.document(quiet, gazetteer))
    assert "Kabupaten Pesisir Selatan | Sumatera Barat | tanpa sumber" in text
    assert "Sumber yang dibaca tetapi tidak menjawab: Kabar Danau, Suara Lembah." in text


def test_every_picture_has_words_and_a_table_beside_it(burst: Daily, gazetteer: Gazetteer) -> None:
    document = signed(daily.document(burst, gazetteer))
    page = page_of(document)
    figures = page.xpath("//figure")
    assert len(figures) == 3
    for figure in figures:
        (drawing,) = figure.xpath(".//*[local-name()='svg']")
        assert drawing.get("role") == "img"
        assert len(drawing.get("aria-label")) > 30
        assert figure.getnext().xpath(".//table | self::table")
    made = docx.Document(io.BytesIO(FILE_FORMATS["docx"].write(document)))
    words = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert words == [drawing.get("aria-label") for drawing in page.xpath("//*[local-name()='svg']")]
    assert words[2].startswith("Peta kejadian di 3 dari 19 wilayah: Kota Padang 5 (tertinggi kritis); Kota Pariaman 2")


def test_the_page_asks_for_nothing_and_runs_nothing(burst: Daily, gazetteer: Gazetteer) -> None:
    evil = replace(burst.notable[0], title="<script>alert(1)</script>", url="javascript:alert(1)", quote="</style><b>x")
    text = FILE_FORMATS["html"].write(signed(daily.document(replace(burst, notable=(evil,)), gazetteer))).decode()
    page = html.fromstring(text)
    assert not page.xpath("//script | //iframe | //img | //link | //object | //form | //@onload | //@style")
    assert not [link for link in page.xpath("//a/@href") if not link.startswith(("#", "https://", "http://"))]
    assert not re.search(r"url\(|@import|srcset", text)
    policy = page.xpath("//meta[@http-equiv]/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_a_text_that_looks_like_a_formula_stays_a_text(burst: Daily, gazetteer: Gazetteer) -> None:
    evil = replace(burst.notable[0], title='=HYPERLINK("http://x.example";"y")', place="+62", outlet="@SUM(A1)")
    document = signed(daily.document(replace(burst, notable=(evil,)), gazetteer))
    book = openpyxl.load_workbook(io.BytesIO(FILE_FORMATS["xlsx"].write(document)))
    assert [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    row = [cell.value for cell in book["Kejadian menonjol"][3]]
    assert (row[3], row[7], row[17]) == ("+62", '=HYPERLINK("http://x.example";"y")', "@SUM(A1)")


def test_levels_moments_and_counts_are_numbers_and_dates_in_a_workbook(burst: Daily, gazetteer: Gazetteer) -> None:
    book = sheets(signed(daily.document(burst, gazetteer)))
    row = dict(zip(book["Kejadian menonjol"][1], book["Kejadian menonjol"][2], strict=True))
    assert row["Tingkat"] == 4
    assert row["Pertama terlihat (WIB)"] == datetime(2024, 11, 27, 5, 13)  # noqa: DTZ001 - a workbook has no zones
    assert (row["Sumber mandiri"], row["Sebaran (berita)"]) == (3, 12)
    assert book["Per hari"][2][0] == datetime(2024, 11, 21)  # noqa: DTZ001 - as above


def test_an_area_is_told_of_what_has_no_known_place(quiet: Daily, gazetteer: Gazetteer) -> None:
    lost = replace(quiet, unplaced=(0, 2, 0, 1, 0))
    assert (
        "Di luar laporan ini: 3 kejadian yang tempatnya tidak dikenali (1 di antaranya tingkat 2 ke atas)"
        in plain_text(daily.document(lost, gazetteer))
    )


def test_a_drill_says_so_on_every_form(burst: Daily, gazetteer: Gazetteer) -> None:
    drill = replace(burst, head=replace(burst.head, exercise=True))
    document = signed(daily.document(drill, gazetteer))
    assert document.short.startswith("*LATIHAN*")
    assert "LATIHAN: isi laporan ini bukan kejadian nyata." in words_of(page_of(document))
    assert "LATIHAN: isi laporan ini bukan kejadian nyata." in word_text(document)
    assert any("LATIHAN" in str(cell) for row in sheets(document)["Ringkasan"] for cell in row)


def test_the_same_content_has_the_same_hash_whoever_makes_it(quiet: Daily, gazetteer: Gazetteer) -> None:
    document = daily.document(quiet, gazetteer)
    assert signed(document).content_hash == document.content_hash
    other = replace(quiet, rejected=3)
    assert daily.document(other, gazetteer).content_hash != document.content_hash


def test_the_same_report_is_the_same_page_to_the_byte(burst: Daily, gazetteer: Gazetteer) -> None:
    once, again = (FILE_FORMATS["html"].write(signed(daily.document(burst, gazetteer))) for _ in range(2))
    assert once == again


def test_the_marks_of_words_paragraphs_are_in_the_order_of_its_schema(burst: Daily, gazetteer: Gazetteer) -> None:
    made = docx.Document(io.BytesIO(FILE_FORMATS["docx"].write(signed(daily.document(burst, gazetteer)))))
    order = ["pStyle", "keepNext", "pBdr", "spacing", "ind", "jc"]  # ISO/IEC 29500-1, 17.3.1.26, as far as used
    for paragraph in made.element.body.iter("{*}pPr"):
        names = [child.tag.rpartition("}")[2] for child in paragraph]
        assert names == sorted(names, key=order.index)


def test_an_empty_day_of_an_empty_house_can_be_printed(quiet: Daily, gazetteer: Gazetteer) -> None:
    nothing = replace(quiet, count=Counts(), before=Counts(), sources=SourceCount(0, 0, 0, (), 0), coverage={})
    document = signed(daily.document(nothing, gazetteer))
    for name in ("html", "docx", "xlsx", "txt"):
        assert FILE_FORMATS[name].write(document)
    assert "Tidak ada sinyal yang ditandai hari ini maupun sehari sebelumnya." in plain_text(document)


def test_the_week_names_its_warnings_and_adds_up(week: Weekly, gazetteer: Gazetteer) -> None:
    document = signed(weekly.document(week, gazetteer))
    assert document.subtitle == "Minggu 48: 25 November – 1 Desember 2024"
    assert document.sections[0].blocks[0].text == BURST
    book = sheets(document)
    assert book["Per hari"][-1] == ("Jumlah", 1, 1, 1, 10, 0, 13)
    assert [row[:3] for row in book["Per tingkat"][2:]] == [
        (4, 1, 0), (3, 1, 0), (2, 1, 1), (1, 10, 4), (0, 0, 0), ("Jumlah", 13, 5),
    ]  # fmt: skip
    assert book["Perubahan wilayah"][2:] == [
        ("Kota Padang", 8, 0, "+8", "13.71"),
        ("Kota Pariaman", 5, 5, "0", "13.77"),
        ("Jumlah", 13, 5, "+8", None),
    ]
    assert "Kejadian baru 13 (1 kritis, 1 tinggi, 1 sedang, 10 rendah); minggu sebelumnya 5 (+8)." in document.short
    assert COVERAGE in document.short


@pytest.mark.parametrize("kind", ["daily", "weekly"])
def test_no_report_ranks_persons_or_says_what_will_be(
    kind: str, burst: Daily, week: Weekly, gazetteer: Gazetteer
) -> None:
    record: Any = burst if kind == "daily" else week
    module: Any = daily if kind == "daily" else weekly
    document = module.document(record, gazetteer)
    assert kind in REPORTS
    assert "tidak menilai elektabilitas" in " ".join(document.closing)
    assert "Rekomendasi (diisi petugas):" in plain_text(document)


def test_states_have_the_words_that_the_legend_explains() -> None:
    from feeds.reports.parts import STATE_MEANINGS, STATE_WORDS

    assert set(STATE_WORDS) == set(CoverageState)
    assert all(word in STATE_MEANINGS.casefold() for word in STATE_WORDS.values())
