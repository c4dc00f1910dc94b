"""Incidents, what people say of them, and what leaves the house about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import StoreError, UnknownItemError
from data.outcomes import Outcome
from data.records import (
    Alert,
    EventTime,
    Incident,
    IncidentStatus,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    Review,
    Urgency,
)


def place(code, name="Pariaman Tengah"):
    return Place(code, name, PlaceRole.KEJADIAN, "text", 0, 5, 0.9, alternatives=(("13.05", 0.1),))


@pytest.fixture
def articles(store, now, piece):
    """Return the ids of four articles of their own."""
    ids = []
    for number in range(4):
        url = f"https://kabar.example/{number}"
        article = piece(url, f"Berita nomor {number}", f"Isi berita nomor {number} yang lain dari yang lain.")
        ref = PageRef(url, url, "kabar", "feed")
        ids.append(store.settle("r", ref, None, Outcome.FETCHED, article, now).article_id)
    return ids


@pytest.fixture
def incident(now):
    """Return an incident that is not stored yet."""
    return Incident(
        id=0,
        title="Bentrok di pasar lama",
        signals=("konflik_massa", "kekerasan"),
        modality=Modality.KEJADIAN,
        severity=3,
        urgency=Urgency.P2,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(place("13.77.01"),),
        opened_at=now,
        first_seen=now - timedelta(hours=1),
        last_seen=now,
        event_time=EventTime(now - timedelta(hours=3), now - timedelta(hours=2), "text", 4, 14),
        article_ids=(),
        spread=1,
        independent_sources=1,
        best_tier=2,
        published=now - timedelta(hours=1),
    )


def test_an_incident_comes_back_as_it_was_opened(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:2], now, "kentongan")
    assert opened == replace(incident, id=opened.id, article_ids=tuple(articles[:2]))
    assert store.incidents.get(opened.id) == opened
    assert store.incidents.of_article(articles[1]) == opened
    assert store.incidents.of_article(articles[2]) is None


def test_an_article_is_about_one_incident(store, incident, articles, now):
    first = store.incidents.open(incident, articles[:1], now)
    with pytest.raises(StoreError, match=f"article {articles[0]} is in incident {first.id} already"):
        store.incidents.open(incident, articles[:1], now)
    assert [found.id for found in store.incidents.list()] == [first.id]


def test_an_incident_about_no_article_we_have_is_refused(store, incident, now):
    with pytest.raises(UnknownItemError, match='no such article "999"'):
        store.incidents.open(incident, [999], now)
    assert store.incidents.list() == []


@pytest.mark.parametrize(
    ("change", "revision"),
    [
        ({"severity": 4}, 2),
        ({"status": IncidentStatus.TERVERIFIKASI}, 2),
        ({"places": (place("13.77.02"),)}, 2),
        ({"independent_sources": 2}, 2),
        ({"event_time": None}, 2),
        ({"spread": 7}, 1),
        ({"best_tier": 1}, 1),
        ({"places": (replace(place("13.77.01"), start=40, end=45, confidence=0.5),)}, 1),
        ({"severity": 3}, 1),
    ],
)
def test_the_revision_goes_up_only_where_an_alert_would_say_something_else(
    store, incident, articles, now, change, revision
):
    opened = store.incidents.open(incident, articles[:1], now)
    assert store.incidents.update(replace(opened, **change), now, "kentongan").revision == revision


def test_a_later_last_seen_is_kept_without_a_revision(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:1], now)
    later = store.incidents.update(replace(opened, last_seen=now + timedelta(hours=2)), now)
    assert (later.last_seen, later.revision) == (now + timedelta(hours=2), 1)


def test_every_change_is_kept_with_who_and_when(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:1], now, "kentongan")
    later = now + timedelta(minutes=5)
    store.incidents.update(replace(opened, severity=4, spread=2), later, "rina")
    store.incidents.add_article(opened.id, articles[1], later)
    store.incidents.update(store.incidents.get(opened.id), later, "nobody")
    changes = store.incidents.history(opened.id)
    assert [(change.by, sorted(change.changes)) for change in changes[1:]] == [
        ("kentongan", ["article_ids"]),
        ("rina", ["severity", "spread"]),
        ("kentongan", ["article_ids"]),
    ]
    assert (changes[2].at, changes[2].changes["severity"]) == (later, (3, 4))
    assert changes[0].changes["title"] == (None, "Bentrok di pasar lama")


def test_adding_the_same_article_twice_changes_nothing(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:1], now)
    store.incidents.add_article(opened.id, articles[0], now)
    assert store.incidents.get(opened.id).article_ids == (articles[0],)
    assert len(store.incidents.history(opened.id)) == 2


def test_an_update_of_no_incident_is_refused(store, incident, now):
    with pytest.raises(UnknownItemError, match='no such incident "0"'):
        store.incidents.update(incident, now)


@pytest.mark.parametrize(
    ("code", "asked", "found"),
    [
        ("13.77.01", {"13.77.02.1001"}, True),  # the same kota
        ("13.77", {"13.77.01"}, True),
        ("13.77.01", {"13.05"}, False),  # another kabupaten of the province
        ("13", {"13.77.01"}, True),  # of the incident only the province is known
        ("13.77.01", {"13"}, True),  # of the article only the province is known
        ("12.71", {"13"}, False),
        ("12.71", {"13.77", "12.71.01"}, True),
        (None, {"13.77"}, True),  # nobody knows where it was
        ("13.77.01", set(), True),
    ],
)
def test_candidates_are_near(store, incident, articles, now, code, asked, found):
    somewhere = replace(incident, places=() if code is None else (place(code),))
    opened = store.incidents.open(somewhere, articles[:1], now)
    near = store.incidents.candidates(asked, now - timedelta(days=1), now + timedelta(days=1))
    assert near == ([opened] if found else [])


def test_candidates_are_of_the_time(store, incident, articles, now):
    store.incidents.open(incident, articles[:1], now)
    codes = ["13.77.01"]
    assert store.incidents.candidates(codes, now + timedelta(minutes=1), now + timedelta(days=1)) == []
    assert store.incidents.candidates(codes, now - timedelta(days=2), now - timedelta(hours=2)) == []
    assert len(store.incidents.candidates(codes, now - timedelta(days=2), now - timedelta(hours=1))) == 1


def test_the_queue_begins_with_the_most_urgent_and_of_those_the_newest(store, incident, articles, now):
    given = [(Urgency.P3, 0), (Urgency.P1, 1), (Urgency.P2, 2), (Urgency.P1, 3)]
    for (urgency, hours), article_id in zip(given, articles, strict=True):
        opened_at = now + timedelta(hours=hours)
        store.incidents.open(replace(incident, urgency=urgency, opened_at=opened_at), [article_id], now)
    queue = [(found.urgency, found.opened_at - now) for found in store.incidents.list()]
    assert queue == [(urgency, timedelta(hours=hours)) for urgency, hours in (given[3], given[1], given[2], given[0])]
    assert len(store.incidents.list(limit=2)) == 2


def test_the_queue_is_filtered_by_status_severity_signal_place_and_time(store, incident, articles, now):
    fire = replace(
        incident, signals=("bencana",), severity=1, places=(place("12.71"),), last_seen=now - timedelta(days=3)
    )
    clash, fire = (
        store.incidents.open(one, [about], now) for one, about in zip((incident, fire), articles, strict=False)
    )
    store.incidents.update(replace(fire, status=IncidentStatus.SELESAI), now)

    def ids(**filters):
        return [found.id for found in store.incidents.list(**filters)]

    assert ids(status=IncidentStatus.SELESAI) == [fire.id]
    assert ids(status=[IncidentStatus.SELESAI, IncidentStatus.BELUM_DITINJAU]) == [clash.id, fire.id], (
        "the graver first"
    )
    assert ids(min_severity=2) == [clash.id]
    assert ids(signal="bencana") == [fire.id]
    assert [ids(place=code) for code in ("13", "13.77", "13.77.01", "13.7", "12")] == [[clash.id]] * 3 + [[], [fire.id]]
    assert ids(since=now - timedelta(days=1)) == [clash.id]


def test_places_that_changed_are_found_and_the_old_ones_no_more(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:1], now)
    store.incidents.update(replace(opened, places=(place("12.71"),), signals=("bencana",)), now)
    assert (store.incidents.list(place="13"), store.incidents.list(signal="kekerasan")) == ([], [])
    assert len(store.incidents.list(place="12", signal="bencana")) == 1


def test_a_verdict_becomes_the_status_and_a_correction_changes_nothing(store, incident, articles, now):
    opened = store.incidents.open(incident, articles[:1], now)
    verdict = Review(opened.id, "rina", now, IncidentStatus.TERVERIFIKASI, "dikonfirmasi camat")
    correction = Review(
        opened.id,
        "budi",
        now,
        article_id=articles[0],
        signals=("bencana",),
        modality=Modality.DUGAAN,
        severity=1,
        place_codes=("13.77",),
    )
    store.reviews.add(verdict)
    store.reviews.add(correction)
    assert store.reviews.of_incident(opened.id) == [verdict, correction]
    reviewed = store.incidents.get(opened.id)
    assert (reviewed.status, reviewed.revision, reviewed.severity) == (IncidentStatus.TERVERIFIKASI, 2, 3)
    assert store.incidents.history(opened.id)[-1].by == "rina"


def test_a_review_of_no_incident_is_refused(store, now):
    with pytest.raises(UnknownItemError, match='no such incident "7"'):
        store.reviews.add(Review(7, "rina", now, IncidentStatus.SELESAI))


@pytest.fixture
def alert(store, incident, articles, now):
    """Return an alert, not raised yet, of an incident that is stored."""
    number = store.incidents.open(incident, articles[:1], now).id
    return Alert("kentongan-1", number, 1, "raised", now, now, verified=False, exercise=True)


def test_an_alert_is_raised_once_and_then_changed_under_the_same_uid(store, alert, now):
    later = now + timedelta(hours=1)
    assert store.alerts.raise_(alert) == alert
    assert store.alerts.raise_(replace(alert, uid="another", at=later)) == alert
    updated = replace(alert, revision=2, state="updated", at=later, verified=True, reason="terverifikasi")
    cancelled = replace(updated, revision=3, state="cancelled", at=later + timedelta(hours=1), reason="dibantah")
    assert store.alerts.update(updated) == updated
    assert store.alerts.update(updated) == updated
    assert store.alerts.update(cancelled) == cancelled
    assert store.alerts.history("kentongan-1") == [alert, updated, cancelled]
    assert store.alerts.current(10) == [cancelled]
    assert store.alerts.of_incident(alert.incident_id) == store.alerts.get("kentongan-1") == cancelled
    assert cancelled.first_raised_at == now


def test_an_alert_revision_that_comes_too_late_is_refused(store, alert):
    store.alerts.raise_(replace(alert, revision=5))
    with pytest.raises(StoreError, match="is at revision 5; 4 comes too late"):
        store.alerts.update(replace(alert, revision=4, state="updated"))


def test_an_alert_never_raised_is_not_updated(store, alert):
    with pytest.raises(UnknownItemError, match="it must be raised before it can be updated"):
        store.alerts.update(replace(alert, state="updated"))


def test_an_alert_of_no_incident_is_refused(store, now):
    with pytest.raises(UnknownItemError, match='no such incident "9"'):
        store.alerts.raise_(Alert("x", 9, 1, "raised", now, now, verified=False, exercise=True))


def test_a_uid_of_another_incident_is_refused(store, alert, incident, articles, now):
    store.alerts.raise_(alert)
    other = store.incidents.open(incident, articles[1:2], now)
    with pytest.raises(StoreError, match="another incident's alert"):
        store.alerts.raise_(replace(alert, incident_id=other.id))
