"""The queue on both engines: order, keys, filters, counts, and that it is read from the index alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from data.outcomes import Outcome
from data.records import Incident, IncidentStatus, Modality, PageRef, Place, PlaceRole, Urgency
from data.store.incident_queue import After, News, QueueFilter
from data.work import Claim

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

NOW = datetime(2024, 11, 26, 8, tzinfo=UTC)
S, U = IncidentStatus, Urgency


def place(code: str) -> Place:
    return Place(code, "", PlaceRole.KEJADIAN, "text", 0, 1, 0.9)


class Queue:
    def __init__(self, store: Store) -> None:
        self.store = store

    def opens(self, minutes: int = 0, **values: Any) -> int:
        """Open an incident so many minutes before now."""
        at = NOW - timedelta(minutes=minutes)
        codes = values.pop("codes", ("13.77",))
        base = Incident(
            id=0, title="Posko", signals=("perusakan",), modality=Modality.KEJADIAN, severity=3, urgency=U.P1,
            status=S.BELUM_DITINJAU, places=tuple(map(place, codes)), opened_at=at, first_seen=at, last_seen=at,
            event_time=None, article_ids=(), spread=1, independent_sources=1, best_tier=2,
        )  # fmt: skip
        return self.store.incidents.open(replace(base, **values), (), at).id

    def ids(self, limit: int = 50, after: After | None = None, **asked: Any) -> list[int]:
        return self.store.queue.ids(QueueFilter(now=NOW, **asked), limit, after)


@pytest.fixture
def queue(store: Store) -> Queue:
    return Queue(store)


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("rina", "Rina", "analis", (), "x", NOW).id


def test_the_most_urgent_first_then_the_newest_or_the_oldest_whatever_the_status(queue: Queue) -> None:
    p3 = queue.opens(1, urgency=U.P3)
    old = queue.opens(9, status=S.VERIFIKASI)
    new = queue.opens(5)
    assert queue.ids() == [new, old, p3]
    assert queue.ids(oldest_first=True) == [old, new, p3]
    assert queue.ids(limit=2) == [new, old]
    assert [one.id for one in queue.store.queue.page(QueueFilter(now=NOW), 2)] == [new, old]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("signal", [None, "perusakan"])
def test_pages_by_keys_hold_every_incident_once(queue: Queue, signal: str | None, oldest_first: bool) -> None:
    # Several of one moment: the number alone tells them apart.
    made = [queue.opens(minutes, urgency=urgency) for urgency in U for minutes in (3, 3, 3, 1)]
    whole = queue.ids(signal=signal, oldest_first=oldest_first)
    assert sorted(whole) == made
    seen: list[int] = []
    after = None
    while page := queue.ids(3, after, signal=signal, oldest_first=oldest_first):
        seen += page
        last = queue.store.incidents.get(page[-1])
        assert last is not None
        after = After(last.urgency, last.opened_at, last.id)
    assert seen == whole


def test_filters_of_what_an_incident_is(queue: Queue) -> None:
    one = queue.opens(30, severity=4, best_tier=1, modality=Modality.DUGAAN, signals=("politik_uang",))
    two = queue.opens(10, severity=2, urgency=U.P3, codes=("32.73.01",), status=S.SELESAI)
    merged = queue.opens(5, merged_into=one)
    assert merged not in queue.ids()
    assert queue.ids(statuses=(S.SELESAI,)) == [two]
    assert queue.ids(statuses=()) == []
    assert queue.ids(urgencies=(U.P3,)) == [two]
    assert queue.ids(min_severity=3) == [one]
    assert queue.ids(tier=1) == [one]
    assert queue.ids(modality="dugaan") == [one]
    assert queue.ids(signal="politik_uang") == [one]
    assert [queue.ids(place=code) for code in ("32", "32.73", "32.73.01", "32.73.02")] == [[two], [two], [two], []]
    assert queue.ids(since=NOW - timedelta(minutes=10)) == [two]
    assert queue.ids(until=NOW - timedelta(minutes=10)) == [one]
    assert queue.ids(number=two) == [two]
    assert queue.ids(number=2**40) == []
    assert queue.ids(place="13", signal="politik_uang", number=one) == [one]


def test_regions_are_what_lies_in_them_what_they_lie_in_and_nowhere(queue: Queue) -> None:
    here = queue.opens(1, codes=("13.77.01",))
    province = queue.opens(2, codes=("13",))
    nowhere = queue.opens(3, codes=())
    queue.opens(4, codes=("13.08",))
    queue.opens(5, codes=("32",))
    assert queue.ids(regions=("13.77",)) == [here, province, nowhere]
    assert queue.ids(regions=("11", "13.77.01.1005")) == [here, province, nowhere]


def test_who_works_on_it_and_whether_anybody_looked(queue: Queue, user: int) -> None:
    mine, lapsed, seen, decided = (queue.opens(minutes) for minutes in (1, 2, 3, 4))
    incident = queue.store.incidents.get(decided)
    assert incident is not None
    queue.store.incidents.update(replace(incident, status=S.VERIFIKASI), NOW)
    queue.store.claims.put(Claim(mine, user, NOW, NOW + timedelta(minutes=30)))
    queue.store.claims.put(Claim(lapsed, user, NOW, NOW))
    assert queue.store.looks.note_first(seen, user, NOW)
    assert not queue.store.looks.note_first(seen, user, NOW + timedelta(minutes=1))
    assert queue.ids(held_by=user) == queue.ids(held=True) == [mine]
    assert queue.ids(held=False) == [lapsed, seen, decided]
    assert queue.ids(unseen=True) == [mine, lapsed]
    borders = {U.P1: NOW - timedelta(minutes=1), U.P3: NOW}
    assert queue.ids(late=borders) == [lapsed]
    assert queue.ids(late={}) == []
    for signal, late in ((None, 1), ("perusakan", 1), ("politik_uang", 0)):
        assert queue.store.queue.counts(QueueFilter(now=NOW, signal=signal), borders).late == late
    assert queue.store.queue.counts(QueueFilter(now=NOW), {}).late == 0


def test_counts_are_of_each_urgency_and_status(queue: Queue) -> None:
    for status, urgency in ((S.BELUM_DITINJAU, U.P1), (S.BELUM_DITINJAU, U.P1), (S.SELESAI, U.P4)):
        queue.opens(1, status=status, urgency=urgency)
    queue.opens(1, codes=("32.73",), urgency=U.P2)
    counts = queue.store.queue.counts(QueueFilter(now=NOW), {})
    assert counts.each == {(U.P1, S.BELUM_DITINJAU): 2, (U.P4, S.SELESAI): 1, (U.P2, S.BELUM_DITINJAU): 1}
    assert queue.store.queue.counts(QueueFilter(now=NOW, place="32"), {}).each == {(U.P2, S.BELUM_DITINJAU): 1}
    assert queue.store.queue.counts(QueueFilter(now=NOW, statuses=(S.SELESAI,)), {}).each == {(U.P4, S.SELESAI): 1}
    assert queue.store.queue.places(QueueFilter(now=NOW), None) == {"13": 3, "32": 1}
    assert queue.store.queue.places(QueueFilter(now=NOW, place="13", statuses=(S.SELESAI,)), "13") == {"13.77": 1}


def test_words_are_those_of_the_articles(queue: Queue, piece: Callable[..., Any]) -> None:
    number = queue.opens(1)
    queue.opens(2)
    url = "https://kabar.example/1"
    settled = queue.store.settle(
        "r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, piece(url, "Posko banjir"), NOW
    )
    assert settled.article_id is not None
    queue.store.incidents.add_article(number, settled.article_id, NOW)
    assert queue.ids(words="banjir") == [number]
    prepared = queue.store.queue.prepared(QueueFilter(now=NOW, words="banjir"))
    assert queue.store.queue.ids(prepared, 50) == [number]
    assert queue.store.queue.prepared(QueueFilter(now=NOW, words="tsunami")).articles == ()


def test_news_begin_where_the_last_ended(queue: Queue) -> None:
    assert queue.store.queue.news(0) == News(0, (), (), slept=False)
    one = queue.opens(1, urgency=U.P3)
    last = queue.store.queue.last_change()
    incident = queue.store.incidents.get(one)
    assert incident is not None
    queue.store.incidents.update(replace(incident, urgency=U.P2), NOW)
    two = queue.opens(1)
    told = queue.store.queue.news(last)
    assert (told.opened, told.raised) == ((two,), (one,))
    assert queue.store.queue.news(told.last) == News(told.last, (), (), slept=False)
    incident = queue.store.incidents.get(one)
    assert incident is not None
    queue.store.incidents.update(replace(incident, urgency=U.P4), NOW)
    assert queue.store.queue.news(told.last).raised == ()


def test_a_page_is_read_from_the_index_alone_and_sorts_no_table(queue: Queue) -> None:
    database = queue.store._database
    statement = queue.store.queue._range(QueueFilter(now=NOW), U.P1, 50, None)
    sql = str(statement.compile(database.engine, compile_kwargs={"literal_binds": True}))
    with database.read() as connection:
        if database.is_sqlite:
            plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
            reads = [step for step in plan if "incidents" in step]
            assert len(reads) == len(S)
            assert all("COVERING INDEX ix_incidents_queue" in step for step in reads)
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = [row[0] for row in connection.execute(text(f"EXPLAIN {sql}"))]
            assert sum("ix_incidents_queue" in step for step in plan) == len(S)
            assert not any("Seq Scan" in step for step in plan)
