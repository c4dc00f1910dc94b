"""Reports made from a store and kept: revisions, missing formats, files that were tampered with, printing, schedules."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from data.errors import InputError, LeaseError, SettingsError, UnknownItemError
from data.records import IncidentStatus, Tally
from flows.leases import held
from flows.printing import chromium_printer, find_chromium, print_page
from flows.report_facts import concerns
from flows.reports import (
    LEASE_NAME,
    ReportTools,
    copy_out,
    damaged,
    due_days,
    due_weeks,
    make_daily,
    make_information,
    make_weekly,
    monday_of,
    week_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Newsroom

DAY = date(2024, 11, 26)  # the newsroom opens at noon of it
TEXT = (
    "Massa tak dikenal membakar posko pemenangan di Kelurahan Kampung Perak pada Selasa dini hari dan dua relawan luka"
)
QUICK = ("html", "txt")


@pytest.fixture
def tools(newsroom: Newsroom) -> ReportTools:
    return ReportTools(newsroom.leaving, newsroom.folder.parent / "reports", "Desk Pilkada")


@pytest.fixture
def printed(newsroom: Newsroom, says: Callable[..., Any]) -> Newsroom:
    """A newsroom of one incident in Pariaman, told twice."""
    newsroom.prints("kabar", "Posko dibakar massa", TEXT, says(severity=3))
    newsroom.prints("harian", "Posko dibakar massa", f"{TEXT}, kata saksi mata.", says(severity=3))
    newsroom.assess()
    return newsroom


def text_of(made: Any, tools: ReportTools) -> str:
    return (tools.folder / made.report.file("txt").path).read_text("utf-8")


def test_a_report_lies_where_its_row_says_and_is_what_was_written(printed: Newsroom, tools: ReportTools) -> None:
    made = make_daily(DAY, "13", tools, by="jadwal")
    assert made.is_new
    assert [file.path for file in made.report.files] == [
        "2024/laporan-harian-2024-11-26-13-r1.docx",
        "2024/laporan-harian-2024-11-26-13-r1.html",
        "2024/laporan-harian-2024-11-26-13-r1.txt",
        "2024/laporan-harian-2024-11-26-13-r1.xlsx",
    ]
    for file in made.report.files:
        content = (tools.folder / file.path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size)
    assert made.report.made_by == "jadwal"
    assert "Posko dibakar massa (belum terverifikasi)" in text_of(made, tools)


def test_the_same_again_is_the_same_revision_and_only_adds_what_is_missing(
    printed: Newsroom, tools: ReportTools
) -> None:
    first = make_daily(DAY, None, tools, by="jadwal", formats=("txt",))
    again = make_daily(DAY, None, tools, by="Sari", formats=QUICK)
    assert (again.is_new, again.added, again.report.revision) == (False, ("html",), 1)
    assert (again.report.made_by, again.report.made_at) == ("jadwal", first.report.made_at)
    assert "oleh jadwal. Revisi 1." in (tools.folder / again.report.file("html").path).read_text("utf-8")


def test_a_correction_is_the_next_revision_and_both_stay(printed: Newsroom, tools: ReportTools) -> None:
    first = make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    before = text_of(first, tools)
    printed.review(printed.incident("kabar"), status=IncidentStatus.TERVERIFIKASI)
    second = make_daily(DAY, None, tools, by="Sari", formats=QUICK)
    assert (second.is_new, second.report.revision) == (True, 2)
    assert text_of(first, tools) == before
    assert "(Koreksi, revisi 2)" in text_of(second, tools)
    assert "Posko dibakar massa (terverifikasi)" in text_of(second, tools)
    assert [one.revision for one in printed.store.reports.recent()] == [2, 1]


def test_what_a_person_rejects_is_no_longer_counted_and_said_to_be(printed: Newsroom, tools: ReportTools) -> None:
    make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    printed.review(printed.incident("kabar"), status=IncidentStatus.BUKAN_ANCAMAN)
    made = make_daily(DAY, None, tools, by="Sari", formats=QUICK)
    page = (tools.folder / made.report.file("html").path).read_text("utf-8")
    assert "1 kejadian lain ditolak analis dan tidak dihitung." in page
    assert "Posko dibakar massa" not in page


def test_an_incident_of_yesterday_with_news_is_told_as_going_on(
    printed: Newsroom, tools: ReportTools, says: Callable[..., Any]
) -> None:
    printed.now += timedelta(hours=20)  # the next day
    printed.prints("suara", "Posko dibakar massa", f"{TEXT}; polisi memeriksa lima saksi.", says(severity=3))
    printed.assess()
    assert printed.incident("suara").id == printed.incident("kabar").id
    made = make_daily(DAY + timedelta(days=1), None, tools, by="jadwal", formats=QUICK)
    assert "1 kejadian lama tingkat 2 ke atas berkembang." in text_of(made, tools)
    assert "situasi kondusif" not in text_of(made, tools)


def test_an_incident_of_the_evening_belongs_to_the_desks_day(newsroom: Newsroom, says: Callable[..., Any]) -> None:
    newsroom.now = datetime(2024, 11, 26, 17, 30, tzinfo=UTC)  # 00.30 WIB of the 27th
    newsroom.prints("kabar", "Posko dibakar massa", TEXT, says(severity=3))
    newsroom.assess()
    tools = ReportTools(newsroom.leaving, newsroom.folder.parent / "reports", "Desk Pilkada")
    assert "Kejadian baru 1" in text_of(make_daily(date(2024, 11, 27), None, tools, by="x", formats=QUICK), tools)
    east = replace(tools, leaving=replace(tools.leaving, timezone="UTC"), folder=tools.folder / "utc")
    assert "Kejadian baru 1" in text_of(make_daily(date(2024, 11, 26), None, east, by="x", formats=QUICK), east)


def test_an_area_is_told_only_of_its_own_and_of_what_has_no_place(
    printed: Newsroom, tools: ReportTools, says: Callable[..., Any]
) -> None:
    printed.prints("jauh", "Amplop di Jayapura", "Warga menangkap pembagi amplop di Jayapura.", says(place="91.71"))
    printed.prints("entah", "Kaca kantor pecah", "Kaca kantor itu dilempari.", replace(says(severity=2), places=()))
    printed.assess()
    made = make_daily(DAY, "13", tools, by="jadwal", formats=("html", "txt", "xlsx"))
    page = (tools.folder / made.report.file("html").path).read_text("utf-8")
    assert "Amplop di Jayapura" not in page
    assert "Di luar laporan ini: 1 kejadian yang tempatnya tidak dikenali (1 di antaranya tingkat 2 ke atas)" in page
    whole = make_daily(DAY, None, tools, by="jadwal", formats=("txt", "xlsx"))
    rows = list(
        openpyxl.load_workbook(tools.folder / whole.report.file("xlsx").path)["Wilayah"].iter_rows(
            min_row=3, values_only=True
        )
    )
    counts = {row[0]: row[6] for row in rows}
    assert (counts["Sumatera Barat"], counts["Papua"], counts["tanpa tempat"], counts["Jumlah"]) == (1, 1, 1, 3)


def test_a_file_that_is_gone_or_changed_makes_a_new_revision(printed: Newsroom, tools: ReportTools) -> None:
    first = make_daily(DAY, None, tools, by="jadwal", formats=QUICK).report
    path = tools.folder / first.file("html").path
    path.write_text("lain", encoding="utf-8")
    assert damaged(first, tools.folder) == [first.file("html").path]
    again = make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    assert (again.is_new, again.report.revision) == (True, 2)
    assert path.read_text("utf-8") == "lain"  # it is evidence; nobody tidies it away


def test_what_a_killed_pass_left_behind_is_taken_over(printed: Newsroom, tools: ReportTools) -> None:
    left = tools.folder / "2024" / "laporan-harian-2024-11-26-r1.html"
    left.parent.mkdir(parents=True)
    left.write_text("setengah", encoding="utf-8")
    made = make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    assert made.report.revision == 1
    assert damaged(made.report, tools.folder) == []


def test_copies_go_where_they_are_wanted(printed: Newsroom, tools: ReportTools, tmp_path: Path) -> None:
    made = make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    (copy,) = copy_out(made.report, ("txt",), tools, tmp_path / "keluar")
    assert copy == tmp_path / "keluar" / "laporan-harian-2024-11-26-r1.txt"
    assert copy.read_text("utf-8") == text_of(made, tools)


def test_a_laporan_informasi_is_about_one_incident(printed: Newsroom, tools: ReportTools) -> None:
    printed.publish()
    number = printed.incident("kabar").id
    made = make_information(number, "13.77", tools, by="Sari", formats=QUICK)
    assert made.report.file("html").path == f"2024/laporan-informasi-{number}-r1.html"
    page = (tools.folder / made.report.file("html").path).read_text("utf-8")
    for words in (
        "Laporan pertama, Kabar: Posko dibakar massa",
        "Peringatan dikirim",
        "pertahanan-keamanan",
        "Kota Pariaman, Sumatera Barat",
    ):
        assert words in page
    assert text_of(made, tools).startswith("Izin melaporkan, Posko dibakar massa – *belum terverifikasi*, tingkat 3")
    with pytest.raises(UnknownItemError, match='no such incident "77"'):
        make_information(77, None, tools, by="Sari")


def test_two_do_not_make_reports_at_once(printed: Newsroom, tools: ReportTools) -> None:
    with held(printed.store, LEASE_NAME, tools.leaving.clock, timedelta(minutes=1)), pytest.raises(LeaseError):
        make_daily(DAY, None, tools, by="jadwal", formats=QUICK)
    assert not tools.folder.exists()


def test_what_cannot_be_asked_for_is_refused_before_anything_is_written(printed: Newsroom, tools: ReportTools) -> None:
    with pytest.raises(InputError, match="2024-12-01 is still to come"):
        make_daily(date(2024, 12, 1), None, tools, by="x")
    with pytest.raises(InputError, match=r"13\.77\.01 lies deeper"):
        make_daily(DAY, "13.77.01", tools, by="x")
    with pytest.raises(UnknownItemError, match='no such unit "99"'):
        make_daily(DAY, "99", tools, by="x")
    with pytest.raises(UnknownItemError, match='no such format "odt"; there are html'):
        make_daily(DAY, None, tools, by="x", formats=("odt",))
    with pytest.raises(SettingsError, match="prints no PDF; take html or docx"):
        make_daily(DAY, None, tools, by="x", formats=("html", "pdf"))
    assert printed.store.reports.recent() == []
    assert not tools.folder.exists()


def test_the_running_day_is_said_to_be_unfinished(printed: Newsroom, tools: ReportTools) -> None:
    made = make_daily(DAY, None, tools, by="x", formats=QUICK)
    assert "SEMENTARA: periode belum berakhir" in (tools.folder / made.report.file("html").path).read_text("utf-8")


def test_sources_are_counted_by_whether_they_were_asked_and_answered(printed: Newsroom, tools: ReportTools) -> None:
    at = datetime(2024, 11, 26, 6, 0, tzinfo=UTC)
    run = printed.store.runs.start("crawl", at)
    for name, requests, error in (("kabar", {"feed": 1}, ""), ("harian", {}, "no finder answered")):
        printed.store.runs.save_tally(Tally(run, name, at, at, 0, {}, requests, error=error))
        state = printed.store.sources.state(name)
        printed.store.sources.save(replace(state, last_run=at, last_ok=at if not error else None))
    printed.outlet("diam")
    text = text_of(make_daily(DAY, None, tools, by="x", formats=QUICK), tools)
    assert "1 dari 2 sumber yang dibaca menjawab (3 terdaftar), 2 artikel baru" in text


def test_a_schedule_makes_up_for_the_days_that_were_missed_and_no_more(printed: Newsroom, tools: ReportTools) -> None:
    printed.now = datetime(2024, 11, 28, 23, 0, tzinfo=UTC)  # the 29th, 06.00 WIB
    tools = replace(tools, leaving=printed.leaving)
    days = due_days(tools, None)
    assert days == [date(2024, 11, 26), date(2024, 11, 27), date(2024, 11, 28)]  # nothing was read before the 26th
    for day in days:
        make_daily(day, None, tools, by="jadwal", formats=("txt",))
    assert due_days(tools, None) == []
    assert due_weeks(tools, None) == []  # the week is not over
    printed.now = datetime(2024, 12, 1, 23, 20, tzinfo=UTC)  # Monday, 06.20 WIB
    tools = replace(tools, leaving=printed.leaving)
    assert due_weeks(tools, None) == [date(2024, 11, 25)]
    made = make_weekly(date(2024, 11, 25), None, tools, by="jadwal", formats=QUICK)
    assert made.report.file("html").path == "2024/tren-mingguan-2024-W48-r1.html"
    assert due_weeks(tools, None) == []


def test_an_empty_house_has_no_reports_due(newsroom: Newsroom, tools: ReportTools) -> None:
    assert due_days(tools, None) == []
    assert due_weeks(tools, None) == []


def test_weeks_have_their_iso_names() -> None:
    assert week_name(date(2024, 11, 27)) == "2024-W48"
    assert week_name(date(2024, 12, 31)) == "2025-W01"
    assert monday_of("2024-W48") == date(2024, 11, 25)
    for wrong in ("2024", "2024-W60", "minggu ini", "2024-48"):
        with pytest.raises(InputError, match="weeks are written 2024-W48"):
            monday_of(wrong)


@pytest.mark.parametrize(
    ("provinces", "regencies", "area", "answer"),
    [
        ((), (), "13", True),  # a national outlet
        (("13",), (), None, True),
        (("13",), (), "13", True),
        (("13",), (), "13.77", True),  # it covers the province that the city lies in
        (("13",), ("13.05",), "13.77", True),
        (("14",), (), "13", False),
        ((), ("13.05",), "13.77", False),
        ((), ("13.05",), "13", True),
    ],
)
def test_which_sources_concern_an_area(
    newsroom: Newsroom, provinces: tuple[str, ...], regencies: tuple[str, ...], area: str | None, answer: bool
) -> None:
    newsroom.outlet("kabar")
    source = replace(newsroom.sources["kabar"], provinces=provinces, regencies=regencies)
    assert concerns(source, area) is answer


def test_a_pdf_is_printed_of_the_page_by_whatever_printer_is_handed_in(printed: Newsroom, tools: ReportTools) -> None:
    seen: list[bytes] = []

    def printer(page: bytes) -> bytes:
        seen.append(page)
        return b"%PDF-1.7 contoh"

    made = make_daily(DAY, None, replace(tools, printer=lambda: printer), by="x", formats=("pdf", "html"))
    assert (tools.folder / made.report.file("pdf").path).read_bytes() == b"%PDF-1.7 contoh"
    assert seen == [(tools.folder / made.report.file("html").path).read_bytes()]


def test_without_chromium_a_pdf_is_refused_with_what_to_do(tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path)}
    assert find_chromium(nowhere) is None
    with pytest.raises(SettingsError, match=r"PDF needs Chromium.*install it or name it in CHROMIUM, or take html"):
        chromium_printer(nowhere)


def test_a_browser_that_fails_is_told_with_its_last_word(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho rusak >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(SettingsError, match="did not print the page: rusak"):
        print_page(str(broken), b"<p>x")


@pytest.mark.browser
def test_chromium_prints_a_whole_report(printed: Newsroom, tools: ReportTools, chromium_path: str) -> None:
    printer = chromium_printer({"CHROMIUM": chromium_path})
    made = make_daily(DAY, "13", replace(tools, printer=lambda: printer), by="x", formats=("pdf",))
    content = (tools.folder / made.report.file("pdf").path).read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page") >= 2
