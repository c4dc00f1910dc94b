"""One measured figure, as the evaluation and the benchmark write it, and the table and file they are written to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: ``name`` (part.what, stable from version to version), ``value`` in ``unit``, over ``n`` things.

    ``low`` and ``high`` are its 95 % interval, None where none was taken. ``least`` or ``most`` is the bound that the
    project has set itself; None where there is none yet.
    """

    name: str
    value: float
    unit: str
    n: int
    least: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def holds(self) -> bool:
        """Return whether the figure is within its bounds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


def write(figures: Iterable[Figure], path: Path) -> None:
    """Write ``{name: {value, unit, n, …}}`` as JSON, so that figures can be compared from version to version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = {}
    for figure in figures:
        row = {key: value for key, value in asdict(figure).items() if value is not None}
        table[row.pop("name")] = row
    path.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as lines of text, one a row, with the bound that each was held against."""
    rows = []
    for figure in figures:
        bound = f">= {figure.least:g}" if figure.least is not None else ""
        bound = f"<= {figure.most:g}" if figure.most is not None else bound
        mark = "" if not bound else ("holds" if figure.holds else "MISSED")
        width = f"({figure.low:.3f} to {figure.high:.3f})" if figure.low is not None and figure.high is not None else ""
        rows.append(
            f"{figure.name:<58} {figure.value:>10.4g} {figure.unit:<12} n={figure.n:<7} {width:<18} {bound:<10} "
            f"{mark}".rstrip()
        )
    return "\n".join(rows)
