"""Charts of the desk: measured here, drawn by ``charts.html`` in classes, so that they follow light, dark and print.

What is drawn is what the table beside it says; a chart alone is for looking, the table is for reading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 960.0
PLOT: Final = 220.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 8.0, 18.0, 28.0
SHARE: Final = 0.68
"""Of a day's width, what its bar takes."""
LEAST_LABELLED: Final = 13.0
"""Pixels from which a part of a bar holds its number."""
LEAST_WIDE: Final = 16.0
"""Pixels of a bar from which there is room for numbers in and above it."""
LABEL_ROOM: Final = 68.0
"""Pixels that the name of a day takes: of ninety only every seventh is named."""
MOST_TICKS: Final = 5

ROWS_WIDTH: Final = 380.0
"""As wide as a telephone: the names stand above their bars, so that both can be read there."""
ROW: Final = 42.0
BEHIND: Final = 92.0
"""Pixels behind the longest bar, for *1.234 (1.234)*."""
LONGEST_NAME: Final = 48


@dataclass(frozen=True, slots=True)
class Part:
    """What one level takes of a day's bar; ``label_y`` None where its number has no room."""

    level: int
    count: int
    y: float
    height: float
    label_y: float | None


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day: its bar from the foot up, gravest level first, its sum and its name (empty: not every day is named)."""

    day: str
    x: float
    width: float
    middle: float
    parts: tuple[Part, ...]
    total: int
    total_y: float
    name: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """Bars per day with ticks of the scale: (number, y)."""

    width: float
    height: float
    foot: float
    left: float
    right: float
    ticks: tuple[tuple[int, float], ...]
    bars: tuple[DayBar, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its name as it has room, how long now and before are in pixels, and where its numbers stand."""

    name: str
    now: int
    before: int | None
    y: float
    now_width: float
    before_width: float
    numbers_x: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Rows of bars under each other, the number of the period before in a thinner one."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    compared: bool


def day_chart(days: Sequence[str], counts: Sequence[Sequence[int]], names: Sequence[str]) -> DayChart:
    """Return the bars of days; ``counts`` holds for each a number for every level 0 to 4, ``names`` what it is called.

    Raises ValueError where the three are not of one length.
    """
    top = max((sum(day) for day in counts), default=0)
    step = tick_step(top)
    ceiling = max(step * math.ceil(top / step), step)
    wide = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    every = math.ceil(LABEL_ROOM / wide)
    bars = [
        _day_bar(at, day, levels, name if (len(days) - 1 - at) % every == 0 else "", wide, ceiling)
        for at, (day, levels, name) in enumerate(zip(days, counts, names, strict=True))
    ]
    ticks = tuple((tick, round(TOP + PLOT * (1 - tick / ceiling), 1)) for tick in range(0, ceiling + 1, step))
    numbered = wide * SHARE >= LEAST_WIDE
    return DayChart(WIDTH, TOP + PLOT + BOTTOM, TOP + PLOT, LEFT, WIDTH - RIGHT, ticks, tuple(bars), numbered)


def _day_bar(at: int, day: str, levels: Sequence[int], name: str, wide: float, ceiling: int) -> DayBar:
    middle, y = LEFT + wide * (at + 0.5), TOP + PLOT
    parts = []
    for level in (4, 3, 2, 1, 0):
        tall = PLOT * levels[level] / ceiling
        if not tall:
            continue
        y -= tall
        label = round(y + tall / 2 + 4, 1) if tall >= LEAST_LABELLED and wide * SHARE >= LEAST_WIDE else None
        parts.append(Part(level, levels[level], round(y, 1), round(tall, 1), label))
    return DayBar(
        day,
        round(middle - wide * SHARE / 2, 1),
        round(wide * SHARE, 1),
        round(middle, 1),
        tuple(parts),
        sum(levels),
        round(y - 5, 1),
        name,
    )


def bar_chart(rows: Sequence[tuple[str, int, int | None]]) -> BarChart:
    """Return bars of (name, now, before); ``before`` None in all of them where nothing is compared."""
    most = max((max(now, before or 0) for _, now, before in rows), default=0) or 1
    room = ROWS_WIDTH - BEHIND
    bars = []
    for at, (name, now, before) in enumerate(rows):
        shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        longest = room * max(now, before or 0) / most
        widths = round(room * now / most, 1), round(room * (before or 0) / most, 1)
        bars.append(Bar(shown, now, before, round(ROW * at, 1), *widths, round(longest + 8, 1)))
    compared = any(before is not None for _, _, before in rows)
    return BarChart(ROWS_WIDTH, ROW * max(len(rows), 1), tuple(bars), compared)


def tick_step(top: int) -> int:
    """Return the distance of ticks: 1, 2 or 5 times a power of ten, so that there are at most `MOST_TICKS` above 0."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if top <= factor * power * MOST_TICKS:
                return factor * power
        power *= 10
