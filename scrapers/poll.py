"""When to look at a source again: as often as it publishes, at least every hour, at most every five minutes."""

from __future__ import annotations

import math

SHORTEST_MINUTES = 5.0
LONGEST_MINUTES = 60.0
START_MINUTES = 15.0
"""Where a source without a usable interval begins: the interval at which 1,700 sites cost 4 requests per second."""

NEW_PER_LOOK = 2.0
"""New articles that a look should find: so an article waits half an interval on average, and few looks find nothing."""

FASTEST_SHRINK = 0.5
FASTEST_GROWTH = 1.5
"""One odd look (a first run, a burst, a quiet hour) moves the interval by no more than this."""

ASLEEP_HOURS = 24.0
"""Hours without anything new after which a source is looked at every hour: what publishes has a daily rhythm."""

QUIET_NIGHT_HOURS = 6.0
"""Hours without anything new up to which the interval grows to half an hour at most, a morning is not missed."""


def next_poll_minutes(current: float, *, offered: int, new: int, hours_since_new: float | None) -> float:
    """Return the minutes until the next look at a source, 5 to 60.

    ``current`` is the interval that has just passed, ``offered`` how many URLs its finders listed, ``new`` how many
    of them became new articles, ``hours_since_new`` the time since the last one (None: there never was one). Where
    everything that was listed is new, the list may have lost some before we came: the interval is halved.
    """
    if not math.isfinite(current) or current <= 0:
        current = START_MINUTES
    current = _within(current, SHORTEST_MINUTES, LONGEST_MINUTES)
    if new > 0:
        wanted = current * NEW_PER_LOOK / new
        if 1 < offered <= new:
            wanted = min(wanted, current * FASTEST_SHRINK)
        # The geometric mean: half of the way, so that chance does not swing it.
        step = _within(math.sqrt(wanted / current), FASTEST_SHRINK, FASTEST_GROWTH)
        return _within(current * step, SHORTEST_MINUTES, LONGEST_MINUTES)
    if hours_since_new is not None and hours_since_new >= ASLEEP_HOURS:
        return LONGEST_MINUTES
    longest = LONGEST_MINUTES
    if hours_since_new is not None and hours_since_new < QUIET_NIGHT_HOURS:
        longest = max(LONGEST_MINUTES / 2, current)
    return _within(current * FASTEST_GROWTH, SHORTEST_MINUTES, longest)


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
