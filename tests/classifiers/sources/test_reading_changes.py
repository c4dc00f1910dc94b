"""Changes in how a source's pages are read, against its own past; and the sums that find them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log

import pytest

from classifiers.sources.cusum import Run, count_step, mean_step, run_of, share_step
from classifiers.sources.reading import barred, half_lost, length_change, share_change
from data.sightings import SourceHour

START = datetime(2024, 11, 1, tzinfo=UTC)


def rows(*parts: tuple[int, int, int]) -> list[tuple[datetime, int, int]]:
    """Return hours from (how many, hits, trials)."""
    found: list[tuple[datetime, int, int]] = []
    for hours, hits, of in parts:
        found += [(START + timedelta(hours=len(found) + number), hits, of) for number in range(hours)]
    return found


def test_a_sum_never_falls_below_nothing_and_remembers_when_it_rose() -> None:
    assert run_of([(1, -2.0), (2, 1.0), (3, 1.5)], 10.0) == Run(2.5, 2)
    assert run_of([(1, 1.0), (2, -1.0)], 10.0) == Run(0.0, None)
    assert run_of([(1, 9.0), (2, 9.0), (3, -2.0)], 10.0) == Run(8.0, 1)
    assert run_of([], 10.0) == Run(0.0, None)


def test_steps_are_log_likelihood_ratios() -> None:
    # Poisson: e^-1 1^0 against e^-4 4^0, and one event.
    assert count_step(0, 4.0, 0.25) == pytest.approx(3.0)
    assert count_step(1, 4.0, 0.25) == pytest.approx(3.0 - log(4))
    assert count_step(0, 4.0, 0.25, dispersion=2.0) == pytest.approx(1.5)
    assert share_step(1, 2, 0.1, 0.5) == pytest.approx(log(0.5 / 0.1) + log(0.5 / 0.9))
    # Normal: half-way between both means nothing is learned.
    assert mean_step(0.5, 1, 0.0, 1.0, 1.0) == pytest.approx(0.0)
    assert mean_step(1.0, 1, 0.0, 1.0, 1.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(200, 1, 10)], None),  # as ever
        ([(200, 6, 10)], None),  # many videos, as ever
        ([(200, 1, 10), (3, 10, 10)], (200, 30, 30)),  # the template has changed
        ([(200, 1, 10), (1, 6, 7)], None),  # seven pages are too few
        ([(3, 1, 10), (3, 10, 10)], None),  # no past to speak of
        ([(200, 9, 10), (30, 10, 10)], None),  # nothing was ever read: nothing is lost
        ([(200, 1, 10), (40, 2, 10)], None),  # one page in ten more does not matter
    ],
)
def test_a_share_that_rises_above_its_own_past_is_a_change(
    parts: list[tuple[int, int, int]], expected: tuple[int, int, int] | None
) -> None:
    change = share_change(rows(*parts), half_lost)
    if expected is None:
        assert change is None
    else:
        at, hits, of = expected
        assert change is not None
        assert (change.since, change.hits, change.of) == (START + timedelta(hours=at), hits, of)
        assert change.before == pytest.approx(0.1, abs=0.01)


def test_a_source_that_varies_much_needs_more_to_be_complained_of() -> None:
    steady = rows(*[(1, 2, 10)] * 240, (2, 8, 10))
    # The same share, but whole days of videos between days without.
    moody = rows(*[(24, 0, 10), (24, 4, 10)] * 5, (2, 8, 10))
    assert share_change(steady, half_lost) is not None
    assert share_change(moody, half_lost) is None


def test_what_is_looked_for() -> None:
    assert [half_lost(share) for share in (0.0, 0.5)] == [0.5, 0.75]
    assert [barred(share) for share in (0.0, 0.2, 0.5)] == [0.3, pytest.approx(0.6), 0.95]


def texts(*parts: tuple[int, int]) -> list[SourceHour]:
    """Return hours with two articles each, from (how many, characters); every other one is 20 % longer."""
    found: list[SourceHour] = []
    for hours, length in parts:
        for _ in range(hours):
            logs = [log(length), log(1.2 * length)]
            at = START + timedelta(hours=len(found))
            found.append(
                SourceHour(at, articles=2, log_length=sum(logs), log_length_squared=sum(one * one for one in logs))
            )
    return found


@pytest.mark.parametrize(
    ("parts", "direction"),
    [
        ([(100, 2000)], 0),
        ([(100, 2000), (10, 500)], -1),  # the second half is on another page now
        ([(100, 2000), (10, 6000)], 1),  # comments are read with it
        ([(100, 2000), (2, 500)], 0),  # four briefs
        ([(15, 2000), (10, 500)], 0),  # no past to speak of
        ([(100, 2000), (20, 1700)], 0),
    ],
)
def test_texts_much_shorter_or_longer_than_before_are_a_change(parts: list[tuple[int, int]], direction: int) -> None:
    change = length_change(texts(*parts))
    if not direction:
        assert change is None
    else:
        assert change is not None
        assert change.since == START + timedelta(hours=100)
        assert change.before == pytest.approx(2190, rel=0.01)
        assert (change.after > change.before) is (direction > 0)


def test_hours_without_articles_say_nothing_of_lengths() -> None:
    quiet = [SourceHour(START + timedelta(hours=200 + at), looks=1, answered=1) for at in range(50)]
    assert length_change([*texts((100, 2000)), *quiet]) is None
