"""What was seen when: delays by leg, with errors of clocks counted and assumed zones apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from classifiers.timeliness import Leg, Spread, by_source, spread_of, timeliness
from data.store.sightings import Passage

SEEN = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


WHOLE = Passage(
    article_id=1,
    source_id="kabar",
    published=SEEN - minutes(30),
    tz_assumed=False,
    offered=SEEN - minutes(5),
    seen=SEEN,
    judged=SEEN + minutes(3),
    flagged=True,
    opened=SEEN + minutes(3),
    desk=SEEN + minutes(63),
    known_since=SEEN - timedelta(days=30),
)


def test_each_leg_of_the_way_is_measured() -> None:
    found = timeliness([WHOLE])
    assert {leg: spread.median for leg, spread in found.legs.items()} == {
        Leg.TERBIT_TERLIHAT: 30.0,
        Leg.TERBIT_TERLIHAT_ZONA_DUGAAN: None,
        Leg.TERDAFTAR_TERLIHAT: 5.0,
        Leg.TERLIHAT_DINILAI: 3.0,
        Leg.DINILAI_KEJADIAN: 0.0,
        Leg.KEJADIAN_DESK: 60.0,
        Leg.TERBIT_DESK: 93.0,
    }
    assert (found.articles, found.undated, found.assumed, found.archive) == (1, 0, 0, 0)
    assert (found.flagged, found.waiting, found.unseen) == (1, 0, 0)


def test_what_has_not_come_so_far_is_counted_and_in_no_leg() -> None:
    found = timeliness([replace(WHOLE, desk=None), replace(WHOLE, judged=None, flagged=False, opened=None, desk=None)])
    assert (found.flagged, found.waiting, found.unseen) == (1, 1, 1)
    assert [found.legs[leg].n for leg in (Leg.TERBIT_TERLIHAT, Leg.TERLIHAT_DINILAI, Leg.KEJADIAN_DESK)] == [2, 1, 0]


def test_an_assumed_zone_stands_apart_and_a_missing_time_is_counted() -> None:
    found = timeliness([replace(WHOLE, tz_assumed=True), replace(WHOLE, published=None)])
    assert (found.undated, found.assumed) == (1, 1)
    assert found.legs[Leg.TERBIT_TERLIHAT].n == 0
    assert found.legs[Leg.TERBIT_TERLIHAT_ZONA_DUGAAN].median == 30.0
    assert found.legs[Leg.TERBIT_DESK].n == 0


def test_what_is_older_than_the_first_look_is_archive() -> None:
    found = timeliness([replace(WHOLE, published=SEEN - timedelta(days=90))])
    assert found.archive == 1
    assert found.legs[Leg.TERBIT_TERLIHAT].n == 0
    assert found.legs[Leg.TERDAFTAR_TERLIHAT].n == 1


def test_what_was_published_after_it_was_read_is_an_error_of_a_clock() -> None:
    found = timeliness([WHOLE, replace(WHOLE, published=SEEN + minutes(60))])
    assert found.legs[Leg.TERBIT_TERLIHAT] == Spread(1, 30.0, 30.0, 30.0, negative=1, earliest=-60.0)


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ([], Spread(0, None, None, None)),
        ([-59.0], Spread(1, 0.0, 0.0, 0.0)),  # rounded up to the minute
        ([-61.0, -120.0], Spread(0, None, None, None, 2, -2.0)),
        # 0 to 10 minutes: the middle, the ninth decile, the worst.
        ([60.0 * count for count in range(10, -1, -1)], Spread(11, 5.0, 9.0, 10.0)),
    ],
)
def test_a_spread_is_middle_nine_in_ten_and_worst(delays: list[float], expected: Spread) -> None:
    assert spread_of(delays) == expected


def test_the_slowest_source_stands_first_and_those_without_times_last() -> None:
    slow = replace(WHOLE, source_id="lambat", published=SEEN - minutes(200))
    unsure = replace(WHOLE, source_id="duga", published=SEEN - minutes(90), tz_assumed=True)
    mute = replace(WHOLE, source_id="bisu", published=None)
    assert list(by_source([mute, WHOLE, unsure, slow])) == ["lambat", "duga", "kabar", "bisu"]
