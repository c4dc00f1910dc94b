"""The register of reports, and what reports ask of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import StoreError, UnknownItemError
from data.outcomes import Outcome
from data.records import Incident, IncidentStatus, Modality, PageRef, Place, PlaceRole, Urgency
from data.store import KeptReport, ReportFile

DAY = timedelta(days=1)
FIRST_RUN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def report(now):
    files = (ReportFile("html", "2024/laporan-harian-2024-11-27-r1.html", "a" * 64, 10),)
    return KeptReport(0, "daily", "2024-11-27", "", 1, "Laporan Harian", "h" * 64, now, "jadwal", files)


def test_a_report_comes_back_as_it_was_kept(store, report):
    kept = store.reports.add(report)
    assert kept.id > 0
    assert store.reports.latest("daily", "2024-11-27", "") == kept
    assert kept.file("html") == report.files[0]
    assert kept.file("docx") is None
    assert store.reports.latest("daily", "2024-11-27", "13") is None


def test_a_revision_is_never_overwritten(store, report):
    store.reports.add(report)
    with pytest.raises(StoreError, match="revision 1 of the daily report on 2024-11-27 is kept already"):
        store.reports.add(report)
    assert len(store.reports.recent()) == 1


def test_a_file_is_never_another_reports(store, report, now):
    store.reports.add(report)
    second = KeptReport(0, "daily", "2024-11-28", "", 1, "Laporan", "i" * 64, now, "jadwal", report.files)
    with pytest.raises(StoreError, match=r"2024/laporan-harian-2024-11-27-r1\.html is kept already"):
        store.reports.add(second)
    assert store.reports.latest("daily", "2024-11-28", "") is None  # nothing of it was written


def test_a_format_can_be_added_later(store, report):
    kept = store.reports.add(report)
    pdf = ReportFile("pdf", "2024/laporan-harian-2024-11-27-r1.pdf", "b" * 64, 20)
    assert [file.format for file in store.reports.add_file(kept.id, pdf).files] == ["html", "pdf"]
    with pytest.raises(UnknownItemError):
        store.reports.add_file(kept.id + 1, pdf)


def test_revisions_stay_and_the_last_made_comes_first(store, report, now):
    store.reports.add(report)
    store.reports.add(replace(report, revision=2, made_at=now + timedelta(hours=1), files=()))
    store.reports.add(replace(report, kind="weekly", subject="2024-W48", made_at=now - timedelta(hours=1), files=()))
    found = store.reports.recent()
    assert [(one.kind, one.revision) for one in found] == [("daily", 2), ("daily", 1), ("weekly", 1)]
    assert store.reports.latest("daily", "2024-11-27", "").revision == 2
    assert [one.kind for one in store.reports.recent("weekly")] == ["weekly"]
    assert len(store.reports.recent(limit=2)) == 2


@pytest.fixture
def tell(store, piece):
    """Return what lets an outlet print, at a moment, about a new incident or one that there is; it returns its id."""
    store.runs.start("crawl", FIRST_RUN, run_id="r")

    def make(name, seen, *, published=None, severity=3, places=("13.77.01",), status="belum_ditinjau", about=None):
        url = f"http://{name}.example/{seen:%d%H%M}"
        article = piece(url, title=f"{name} {seen:%d %H %M}", source_id=name)
        ref = PageRef(url, url, name, "feed")
        number = store.settle("r", ref, None, Outcome.FETCHED, article, seen).article_id
        if about is not None:
            store.incidents.add_article(about, number, seen)
            return about
        incident = Incident(
            id=0,
            title=article.title,
            signals=("perusakan",),
            modality=Modality.KEJADIAN,
            severity=severity,
            urgency=Urgency.P2,
            status=IncidentStatus(status),
            places=tuple(Place(code, code, PlaceRole.KEJADIAN, "text", 0, 4, 0.9) for code in places),
            opened_at=seen,
            first_seen=seen,
            last_seen=seen,
            event_time=None,
            article_ids=(),
            spread=1,
            independent_sources=1,
            best_tier=2,
            published=published or seen,
        )
        return store.incidents.open(incident, [number], seen).id

    return make


def test_what_had_news_and_what_was_seen_late_is_found(store, tell, now):
    noon = now - DAY
    old = tell("kabar", noon)
    tell("harian", now + timedelta(minutes=5), about=old)
    small = tell("kabar", noon + timedelta(minutes=1), severity=1)
    tell("harian", now + timedelta(minutes=6), about=small)
    rejected = tell("kabar", noon + timedelta(minutes=2), status="bukan_ancaman")
    tell("harian", now + timedelta(minutes=7), about=rejected)
    tell("kabar", noon + timedelta(minutes=3))  # without news
    late = tell("suara", now + timedelta(minutes=8), published=now - 2 * DAY)
    tell("suara", now + timedelta(minutes=9), published=now - 30 * DAY)  # of an archive
    tell("suara", now + timedelta(minutes=10))  # new, not late
    far = tell("jauh", noon + timedelta(minutes=4), places=("91.71",))
    tell("jauh", now + timedelta(minutes=11), about=far)
    end = now + timedelta(hours=1)
    assert store.reports.with_news(now, end, area=None, min_severity=2) == [old, late, far]
    assert store.reports.with_news(now, end, area="13", min_severity=2) == [old, late]
    assert store.reports.with_news(now, end, area="13.77", min_severity=0) == [old, small, late]


def test_what_is_rejected_or_has_no_place_is_counted(store, tell, now):
    tell("kabar", now, status="duplikat")
    tell("kabar", now + timedelta(minutes=1), status="bukan_ancaman", places=("91.71",))
    tell("kabar", now + timedelta(minutes=2), places=(), severity=2)
    tell("kabar", now + timedelta(minutes=3), places=(), severity=1)
    tell("kabar", now + DAY, places=(), severity=4)
    end = now + timedelta(hours=1)
    assert store.reports.rejected(now, end, area=None) == 2
    assert store.reports.rejected(now, end, area="13") == 1
    assert store.reports.unplaced(now, end) == {2: 1, 1: 1}


def test_new_articles_are_counted_by_source(store, tell, now):
    tell("kabar", now)
    tell("kabar", now + timedelta(minutes=1))
    tell("suara", now + timedelta(minutes=2))
    tell("suara", now + DAY)
    assert store.reports.new_articles(now, now + timedelta(hours=1)) == {"kabar": 2, "suara": 1}
