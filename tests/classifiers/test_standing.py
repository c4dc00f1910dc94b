"""What becomes of early warnings from look to look: raised once, followed, ended, reopened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from classifiers.standing import Finding, carried, gravest_first
from data.records import Modality
from data.watching import CountedIncident, Scale, WarningKind

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START = datetime(2024, 11, 18, 17, tzinfo=UTC)


def finding(**changes):
    plain = Finding(
        kind=WarningKind.LONJAKAN,
        signal="perusakan",
        region="13.77",
        scale=Scale.HARI,
        start=START,
        end=START + DAY,
        observed=4,
        expected=0.5,
        p_value=1e-5,
        q_value=0.01,
        method="nb-1-hari",
        incident_ids=(1, 2, 3, 4),
    )
    return replace(plain, **changes)


def standing(**changes):
    (raised,) = carried([], [finding()], START + 10 * HOUR).raised
    return replace(raised, id=7, **changes)


def test_what_is_found_first_is_raised_with_the_time_of_the_look():
    (raised,) = carried([], [finding()], START + 10 * HOUR).raised
    assert (raised.raised_at, raised.updated_at, raised.ended_at) == (START + 10 * HOUR, START + 10 * HOUR, None)
    assert (raised.start, raised.observed, raised.incident_ids) == (START, 4, (1, 2, 3, 4))


def test_the_same_finding_at_the_next_look_changes_nothing():
    changes = carried([standing()], [finding()], START + 11 * HOUR)
    assert (changes.raised, changes.updated, changes.ended) == ((), (), ())


def test_more_incidents_update_it_and_it_keeps_its_beginning():
    later = finding(start=START + DAY, end=START + 2 * DAY, observed=3, incident_ids=(6, 4, 5), expected=0.4)
    changes = carried([standing()], [later], START + 30 * HOUR)
    (updated,) = changes.updated
    assert changes.raised == ()
    assert (updated.id, updated.start, updated.end) == (7, START, START + 2 * DAY)
    assert updated.incident_ids == (6, 4, 5, 1, 2, 3)
    assert updated.observed == 6
    assert updated.expected == 0.9
    assert updated.raised_at == START + 10 * HOUR
    assert updated.updated_at == START + 30 * HOUR


def test_it_stands_until_two_quiet_days_have_passed():
    assert carried([standing()], [], START + 3 * DAY - HOUR).ended == ()
    (ended,) = carried([standing()], [], START + 3 * DAY).ended
    assert (ended.id, ended.ended_at) == (7, START + 3 * DAY)


def test_one_of_hours_ends_after_twelve_quiet_hours():
    one = standing(scale=Scale.JAM, end=START + 2 * HOUR)
    assert carried([one], [], START + 13 * HOUR).ended == ()
    assert len(carried([one], [], START + 14 * HOUR).ended) == 1


def test_a_window_that_still_holds_its_incidents_does_not_keep_it_alive():
    changes = carried([standing()], [finding()], START + 4 * DAY)
    assert [one.id for one in changes.ended] == [7]
    assert changes.updated == ()


def test_what_has_ended_is_neither_raised_again_nor_reopened_by_the_same_incidents():
    ended = standing(ended_at=START + 3 * DAY)
    changes = carried([ended], [finding()], START + 4 * DAY)
    assert (changes.raised, changes.updated, changes.ended) == ((), (), ())


def test_new_incidents_within_a_week_reopen_it():
    ended = standing(ended_at=START + 3 * DAY)
    again = finding(start=START + 5 * DAY, end=START + 6 * DAY, incident_ids=(8, 9, 10))
    (reopened,) = carried([ended], [again], START + 6 * DAY).updated
    assert (reopened.id, reopened.ended_at, reopened.end) == (7, None, START + 6 * DAY)


def test_later_than_that_it_is_another_burst():
    ended = standing(ended_at=START + 3 * DAY)
    again = finding(start=START + 10 * DAY, end=START + 11 * DAY, incident_ids=(8, 9, 10))
    changes = carried([ended], [again], START + 11 * DAY)
    assert len(changes.raised) == 1
    assert changes.updated == ()


def test_a_burst_of_hours_that_goes_on_for_days_is_one_warning():
    one = standing(scale=Scale.JAM, end=START + 2 * HOUR)
    changes = carried([one], [finding(end=START + 2 * DAY, incident_ids=(1, 2, 3, 4, 5))], START + 2 * DAY)
    assert changes.raised == ()
    assert [(found.id, found.scale) for found in changes.updated] == [(7, Scale.JAM)]


def test_another_signal_region_or_kind_is_another_warning():
    others = [finding(signal=None), finding(region="13"), finding(kind=WarningKind.PRAKURSOR)]
    assert len(carried([standing()], others, START + 11 * HOUR).raised) == 3


def test_one_look_raises_one_series_once():
    assert len(carried([], [finding(), finding(scale=Scale.JAM)], START + HOUR).raised) == 1


def test_incidents_are_ordered_by_level_then_witnesses_then_the_newer_and_each_is_named_once():
    def one(number, severity, witnesses=1, hours=0):
        at = START + hours * HOUR
        return CountedIncident(number, at, at, severity, Modality.KEJADIAN, (), (), independent_sources=witnesses)

    some = [one(1, 2), one(2, 3), one(3, 2, 2), one(4, 2, 1, 5), one(2, 3)]
    assert gravest_first(some) == (2, 3, 4, 1)
