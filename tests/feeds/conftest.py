"""One made-up alert, as every format gets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.records import Alert, EventTime, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from feeds import Channel
from feeds.items import AlertItem, PlaceLine, SourceLine

RAISED = datetime(2024, 11, 26, 15, 0, tzinfo=UTC)


@pytest.fixture
def channel() -> Channel:
    return Channel(
        authority="desk.example", now=datetime(2024, 11, 27, tzinfo=UTC), base_url="https://desk.example/umpan/"
    )


@pytest.fixture
def item() -> AlertItem:
    place = Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 15, 0.9)
    incident = Incident(
        id=7,
        title='Posko dibakar, korban Budi Santoso (34) luka & "warga" panik',
        signals=("perusakan", "kekerasan_intimidasi"),
        modality=Modality.KEJADIAN,
        severity=3,
        urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU,
        places=(place,),
        opened_at=RAISED,
        first_seen=datetime(2024, 11, 26, 14, 30, tzinfo=UTC),
        last_seen=RAISED,
        event_time=EventTime(
            datetime(2024, 11, 26, 12, 0, tzinfo=UTC), datetime(2024, 11, 26, 16, 59, tzinfo=UTC), "text", 0, 12
        ),
        article_ids=(1, 2),
        spread=2,
        independent_sources=1,
        best_tier=3,
    )
    return AlertItem(
        alert=Alert(
            uid="tag:desk.example,2024-11-26:kejadian:7",
            incident_id=7,
            revision=1,
            state="raised",
            at=RAISED,
            first_raised_at=RAISED,
            verified=False,
            exercise=False,
        ),
        incident=incident,
        places=(PlaceLine("13.77.01", "Kecamatan Pariaman Tengah", (-0.62512, 100.12345), "1377010", 3.5),),
        sources=(
            SourceLine("Kabar Nagari", "https://kabar.example/a?x=1&y=2", "Posko dibakar", 3, RAISED, RAISED),
            SourceLine("Suara Rantau", "https://rantau.example/b", "Posko dibakar", 3, RAISED, RAISED, is_copy=True),
        ),
        signal_names=("Perusakan & pembakaran", "Kekerasan"),
        signal_names_en=("Damage and arson", "Violence"),
        quotes=("Massa membakar posko, kata saksi.",),
        why=("isyarat: dibakar",),
        points=(("dasar: perusakan x kejadian", 2), ("masa tenang", 1)),
        stage="masa tenang Pilkada 2024",
    )


@pytest.fixture
def verified(item: AlertItem) -> AlertItem:
    return replace(item, alert=replace(item.alert, verified=True, revision=2, state="updated"), earlier=(item.alert,))
