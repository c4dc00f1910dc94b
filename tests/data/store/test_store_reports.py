"""The register of reports, and what reports ask of the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.errors import StoreError, UnknownItemError
from data.store import KeptReport, ReportFile


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
    from dataclasses import replace

    store.reports.add(report)
    store.reports.add(replace(report, revision=2, made_at=now + timedelta(hours=1), files=()))
    store.reports.add(replace(report, kind="weekly", subject="2024-W48", made_at=now - timedelta(hours=1), files=()))
    found = store.reports.recent()
    assert [(one.kind, one.revision) for one in found] == [("daily", 2), ("daily", 1), ("weekly", 1)]
    assert store.reports.latest("daily", "2024-11-27", "").revision == 2
    assert [one.kind for one in store.reports.recent("weekly")] == ["weekly"]
    assert len(store.reports.recent(limit=2)) == 2
