"""Rising precursors: threats and allegations that build up before a stage, and what is none of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from classifiers.precursors import PANEL_DAYS, find_precursors, grown, is_precursor, next_stage, p_values
from classifiers.series import Key, Reading, exposures, panel_of
from classifiers.stages import Calendar, Stage, load_calendar
from data.records import Modality
from data.watching import CountedIncident, WarningKind

NOW = datetime(2024, 11, 15, 10, tzinfo=UTC)
DAY = timedelta(days=1)
REGIONS = ["13", "13.71", "13.77"]
SIGNALS = ("kekerasan_intimidasi", "politik_uang")


def told(number, back, region="13.77", signal="kekerasan_intimidasi", modality=Modality.ANCAMAN_POTENSI, severity=2):
    at = NOW - back * DAY
    return CountedIncident(number, at, at, severity, modality, (signal,), (region[:2], region))


def weeks(*counts, region="13.77", start=1):
    """Return as many threats per week as ``counts`` say, the last week last."""
    made = []
    for ago, count in enumerate(reversed(counts)):
        made += [told(start + len(made) + index, 7 * ago + index % 7, region) for index in range(count)]
    return made


def found(incidents, calendar=None, since_days=100, **standing):
    readings = [Reading(region, "satu", NOW - since_days * DAY, 1.0) for region in REGIONS]
    read = exposures(readings, REGIONS, NOW, PANEL_DAYS)
    panel = panel_of(incidents, REGIONS, SIGNALS, NOW, PANEL_DAYS, read, lambda one: one.known_at)
    return find_precursors(panel, calendar or load_calendar(), NOW, **standing)


def test_threats_that_grow_over_three_weeks_before_the_quiet_days_are_raised():
    (one,) = found(weeks(0, 1, 1, 3, 10))
    assert (one.kind, one.region, one.signal) == (WarningKind.PRAKURSOR, "13.77", "kekerasan_intimidasi")
    assert (one.observed, one.expected) == (10, 1.25)
    assert one.note == "H-9 masa tenang Pilkada 2024; ancaman dan dugaan per pekan: 1, 3, 10"
    assert len(one.incident_ids) == 10


@pytest.mark.parametrize(
    "counts",
    [
        (3, 3, 3, 3, 3),  # always so
        (0, 0, 0, 0, 3),  # too few
        (2, 6, 9, 6, 9),  # fell between
        (9, 6, 3, 1, 0),  # goes down
        (0, 5, 5, 5, 6),  # hardly more than usual
    ],
)
def test_what_does_not_build_up_is_not_raised(counts):
    assert found(weeks(*counts)) == []


def test_without_a_stage_ahead_nothing_is_raised():
    past = Calendar([stage for stage in load_calendar().stages if stage.last < NOW.date()])
    assert found(weeks(0, 1, 1, 3, 10), past) == []


def test_a_stage_of_another_kabupaten_is_none_of_ours():
    def poll(area):
        day = date(2024, 11, 27)
        return Calendar([Stage("psu", "PSU", "pemungutan", (area,), day, day, None, "")])

    assert found(weeks(0, 1, 1, 3, 10), poll("13.71")) == []
    assert len(found(weeks(0, 1, 1, 3, 10), poll("13.77"))) == 1


def test_a_kabupaten_that_was_not_read_for_five_weeks_is_not_judged():
    assert found(weeks(0, 1, 1, 3, 10), since_days=30) == []


def test_incidents_behind_a_standing_warning_do_not_raise_another():
    some = weeks(0, 1, 1, 3, 10)
    behind = {one.id for one in some}
    assert found(some, taken=behind) == []
    assert len(found(some, taken=behind, own={Key("13.77", "kekerasan_intimidasi")})) == 1


def test_the_order_of_incidents_is_irrelevant():
    some = weeks(0, 1, 1, 3, 10)
    assert found(some[::-1]) == found(some)


@pytest.mark.parametrize(
    ("modality", "severity", "is_one"),
    [
        (Modality.ANCAMAN_POTENSI, 1, True),
        (Modality.DUGAAN, 2, True),
        (Modality.DUGAAN, 0, False),
        (Modality.KEJADIAN, 3, False),
        (Modality.PENANGANAN_HUKUM, 2, False),
    ],
)
def test_threats_and_allegations_are_precursors(modality, severity, is_one):
    assert is_precursor(told(1, 0, modality=modality, severity=severity)) is is_one


def test_the_next_stage_is_the_nearest_that_begins_after_today():
    calendar = load_calendar()
    ahead = next_stage(calendar, "13.77", date(2024, 11, 15))
    assert ahead is not None
    assert (ahead.stage.kind, ahead.days) == ("masa_tenang", 9)
    after = next_stage(calendar, "13.77", date(2024, 11, 24))
    assert after is not None
    assert (after.stage.kind, after.days) == ("pemungutan", 3)
    assert next_stage(calendar, "13.77", date(2025, 1, 5)) is None


def test_p_values_by_hand():
    even = np.ones((1, 5))
    # Four incidents, all in the last of five weeks: (1/5) ** 4; the trend's p-value is larger.
    # Score 4 * 2 = 8, standard deviation sqrt(4 * 2): z = 2.83, p = 0.0023.
    assert float(p_values(np.array([[0.0, 0, 0, 0, 4]]), even)[0]) == pytest.approx(0.0023, abs=0.0001)
    assert float(p_values(np.zeros((1, 5)), even)[0]) == 1.0
    # Twice as much was read in the last week: twice as many are what was to be expected.
    usual = float(p_values(np.array([[5.0, 5, 5, 5, 10]]), np.array([[1.0, 1, 1, 1, 2]]))[0])
    assert usual > 0.4


def test_growth_by_hand():
    even = np.ones(5)
    assert grown(np.array([0.0, 1, 1, 2, 4]), even)
    assert not grown(np.array([0.0, 1, 2, 1, 4]), even)
    assert not grown(np.array([4.0, 4, 2, 3, 4]), even)
    assert not grown(np.array([0.0, 0, 1, 1, 3]), even)
