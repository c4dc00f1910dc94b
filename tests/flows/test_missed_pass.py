"""The audit of what was missed, over a store: unflagged stories ranked and queued, sources that kept silent named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from classifiers.copies import signature
from classifiers.missed import Absence
from data.outcomes import Outcome
from data.records import (
    Article,
    Assessment,
    Incident,
    IncidentStatus,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    Source,
    Tally,
    Urgency,
)
from data.store import Store
from flows.missed import MissedTools, missed_stories, queue_stories, silent_sources
from tests.flows.delivery_house import GAZETTEER, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IDS = ("satu", "dua", "tiga", "empat")
SOURCES = {
    name: Source(name, name, f"https://{name}.example/", "Asia/Jakarta", "wordpress", (), ("13",)) for name in IDS
}
MOLOTOV = (
    "Posko relawan di Karan Aur dilempar bom molotov oleh pengendara sepeda motor, spanduk hangus terbakar.",
    "Polisi memburu pelempar bom molotov ke posko relawan Karan Aur; spanduk hangus sebelum dipadamkan warga.",
    "Setelah posko relawan Karan Aur dilempari bom molotov, empat saksi diperiksa. Spanduk dan kursi hangus.",
)
VOLLEY = (
    "Tim voli putri melaju ke final kejuaraan antarkecamatan setelah menang tiga set langsung di lapangan.",
    "Final kejuaraan voli antarkecamatan digelar Sabtu; tim putri menang tiga set langsung pada semifinal.",
    "Pelatih tim voli putri menyiapkan servis untuk final kejuaraan antarkecamatan usai menang tiga set.",
)


@pytest.fixture
def tools(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[MissedTools]:
    with Store.open(new_store(tmp_path / "missed.sqlite3")) as store:
        store.runs.start("crawl", NOON, run_id="r")
        yield MissedTools(store, SOURCES, GAZETTEER(), TAXONOMY())


def print_article(
    store: Store, source: str, text: str, *, score: float = 0.1, flagged: bool = False, at: datetime = NOON
) -> int:
    url = f"https://{source}.example/{abs(hash(text)) % 10**8}/{at:%H%M}"
    title = " ".join(text.split()[:6])
    article = Article(source, url, url, title, f"{text} Kota Pariaman.", f"{source}{text}{at}")
    number = store.settle("r", PageRef(url, url, source, "feed"), None, Outcome.FETCHED, article, at).article_id
    assert number is not None
    signals = ("perusakan",) if flagged else ()
    place = Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
    modality = Modality.KEJADIAN if flagged else Modality.TIDAK_RELEVAN
    said = Assessment({}, signals, modality, 2, (), Urgency.P2, flagged, score, (place,), (), "m", "1")
    store.assessments.save(number, 1, said, at)
    mark = signature(article.title, article.text)
    store.signatures.put(number, mark.digest, mark.bands)
    return number


def test_the_story_that_should_have_been_flagged_stands_before_sport_and_can_be_queued(tools: MissedTools) -> None:
    store = tools.store
    sport = [print_article(store, name, text) for name, text in zip(IDS, VOLLEY, strict=False)]
    scores = (0.2, 0.45, 0.3)
    fire = [
        print_article(store, *one, score=score)
        for one, score in zip(zip(IDS, MOLOTOV, strict=False), scores, strict=True)
    ]
    found = missed_stories(tools, NOON - DAY, NOON + DAY)
    assert [(one.article_ids, one.voices) for one in found] == [(tuple(fire), 3), (tuple(sport), 3)]
    assert (found[0].best, found[0].flag_score) == (fire[1], 0.45)
    assert found[0].danger > 0 == found[1].danger
    assert queue_stories(tools, found[:1], NOON) == 1
    assert queue_stories(tools, found[:1], NOON) == 0
    (task,) = [one.task for one in store.label_tasks.queue()]
    assert (task.article_id, task.reason, task.wanted) == (fire[1], "terlewat", 2)
    assert task.detail == "3 media memberitakannya, tidak ditandai (skor 0.45)"
    assert store.label_tasks.draws() == []  # no estimate counts it


def test_what_one_of_them_flagged_is_no_longer_three_voices(tools: MissedTools) -> None:
    for at, (name, text) in enumerate(zip(IDS, MOLOTOV, strict=False)):
        print_article(tools.store, name, text, flagged=at == 0)
    assert missed_stories(tools, NOON - DAY, NOON + DAY) == []


def answered(store: Store, source: str) -> None:
    run = store.runs.start("crawl", NOON)
    store.runs.save_tally(Tally(run, source, NOON, NOON, 0, {}, {"finder": 1}))
    store.sources.save(replace(store.sources.state(source), last_run=NOON, last_ok=NOON))


def open_incident(store: Store, article_ids: list[int], independent: int) -> int:
    place = Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
    one = Incident(
        id=0,
        title="Posko dilempar molotov",
        signals=("perusakan",),
        modality=Modality.KEJADIAN,
        severity=3,
        urgency=Urgency.P2,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(place,),
        opened_at=NOON,
        first_seen=NOON,
        last_seen=NOON,
        event_time=None,
        article_ids=(),
        spread=len(article_ids),
        independent_sources=independent,
        best_tier=2,
    )
    return store.incidents.open(one, article_ids, NOON).id


@pytest.mark.parametrize(
    ("written", "answers", "independent", "named"),
    [
        (3, True, 3, True),
        (2, True, 3, False),  # it hardly writes of the city
        (3, False, 3, False),  # it was not read
        (3, True, 2, False),  # three copies are no three reports
    ],
)
def test_a_source_that_writes_of_a_city_and_not_of_this_is_named(
    tools: MissedTools, written: int, answers: bool, independent: int, named: bool
) -> None:
    store = tools.store
    for name in IDS[:3]:
        answered(store, name)
    if answers:
        answered(store, "empat")
    for number in range(written):
        print_article(store, "empat", f"Pasar murah ke-{number} digelar.", at=NOON - timedelta(hours=3 + number))
    fire = [print_article(store, name, text, flagged=True) for name, text in zip(IDS, MOLOTOV, strict=False)]
    number = open_incident(store, fire, independent)
    silent, incidents = silent_sources(tools, NOON - DAY, NOON + DAY)
    assert silent == ([Absence("empat", (number,), 1)] if named else [])
    assert list(incidents) == ([number] if named else [])


def test_a_source_with_another_incident_there_may_mean_the_same(tools: MissedTools) -> None:
    store = tools.store
    for name in IDS:
        answered(store, name)
    for number in range(3):
        print_article(store, "empat", f"Pasar murah ke-{number} digelar.", at=NOON - timedelta(hours=3 + number))
    fire = [print_article(store, name, text, flagged=True) for name, text in zip(IDS, MOLOTOV, strict=False)]
    open_incident(store, fire, 3)
    open_incident(store, [print_article(store, "empat", "Api di posko relawan padam.", flagged=True)], 1)
    assert silent_sources(tools, NOON - DAY, NOON + DAY) == ([], {})
