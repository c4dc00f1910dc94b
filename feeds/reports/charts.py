"""Charts of a table: bars per day, stacked by level; bars per signal beside those of the week before.

What is drawn is read from the table that stands beside it, so the two cannot disagree.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from feeds.reports.drawing import INK, LEVEL_COLOURS, LINE, QUIET, Box, Drawing, Stroke, Words
from feeds.reports.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feeds.reports.drawing import Shape

WIDTH: Final = 640.0
PLOT_HEIGHT: Final = 170.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 34.0, 26.0
BAR_SHARE: Final = 0.62
"""Of a day's width, what its bar takes."""
ROW: Final = 27.0
NAMES_WIDTH: Final = 232.0
LEAST_LABELLED: Final = 13.0
"""Pixels from which a part of a bar holds its number."""
ROOM_BEHIND: Final = 90.0
"""Pixels behind the longest bar, for *1.234 (1.234)*."""
NOW, BEFORE = "#0b4f8a", "#b9c4d0"
MOST_TICKS: Final = 5
LONGEST_NAME: Final = 34


def stacked_days(days: Sequence[str], counts: Sequence[Sequence[int]], names: Sequence[str]) -> Drawing:
    """Return bars per day, from the gravest level at the foot; ``counts`` holds per day a number for each level 0 to 4.

    ``names`` are the levels' words. Levels that never occur are not in the legend.
    """
    top = max((sum(day) for day in counts), default=0)
    step = _step(top)
    ceiling = max(step * math.ceil(top / step), step)
    height = TOP + PLOT_HEIGHT + BOTTOM
    shapes: list[Shape] = list(
        _legend([level for level in (4, 3, 2, 1, 0) if any(day[level] for day in counts)], names)
    )
    for tick in range(0, ceiling + 1, step):
        y = TOP + PLOT_HEIGHT * (1 - tick / ceiling)
        shapes += [
            Stroke(LEFT, y, WIDTH - RIGHT, y, LINE),
            Words(LEFT - 6, y + 4, number(tick), 11, "end", QUIET),
        ]
    wide = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    for at, (day, levels) in enumerate(zip(days, counts, strict=True)):
        middle, foot = LEFT + wide * (at + 0.5), TOP + PLOT_HEIGHT
        for level in (4, 3, 2, 1, 0):
            tall = PLOT_HEIGHT * levels[level] / ceiling
            if not tall:
                continue
            foot -= tall
            shapes.append(
                Box(
                    round(middle - wide * BAR_SHARE / 2, 1),
                    round(foot, 1),
                    round(wide * BAR_SHARE, 1),
                    round(tall, 1),
                    LEVEL_COLOURS[level],
                )
            )
            if tall >= LEAST_LABELLED:
                shapes.append(
                    Words(
                        middle, round(foot + tall / 2 + 4, 1), number(levels[level]), 11, "middle", "#ffffff", bold=True
                    )
                )
        shapes += [
            Words(middle, round(foot - 5, 1), number(sum(levels)), 11.5, "middle", INK, bold=True, halo=True),
            Words(middle, TOP + PLOT_HEIGHT + 17, day, 11.5, "middle", INK),
        ]
    shapes.append(Stroke(LEFT, TOP + PLOT_HEIGHT, WIDTH - RIGHT, TOP + PLOT_HEIGHT, QUIET))
    return Drawing(WIDTH, height, tuple(shapes))


def paired_rows(rows: Sequence[tuple[str, int, int]], now: str, before: str) -> Drawing:
    """Return a bar per row for now and a thinner one for the time before; ``rows`` are (name, now, before)."""
    most = max((max(new, old) for _, new, old in rows), default=0) or 1
    room = WIDTH - NAMES_WIDTH - ROOM_BEHIND
    height = TOP + ROW * max(len(rows), 1) + 6
    shapes: list[Shape] = [
        Box(NAMES_WIDTH, 9, 12, 12, NOW),
        Words(NAMES_WIDTH + 17, 19, now, 11.5),
        Box(NAMES_WIDTH + 170, 9, 12, 12, BEFORE),
        Words(NAMES_WIDTH + 187, 19, before, 11.5),
    ]
    for at, (name, new, old) in enumerate(rows):
        y = TOP + ROW * at
        shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        shapes += [
            Words(NAMES_WIDTH - 8, y + 14, shown, 12, "end"),
            Box(NAMES_WIDTH, y + 2, round(room * new / most, 1), 11, NOW),
            Box(NAMES_WIDTH, y + 14, round(room * old / most, 1), 6, BEFORE),
            Words(
                round(NAMES_WIDTH + room * max(new, old) / most + 6, 1), y + 14, f"{number(new)} ({number(old)})", 11.5
            ),
        ]
    shapes.append(Stroke(NAMES_WIDTH, TOP - 2, NAMES_WIDTH, height - 4, QUIET))
    return Drawing(WIDTH, height, tuple(shapes))


def _legend(levels: Sequence[int], names: Sequence[str]) -> Iterator[Shape]:
    x = LEFT
    for level in levels:
        words = f"{level} {names[level]}"
        yield Box(x, 6, 12, 12, LEVEL_COLOURS[level])
        yield Words(x + 17, 16, words, 11.5)
        x += 30 + 7.2 * len(words)


def _step(top: int) -> int:
    """Return the distance of the ticks: 1, 2 or 5 times a power of ten, so that there are at most `MOST_TICKS`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if top <= factor * power * MOST_TICKS:
                return factor * power
        power *= 10
