"""Comments, outcomes and values of information: kept in order, on both engines, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.records import Incident, IncidentStatus, Modality, Urgency

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store


@pytest.fixture
def incident_id(store: Store, now: datetime) -> int:
    incident = Incident(
        id=0, title="Posko dibakar", signals=("perusakan",), modality=Modality.KEJADIAN, severity=3,
        urgency=Urgency.P1, status=IncidentStatus.BELUM_DITINJAU, places=(), opened_at=now, first_seen=now,
        last_seen=now, event_time=None, article_ids=(), spread=0, independent_sources=0, best_tier=3,
    )  # fmt: skip
    return store.incidents.open(incident, [], now).id


@pytest.fixture
def user_id(store: Store, now: datetime) -> int:
    user: Any = store.users.add("rina", "Rina", "analis", (), "x", now)
    return int(user.id)


def test_comments_come_in_their_order_with_those_they_name(
    store: Store, incident_id: int, user_id: int, now: datetime
) -> None:
    first = store.comments.add(incident_id, user_id, now, "satu \x00 <b>", (user_id,))
    store.comments.add(incident_id, user_id, now, "dua")
    one, two = store.comments.of_incident(incident_id)
    assert (one.id, one.text, one.mentions, one.at) == (first, "satu \N{REPLACEMENT CHARACTER} <b>", (user_id,), now)
    assert (two.text, two.mentions) == ("dua", ())
    assert (store.comments.count(incident_id), store.comments.count(incident_id + 1)) == (2, 0)


def test_of_outcomes_and_values_the_last_one_counts_and_all_stay(store: Store, incident_id: int, now: datetime) -> None:
    store.outcomes.add(incident_id, "benar", "vera", now)
    store.outcomes.add(incident_id, "tidak_benar", "ketua", now, "ternyata simulasi")
    assert [(one.outcome, one.by, one.note) for one in store.outcomes.of_incident(incident_id)] == [
        ("benar", "vera", ""),
        ("tidak_benar", "ketua", "ternyata simulasi"),
    ]
    assert store.outcomes.counted() == {"tidak_benar": 1}
    store.information_values.add(incident_id, "C", 3, "rina", now)
    store.information_values.add(incident_id, "B", 2, "vera", now, "camat membenarkan")
    assert [one.shown for one in store.information_values.of_incident(incident_id)] == ["C3", "B2"]
