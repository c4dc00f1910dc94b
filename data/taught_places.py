"""What persons taught about places: corrections of single articles, and names taken over for all articles to come."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CorrectionKind = Literal["nama", "kejadian"]
NameState = Literal["dipakai", "dicabut"]

FILE = "taught.jsonl"
"""Under the ``places`` folder of an installation: a line per decision, the last one of a name counts."""


@dataclass(frozen=True, slots=True)
class PlaceCorrection:
    """What a person said of the places of one article revision; append-only, a person's last word counts.

    ``nama``: the expression ``name``, as it stands in title or text, means the units of ``codes`` here; none of them
    where it is no place. ``kejadian``: it happened in ``codes``, the finest units; none where the article tells of no
    event at a place. ``name`` is then empty.
    """

    article_id: int
    revision: int
    person: str
    at: datetime
    kind: CorrectionKind
    codes: tuple[str, ...]
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaughtName:
    """A name that an installation reads otherwise than the product does, and who decided so.

    ``codes`` are the units that it can mean besides those it means already; none where it is no place unless an
    administrative word stands before it. ``why`` holds the figures of its trial.
    """

    name: str
    codes: tuple[str, ...]
    state: NameState
    by: str
    at: datetime
    why: str


def read_taught(path: Path) -> tuple[TaughtName, ...]:
    """Return every decision on names, the first one first; none where the file is not there.

    Raises SettingsError naming the line that is not one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("the taught place names cannot be read", where=str(path)) from error
    return tuple(_name(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip())


def _name(line: str, where: str) -> TaughtName:
    try:
        row = json.loads(line)
        found = TaughtName(
            str(row["name"]),
            tuple(str(code) for code in row["codes"]),
            row["state"],
            str(row["by"]),
            datetime.fromisoformat(row["at"]),
            str(row["why"]),
        )
        known = found.state in {"dipakai", "dicabut"} and found.at.tzinfo is not None and isinstance(row["codes"], list)
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"the line is no taught place name ({error}); remove or mend it", where=where) from error
    if not known:
        raise SettingsError("the line is no taught place name; remove or mend it", where=where)
    return found


def names_in_use(decisions: Iterable[TaughtName]) -> tuple[TaughtName, ...]:
    """Return the last decision of each name where that takes it into use, by name."""
    last = {" ".join(one.name.casefold().split()): one for one in decisions}
    return tuple(one for _, one in sorted(last.items()) if one.state == "dipakai")


def lines_of(decisions: Iterable[TaughtName]) -> bytes:
    """Return decisions as the file's bytes."""
    rows = ({**asdict(one), "codes": list(one.codes), "at": one.at.isoformat()} for one in decisions)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
