"""Units that articles name, hours and alarms of sources, the way of articles to the desk: on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from data.errors import UnknownItemError
from data.outcomes import Outcome
from data.records import (
    Alert,
    Assessment,
    Incident,
    IncidentStatus,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    Review,
    Tally,
    Urgency,
)
from data.sightings import AlarmKind, SourceAlarm, SourceHour
from data.store.schema import MIGRATIONS
from data.store.sightings import Passage, Unflagged


def place(code, role=PlaceRole.KEJADIAN, *others):
    alternatives = tuple((other, 0.5) for other in others)
    return Place(code, code, role, "text", 0, 1, 0.9, alternatives, ambiguous=bool(others))


def said(*places, flagged=False, model="m1"):
    signals = ("konflik_massa",) if flagged else ()
    return Assessment(
        dict.fromkeys(signals, 0.9),
        signals,
        Modality.KEJADIAN,
        2,
        (),
        Urgency.P2,
        flagged,
        0.4,
        places,
        (),
        model_version=model,
        rules_version="1",
    )


@pytest.fixture
def settle(store, piece):
    def one(number, at, source="kabar", **fields):
        url = f"https://{source}.example/{number}"
        ref = PageRef(url, url, source, "feed")
        store.frontier.offer([ref], at - timedelta(minutes=5))
        article = piece(url, f"Berita {number}", f"Isi berita nomor {number}. " * 90, source_id=source, **fields)
        return store.settle("r", ref, None, Outcome.FETCHED, article, at).article_id

    return one


def test_units_are_counted_by_source_with_the_last_one_seen(store, settle, now):
    for number, source in enumerate(["kabar", "kabar", "suara"]):
        article = settle(number, now + timedelta(hours=number), source)
        store.assessments.save(article, 1, said(place("13.77.01"), place("13", PlaceRole.SUMBER)), now)
    found = store.article_places.namings(now, now + timedelta(days=1))
    assert [(one.code, one.sources, one.articles, one.last) for one in found] == [
        ("13", 2, 3, now + timedelta(hours=2)),
        ("13.77", 2, 3, now + timedelta(hours=2)),
    ]
    by_source = store.article_places.by_source(now, now + timedelta(hours=2))
    assert [(one.code, one.source_id, one.articles) for one in by_source] == [("13", "kabar", 2), ("13.77", "kabar", 2)]
    assert store.article_places.namings(now - timedelta(days=1), now) == []


def test_what_was_judged_before_is_counted_by_the_migration(store, settle, now):
    """The table is filled from assessments that lay there already: by the one that stands, of the present revision."""
    first, second, none = (settle(number, now) for number in range(3))
    store.assessments.save(first, 1, said(place("13.77.01.1005"), place("13.71", PlaceRole.LATAR)), now)
    store.assessments.save(first, 1, said(place("14.71"), model="m0"), now, beside=True)
    store.assessments.save(second, 1, said(place("13.02", PlaceRole.KEJADIAN, "13.72")), now)
    before = {number: store.article_places.of(number) for number in (first, second, none)}
    assert before[first] == dict.fromkeys(("13", "13.77"), PlaceRole.KEJADIAN) | {"13.71": PlaceRole.LATAR}
    assert before[second] == {"13": PlaceRole.KEJADIAN}
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("0007")
    with store._database.write() as connection:
        connection.execute(text("DELETE FROM article_places"))
        script.module._fill_places(connection)
    assert {number: store.article_places.of(number) for number in (first, second, none)} == before


def test_hours_are_kept_a_while_and_filled_from_the_last_one_on(store, now):
    store.runs.start("crawl", now, run_id="r1")
    old = now - timedelta(days=130)
    store.runs.save_tally(Tally("r1", "kabar", old, old, 2, {Outcome.BARU: 2}, {"finder": 1}))
    store.source_hours.fill("kabar", old, timedelta(days=1))
    assert [one.new for one in store.source_hours.of("kabar", old - timedelta(days=1))] == [2]
    store.source_hours.fill("kabar", now, timedelta(days=42))
    assert store.source_hours.of("kabar", old - timedelta(days=1)) == []
    store.runs.start("crawl", now, run_id="r2")
    counts = {Outcome.BARU: 1, Outcome.PAYWALL: 2, Outcome.ROBOTS_DENIED: 3, Outcome.TOO_SHORT: 4, Outcome.GONE: 5}
    store.runs.save_tally(Tally("r2", "kabar", now, now, 15, counts, {"finder": 1}))
    store.source_hours.fill("kabar", now, timedelta(days=42))
    assert store.source_hours.of("kabar", now - timedelta(days=1)) == [
        SourceHour(now, looks=1, answered=1, new=1, fetched=5, read=1, walled=2, denied=3)
    ]


def test_a_look_in_which_nothing_was_asked_is_no_answer(store, now):
    store.runs.start("crawl", now, run_id="r1")
    store.runs.save_tally(Tally("r1", "kabar", now, now, 0, {}, {}))
    store.source_hours.fill("kabar", now, timedelta(days=42))
    assert store.source_hours.of("kabar", now) == [SourceHour(now, looks=1)]


def alarm(now, source="kabar", **fields):
    given = SourceAlarm(0, source, AlarmKind.SUNYI, now, now, now, now, None, "sunyi", "periksa")
    return replace(given, **fields)


def test_alarms_last_until_closed_and_stay_as_history(store, now):
    later = now + timedelta(hours=1)
    store.source_alarms.save([alarm(now), alarm(now, "suara", raised_at=None), alarm(now, "radio", raised_at=later)])
    first, unraised, third = sorted(store.source_alarms.open(), key=lambda one: one.id)
    assert (first, unraised, third) == (
        alarm(now, id=first.id),
        alarm(now, "suara", raised_at=None, id=unraised.id),
        alarm(now, "radio", raised_at=later, id=third.id),
    )
    store.source_alarms.save([replace(first, closed_at=later, note="lama")])
    assert [one.source_id for one in store.source_alarms.open()] == ["radio", "suara"]
    assert [(one.source_id, one.note) for one in store.source_alarms.history()] == [
        ("radio", "sunyi"),
        ("kabar", "lama"),
    ]
    assert [one.source_id for one in store.source_alarms.history("kabar")] == ["kabar"]
    assert [one.source_id for one in store.source_alarms.history(since=later)] == ["radio"]
    with pytest.raises(UnknownItemError, match='no such alarm "99"'):
        store.source_alarms.save([alarm(now, id=99)])


def incident(now, **fields):
    given = Incident(
        id=0,
        title="Bentrok",
        signals=("konflik_massa",),
        modality=Modality.KEJADIAN,
        severity=2,
        urgency=Urgency.P2,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(),
        opened_at=now,
        first_seen=now,
        last_seen=now,
        event_time=None,
        article_ids=(),
        spread=1,
        independent_sources=1,
        best_tier=2,
    )
    return replace(given, **fields)


def test_the_way_of_an_article_is_told_moment_by_moment(store, settle, now):
    minute = timedelta(minutes=1)
    opener = settle(1, now, published=now - 30 * minute, tz_assumed=True)
    follower = settle(2, now + minute)
    waiting = settle(3, now + 2 * minute)
    for number in (opener, follower):
        store.assessments.save(number, 1, said(flagged=True), now + 3 * minute)
    store.assessments.save(opener, 1, said(model="m2"), now + 50 * minute)
    opened = store.incidents.open(incident(now + 4 * minute), [opener], now + 4 * minute)
    store.incidents.add_article(opened.id, follower, now + 9 * minute)
    store.reviews.add(Review(opened.id, "Sari", now + 60 * minute, reason="dilihat"))
    store.alerts.raise_(Alert("u1", opened.id, 1, "raised", now + 20 * minute, now + 20 * minute, False, True))
    whole = Passage(
        article_id=opener,
        source_id="kabar",
        published=now - 30 * minute,
        tz_assumed=True,
        offered=now - 5 * minute,
        seen=now,
        judged=now + 3 * minute,
        flagged=True,
        opened=now + 4 * minute,
        desk=now + 20 * minute,
        known_since=now,
    )
    assert store.sightings.passages(now, now + timedelta(days=1)) == [
        whole,
        # It came to an incident that the desk had already: it has opened none.
        replace(
            whole,
            article_id=follower,
            published=None,
            tz_assumed=False,
            offered=now - 4 * minute,
            seen=now + minute,
            opened=None,
            desk=None,
        ),
        Passage(waiting, "kabar", None, False, now - 3 * minute, now + 2 * minute, None, False, None, None, now),
    ]
    assert store.sightings.passages(now - timedelta(days=1), now) == []


def test_what_was_not_flagged_is_had_with_where_it_happened(store, settle, now):
    plain, flagged, nowhere, joined, revised = (settle(number, now) for number in range(5))
    store.assessments.save(plain, 1, said(place("13.77"), place("14.71", PlaceRole.LATAR)), now)
    store.assessments.save(flagged, 1, said(place("13.77"), flagged=True), now)
    store.assessments.save(nowhere, 1, said(place("13.77", PlaceRole.SUMBER)), now)
    store.assessments.save(joined, 1, said(place("13.77")), now)
    store.incidents.open(incident(now), [joined], now)
    store.assessments.save(revised, 1, said(place("13.77"), flagged=True), now)
    store.assessments.save(revised, 1, said(place("13.77"), model="m2"), now + timedelta(hours=1))
    store.signatures.put(plain, b"tanda", ())
    found = store.sightings.unflagged(now, now + timedelta(days=1))
    assert [(one.article_id, one.codes, one.signature) for one in found] == [
        (plain, ("13", "13.77"), b"tanda"),
        (revised, ("13", "13.77"), b""),
    ]
    assert found[0] == Unflagged(
        plain, "kabar", now, "Berita 0", ("Isi berita nomor 0. " * 90)[:800], ("13", "13.77"), b"tanda"
    )
