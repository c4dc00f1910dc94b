"""Who copies whom is told from pairs of prints; who is no witness from how much of an outlet's work is others'."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from classifiers.syndication import Habit, Outlet, Printing, ordered, syndication, wilson_low
from data.copying import CopyPair, Sameness

NOON = datetime(2024, 11, 20, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def printing(number: int, published: float | None, seen: float, *, tz_assumed: bool = False) -> Printing:
    when = None if published is None else NOON + published * HOUR
    return Printing(number, f"outlet-{number}", when, tz_assumed, NOON + seen * HOUR)


def pair(number: int, copier: str, origin: str, *, hours: float | None = 1, kind: Sameness = Sameness.NEAR) -> CopyPair:
    delay = None if hours is None else hours * HOUR
    return CopyPair(1000 + number, copier, number, origin, kind, 0.9, delay)


def outlet(name: str, tier: int = 3, network: str | None = None, *, fixed: bool = False) -> Outlet:
    return Outlet(name, network or name, f"{name}.test", tier, fixed)


OUTLETS = {name: outlet(name) for name in ("asal", "tiru", "putar")}


def test_the_later_published_is_the_copy_whoever_was_seen_first() -> None:
    early, late = printing(1, 0, 9), printing(2, 3, 4)
    assert ordered(early, late) == (late, early, 3 * HOUR)
    assert ordered(late, early) == (late, early, 3 * HOUR)


def test_a_zone_that_a_page_does_not_name_leaves_two_hours_of_doubt() -> None:
    early, late = printing(1, 0, 8, tz_assumed=True), printing(2, 1, 2)
    assert ordered(early, late) == (early, late, 6 * HOUR)  # first sight decides
    assert ordered(printing(1, 0, 8, tz_assumed=True), printing(2, 3, 2))[2] == 3 * HOUR


def test_within_one_look_without_times_nobody_was_first() -> None:
    one, other = printing(1, None, 0), printing(2, None, 0.5)
    assert ordered(one, other) == (other, one, None)


def test_each_copy_is_laid_at_the_door_of_the_earliest_print() -> None:
    pairs = [
        CopyPair(30, "putar", 20, "tiru", Sameness.NEAR, 0.99, HOUR),
        CopyPair(30, "putar", 10, "asal", Sameness.NEAR, 0.80, 2 * HOUR),
        CopyPair(20, "tiru", 10, "asal", Sameness.EXACT, 1.0, HOUR),
    ]
    seen = syndication(pairs, {"asal": 1, "tiru": 1, "putar": 1}, OUTLETS)
    assert [(edge.copier, edge.origin, edge.pairs) for edge in seen.edges] == [
        ("putar", "asal", 1),
        ("tiru", "asal", 1),
    ]


def test_an_edge_tells_how_often_and_how_late() -> None:
    hours = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30)
    seen = syndication([pair(n, "tiru", "asal", hours=h) for n, h in enumerate(hours)], {"tiru": 44}, OUTLETS)
    edge = seen.edges[0]
    assert (edge.pairs, edge.share) == (11, 0.25)
    assert (edge.early_delay, edge.median_delay, edge.late_delay) == (2 * HOUR, 6 * HOUR, 10 * HOUR)


def standing(pairs: list[CopyPair], printed: int, of: Outlet) -> tuple[Habit | None, int, bool]:
    seen = syndication(pairs, {of.source_id: printed}, OUTLETS | {of.source_id: of})
    one = next(one for one in seen.standings if one.source_id == of.source_id)
    return one.habit, one.effective_tier, one.suggested


@pytest.mark.parametrize(
    ("copies", "printed", "found"),
    [
        (30, 40, (Habit.CLONE, 4, False)),
        (22, 40, (None, 3, False)),  # more than half, but not surely
        (9, 9, (None, 3, False)),  # too few to speak of a habit
    ],
)
def test_an_outlet_that_surely_copies_more_than_half_is_a_clone(copies: int, printed: int, found: object) -> None:
    assert standing([pair(n, "tiru", "asal") for n in range(copies)], printed, outlet("tiru")) == found


def test_an_outlet_that_spins_a_third_is_a_spinner() -> None:
    pairs = [pair(n, "putar", "asal", kind=Sameness.SPUN) for n in range(12)]
    assert standing(pairs, 36, outlet("putar")) == (Habit.SPINNER, 4, False)
    assert standing(pairs[:4], 12, outlet("putar")) == (None, 3, False)


def test_a_person_who_stands_by_a_tier_is_not_overruled() -> None:
    pairs = [pair(n, "tiru", "asal") for n in range(40)]
    assert standing(pairs, 40, outlet("tiru", fixed=True)) == (Habit.CLONE, 3, False)


def test_an_established_outlet_is_only_suggested() -> None:
    pairs = [pair(n, "tiru", "asal") for n in range(40)]
    assert standing(pairs, 40, outlet("tiru", tier=2)) == (Habit.CLONE, 2, True)


def test_a_host_that_is_known_to_spin_needs_no_figures() -> None:
    known = Outlet("swara", "swara", "swarafakta.my.id", 3)
    assert standing([], 1, known) == (Habit.KNOWN_SPINNER, 4, False)


def test_sister_sites_are_told_and_not_counted() -> None:
    sisters = {name: outlet(name, network="jaringan") for name in ("asal", "tiru")}
    seen = syndication([pair(n, "tiru", "asal") for n in range(40)], {"asal": 40, "tiru": 40}, sisters)
    assert seen.edges[0].sisters
    assert [one.habit for one in seen.standings] == [None, None]
    assert seen.groups == (("asal", "tiru"),)


def test_pairs_without_an_order_accuse_nobody() -> None:
    seen = syndication([pair(n, "tiru", "asal", hours=None) for n in range(40)], {"tiru": 40}, OUTLETS)
    assert seen.edges == ()
    assert [(one.source_id, one.undecided) for one in seen.standings if one.undecided] == [("tiru", 40)]


def test_an_outlet_gone_from_the_catalogue_is_of_tier_three() -> None:
    seen = syndication([pair(n, "hilang", "asal") for n in range(30)], {"hilang": 30}, {})
    first = seen.standings[0]
    assert (first.source_id, first.tier, first.effective_tier) == ("hilang", 3, 4)


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson_low(0, 0) == 0.0
    assert wilson_low(30, 40) == pytest.approx(0.5981, abs=0.0001)  # worked by hand
