"""The health of sources from the store: *no alert* never means *no crawl*, and each thing is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from classifiers.sources.finding import Offered
from data.outcomes import Outcome
from data.records import Article, Finder, PageRef, Source, SourceState, Tally
from data.sightings import AlarmKind, SourceHour
from data.store import Store
from flows.watch import Health, health_as_told, health_of, watch_pass, watch_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from data.records import FinderKind
    from flows.watch import SourceHealth

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
FEED = Finder("feed", "http://kabar.example/feed/")
SITE = Source("kabar", "Kabar", "http://kabar.example/", "Asia/Jakarta", "wordpress", (FEED,))
WELL = SourceState("kabar", enabled=True, poll_minutes=15, last_run=NOW, last_ok=NOW, last_new=NOW - timedelta(hours=2))


def hour(hours_ago: float, *, looks: int = 1, **counts: int) -> SourceHour:
    at = (NOW - timedelta(hours=hours_ago)).replace(minute=0)
    return SourceHour(at, **{"looks": looks, "answered": looks} | counts)


def judged(state: SourceState = WELL, *hours: SourceHour, source: Source = SITE) -> SourceHealth:
    return health_of(source, state, sorted(hours, key=lambda one: one.hour), NOW)


def test_a_source_that_brings_news_is_well() -> None:
    line = judged(WELL, hour(1, fetched=10, read=9, new=9))
    assert (line.health, line.read_share, line.findings, line.advice) == (Health.SEHAT, 0.9, (), "")


@pytest.mark.parametrize("where", ["catalogue", "desk"])
def test_a_source_that_is_switched_off_is_not_complained_of(where: str) -> None:
    source = replace(SITE, enabled=where != "catalogue")
    state = replace(WELL, enabled=where != "desk", failures=9)
    assert judged(state, source=source).health is Health.MATIKAN


def test_a_source_that_was_never_read_is_told_apart() -> None:
    assert judged(SourceState("kabar", enabled=True, poll_minutes=15)).health is Health.BELUM


@pytest.mark.parametrize(("failures", "expected"), [(2, Health.SEHAT), (3, Health.MATI)])
def test_three_runs_without_an_answer_are_an_answer(failures: int, expected: Health) -> None:
    line = judged(replace(WELL, failures=failures, last_error="feed: connect_error"))
    assert line.health is expected
    assert expected is Health.SEHAT or "3 kali" in line.note
    assert expected is Health.SEHAT or "feed: connect_error" in line.note


def test_a_source_that_never_answered_is_not_well() -> None:
    line = judged(replace(WELL, last_ok=None, last_new=None, failures=1, last_error="robots: 500"))
    assert line.health is Health.MATI
    assert "robots: 500" in line.note


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("feed http://x/: robots_denied: robots.txt says no", "robots.txt melarang"),
        ("feed http://x/: challenge, HTTP 403: a bot wall", "jangan ditembus"),
        ("feed http://x/: lists only articles of y.example; has the site moved?", "situs pindah alamat"),
        ("feed http://x/: gone, HTTP 404: not there (404)", "umpan dihapus atau pindah"),
        ("feed http://x/: dns_error: no such host", "berganti domain"),
        ("feed http://x/: tls_error: expired", "sertifikat"),
        ("feed http://x/: timeout", "buka situs"),
    ],
)
def test_each_failure_comes_with_what_to_do(error: str, advice: str) -> None:
    assert advice in judged(replace(WELL, failures=3, last_error=error)).advice


@pytest.mark.parametrize(
    ("counts", "kind", "health"),
    [
        ({"walled": 5}, AlarmKind.DIBLOKIR, Health.DIBLOKIR),
        ({"denied": 1}, AlarmKind.ROBOTS, Health.DIBLOKIR),
        ({"walled": 6, "fetched": 5, "read": 5}, AlarmKind.DIBLOKIR, Health.DIBLOKIR),
        ({"walled": 2, "fetched": 5, "read": 5}, None, Health.SEHAT),
    ],
)
def test_walls_that_outweigh_what_is_read_are_a_block(
    counts: Mapping[str, int], kind: AlarmKind | None, health: Health
) -> None:
    line = judged(WELL, hour(1, **counts))
    assert line.health is health
    assert [one.kind for one in line.findings] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"read": 4, "fetched": 9}, Health.RUSAK),
        ({"read": 5, "fetched": 10}, Health.SEHAT),
        ({"read": 0, "fetched": 7}, Health.SEHAT),  # too few to say
    ],
)
def test_without_a_past_half_of_the_pages_must_be_read(counts: Mapping[str, int], expected: Health) -> None:
    assert judged(WELL, hour(1, **counts)).health is expected


def test_a_finder_that_fails_while_others_answer_is_told_with_its_reason() -> None:
    line = judged(replace(WELL, last_error="feed http://kabar.example/feed/: gone, HTTP 404: not there (404)"))
    assert line.health is Health.KURANG
    assert line.findings[0].kind is AlarmKind.UMPAN
    assert "umpan dihapus atau pindah" in line.advice


@pytest.mark.parametrize(
    ("lately", "before", "source", "told"),
    [
        ({"listing": 20}, {"feed": 90, "listing": 10}, SITE, True),
        ({"listing": 20, "feed": 1}, {"feed": 90, "listing": 10}, SITE, False),  # it still brings something
        ({"listing": 11}, {"feed": 90}, SITE, False),  # too few to say
        ({"listing": 20}, {"feed": 10, "listing": 90}, SITE, False),  # it never lived by its feed
        ({"listing": 20}, {"feed": 90}, replace(SITE, finders=()), False),  # it has none any more
    ],
)
def test_a_feed_that_brings_nothing_while_listings_do_has_stopped(
    lately: Mapping[str, int], before: Mapping[str, int], source: Source, told: bool
) -> None:
    line = health_of(source, WELL, (), NOW, offered=Offered(lately, before))
    assert [one.kind for one in line.findings] == ([AlarmKind.UMPAN] if told else [])


@pytest.mark.parametrize(("days", "expected"), [(1, Health.SEHAT), (6, Health.SUNYI)])
def test_a_source_that_answers_and_never_had_anything_is_silent_too(days: int, expected: Health) -> None:
    looks = [hour(ago) for ago in range(1, 24 * days + 1)]
    assert judged(replace(WELL, last_new=None), *looks).health is expected


@pytest.mark.parametrize(
    ("hours", "failures", "expected"),
    [(5, 0, Health.SEHAT), (7, 0, Health.TERTINGGAL), (7, 3, Health.MATI)],
)
def test_what_nobody_asked_for_hours_is_behind_and_not_silent(hours: int, failures: int, expected: Health) -> None:
    asked = NOW - timedelta(hours=hours)
    past = [hour(ago, new=4) for ago in range(hours, hours + 24 * 20)]
    line = judged(replace(WELL, last_run=asked, last_ok=asked, last_new=asked, failures=failures), *past)
    assert line.health is expected
    assert expected is not Health.TERTINGGAL or "7 jam" in line.note


# With a store.


@pytest.fixture
def store(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(new_store(tmp_path / "watch.sqlite3")) as opened:
        yield opened


def look(store: Store, at: datetime, counts: Mapping[Outcome, int], source: str = "kabar", error: str = "") -> None:
    run = store.runs.start("crawl", at)
    requests = {"finder": 1}
    store.runs.save_tally(Tally(run, source, at, at, sum(counts.values()), counts, requests, error=error))


def test_the_worst_stand_first_and_old_looks_do_not_count(store: Store) -> None:
    sources = [replace(SITE, id=name) for name in ("baik", "mati", "rusak", "mati-lama")]
    for source in sources:
        store.sources.save(replace(WELL, source_id=source.id, failures=5 if source.id.startswith("mati") else 0))
    bad = {Outcome.EXTRACTION_FAILED: 20}
    look(store, NOW - timedelta(hours=1), bad, "rusak")
    look(store, NOW - timedelta(days=8), bad, "baik")
    assert [(line.source_id, line.health) for line in watch_sources(sources, store, NOW)] == [
        ("mati", Health.MATI),
        ("mati-lama", Health.MATI),
        ("rusak", Health.RUSAK),
        ("baik", Health.SEHAT),
    ]
    assert store.source_alarms.open() == []  # to look is not to tell


def test_hours_are_summed_up_from_looks_and_articles_and_again_changes_nothing(store: Store) -> None:
    began = NOW.replace(hour=3)
    store.runs.start("crawl", began, run_id="r")
    for number, (published, author) in enumerate([(began, "Sari"), (None, None)]):
        url = f"http://kabar.example/{number}"
        article = Article("kabar", url, url, "Judul", "a" * 100, f"{number}", published, author=author)
        store.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, began)
    look(store, began, {Outcome.BARU: 2, Outcome.TETAP: 1, Outcome.NOT_ARTICLE: 1, Outcome.KNOWN: 9})
    look(store, began + timedelta(minutes=59), {Outcome.CHALLENGE: 2, Outcome.ROBOTS_DENIED: 1}, error="feed: gone")
    look(store, NOW, {Outcome.NOT_MODIFIED: 3})
    for _ in range(2):
        store.source_hours.fill("kabar", NOW, timedelta(days=42))
    first, second = store.source_hours.of("kabar", NOW - timedelta(days=42))
    assert replace(first, log_length=0.0, log_length_squared=0.0) == SourceHour(began, 2, 1, 2, 4, 3, 2, 1, 2, 1, 1)
    log_of_100 = 4.605170185988092
    assert (first.log_length, first.log_length_squared) == pytest.approx((2 * log_of_100, 2 * log_of_100**2))
    assert second == SourceHour(NOW, looks=1, answered=1)


def test_only_what_came_since_is_summed_up(store: Store) -> None:
    look(store, NOW - timedelta(hours=2), {Outcome.BARU: 2})
    store.source_hours.fill("kabar", NOW - timedelta(hours=2), timedelta(days=42))
    look(store, NOW - timedelta(hours=2) + timedelta(minutes=30), {Outcome.BARU: 1})
    look(store, NOW, {Outcome.BARU: 4})
    store.source_hours.fill("kabar", NOW, timedelta(days=42))
    assert [one.new for one in store.source_hours.of("kabar", NOW - timedelta(days=1))] == [3, 4]


def test_what_is_wrong_is_told_once_and_its_end_is_kept(store: Store) -> None:
    store.sources.save(replace(WELL, failures=3, last_ok=NOW, last_error="feed: dns_error"))
    first = watch_pass([SITE], store, NOW)
    again = watch_pass([SITE], store, NOW + timedelta(minutes=15))
    assert [alarm.kind for alarm in first.turn.raised] == [AlarmKind.MATI]
    assert again.turn.raised == ()
    store.sources.save(replace(WELL, last_ok=NOW + timedelta(hours=4)))
    watch_pass([SITE], store, NOW + timedelta(hours=4))
    (kept,) = store.source_alarms.history()
    assert (kept.raised_at, kept.seen_at, kept.closed_at) == (
        NOW,
        NOW + timedelta(minutes=15),
        NOW + timedelta(hours=4),
    )
    assert store.source_alarms.open() == []


def test_a_source_that_is_switched_off_has_no_alarm_any_more(store: Store) -> None:
    store.sources.save(replace(WELL, failures=3, last_error="feed: dns_error"))
    watch_pass([SITE], store, NOW)
    turn = watch_pass([replace(SITE, enabled=False)], store, NOW + timedelta(minutes=15)).turn
    assert [alarm.kind for alarm in turn.closed] == [AlarmKind.MATI]


def test_which_finder_brought_what_is_counted_by_source(store: Store) -> None:
    found: list[tuple[FinderKind, int]] = [("feed", 1), ("feed", 2), ("listing", 1), ("feed", 100)]
    for number, (kind, hours) in enumerate(found):
        url = f"http://kabar.example/{number}"
        store.frontier.offer([PageRef(url, url, "kabar", kind)], NOW - timedelta(hours=hours))
    assert store.source_hours.finders(NOW - timedelta(days=3), NOW) == {"kabar": {"feed": 2, "listing": 1}}


def test_a_page_is_shown_what_was_told(store: Store) -> None:
    sources = [replace(SITE, id=name) for name in ("baik", "mati", "mati-baru", "baru", "mati-lama")]
    store.sources.save(replace(WELL, source_id="baik"))
    for name in ("mati", "mati-lama"):
        store.sources.save(replace(WELL, source_id=name, failures=4, last_error="feed: dns_error"))
    watch_pass(sources, store, NOW)
    # What comes later is known at the next look.
    store.sources.save(replace(WELL, source_id="mati-baru", failures=4, last_error="feed: dns_error"))
    lines = health_as_told(sources, store, NOW)
    assert [(line.source_id, line.health) for line in lines] == [
        ("mati", Health.MATI),
        ("mati-lama", Health.MATI),
        ("baru", Health.BELUM),
        ("baik", Health.SEHAT),
        ("mati-baru", Health.SEHAT),
    ]
    assert "nama domain" in lines[0].advice
