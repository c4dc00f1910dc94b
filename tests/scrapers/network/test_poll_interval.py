"""A source is looked at as often as it publishes, within five minutes and an hour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.poll import next_poll_minutes


@pytest.mark.parametrize(
    ("current", "offered", "new", "hours_since_new", "minutes"),
    [
        (20, 50, 2, 0, 20),  # two new ones in a look: just right
        (20, 50, 8, 0, 10),  # four times as many: half of the way
        (20, 50, 200, 0, 10),  # a first run halves it, no more
        (20, 50, 1, 0, 28.2843),
        (20, 10, 10, 0, 10),  # all that is listed is new: some may have been missed
        (20, 50, 0, 1, 30),
        (30, 50, 0, 2, 30),  # a quiet hour by day
        (45, 50, 0, 2, 45),
        (30, 50, 0, 8, 45),
        (20, 50, 0, 30, 60),  # asleep
        (15, 50, 0, None, 22.5),  # nothing ever
        (59, 50, 1, 0, 60),
        (5, 50, 40, 0, 5),
        (6, 50, 40, 0, 5),
        (500, 50, 2, 0, 60),
        (0, 50, 2, 0, 15),
        (-3, 50, 2, 0, 15),
        (float("nan"), 50, 2, 0, 15),
        (20, 1, 1, 0, 28.2843),  # one listed and new says nothing of what was missed
    ],
)
def test_the_next_look(current, offered, new, hours_since_new, minutes):
    got = next_poll_minutes(current, offered=offered, new=new, hours_since_new=hours_since_new)
    assert got == pytest.approx(minutes, abs=0.001)


@given(
    st.floats(),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
    st.none() | st.floats(min_value=-1e6, max_value=1e9),
)
def test_the_interval_never_leaves_its_bounds(current, offered, new, hours):
    assert 5 <= next_poll_minutes(current, offered=offered, new=new, hours_since_new=hours) <= 60


@pytest.mark.parametrize(("per_hour", "minutes"), [(40, 5), (12, 10), (4, 30), (2, 60), (0.5, 60)])
def test_a_steady_source_is_soon_looked_at_in_its_own_rhythm(per_hour, minutes):
    interval, credit, since = 15.0, 0.0, 0.0
    seen = []
    for _ in range(80):
        credit += per_hour * interval / 60
        new = int(credit)
        credit -= new
        since = 0.0 if new else since + interval / 60
        interval = next_poll_minutes(interval, offered=50, new=new, hours_since_new=since)
        seen.append(interval)
    mean = sum(seen[-40:]) / 40
    assert minutes / 1.6 <= mean <= min(60, minutes * 1.6)
