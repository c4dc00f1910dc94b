"""How rows are shown to a person and to a machine: a table on the screen, or JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def show(rows: Sequence[Mapping[str, Any]], *, title: str = "", columns: Sequence[str] | None = None) -> None:
    """Print rows as a table as wide as the terminal; the columns are those of the first row unless given."""
    from rich.console import Console
    from rich.table import Table

    names = list(columns or (rows[0] if rows else ()))
    table = Table(title=title or None, title_justify="left", header_style="bold", expand=False)
    for name in names:
        # Numbers and codes stay whole; long text folds rather than being cut: a cut headline misleads.
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    console = Console(file=sys.stdout, soft_wrap=False, highlight=False, markup=False)
    if not console.is_terminal:
        # A pipe has no width; eighty columns would fold every headline into a tower.
        console = Console(file=sys.stdout, width=180, highlight=False, markup=False)
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)


def write_json(value: Any) -> None:
    """Print one JSON document, UTF-8, readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
