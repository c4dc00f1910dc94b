"""Coverage from a store: what was judged, which source answered when, for all provinces and kabupaten/kota."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.gazetteer import load_gazetteer
from data.outcomes import Outcome
from data.records import (
    Article,
    Assessment,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    Source,
    SourceState,
    Tally,
    Urgency,
)
from data.store import Store
from data.watching import Coverage, CoverageState
from flows.coverage import coverage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from data.gazetteer import Gazetteer

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PADANG = Source("padang", "Padang", "https://padang.example/", "Asia/Jakarta", "wordpress", (), ("13",))
PARIAMAN = replace(PADANG, id="pariaman", regencies=("13.77",))
NATIONAL = replace(PADANG, id="nasional", provinces=())


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture
def store(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(new_store(tmp_path / "coverage.sqlite3")) as opened:
        opened.runs.start("crawl", NOW, run_id="r")
        yield opened


def answered(store: Store, source: Source, at: datetime = NOW, error: str = "") -> None:
    run = f"r-{source.id}-{at:%d%H}"
    store.runs.start("crawl", at, run_id=run)
    store.runs.save_tally(Tally(run, source.id, at, at, 0, {}, {"finder": 2}, error=error))
    state = store.sources.state(source.id)
    store.sources.save(replace(state, last_run=at, last_ok=state.last_ok if error else at))


def print_article(store: Store, source: Source, at: datetime, *places: Place) -> int:
    url = f"https://{source.id}.example/{at:%d%H%M}"
    article = Article(source.id, url, url, "Judul", f"Isi {url}.", url)
    number = store.settle("r", PageRef(url, url, source.id, "feed"), None, Outcome.FETCHED, article, at).article_id
    assert number is not None
    judge(store, number, at, *places)
    return number


def judge(store: Store, number: int, at: datetime, *places: Place, model: str = "m1") -> None:
    said = Assessment(
        {},
        (),
        Modality.TIDAK_RELEVAN,
        0,
        (),
        Urgency.P4,
        False,
        0.1,
        places,
        (),
        model_version=model,
        rules_version="1",
    )
    store.assessments.save(number, 1, said, at)


def place(code: str, role: PlaceRole = PlaceRole.KEJADIAN, *others: str) -> Place:
    alternatives = tuple((other, 0.5) for other in others)
    return Place(code, code, role, "text", 0, 1, 0.9, alternatives, ambiguous=bool(others))


def test_every_province_and_kabkota_is_there_and_those_without_a_source_are_told(
    store: Store, gazetteer: Gazetteer
) -> None:
    answered(store, PADANG)
    found = coverage_of(store, [PADANG, NATIONAL], gazetteer, NOW - DAY, NOW + DAY)
    assert len(found) == 38 + 514
    states = Counter(one.state for one in found.values())
    # The province and its 19 kabupaten and kota.
    assert states == {CoverageState.SUNYI: 20, CoverageState.TANPA_SUMBER: 532}


def test_finer_places_count_for_kabkota_and_province_whatever_their_role(store: Store, gazetteer: Gazetteer) -> None:
    answered(store, PADANG)
    answered(store, PARIAMAN)
    print_article(store, PADANG, NOW, place("13.77.01.1005"), place("13.71", PlaceRole.SUMBER))
    print_article(store, PARIAMAN, NOW, place("13.77"))
    print_article(store, NATIONAL, NOW + timedelta(hours=1), place("13.77.02", PlaceRole.LATAR))
    found = coverage_of(store, [PADANG, PARIAMAN, NATIONAL], gazetteer, NOW - DAY, NOW + DAY)
    last = NOW + timedelta(hours=1)
    assert found["13"] == Coverage("13", CoverageState.TERLIPUT, 2, 2, 3, 3, last)
    assert found["13.77"] == Coverage("13.77", CoverageState.TERLIPUT, 2, 2, 3, 3, last)
    assert found["13.71"] == Coverage("13.71", CoverageState.TIPIS, 1, 1, 1, 1, NOW)


def test_what_could_be_two_places_counts_where_both_of_them_lie(store: Store, gazetteer: Gazetteer) -> None:
    print_article(store, NATIONAL, NOW, place("13.02", PlaceRole.KEJADIAN, "13.72"))  # Kabupaten or Kota Solok
    print_article(store, NATIONAL, NOW + timedelta(minutes=1), place("18.05", PlaceRole.KEJADIAN, "16.71"))
    found = coverage_of(store, [], gazetteer, NOW - DAY, NOW + DAY)
    assert {code: one.articles for code, one in found.items() if one.articles} == {"13": 1}


def test_a_new_judgement_takes_the_place_of_the_old_one(store: Store, gazetteer: Gazetteer) -> None:
    number = print_article(store, NATIONAL, NOW, place("13.77"))
    judge(store, number, NOW, place("14.71"), model="m2")
    found = coverage_of(store, [], gazetteer, NOW - DAY, NOW + DAY)
    assert {code: one.articles for code, one in found.items() if one.articles} == {"14": 1, "14.71": 1}
    assert store.article_places.of(number) == {"14": PlaceRole.KEJADIAN, "14.71": PlaceRole.KEJADIAN}


def test_a_judgement_kept_beside_changes_nothing(store: Store) -> None:
    number = print_article(store, NATIONAL, NOW, place("13.77"))
    said = store.assessments.of(number)
    assert said is not None
    other = replace(said, places=(place("14.71"),), model_version="m9")
    store.assessments.save(number, 1, other, NOW, beside=True)
    assert set(store.article_places.of(number)) == {"13", "13.77"}


def test_the_role_that_is_nearest_to_the_event_is_kept(store: Store) -> None:
    number = print_article(store, NATIONAL, NOW, place("13.77.01", PlaceRole.LATAR), place("13.77"), place("14"))
    assert store.article_places.of(number) == dict.fromkeys(("13", "13.77", "14"), PlaceRole.KEJADIAN)


def test_only_the_period_counts(store: Store, gazetteer: Gazetteer) -> None:
    print_article(store, NATIONAL, NOW - DAY, place("13.71"))
    print_article(store, NATIONAL, NOW, place("13.77"))
    found = coverage_of(store, [], gazetteer, NOW - DAY, NOW)
    assert found["13.71"].articles == 1  # the first moment counts
    assert found["13.77"].articles == 0  # the last one no more


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([], CoverageState.TERPUTUS),
        ([(0, "")], CoverageState.SUNYI),
        ([(0, "feed: connect_error")], CoverageState.TERPUTUS),
        ([(-3, "")], CoverageState.TERPUTUS),  # answered only before the period
        ([(-3, ""), (0, "feed: gone")], CoverageState.TERPUTUS),
        ([(0, ""), (3, "")], CoverageState.SUNYI),  # of a past period, while it still answers today
        ([(0, "feed: gone"), (3, "")], CoverageState.TERPUTUS),
    ],
)
def test_a_source_answers_where_a_look_in_the_period_was_answered(
    store: Store, gazetteer: Gazetteer, looks: list[tuple[int, str]], expected: CoverageState
) -> None:
    for days, error in looks:
        answered(store, PADANG, NOW + days * DAY, error)
    assert coverage_of(store, [PADANG], gazetteer, NOW - DAY, NOW + DAY)["13"].state is expected


def test_a_source_that_was_switched_off_is_bound_to_nothing(store: Store, gazetteer: Gazetteer) -> None:
    answered(store, PADANG)
    answered(store, PARIAMAN)
    store.sources.save(replace(store.sources.state(PADANG.id), enabled=False))
    off = [PADANG, replace(PARIAMAN, enabled=False)]
    assert coverage_of(store, off, gazetteer, NOW - DAY, NOW + DAY)["13"].state is CoverageState.TANPA_SUMBER


def test_a_state_that_was_never_written_is_no_answer(store: Store, gazetteer: Gazetteer) -> None:
    store.sources.save(SourceState(PADANG.id, enabled=True, poll_minutes=15))
    assert coverage_of(store, [PADANG], gazetteer, NOW - DAY, NOW + DAY)["13.77"].state is CoverageState.TERPUTUS
