"""The health of sources: *no alert* never means *no crawl*."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.outcomes import Outcome
from data.records import Source, SourceState, Tally
from data.store import Store
from flows.watch import Health, health_of, watch_sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
SITE = Source("kabar", "Kabar", "http://kabar.example/", "Asia/Jakarta", "wordpress", ())
WELL = SourceState("kabar", enabled=True, poll_minutes=15, last_run=NOW, last_ok=NOW, last_new=NOW - timedelta(hours=2))


def tally(counts: Mapping[Outcome, int], hours_ago: float = 1.0, source_id: str = "kabar") -> Tally:
    at = NOW - timedelta(hours=hours_ago)
    return Tally("run", source_id, at, at, sum(counts.values()), counts, {})


def judged(state: SourceState = WELL, *tallies: Tally, source: Source = SITE) -> tuple[Health, str]:
    line = health_of(source, state, tallies, NOW)
    return line.health, line.note


def test_a_source_that_brings_news_is_well() -> None:
    line = health_of(SITE, WELL, [tally({Outcome.BARU: 9, Outcome.NOT_ARTICLE: 1})], NOW)
    assert (line.health, line.read_share) == (Health.SEHAT, 0.9)


@pytest.mark.parametrize("where", ["catalogue", "desk"])
def test_a_source_that_is_switched_off_is_not_complained_of(where: str) -> None:
    source = replace(SITE, enabled=where != "catalogue")
    state = replace(WELL, enabled=where != "desk", failures=9)
    assert judged(state, source=source)[0] is Health.MATIKAN


def test_a_source_that_was_never_read_is_told_apart() -> None:
    assert judged(SourceState("kabar", enabled=True, poll_minutes=15))[0] is Health.BELUM


@pytest.mark.parametrize(("failures", "expected"), [(2, Health.SEHAT), (3, Health.MATI)])
def test_three_runs_without_an_answer_are_an_answer(failures: int, expected: Health) -> None:
    state = replace(WELL, failures=failures, last_error="feed: connect_error")
    health, note = judged(state)
    assert health is expected
    assert expected is Health.SEHAT or "3 kali" in note
    assert expected is Health.SEHAT or "feed: connect_error" in note


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({Outcome.CHALLENGE: 5}, Health.DIBLOKIR),
        ({Outcome.ROBOTS_DENIED: 1}, Health.DIBLOKIR),
        ({Outcome.PAYWALL: 6, Outcome.BARU: 5}, Health.DIBLOKIR),
        ({Outcome.PAYWALL: 2, Outcome.BARU: 5}, Health.SEHAT),
    ],
)
def test_walls_that_outweigh_what_is_read_are_a_block(counts: Mapping[Outcome, int], expected: Health) -> None:
    assert judged(WELL, tally(counts))[0] is expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({Outcome.BARU: 4, Outcome.EXTRACTION_FAILED: 5}, Health.RUSAK),
        ({Outcome.BARU: 5, Outcome.EXTRACTION_FAILED: 5}, Health.SEHAT),
        ({Outcome.EXTRACTION_FAILED: 7}, Health.SEHAT),  # too few to say
        ({Outcome.NOT_ARTICLE: 9, Outcome.NOT_MODIFIED: 50}, Health.RUSAK),  # a 304 reads nothing
    ],
)
def test_a_fall_of_what_can_be_read_means_a_new_template(counts: Mapping[Outcome, int], expected: Health) -> None:
    assert judged(WELL, tally(counts))[0] is expected


@pytest.mark.parametrize(
    ("every_hours", "silent_hours", "expected"),
    [
        (1, 11, Health.SEHAT),  # a small portal's night
        (1, 13, Health.SUNYI),  # it publishes every hour
        (10, 59, Health.SEHAT),  # it publishes twice a day
        (10, 61, Health.SUNYI),
    ],
)
def test_silence_is_measured_by_how_often_a_source_speaks(
    every_hours: int, silent_hours: int, expected: Health
) -> None:
    past = [tally({Outcome.BARU: 1}, silent_hours + every_hours * number) for number in range(10)]
    state = replace(WELL, last_new=NOW - timedelta(hours=silent_hours))
    health, note = judged(state, *past)
    assert health is expected
    assert expected is Health.SEHAT or f"{silent_hours} jam" in note


@pytest.mark.parametrize(("days", "expected"), [(1, Health.SEHAT), (6, Health.SUNYI)])
def test_a_source_that_answers_and_never_had_anything_is_silent_too(days: int, expected: Health) -> None:
    state = replace(WELL, last_new=None)
    looks = [tally({}, hours) for hours in range(1, 24 * days + 1)]
    assert judged(state, *looks)[0] is expected


def test_the_worst_stand_first_and_old_tallies_do_not_count(tmp_path: Path) -> None:
    sources = [replace(SITE, id=name) for name in ("baik", "mati", "rusak", "mati-lama")]
    with Store.open(f"sqlite:///{tmp_path / 'watch.sqlite3'}") as store:
        run = store.runs.start("crawl", NOW)
        for source in sources:
            store.sources.save(replace(WELL, source_id=source.id, failures=5 if source.id.startswith("mati") else 0))
        bad = {Outcome.EXTRACTION_FAILED: 20}
        store.runs.save_tally(replace(tally(bad, source_id="rusak"), run_id=run))
        store.runs.save_tally(replace(tally(bad, hours_ago=24 * 8, source_id="baik"), run_id=run))
        lines = watch_sources(sources, store, NOW)
    assert [(line.source_id, line.health) for line in lines] == [
        ("mati", Health.MATI),
        ("mati-lama", Health.MATI),
        ("rusak", Health.RUSAK),
        ("baik", Health.SEHAT),
    ]


def test_a_source_that_never_answered_is_not_well() -> None:
    state = replace(WELL, last_ok=None, last_new=None, failures=1, last_error="robots: 500")
    health, note = judged(state)
    assert health is Health.MATI
    assert "robots: 500" in note
