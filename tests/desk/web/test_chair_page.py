"""The chair's screen, early warnings and reports: what is urgent, what changed, who has seen what, who took what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus, Review, SourceState, Urgency
from data.store.reports import KeptReport, ReportFile
from desk.pages.chair import COOKIE, last_look
from tests.desk.web.conftest import NOW
from tests.desk.web.test_map_page import a_warning

if TYPE_CHECKING:
    from collections.abc import Callable

T = int(NOW.timestamp())


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(T + seconds, UTC)


@pytest.mark.parametrize(
    ("cookie", "since", "kept"),
    [
        ("", None, f"0-{T}"),  # the first look
        ("x-y", None, f"0-{T}"),
        (f"0-{T + 60}", None, f"0-{T}"),  # a clock that was set back
        (f"0-{T - 3600}", at(-3600), f"{T - 3600}-{T}"),  # an hour ago
        (f"{T - 3600}-{T - 60}", at(-3600), f"{T - 3600}-{T - 60}"),  # a reload shows the same news again
        (f"0-{T - 60}", None, f"0-{T - 60}"),
        (f"0-{T - 4 * 86400}", None, f"{T - 4 * 86400}-{T}"),  # four days ago: there are reports for it
    ],
)
def test_what_is_new_is_new_since_the_look_before(cookie: str, since: datetime | None, kept: str) -> None:
    assert last_look(cookie, NOW) == (since, kept)


def test_the_screen_tells_what_is_urgent_the_oldest_first_with_its_age(
    visit: Callable[..., Any], newsdesk: Any, clock: Any
) -> None:
    newsdesk.opens("Yang lama", urgency=Urgency.P1)
    clock.forward(minutes=40)
    newsdesk.opens("Yang baru", urgency=Urgency.P1)
    newsdesk.opens("Bisa menunggu", urgency=Urgency.P3, severity=2)
    page = visit("ketua").get("/ketua").text
    assert '<span class="number">2</span> <span class="label">P1 terbuka' in page
    assert '<span class="number">0</span> <span class="label">P2 terbuka' in page
    assert page.index("Yang lama") < page.index("Yang baru")
    assert "Bisa menunggu" not in page
    assert "umur 40 menit" in page
    assert "belum dilihat, terlambat 25 menit" in page
    assert "3 kejadian hari ini" in page
    assert "kondusif" not in page


def test_a_quiet_day_is_nil_only_where_somebody_answered(visit: Callable[..., Any], newsdesk: Any, clock: Any) -> None:
    newsdesk.prints("Berita biasa")
    newsdesk.sources["kabar"] = replace(newsdesk.sources["kabar"], provinces=("13",))
    chair = visit("ketua")
    page = chair.get("/ketua").text
    assert "Tidak dapat disimpulkan" in page
    assert "Nihil" not in page
    newsdesk.store.sources.save(SourceState("kabar", enabled=True, poll_minutes=15, last_ok=clock.now))
    clock.forward(minutes=2)
    page = chair.get("/ketua").text
    assert (
        "Nihil: situasi kondusif, tidak ada item tingkat &gt;= 2 hari ini, sejauh 19 dari 514 kab/kota"
        in page.replace("\n", "")
    )


def test_what_changed_since_the_last_look_is_counted(visit: Callable[..., Any], newsdesk: Any, clock: Any) -> None:
    first = newsdesk.opens("Yang pertama")
    clock.forward(minutes=1)
    chair = visit("ketua")
    assert "Ini pandangan pertama" in chair.get("/ketua").text
    assert chair.cookies.get(COOKIE)
    clock.forward(hours=1)
    assert "Tidak ada yang berubah." in chair.get("/ketua").text
    clock.forward(minutes=20)
    newsdesk.opens("Dua", urgency=Urgency.P2)
    newsdesk.store.early_warnings.open(a_warning(raised_at=clock.now, updated_at=clock.now))
    page = visit("verifikator").get(f"/kejadian/{first.id}")
    assert page.status_code == 200
    review_of(newsdesk.store, first.id, clock.now)
    clock.forward(minutes=1)
    page = chair.get("/ketua").text
    changed = page.partition('id="baru"')[2].partition("</section>")[0]
    assert '<span class="urgency p2">P2</span> 1 baru' in changed
    assert '<span class="urgency p1">' not in changed
    assert "1 peringatan dini baru" in changed
    assert "terverifikasi</span> 1" in changed


def review_of(store: Any, incident_id: int, when: datetime) -> None:
    store.reviews.add(Review(incident_id, "verifikator", when, IncidentStatus.TERVERIFIKASI, "dua media mandiri"))


def test_a_region_sees_only_its_own_urgent_incidents(visit: Callable[..., Any], newsdesk: Any) -> None:
    newsdesk.opens("Di Padang", code="13.71")
    newsdesk.opens("Di Bandung", code="32.73")
    page = visit("analis", regions=("32",)).get("/ketua").text
    assert "Di Bandung" in page
    assert "Di Padang" not in page
    assert '<span class="number">1</span> <span class="label">P1 terbuka' in page
    assert "1 kejadian hari ini" in page


# Early warnings.


def test_early_warnings_say_that_nobody_has_checked_them_and_who_has_seen_them(
    analyst: Any, newsdesk: Any, clock: Any
) -> None:
    newsdesk.opens("Di Padang", code="13.71")
    warning = newsdesk.store.early_warnings.open(a_warning(incident_ids=(1,)))
    newsdesk.store.early_warnings.open(a_warning("32.73", ended_at=NOW))
    page = analyst.get("/peringatan-dini").text
    assert page.count("belum terverifikasi</span>") == 2
    assert "belum ada yang melihat" in page
    assert "Di Padang" in page
    answer = analyst.submit(f"/peringatan-dini/{warning.id}", catatan="<b>sudah</b> ditelepon ke Polresta")
    assert answer.status_code == 303
    page = analyst.get("/peringatan-dini").text
    assert "&lt;b&gt;sudah&lt;/b&gt; ditelepon ke Polresta" in page
    assert "belum ada yang melihat" not in page
    (entry,) = newsdesk.store.audit.entries(subject=f"peringatan-dini/{warning.id}")
    assert (entry.actor, entry.action) == ("analis", "peringatan_dini_dicatat")
    assert newsdesk.store.early_warnings.get(warning.id).note == ""


def test_to_say_that_one_has_seen_it_needs_no_note(analyst: Any, store: Any) -> None:
    warning = store.early_warnings.open(a_warning())
    analyst.submit(f"/peringatan-dini/{warning.id}")
    (entry,) = store.audit.entries(subject=f"peringatan-dini/{warning.id}")
    assert (entry.action, entry.detail) == ("peringatan_dini_dilihat", {})


def test_nobody_notes_what_they_may_not(visit: Callable[..., Any], store: Any) -> None:
    warning = store.early_warnings.open(a_warning())
    path = f"/peringatan-dini/{warning.id}"
    assert visit("pengamat").submit(path).status_code == 403
    elsewhere = visit("analis", regions=("32",))
    assert elsewhere.submit(path).status_code == 404
    assert "Kota Padang" not in elsewhere.get("/peringatan-dini").text
    assert elsewhere.submit("/peringatan-dini/99").status_code == 404
    here = visit("verifikator")
    assert here.submit(path, catatan="x" * 2001).status_code == 422
    assert store.audit.entries(subject=f"peringatan-dini/{warning.id}") == []


# Reports.


def test_a_daily_report_is_made_listed_and_taken_and_all_of_it_is_kept(analyst: Any, newsdesk: Any, tools: Any) -> None:
    newsdesk.opens("Di Padang", code="13.71")
    answer = analyst.submit("/laporan", jenis="daily", tanggal="2024-11-26", wilayah="13")
    assert answer.status_code == 303
    page = analyst.get("/laporan").text
    assert "Laporan Harian Desk Pilkada" in page
    assert 'href="/laporan/1/docx"' in page
    taken = analyst.get("/laporan/1/txt")
    assert taken.headers["content-disposition"] == 'attachment; filename="laporan-harian-2024-11-26-13-r1.txt"'
    assert "Di Padang" in taken.text
    actions = [(entry.actor, entry.action) for entry in newsdesk.store.audit.entries(subject="laporan/1")]
    assert actions == [("analis", "laporan_diambil"), ("analis", "laporan_dibuat")]
    again = analyst.submit("/laporan", jenis="daily", tanggal="2024-11-26", wilayah="13", follow=True)
    assert "Isinya sama dengan revisi terakhir." in again.text
    (tools.settings.reports_dir / "2024" / "laporan-harian-2024-11-26-13-r1.txt").write_text("lain", encoding="utf-8")
    assert analyst.get("/laporan/1/txt").status_code == 422


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"jenis": "daily", "tanggal": "besok"}, 422),
        ({"jenis": "daily", "tanggal": "2024-11-27"}, 422),  # still to come
        ({"jenis": "yearly", "tanggal": "2024-11-25"}, 404),
        ({"jenis": "daily", "tanggal": "2024-11-25", "wilayah": "99"}, 404),
    ],
)
def test_what_is_no_report_is_said_so(analyst: Any, fields: dict[str, str], status: int) -> None:
    assert analyst.submit("/laporan", **fields).status_code == status


def keep(store: Any, number: int, kind: str, subject: str, area: str) -> None:
    file = ReportFile("txt", f"2024/{number}.txt", "0" * 64, 10)
    store.reports.add(KeptReport(0, kind, subject, area, 1, f"Laporan {number}", "h", NOW, "jadwal", (file,)))


def test_a_report_goes_to_those_whose_area_it_is(visit: Callable[..., Any], newsdesk: Any) -> None:
    newsdesk.opens("Di Padang", code="13.71")
    for number, (kind, subject, area) in enumerate(
        [
            ("daily", "2024-11-25", ""),
            ("daily", "2024-11-25", "13"),
            ("daily", "2024-11-25", "32"),
            ("incident", "1", ""),
        ],
        1,
    ):
        keep(newsdesk.store, number, kind, subject, area)

    def listed(person: Any) -> list[int]:
        page = person.get("/laporan").text
        return [number for number in range(1, 5) if f"Laporan {number}<" in page]

    padang = visit("analis", name="padang", regions=("13",))
    assert listed(visit("analis")) == [1, 2, 3, 4]
    assert listed(visit("pengamat")) == [1, 2, 3]
    assert listed(padang) == [2, 4]
    assert padang.get("/laporan/1/txt").status_code == 404
    assert padang.get("/laporan/99/txt").status_code == 404
    assert padang.submit("/laporan", jenis="daily", tanggal="2024-11-25", wilayah="").status_code == 404
    assert visit("admin").submit("/laporan", jenis="daily", tanggal="2024-11-25").status_code == 403


def test_the_look_is_remembered_for_its_own_page_only(visit: Callable[..., Any]) -> None:
    answer = visit("ketua").get("/ketua")
    cookie = next(value for name, value in answer.headers.multi_items() if name == "set-cookie" and COOKIE in value)
    for word in ("HttpOnly", "Path=/ketua", "SameSite=lax"):
        assert word in cookie
