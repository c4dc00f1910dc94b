"""Bursts: what stands out of its own past is raised once, what is usual, new or merely read more is not."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import ears
from classifiers.bursts import PANEL_DAYS, find_bursts
from classifiers.discoveries import q_values
from classifiers.expectation import expect, upper_tail
from classifiers.series import Key, Reading, exposures, panel_of
from data.records import Modality
from data.watching import CountedIncident, Scale

NOW = datetime(2024, 11, 20, 13, 30, tzinfo=UTC)  # a Wednesday, 20.30 WIB
DAY = timedelta(days=1)
REGIONS = ["13", "13.71", "13.77"]
SIGNALS = ("perusakan", "politik_uang")


def happened(number, back, region="13.77", signal="perusakan", severity=2, hour=3, witnesses=1):
    """Return an incident ``back`` days before now, at ``hour`` UTC."""
    at = (NOW - back * DAY).replace(hour=hour, minute=0)
    return CountedIncident(
        number, at, at, severity, Modality.KEJADIAN, (signal,), (region[:2], region), False, witnesses
    )


def steady(every=7, first=1, region="13.77", signal="perusakan", start=1):
    """Return one incident every ``every`` days, over all of the past."""
    return [happened(start + back, back, region, signal) for back in range(first, PANEL_DAYS, every)]


def reading(since_days=400, rate=1.0, region="13.77", source="satu"):
    return Reading(region, source, NOW - since_days * DAY, rate)


def everywhere(since_days=400, rate=1.0, source="satu"):
    return [reading(since_days, rate, region, source) for region in REGIONS]


def found(incidents, readings=None, taken=(), own=(), now=NOW):
    read = exposures(readings or everywhere(), REGIONS, now, PANEL_DAYS)
    days = panel_of(incidents, REGIONS, SIGNALS, now, PANEL_DAYS, read, lambda one: one.counted_at)
    hours = panel_of(incidents, REGIONS, SIGNALS, now, PANEL_DAYS, read, lambda one: one.known_at)
    return find_bursts(days, hours, now, taken, own)


def test_six_incidents_in_two_days_where_one_a_week_is_usual_are_a_burst():
    burst = [happened(500 + number, number % 2, severity=number % 3 + 1) for number in range(6)]
    (one,) = found(steady() + burst)
    assert (one.region, one.signal, one.scale) == ("13.77", "perusakan", Scale.HARI)
    # In Pariaman the 19th begins at 17.00 UTC of the 18th.
    assert (one.start, one.end) == (datetime(2024, 11, 18, 17, tzinfo=UTC), datetime(2024, 11, 20, 17, tzinfo=UTC))
    assert one.observed == 7
    # One a week, and always on a Tuesday: between two sevenths and one.
    assert 2 / 7 - 0.05 < one.expected < 1.0
    assert one.p_value <= one.q_value < 0.1
    assert "c2" in one.method


def test_the_incidents_behind_it_come_gravest_first_then_the_better_witnessed():
    burst = [
        happened(501, 0, severity=1),
        happened(502, 0, severity=3),
        happened(503, 0, severity=2, witnesses=3),
        happened(504, 0, severity=2),
        happened(505, 0, severity=4),
    ]
    (one,) = found(steady(first=3) + burst)
    assert one.incident_ids == (505, 502, 503, 504, 501)


def test_one_event_is_raised_in_one_series_not_in_four():
    burst = [happened(500 + number, 0) for number in range(8)]
    assert [(one.region, one.signal) for one in found(steady() + burst)] == [("13.77", "perusakan")]


def test_two_events_of_one_province_are_two_bursts():
    burst = [happened(500 + number, 0) for number in range(8)]
    other = [happened(600 + number, 0, "13.71", "politik_uang") for number in range(9)]
    raised = {(one.region, one.signal) for one in found(steady() + burst + other)}
    assert raised == {("13.77", "perusakan"), ("13.71", "politik_uang")}


def test_what_is_spread_over_a_province_is_raised_for_the_province():
    regions = [f"13.{number:02}" for number in range(1, 13)]
    spread = [happened(500 + number, 0, region) for number, region in enumerate(regions)]
    every = ["13", *regions]
    read = exposures([reading(region=region) for region in every], every, NOW, PANEL_DAYS)
    incidents = steady() + spread
    days = panel_of(incidents, every, SIGNALS, NOW, PANEL_DAYS, read, lambda one: one.counted_at)
    hours = panel_of([], every, SIGNALS, NOW, PANEL_DAYS, read, lambda one: one.known_at)
    assert [(one.region, one.signal) for one in find_bursts(days, hours, NOW)] == [("13", "perusakan")]


def test_two_incidents_are_a_coincidence():
    assert found([happened(1, 0), happened(2, 0)]) == []


def test_five_incidents_within_two_hours_are_a_burst_of_hours_when_the_day_has_hardly_begun():
    incidents = [
        CountedIncident(
            number,
            NOW - 3 * DAY,
            NOW - timedelta(minutes=10 * number),
            2,
            Modality.KEJADIAN,
            ("perusakan",),
            ("13", "13.77"),
        )
        for number in range(1, 6)
    ]
    # Counted under an earlier day each, so that only the hours at which they became known stand out.
    spread = [
        CountedIncident(one.id, NOW - (one.id * 9) * DAY, one.known_at, 2, one.modality, one.signals, one.regions)
        for one in incidents
    ]
    (one,) = found(spread)
    assert (one.region, one.signal, one.scale, one.observed) == ("13.77", "perusakan", Scale.JAM, 5)
    assert (one.start, one.end) == (datetime(2024, 11, 20, 12, tzinfo=UTC), datetime(2024, 11, 20, 14, tzinfo=UTC))


def test_a_region_that_is_read_since_last_week_raises_nothing_however_much_comes_from_there():
    burst = [happened(500 + number, number % 5) for number in range(40)]
    assert found(burst, everywhere(since_days=10)) == []
    assert found(burst, everywhere(since_days=400)) != []


def test_a_region_that_nobody_reads_is_not_judged():
    assert found([happened(number, 0) for number in range(9)], [reading(region="13.71")]) == []


def test_twice_the_sources_and_twice_the_incidents_are_no_burst():
    usual = [incident for start in (0, 100, 200) for incident in steady(every=2, first=1, start=1 + start)]
    more = [happened(700 + 10 * back + number, back) for back in range(5) for number in range(3)]
    one_source = everywhere()
    added = [*one_source, *everywhere(since_days=8, rate=2.0, source="dua")]
    assert found(usual + more, one_source) != []
    assert found(usual + more, added) == []


def test_incidents_behind_a_standing_warning_raise_nothing_in_another_series():
    burst = [happened(500 + number, 0) for number in range(8)]
    behind = {one.id for one in burst}
    assert found(steady() + burst, taken=behind) == []
    (again,) = found(steady() + burst, taken=behind, own={Key("13.77", "perusakan")})
    assert set(again.incident_ids) >= behind


def test_fewer_incidents_on_sundays_make_mondays_no_burst():
    # Ten on each weekday, none on Saturdays and Sundays; NOW is a Wednesday, look on a Monday evening.
    monday = NOW - 2 * DAY
    busy = [
        happened(back * 20 + number, back)
        for back in range(2, PANEL_DAYS)
        if (NOW - back * DAY).weekday() < 5
        for number in range(10)
    ]
    assert found(busy, now=monday) == []


@given(st.integers(1, 9), st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_a_constant_series_never_raises_anything(every, first):
    assert found(steady(every, first)) == []


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_the_order_of_incidents_is_irrelevant(seed):
    incidents = steady() + [happened(500 + number, number % 3, severity=number % 4) for number in range(9)]
    shuffled = list(incidents)
    random.Random(seed).shuffle(shuffled)
    assert found(shuffled) == found(incidents)


@given(st.integers(9, 60), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_doubling_what_is_read_with_its_offset_raises_nothing(back, every):
    usual = steady(every, 0)
    # From the day on which the second source has settled every incident has a second one beside it.
    doubled = [happened(1000 + one.id, one.id - 1) for one in usual if one.id - 1 <= back - 3]
    read = [*everywhere(), *everywhere(since_days=back, source="dua")]
    assert found(usual + doubled, read) == []


def test_q_values_by_hand():
    assert q_values(np.array([0.01, 0.04, 0.03, 0.5])).tolist() == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    # 1 + 1/2 + 1/3 + 1/4 = 25/12
    strict = q_values(np.array([0.01, 0.04, 0.03, 0.5]), any_dependency=True)
    assert strict.tolist() == pytest.approx([0.04 * 25 / 12, 0.16 / 3 * 25 / 12, 0.16 / 3 * 25 / 12, 1.0])
    assert q_values(np.array([])).size == 0


def test_the_upper_tail_of_poisson_and_of_the_negative_binomial_by_hand():
    def tail(observed, mean, dispersion, log_variance=0.0):
        return float(upper_tail(*(np.array([value]) for value in (observed, mean, dispersion, log_variance)))[0])

    assert tail(1.0, 2.0, 1.0) == pytest.approx(1 - np.exp(-2.0))
    assert tail(0.0, 2.0, 1.0) == 1.0
    # Mean 2 and variance 4 is shape 2, p 1/2: P(0) = 1/4, P(1) = 1/4.
    assert tail(2.0, 2.0, 2.0) == pytest.approx(0.5)
    assert tail(2.0, 2.0, 1.0, 0.5) == pytest.approx(0.5)


def test_the_expectation_follows_weekdays_growth_and_exposure():
    days = PANEL_DAYS
    weekdays = np.arange(days) % 7
    calm = np.where(weekdays < 5, 12.0, 4.0)
    growing = 10 * np.exp(0.008 * np.arange(days))
    exposed = np.where(np.arange(days) < 50, 5.0, 10.0)
    counts = np.round(np.stack([calm, growing, exposed]))
    exposure = np.stack([np.ones(days), np.ones(days), exposed])
    model = expect(counts, exposure, weekdays.astype(np.int64), np.array([0, 1, 2]), (1, 7))
    assert model.mean[0, -7:] == pytest.approx(calm[-7:], rel=0.1)
    assert model.mean[1, -1] == pytest.approx(growing[-1], rel=0.1)
    assert model.mean[2, -1] == pytest.approx(10.0, rel=0.05)
    assert (model.history == 84).all()
    assert (model.dispersion[1] >= 1).all()


def test_a_burst_of_the_past_does_not_lift_what_is_expected():
    quiet = np.full((1, PANEL_DAYS), 2.0)
    once = quiet.copy()
    once[0, 40:43] = 30.0
    weekdays, group = (np.arange(PANEL_DAYS) % 7).astype(np.int64), np.array([0])
    usual, after = (expect(one, np.ones_like(one), weekdays, group).mean[0, -1] for one in (quiet, once))
    assert after < 1.5 * usual


def test_ears_by_hand():
    # Seven days 1 2 1 2 1 2 1: mean 10/7, standard deviation 0.5345; the limit of C1 is 3.03.
    past = [1, 2, 1, 2, 1, 2, 1]
    assert ears.c1(np.array([[*past, 3.0]]))[0, -1].item() is False
    assert ears.c1(np.array([[*past, 4.0]]))[0, -1].item() is True
    # Two days later the burst's own days are no part of its past.
    assert ears.c1(np.array([[*past, 4.0, 4.0, 4.0]]))[0, -1].item() is False
    assert ears.c2(np.array([[*past, 4.0, 4.0, 4.0]]))[0, -1].item() is True
    # Three days of 2.5 standard deviations each: none is enough alone, together they are (C3).
    slow = np.array([[*past, 1.0, 1.0, 2.6, 2.6, 2.6]])
    assert ears.c2(slow)[0, -1].item() is False
    assert ears.c3(slow)[0, -1].item() is True
    assert not ears.c1(np.array([past]))[0].any()


def test_exposure_begins_on_the_first_day_after_a_source_has_settled():
    read = exposures(
        [Reading("13.77", "satu", datetime(2024, 11, 10, 2, tzinfo=UTC), 0.5)], ["13.77", "13.71"], NOW, 14
    )
    # First article on the 10th, two days to settle, so the 13th is the first whole day; the last is the 20th.
    assert read["13.77"].tolist() == [0.0] * 6 + [0.5] * 8
    assert read["13.71"].tolist() == [0.0] * 14


def test_days_of_a_panel_are_those_of_the_region():
    # 16.00 UTC on the 19th: 23.00 WIB of the 19th, 01.00 WIT of the 20th.
    at = datetime(2024, 11, 19, 16, tzinfo=UTC)
    pair = [
        CountedIncident(1, at, at, 1, Modality.KEJADIAN, ("perusakan",), ("13",)),
        CountedIncident(2, at, at, 1, Modality.KEJADIAN, ("perusakan",), ("91",)),
    ]
    panel = panel_of(pair, ["13", "91"], SIGNALS, NOW, 3, {}, lambda one: one.counted_at)
    assert panel.days == (date(2024, 11, 18), date(2024, 11, 19), date(2024, 11, 20))
    counts = {key: panel.counts[row].tolist() for row, key in enumerate(panel.keys)}
    assert counts[Key("13", None)] == [0, 1, 0]
    assert counts[Key("91", None)] == [0, 0, 1]
    assert counts[Key("91", "politik_uang")] == [0, 0, 0]
