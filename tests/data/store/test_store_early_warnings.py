"""Early warnings as they are kept, and incidents as they are counted, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import StoreError, UnknownItemError
from data.records import EventTime, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.watching import CountedIncident, EarlyWarning, Scale, WarningKind

DAY = timedelta(days=1)
NOON = datetime(2024, 11, 20, 5, tzinfo=UTC)


def warning(**changes):
    plain = EarlyWarning(
        id=0,
        kind=WarningKind.LONJAKAN,
        signal="perusakan",
        region="13.77",
        scale=Scale.HARI,
        start=NOON,
        end=NOON + DAY,
        observed=6,
        expected=0.4,
        p_value=1e-6,
        q_value=0.001,
        method="nb",
        incident_ids=(9, 4, 7),
        raised_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **changes)


def incident(place_codes=("13.77.01",), signals=("perusakan",), event=None, first=NOON, published=NOON, **changes):
    places = tuple(Place(code, code, PlaceRole.KEJADIAN, "text", 0, 4, 0.9) for code in place_codes)
    plain = Incident(
        id=0,
        title="Baliho dirusak",
        signals=signals,
        modality=Modality.KEJADIAN,
        severity=1,
        urgency=Urgency.P4,
        status=IncidentStatus.BELUM_DITINJAU,
        places=places,
        opened_at=first,
        first_seen=first,
        last_seen=first,
        event_time=None if event is None else EventTime(event, event + DAY, "text", 0, 4),
        article_ids=(),
        spread=1,
        independent_sources=1,
        best_tier=2,
        published=published,
    )
    return replace(plain, **changes)


def test_a_warning_comes_back_as_it_went_in_with_its_id(store):
    kept = store.early_warnings.open(warning())
    assert kept.id > 0
    assert store.early_warnings.get(kept.id) == kept
    assert store.early_warnings.standing() == [kept]


def test_the_same_burst_is_not_raised_twice_while_it_may_be_of_another_scale_signal_or_start(store):
    store.early_warnings.open(warning())
    with pytest.raises(StoreError, match="kept already"):
        store.early_warnings.open(warning(observed=7))
    store.early_warnings.open(warning(scale=Scale.JAM))
    store.early_warnings.open(warning(signal=None))
    with pytest.raises(StoreError, match="kept already"):
        store.early_warnings.open(warning(signal=None))
    store.early_warnings.open(warning(start=NOON - DAY))
    assert len(store.early_warnings.standing()) == 4


def test_an_update_changes_what_was_seen_and_never_what_it_is_known_by(store):
    kept = store.early_warnings.open(warning())
    later = NOON + 2 * DAY
    moved = replace(kept, observed=11, end=later, updated_at=later, start=NOON - 9 * DAY, region="13.71")
    written = store.early_warnings.update(moved)
    assert (written.observed, written.end, written.updated_at) == (11, later, later)
    assert (written.start, written.region, written.raised_at) == (NOON, "13.77", NOON)
    assert store.early_warnings.get(kept.id) == written


def test_what_has_ended_stands_no_more_and_is_listed_for_the_time_in_which_it_stood(store):
    ended = store.early_warnings.open(warning())
    ended = store.early_warnings.update(replace(ended, ended_at=NOON + 3 * DAY))
    other = store.early_warnings.open(warning(kind=WarningKind.PRAKURSOR, raised_at=NOON + 5 * DAY))
    assert store.early_warnings.standing() == [other]
    assert store.early_warnings.standing(WarningKind.LONJAKAN) == []
    assert store.early_warnings.list() == [other, ended]
    assert store.early_warnings.list(since=NOON + 4 * DAY) == [other]
    assert store.early_warnings.list(until=NOON + 4 * DAY) == [ended]


def test_a_warning_that_is_not_there_cannot_be_updated_or_shown(store):
    with pytest.raises(UnknownItemError):
        store.early_warnings.update(warning(id=5))
    with pytest.raises(UnknownItemError):
        store.early_warnings.get(5)


def test_an_incident_is_counted_with_its_kabupaten_its_province_and_its_signals(store):
    kept = store.incidents.open(incident(("13.77.01", "14.08"), ("sara_kebencian", "perusakan")), [], NOON)
    assert store.counts.incidents(NOON, NOON + DAY) == [
        CountedIncident(
            id=kept.id,
            counted_at=NOON,
            known_at=NOON,
            severity=1,
            modality=Modality.KEJADIAN,
            signals=("perusakan", "sara_kebencian"),
            regions=("13", "13.77", "14", "14.08"),
        )
    ]
    assert [one.id for one in store.counts.incidents(NOON, NOON + DAY, area="14")] == [kept.id]
    assert store.counts.incidents(NOON, NOON + DAY, area="15") == []
    assert store.counts.incidents(NOON - DAY, NOON) == []


@pytest.mark.parametrize(
    ("event", "published", "first_seen", "counted", "known"),
    [
        # What happened two days before anybody told of it.
        (NOON - 2 * DAY, NOON, NOON, NOON - 2 * DAY, NOON),
        # A demonstration that is announced counts when it is announced.
        (NOON + 3 * DAY, NOON, NOON, NOON, NOON),
        # A verdict on what happened two years ago is news of today.
        (NOON - 700 * DAY, NOON, NOON, NOON, NOON),
        # No time in the text, and the article was found late.
        (None, NOON - DAY, NOON, NOON - DAY, NOON - DAY),
        # A page that says it is of tomorrow.
        (None, NOON + DAY, NOON, NOON, NOON),
        (None, None, NOON, NOON, NOON),
    ],
)
def test_the_moment_under_which_an_incident_counts(store, event, published, first_seen, counted, known):
    store.incidents.open(incident(event=event, published=published, first=first_seen), [], NOON)
    (found,) = store.counts.incidents(NOON - 1000 * DAY, NOON + 10 * DAY)
    assert (found.counted_at, found.known_at) == (counted, known)


def test_the_moment_follows_an_incident_that_is_corrected(store):
    kept = store.incidents.open(incident(), [], NOON)
    store.incidents.update(replace(kept, event_time=EventTime(NOON - DAY, NOON, "text", 0, 4)), NOON)
    (found,) = store.counts.incidents(NOON - 2 * DAY, NOON + DAY)
    assert found.counted_at == NOON - DAY
    assert store.counts.incidents(NOON, NOON + DAY) == []
    assert [one.id for one in store.counts.incidents(NOON, NOON + DAY, by="known_at")] == [kept.id]


def test_what_a_person_called_no_threat_or_a_duplicate_is_not_counted(store):
    for status in IncidentStatus:
        store.incidents.open(incident(status=status), [], NOON)
    found = store.counts.incidents(NOON, NOON + DAY)
    assert len(found) == len(IncidentStatus) - 2
    assert sum(one.verified for one in found) == 3


def test_the_first_article_of_every_source_says_since_when_it_is_read(store):
    assert store.counts.first_articles() == {}
