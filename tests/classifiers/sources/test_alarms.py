"""Each thing that is wrong with a source is told once, when it has lasted; and it is over only when that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from classifiers.sources.alarms import Turn, turn
from classifiers.sources.finding import Finding
from data.sightings import AlarmKind, SourceAlarm

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def finding(kind: AlarmKind = AlarmKind.SUNYI, hours_ago: float = 9, holds: float = 0, note: str = "sunyi") -> Finding:
    return Finding(kind, NOW - HOUR * hours_ago, note, "periksa", HOUR * holds)


def alarm(
    kind: AlarmKind = AlarmKind.SUNYI,
    *,
    noted: float = 4,
    raised: float | None = 4,
    seen: float = 1,
    source: str = "kabar",
) -> SourceAlarm:
    return SourceAlarm(
        7,
        source,
        kind,
        NOW - HOUR * 9,
        NOW - HOUR * noted,
        None if raised is None else NOW - HOUR * raised,
        NOW - HOUR * seen,
        None,
        "dahulu",
        "periksa",
    )


def turned(
    found: Sequence[Finding], *lasting: SourceAlarm, last_new: float | None = 0.5, last_ok: float | None = 0
) -> Turn:
    ago = [None if hours is None else NOW - HOUR * hours for hours in (last_new, last_ok)]
    return turn({"kabar": found}, lasting, NOW, last_new={"kabar": ago[0]}, last_ok={"kabar": ago[1]})


def test_what_is_new_is_told_at_once() -> None:
    made = turned([finding()])
    assert made.raised == made.changed
    (one,) = made.raised
    assert (one.id, one.since, one.noted_at, one.raised_at) == (0, NOW - HOUR * 9, NOW, NOW)


def test_what_was_told_is_not_told_again_but_its_words_are_kept_fresh() -> None:
    made = turned([finding(hours_ago=7)], alarm())
    assert made.raised == ()
    (one,) = made.changed
    assert (one.id, one.note, one.seen_at, one.since) == (7, "sunyi", NOW, NOW - HOUR * 9)


@pytest.mark.parametrize(
    ("noted", "last_ok", "told"),
    [
        (None, 0, False),  # just noticed
        (4, 0, False),
        (7, 0, True),
        (7, 6, False),  # nothing was learned meanwhile: the crawl stood still
    ],
)
def test_what_may_be_an_accident_is_told_when_it_has_lasted(noted: float | None, last_ok: float, told: bool) -> None:
    before = [] if noted is None else [alarm(AlarmKind.UMPAN, noted=noted, raised=None)]
    made = turned([finding(AlarmKind.UMPAN, holds=6)], *before, last_ok=last_ok)
    assert bool(made.raised) is told
    assert len(made.changed) == 1


def test_an_accident_leaves_no_trace_in_what_was_told() -> None:
    made = turned([], alarm(AlarmKind.UMPAN, raised=None))
    assert made.closed == ()
    assert [one.closed_at for one in made.changed] == [NOW]


@pytest.mark.parametrize(
    ("kind", "seen", "last_new", "last_ok", "over"),
    [
        (AlarmKind.RUSAK, 4, 0.5, 0, True),
        (AlarmKind.RUSAK, 2, 0.5, 0, False),  # it may be back in an hour
        (AlarmKind.RUSAK, 4, 0.5, 5, False),  # it has not answered since
        (AlarmKind.RUSAK, 4, 0.5, None, False),
        (AlarmKind.SUNYI, 4, 0.5, 0, True),
        (AlarmKind.SUNYI, 4, 20, 0, False),  # still nothing new, only nobody expects it any more
        (AlarmKind.SUNYI, 4, None, 0, False),
        (AlarmKind.MATI, 4, 20, 5, True),  # it answers again or was never asked; either way nobody calls it dead
    ],
)
def test_an_alarm_is_over_when_it_is_known_to_be(
    kind: AlarmKind, seen: float, last_new: float | None, last_ok: float | None, over: bool
) -> None:
    made = turned([], alarm(kind, seen=seen), last_new=last_new, last_ok=last_ok)
    assert bool(made.closed) is over
    assert bool(made.changed) is over


def test_two_things_of_one_source_are_two_alarms() -> None:
    made = turned([finding(AlarmKind.RUSAK), finding()], alarm())
    assert [one.kind for one in made.raised] == [AlarmKind.RUSAK]
    assert [one.kind for one in made.changed] == [AlarmKind.RUSAK, AlarmKind.SUNYI]


def test_a_source_that_is_no_longer_looked_at_has_no_alarms() -> None:
    assert [one.source_id for one in turned([], alarm(source="dihapus", seen=1)).closed] == ["dihapus"]
