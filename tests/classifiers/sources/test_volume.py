"""Silence and drops: a source is measured by its own hours, and only as far as it was asked and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from classifiers.sources.rhythm import LEBARAN_SHARE, is_lebaran, rhythm_of, series_of
from classifiers.sources.volume import common_days, volume_of
from data.sightings import SourceHour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classifiers.sources.volume import Volume

WIB = ZoneInfo("Asia/Jakarta")
START = datetime(2024, 10, 7, 17, 0, tzinfo=UTC)  # midnight of a Tuesday in Padang
WORKING = range(7, 22)


def hourly(local: datetime) -> int:
    """One article an hour from seven to ten at night, half of it on Sundays."""
    return int(local.hour in WORKING and (local.weekday() < 6 or local.hour % 2 == 0))


def hours_of(days: float, brings: Callable[[datetime], int]) -> list[SourceHour]:
    found = []
    for number in range(int(24 * days)):
        at = START + timedelta(hours=number)
        found.append(SourceHour(at, looks=1, answered=1, new=brings(at.astimezone(WIB))))
    return found


def judged(hours: Sequence[SourceHour], **given: object) -> Volume:
    now = hours[-1].hour + timedelta(hours=1)
    return volume_of(series_of(hours, WIB), now, **given)  # type: ignore[arg-type]


def silent_from(hours: Sequence[SourceHour], first: int) -> list[SourceHour]:
    return [replace(one, new=0) if at >= first else one for at, one in enumerate(hours)]


def test_a_rhythm_is_level_hours_and_weekdays() -> None:
    rhythm = rhythm_of(series_of(hours_of(35, hourly), WIB))
    assert rhythm is not None
    # 15 on six days, 7 on Sundays: 97 a week.
    assert rhythm.level == pytest.approx(97 / 7, rel=0.05)
    assert rhythm.sure_level < rhythm.level
    assert rhythm.hours[12] > 1.4
    assert rhythm.hours[3] < 0.1
    assert rhythm.days[6] < 0.6 < 0.95 < rhythm.days[2]
    assert sum(rhythm.hours) / 24 == pytest.approx(1.0)
    assert rhythm.dispersion == 1.0  # it is as regular as a clock


@pytest.mark.parametrize(("days", "a_day"), [(6, 15), (30, 0)])
def test_a_week_and_eight_articles_make_a_rhythm(days: int, a_day: int) -> None:
    hours = hours_of(days, lambda local: int(a_day > 0 and local.hour in WORKING))
    assert rhythm_of(series_of(hours, WIB)) is None


def test_the_first_reading_of_an_archive_is_no_rhythm() -> None:
    hours = hours_of(35, hourly)
    hours[2] = replace(hours[2], new=900)  # within the first day
    hours[24 * 20] = replace(hours[24 * 20], new=2000)  # an import
    rhythm = rhythm_of(series_of(hours, WIB))
    assert rhythm is not None
    assert rhythm.level == pytest.approx(97 / 7, rel=0.1)


def test_a_source_that_goes_on_as_ever_is_well_every_hour_of_the_week() -> None:
    hours = hours_of(42, hourly)
    states = {judged(hours[: 24 * 35 + more]).state for more in range(24 * 7)}
    assert states == {"biasa"}


@pytest.mark.parametrize(
    ("silent_hours", "state"),
    [
        (9, "biasa"),  # a night
        (24 + 12, "sunyi"),
    ],
)
def test_silence_is_told_by_what_should_have_come(silent_hours: int, state: str) -> None:
    last = 24 * 35 + 22  # ten in the evening
    volume = judged(silent_from(hours_of(42, hourly), last)[: last + silent_hours])
    assert volume.state == state
    if state == "sunyi":
        assert volume.observed == 0
        assert volume.since is not None
        assert abs(volume.since - (START + timedelta(hours=last))) <= timedelta(hours=10)
        assert volume.per_day == pytest.approx(97 / 7, rel=0.05)


def test_a_fall_to_a_fifth_is_a_drop_and_no_silence() -> None:
    change = 24 * 35
    hours = [
        replace(one, new=int(one.new and one.hour.astimezone(WIB).hour in {8, 13, 18})) if at >= change else one
        for at, one in enumerate(hours_of(42, hourly))
    ]
    volume = judged(hours)
    assert volume.state == "turun"
    assert volume.observed < 0.3 * volume.expected


def test_a_fall_to_two_thirds_is_no_matter() -> None:
    change = 24 * 35
    hours = [
        replace(one, new=int(one.new and one.hour.astimezone(WIB).hour % 3 != 0)) if at >= change else one
        for at, one in enumerate(hours_of(42, hourly))
    ]
    assert judged(hours).state == "biasa"


def test_where_the_crawl_stood_still_nothing_is_held_against_a_source() -> None:
    hours = hours_of(35, hourly)
    # The crawl ends; five days later somebody asks how the source is.
    now = hours[-1].hour + timedelta(days=5)
    assert volume_of(series_of(hours, WIB), now).state == "biasa"
    # It starts again, and the feed has its last ten articles.
    back = SourceHour(hours[-1].hour + timedelta(days=5), looks=1, answered=1, new=10)
    assert volume_of(series_of([*hours, back], WIB), back.hour + timedelta(hours=1)).state == "biasa"


def test_a_failed_look_is_no_look() -> None:
    hours = hours_of(35, hourly)
    failed = [SourceHour(hours[-1].hour + timedelta(hours=ahead), looks=1) for ahead in range(1, 97)]
    assert judged([*hours, *failed]).state == "biasa"


def test_nothing_new_after_a_hole_is_silence_all_the_same() -> None:
    hours = hours_of(35, hourly)
    back = SourceHour(hours[-1].hour + timedelta(days=5), looks=1, answered=1, new=0)
    assert judged([*hours, back]).state == "sunyi"


def test_what_comes_after_a_short_hole_counts_for_the_whole_of_it() -> None:
    hours = hours_of(35, hourly)
    kept = [one for one in hours if one.hour.astimezone(WIB).hour % 5 == 0]
    late = {one.hour: 0 for one in kept}
    waiting = 0
    for one in hours:
        waiting += one.new
        if one.hour in late:
            late[one.hour], waiting = waiting, 0
    assert judged([replace(one, new=late[one.hour]) for one in kept]).state == "biasa"


def test_a_silence_does_not_make_itself_usual() -> None:
    hours = silent_from(hours_of(42, hourly), 24 * 14)
    assert judged(hours).state == "sunyi"


def test_a_source_that_comes_back_is_well_again() -> None:
    hours = hours_of(42, hourly)
    hours = [replace(one, new=0) if 24 * 33 <= at < 24 * 38 else one for at, one in enumerate(hours)]
    assert judged(hours[: 24 * 38]).state == "sunyi"
    assert judged(hours[: 24 * 40]).state == "biasa"


@pytest.mark.parametrize(("days", "state"), [(4, "belum"), (6, "sunyi")])
def test_without_a_rhythm_five_days_of_nothing_are_silence(days: int, state: str) -> None:
    assert judged(hours_of(days, lambda _: 0)).state == state
    assert judged(hours_of(days, lambda _: 0), last_new=START + timedelta(days=days - 1)).state == "belum"


def test_the_hour_that_is_not_over_does_not_count() -> None:
    hours = hours_of(35, hourly)
    now = hours[-1].hour + timedelta(minutes=5)
    assert volume_of(series_of(hours, WIB), now) == volume_of(series_of(hours[:-1], WIB), now)


# All sources together.


def test_a_day_on_which_all_newsrooms_are_on_leave_is_no_silence_of_one() -> None:
    hours = silent_from(hours_of(38, hourly), 24 * 35)
    series = series_of(hours, WIB)
    alone = volume_of(series, hours[-1].hour + timedelta(hours=1))
    common = common_days([series] * 9)
    together = volume_of(series, hours[-1].hour + timedelta(hours=1), common=common)
    assert (alone.state, together.state) == ("sunyi", "biasa")


def test_a_few_that_stop_do_not_make_a_common_day() -> None:
    going = series_of(hours_of(38, hourly), WIB)
    stopped = series_of(silent_from(hours_of(38, hourly), 24 * 35), WIB)
    common = common_days([going] * 8 + [stopped] * 3)
    assert min(common.values()) > 0.9
    assert volume_of(stopped, going[-1].hour + timedelta(hours=1), common=common).state == "sunyi"


def test_fewer_than_eight_sources_have_no_common_day() -> None:
    assert common_days([series_of(hours_of(38, hourly), WIB)] * 7) == {}


def test_lebaran_is_expected_to_be_quiet_whoever_is_read() -> None:
    assert [is_lebaran(date(2025, 3, day)) for day in (28, 29, 31)] == [False, True, True]
    assert [is_lebaran(date(2025, 4, day)) for day in (5, 6)] == [True, False]
    start = datetime(2025, 3, 28, 17, 0, tzinfo=UTC)
    days = series_of([SourceHour(start + timedelta(hours=at)) for at in (-1, 0)], WIB)
    assert [one.usual for one in days] == [1.0, LEBARAN_SHARE]


def test_a_series_has_every_hour_and_what_is_missing_is_unanswered() -> None:
    hours = [SourceHour(START, answered=1, new=2), SourceHour(START + timedelta(hours=3), looks=1)]
    series = series_of(hours, WIB)
    assert [(one.at, one.answered, one.new) for one in series] == [
        (0, True, 2),
        (1, False, 0),
        (2, False, 0),
        (3, False, 0),
    ]
    assert series[0].day == date(2024, 10, 8)
    assert series_of([], WIB) == ()
