"""What leaves the house by itself, and what waits for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from data.errors import InputError
from data.records import IncidentStatus, Modality
from feeds.alerting import alert_rules_of, next_step

if TYPE_CHECKING:
    from feeds.items import AlertItem


@pytest.mark.parametrize(
    ("severity", "modality", "tier", "armed", "expected"),
    [
        (4, Modality.KEJADIAN, 1, False, "raise"),
        (3, Modality.DUGAAN, 3, False, "raise"),
        (3, Modality.KEJADIAN, 4, False, None),  # a clone alone waits for an analyst
        (2, Modality.KEJADIAN, 1, False, None),
        (3, Modality.PENANGANAN_HUKUM, 1, False, None),
        (3, Modality.ANCAMAN_POTENSI, 1, False, None),
        (3, Modality.ANCAMAN_POTENSI, 1, True, "raise"),  # a threat with a bomb or arms
    ],
)
def test_severity_modality_and_tier_decide_what_is_raised(
    item: AlertItem, severity: int, modality: Modality, tier: int, armed: bool, expected: str | None
) -> None:
    incident = replace(item.incident, severity=severity, modality=modality, best_tier=tier)
    assert next_step(incident, None, withdrawn=False, armed_threat=armed) == expected


def test_what_a_person_verified_leaves_at_any_level(item: AlertItem) -> None:
    incident = replace(item.incident, severity=2, status=IncidentStatus.TERVERIFIKASI)
    assert next_step(incident, None, withdrawn=False) == "raise"


def test_a_raised_alert_is_left_alone_until_the_incident_changes(item: AlertItem) -> None:
    current = replace(item.alert, incident_revision=item.incident.revision)
    assert next_step(item.incident, current, withdrawn=False) is None
    assert next_step(replace(item.incident, revision=2), current, withdrawn=False) == "update"


def test_withdrawal_and_rejection_take_an_alert_back(item: AlertItem) -> None:
    current = replace(item.alert, incident_revision=1)
    assert next_step(item.incident, current, withdrawn=True) == "cancel"
    rejected = replace(item.incident, status=IncidentStatus.BUKAN_ANCAMAN)
    assert next_step(rejected, current, withdrawn=False) == "cancel"
    assert next_step(replace(item.incident, severity=0), current, withdrawn=False) == "cancel"


def test_what_was_taken_back_is_not_taken_back_twice(item: AlertItem) -> None:
    cancelled = replace(item.alert, state="cancelled", incident_revision=1)
    assert next_step(item.incident, cancelled, withdrawn=True) is None


def rule(**values: object) -> dict[str, object]:
    return {"tingkat": 3, "modalitas": ["kejadian", "dugaan"], "tier": 3, "ancaman_senjata": True} | values


def test_the_first_special_rule_that_is_for_an_incident_decides(item: AlertItem) -> None:
    incident = replace(item.incident, severity=2, modality=Modality.KEJADIAN, best_tier=3, signals=("hoaks",))
    province = incident.places[0].code[:2]
    early = rule(sinyal=["hoaks"], wilayah=[province], tingkat=2)
    never = rule(sinyal=["hoaks"], tingkat=None)

    def step(*special: dict[str, object]) -> str | None:
        return next_step(incident, None, withdrawn=False, rules=alert_rules_of({"umum": {}, "khusus": list(special)}))

    assert step() is None
    assert step(early, never) == "raise"
    assert step(never, early) is None
    assert step(rule(wilayah=["99"], tingkat=2)) is None
    assert step(rule(sinyal=["bencana"], tingkat=2)) is None


def test_a_rule_never_holds_back_what_a_person_verified_nor_what_must_be_taken_back(item: AlertItem) -> None:
    never = alert_rules_of({"umum": rule(tingkat=None)})
    verified = replace(item.incident, status=IncidentStatus.TERVERIFIKASI)
    assert next_step(verified, None, withdrawn=False, rules=never) == "raise"
    current = replace(item.alert, incident_revision=1)
    assert next_step(item.incident, current, withdrawn=True, rules=never) == "cancel"


@pytest.mark.parametrize(
    "setting",
    [
        {"umum": rule(tingkat=1)},
        {"umum": rule(tingkat=5)},
        {"umum": rule(tier=0)},
        {"umum": rule(modalitas=["gosip"])},
        {"umum": {}, "khusus": [rule()]},
        {"umum": {}, "khusus": [rule(sinyal="hoaks")]},
        [],
    ],
)
def test_rules_that_will_not_do_are_refused(setting: object) -> None:
    with pytest.raises(InputError):
        alert_rules_of(setting)
