"""Feeds in the store: which alerts they are of, page by page, when anything changed, and who reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import bindparam, insert, text

from data.records import Alert, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.store import Store, tables
from data.store.alert_feed import AlertFilter
from data.store.columns import UtcTime
from data.store.database import Database
from data.store.feed_reads import IN_BROWSER, MOST_FEEDS, REST, FeedRead
from data.store.incident_queue import QueueFilter
from data.store.schema import MIGRATIONS

NOW = datetime(2024, 11, 26, 3, 0, tzinfo=UTC)


class Wires:
    """Raises alerts about incidents that it opens, each a minute after the one before."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW

    def raises(
        self, code: str = "13.77", signal: str = "perusakan", level: int = 3, urgency: Urgency = Urgency.P2, **more: Any
    ) -> int:
        place = Place(code, code, PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
        incident = Incident(
            id=0, title="Posko dibakar", signals=(signal,), modality=Modality.KEJADIAN, severity=level,
            urgency=urgency, status=IncidentStatus.BELUM_DITINJAU, places=(place,) if code else (), opened_at=self.now,
            first_seen=self.now, last_seen=self.now, event_time=None, article_ids=(), spread=1, independent_sources=1,
            best_tier=3,
        )  # fmt: skip
        self.now += timedelta(minutes=1)
        number = self.store.incidents.open(incident, [], self.now).id
        alert = Alert(f"tag:x,2024:{number}", number, 1, "raised", self.now, self.now, verified=False, exercise=False)
        self.store.alerts.raise_(replace(alert, **more))
        return number

    def updates(self, number: int, state: str = "updated", *, verified: bool = False, **changed: Any) -> None:
        self.now += timedelta(minutes=1)
        incident = self.store.incidents.get(number)
        alert = self.store.alerts.of_incident(number)
        assert incident is not None
        assert alert is not None
        self.store.incidents.update(replace(incident, **changed), self.now)
        again: Any = {"revision": alert.revision + 1, "state": state, "at": self.now, "verified": verified}
        self.store.alerts.update(replace(alert, **again))

    def found(self, *filters: AlertFilter) -> list[int]:
        return [alert.incident_id for alert in self.store.alert_feed.page(filters, 100).alerts]


@pytest.fixture
def wire(store: Store) -> Wires:
    return Wires(store)


def test_a_feed_is_of_the_places_signals_levels_and_urgencies_that_it_names(wire: Wires) -> None:
    pariaman = wire.raises("13.77.01")
    jakarta = wire.raises("31.71", signal="politik_uang", level=4, urgency=Urgency.P1)
    nowhere = wire.raises("", level=2)
    assert wire.found() == [nowhere, jakarta, pariaman]
    assert wire.found(AlertFilter(places=("13",))) == [pariaman]
    assert wire.found(AlertFilter(places=("13.77", "31"))) == [jakarta, pariaman]
    assert wire.found(AlertFilter(places=("13.7",))) == []
    assert wire.found(AlertFilter(signals=("politik_uang", "sengketa"))) == [jakarta]
    assert wire.found(AlertFilter(from_level=3)) == [jakarta, pariaman]
    assert wire.found(AlertFilter(urgencies=(Urgency.P1,))) == [jakarta]
    assert wire.found(AlertFilter(places=("13", "31")), AlertFilter(from_level=4)) == [jakarta]
    assert wire.found(AlertFilter(since=NOW + timedelta(minutes=2))) == [nowhere, jakarta]


def test_who_was_told_is_told_the_end_too(wire: Wires) -> None:
    number, other = wire.raises("13.71", level=4), wire.raises("13.72", level=2)
    elsewhere = Place("13.02", "Solok", PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
    wire.updates(number, "cancelled", severity=0, places=(elsewhere,), status=IncidentStatus.BUKAN_ANCAMAN)
    assert wire.found(AlertFilter(from_level=4)) == [number]
    assert wire.found(AlertFilter(places=("13.71",))) == wire.found(AlertFilter(places=("13.02",))) == [number]
    assert wire.found(AlertFilter(from_level=2)) == [number, other]
    assert [alert.state for alert in wire.store.alert_feed.page((), 5).alerts] == ["cancelled", "raised"]


def test_what_was_ever_verified_and_what_was_ever_not(wire: Wires) -> None:
    number, other = wire.raises(), wire.raises(verified=True)
    assert wire.found(AlertFilter(verified=True)) == [other]
    assert wire.found(AlertFilter(verified=False)) == [number]
    wire.updates(number, verified=True, status=IncidentStatus.TERVERIFIKASI)
    assert wire.found(AlertFilter(verified=True)) == [number, other]
    assert wire.found(AlertFilter(verified=False)) == [number]


def test_drills_are_told_apart(wire: Wires) -> None:
    real, drill = wire.raises(), wire.raises(exercise=True)
    assert (wire.found(AlertFilter(drills=True)), wire.found(AlertFilter(drills=False))) == ([drill], [real])


def test_a_person_sees_the_alerts_of_their_regions_and_those_of_no_place(wire: Wires) -> None:
    inside, nowhere, outside, around = (wire.raises(code) for code in ("13.77.01", "", "31.71", "13"))
    assert wire.found(AlertFilter(regions=("13.77",))) == [around, nowhere, inside]
    assert outside in wire.found(AlertFilter(regions=("31",)))


def test_a_view_is_of_incidents_as_they_are_but_keeps_what_was_taken_back(wire: Wires) -> None:
    doubt, event = wire.raises(), wire.raises()
    wire.updates(doubt, modality=Modality.DUGAAN)
    view = AlertFilter(view=QueueFilter(statuses=(IncidentStatus.BELUM_DITINJAU,), modality="dugaan"))
    assert wire.found(view) == [doubt]
    wire.updates(doubt, status=IncidentStatus.DITUTUP)
    assert wire.found(view) == []
    wire.updates(doubt, "cancelled", merged_into=event)
    assert wire.found(view) == [doubt]


def test_pages_go_on_from_a_change_so_that_nothing_is_lost_to_who_walks(wire: Wires) -> None:
    numbers = [wire.raises() for _ in range(5)]
    feed = wire.store.alert_feed
    first = feed.page((), 2)
    assert [alert.incident_id for alert in first.alerts] == numbers[:2:-1]
    assert first.newer is None
    wire.updates(numbers[0])  # moves to the front while somebody walks
    second = feed.page((), 2, before=first.older)
    assert [alert.incident_id for alert in second.alerts] == [numbers[2], numbers[1]]
    assert second.older is None
    again = feed.page((), 2, after=second.newer)
    assert [alert.incident_id for alert in again.alerts] == [numbers[4], numbers[3]]
    assert (again.older, again.newer) != (None, None)
    assert feed.page((), 2, after=again.newer).alerts[0].incident_id == numbers[0]
    assert [alert.incident_id for alert in feed.last((), 2).alerts] == [numbers[2], numbers[1]]
    walked = [alert.incident_id for some in feed.all((), batch=2) for alert in some]
    assert walked == [numbers[0], *numbers[:0:-1]]


def test_the_stamp_changes_with_what_the_page_says_and_with_nothing_else(wire: Wires) -> None:
    number = wire.raises("13.77")
    feed, mine = wire.store.alert_feed, (AlertFilter(places=("13",)),)
    before = feed.page(mine, 10).stamp
    state = feed.state()
    wire.raises("31")
    assert feed.state() != state
    assert feed.page(mine, 10).stamp == before
    wire.updates(number, spread=2)
    assert feed.page(mine, 10).stamp != before
    known = feed.page(mine, 10).stamp
    incident = wire.store.incidents.get(number)
    assert incident is not None
    wire.store.incidents.update(replace(incident, spread=3), wire.now)
    assert feed.page(mine, 10).stamp != known


def test_the_state_of_an_empty_store_is_known_and_every_write_moves_it(wire: Wires) -> None:
    feed = wire.store.alert_feed
    assert feed.state() == (0, 0, 0)
    number = wire.raises()
    states = [feed.state()]
    wire.updates(number)
    states.append(feed.state())
    wire.store.desk_settings.put("kantor", {"nama": "Desk"}, "ketua", NOW)
    states.append(feed.state())
    assert len(set(states)) == 3
    assert feed.page((), 10, before=10**12).alerts[0].incident_id == number


def test_many_alerts_of_one_mark_are_walked_and_few_are_listed(wire: Wires, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [wire.raises("13.77"), wire.raises("31"), wire.raises("13.01")]
    asked = AlertFilter(places=("13",), from_level=3)
    listed = wire.found(asked)
    monkeypatch.setattr("data.store.alert_feed.FEW", 1)
    assert wire.found(asked) == listed == [numbers[2], numbers[0]]


def test_reads_are_counted_per_day_consumer_and_feed(store: Store, now: datetime) -> None:
    user = store.users.add("rina", "Rina", "pengamat", (), "x", now).id
    one = FeedRead("2026-11-26", user, 7, "atom?wilayah=13", 2, 1, now)
    store.feed_reads.add([one, replace(one, token_id=IN_BROWSER, times=1, unchanged=0)])
    later = now + timedelta(hours=1)
    store.feed_reads.add([replace(one, times=3, unchanged=3, last_at=later)])
    kept = store.feed_reads.since("2026-11-26")
    assert kept == [
        FeedRead("2026-11-26", user, 7, "atom?wilayah=13", 5, 4, later),
        FeedRead("2026-11-26", user, IN_BROWSER, "atom?wilayah=13", 1, 0, now),
    ]
    assert store.feed_reads.since("2026-11-26", user_id=user + 1) == []
    assert store.feed_reads.forget("2026-11-27") == 2
    assert store.feed_reads.since("2026-01-01") == []


def test_a_consumer_who_asks_for_ever_other_feeds_does_not_fill_the_store(store: Store, now: datetime) -> None:
    user = store.users.add("rina", "Rina", "pengamat", (), "x", now).id
    one = FeedRead("2026-11-26", user, 7, "", 1, 0, now)
    store.feed_reads.add([replace(one, feed=f"atom?wilayah={number}") for number in range(MOST_FEEDS + 5)])
    kept = {read.feed: read.times for read in store.feed_reads.since("2026-11-26")}
    assert (len(kept), kept[REST]) == (MOST_FEEDS + 1, 5)


def test_alerts_of_an_older_store_are_found_and_in_order(empty_url: str) -> None:
    """What was raised before there were marks is numbered by its last revision and marked with what it is now."""
    database = Database(empty_url, busy_timeout_s=30.0)
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        older = {"one": (1, 2, "13.77", 3, NOW + timedelta(hours=2)), "two": (2, 1, "31.71", 4, NOW)}
        for uid, (number, revision, code, level, at) in older.items():
            row = {"id": number, "title": uid, "signals": ["perusakan"], "modality": "kejadian", "severity": level}
            row |= {"urgency": "P1", "status": "belum_ditinjau", "places": [], "opened_at": at, "first_seen": at}
            row |= {"last_seen": at, "spread": 1, "independent_sources": 1, "best_tier": 3, "revision": 1}
            connection.execute(insert(tables.incidents), [row])
            places = [{"incident_id": number, "code": one, "named": one == code} for one in (code[:2], code)]
            connection.execute(insert(tables.incident_places), places)
            connection.execute(insert(tables.incident_signals), [{"incident_id": number, "signal": "perusakan"}])
            told = "INSERT INTO alerts (uid, incident_id, revision, first_raised_at) VALUES (:u, :i, :r, :a)"
            given = {"u": uid, "i": number, "r": revision, "a": at}
            connection.execute(text(told).bindparams(bindparam("a", type_=UtcTime)), given)
            for step in range(1, revision + 1):
                said = {"uid": uid, "revision": step, "state": "raised" if step == 1 else "updated", "at": at}
                said |= {"verified": step == 2, "exercise": False, "reason": "", "incident_revision": 1}
                connection.execute(insert(tables.alert_revisions), [said])
    database.close()
    with Store.open(empty_url) as store:
        feed = store.alert_feed

        def found(**asked: Any) -> list[str]:
            return [alert.uid for alert in feed.page([AlertFilter(**asked)], 10).alerts]

        assert feed.state()[0] == 2
        assert found() == ["one", "two"]
        assert (found(places=("13",)), found(from_level=4)) == (["one"], ["two"])
        assert (found(verified=True), found(verified=False)) == (["one"], ["one", "two"])
        assert found(signals=("perusakan",), urgencies=(Urgency.P1,)) == ["one", "two"]
        last = store.alerts.get("two")
        assert last is not None
        store.alerts.update(replace(last, revision=2, state="cancelled"))
        assert (found(), feed.state()[0]) == (["two", "one"], 3)
