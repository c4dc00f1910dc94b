"""The two charts of reports with their tables: incidents per day and level; per signal beside the time before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.items import SEVERITY_NAMES
from feeds.reports.charts import paired_rows, stacked_days
from feeds.reports.document import Column, Paragraph, Picture, Table
from feeds.reports.wording import number, short_day, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feeds.reports.content import Counts, DayCount
    from feeds.reports.wording import Cell


def days_figure(days: Sequence[DayCount], name: str, caption: str) -> Picture:
    """Return the chart of days by level with its table."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.day, *(one.levels[level] for level in (4, 3, 2, 1, 0)), sum(one.levels)) for one in days
    )
    sums = tuple(sum(one.levels[level] for one in days) for level in (4, 3, 2, 1, 0))
    table = Table(
        "Per hari",
        caption,
        (
            Column("Hari", "moment"),
            *(Column(f"{level} {SEVERITY_NAMES[level]}", "number") for level in (4, 3, 2, 1, 0)),
            Column("Jumlah", "number"),
        ),
        rows,
        ("Jumlah", *sums, sum(sums)),
    )
    drawing = stacked_days([short_day(one.day) for one in days], [one.levels for one in days], SEVERITY_NAMES)
    parts = [f"{short_day(one.day)} {number(sum(one.levels))}" for one in days]
    return Picture(name, caption, f"Bagan batang kejadian per hari: {', '.join(parts)}.", drawing, table)


def signals_figure(
    now: Counts, before: Counts, names: Mapping[str, str], now_word: str, before_word: str
) -> Picture | Paragraph:
    """Return the chart of signals beside those of the time before, with its table; a sentence where there are none."""
    order = list(names)
    slugs = sorted(
        (slug for slug in order if now.of_signal(slug) or before.of_signal(slug)),
        key=lambda slug: (-now.of_signal(slug), -before.of_signal(slug), order.index(slug)),
    )
    if not slugs:
        return Paragraph(f"Tidak ada sinyal yang ditandai {now_word} maupun {before_word}.")
    rows = [(names[slug], now.of_signal(slug), before.of_signal(slug)) for slug in slugs]
    table = Table(
        "Per sinyal",
        f"Kejadian menurut sinyal, {now_word} dan {before_word}",
        (
            Column("Sinyal"),
            Column(now_word.capitalize(), "number"),
            Column(before_word.capitalize(), "number"),
            Column("Perubahan"),
        ),
        tuple((name, new, old, signed(new - old)) for name, new, old in rows),
        (
            "Jumlah penandaan",
            sum(new for _, new, _ in rows),
            sum(old for _, _, old in rows),
            signed(sum(new - old for _, new, old in rows)),
        ),
    )
    parts = [f"{name} {number(new)} (sebelumnya {number(old)})" for name, new, old in rows]
    return Picture(
        "sinyal",
        f"Kejadian menurut sinyal, {now_word} dan {before_word}",
        f"Bagan batang kejadian menurut sinyal: {'; '.join(parts)}.",
        paired_rows(rows, now_word, before_word),
        table,
    )
