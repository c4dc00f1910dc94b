from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classifiers.stages import load_calendar
from classifiers.urgency import urgency
from data.records import Urgency

ORDINARY, NEAR, RECAP = "2024-10-01", "2024-11-25", "2024-12-05"


@pytest.mark.parametrize(
    ("severity", "day", "expected"),
    [
        (4, ORDINARY, Urgency.P1),
        (3, NEAR, Urgency.P1),
        (3, ORDINARY, Urgency.P2),
        (3, RECAP, Urgency.P2),
        (2, NEAR, Urgency.P3),
        (1, NEAR, Urgency.P4),
        (0, ORDINARY, Urgency.P4),
    ],
)
def test_urgency_follows_severity_and_the_nearness_of_the_vote(severity: int, day: str, expected: Urgency) -> None:
    moment = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    assert urgency(severity, load_calendar().stage_at(moment, ["13.06"])) is expected


def test_without_a_stage_level_three_is_within_two_hours() -> None:
    assert urgency(3, None) is Urgency.P2
