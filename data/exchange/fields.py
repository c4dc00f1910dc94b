"""The fields of a label as files write them: numbers, times, yes and no, names of signals and modalities.

Each reader raises InputError with a sentence for a person; a format makes a `Wrong` of it.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.exchange import Given, Wrong
from data.records import Modality, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from data.records import Label

YES = frozenset({"ya", "true", "1", "yes", "benar"})
NO = frozenset({"", "tidak", "false", "0", "no", "salah"})
LONGEST_NOTE = 10_000
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""JSON can escape them; PostgreSQL refuses NUL, and neither engine takes a lone surrogate."""

LARGEST_ID = 2**31 - 1
LONGEST_NUMBER = 10


def given(line: int, fields: Mapping[str, Any], slugs: Sequence[str]) -> Given:
    """Return the label of a line's fields; InputError with a sentence where one of them is wrong."""
    kind = str(fields.get("kind") or "label")
    if kind not in {"label", "adjudication"}:
        raise InputError(f'kind "{kind}" is neither label nor adjudication')
    note = str(fields.get("note") or "")
    if len(note) > LONGEST_NOTE:
        raise InputError(f"the note has {len(note):,} letters; {LONGEST_NOTE:,} are kept")
    if UNSTORABLE.search(note):
        raise InputError("the note has a character that no database keeps (NUL or half a surrogate pair); leave it out")
    annotator = fields.get("annotator")
    return Given(
        line=line,
        article_id=_article(fields),
        revision=None if _missing(fields.get("revision")) else whole(fields["revision"], "revision", LARGEST_ID),
        annotator=None if _missing(annotator) else str(annotator),
        at=None if _missing(fields.get("labelled_at")) else moment(str(fields["labelled_at"])),
        signals=signals(fields.get("signals"), slugs),
        optional=signals(fields.get("optional"), slugs),
        modality=modality(fields.get("modality")),
        severity=None if _missing(fields.get("severity")) else severity(fields["severity"]),
        negasi=flag(fields.get("negasi"), "negasi"),
        historis=flag(fields.get("historis"), "historis"),
        note=note,
        kind="adjudication" if kind == "adjudication" else "label",
    )


def of_label(label: Label | None) -> dict[str, Any]:
    """Return a label's fields as every format names them; none for a text that is to be labelled."""
    if label is None:
        return {}
    return {
        "annotator": label.annotator,
        "labelled_at": label.at.astimezone(UTC).isoformat(),
        "kind": label.kind,
        "signals": list(label.signals),
        "optional": list(label.optional),
        "modality": label.modality.value,
        "severity": label.severity,
        "negasi": label.negasi,
        "historis": label.historis,
        "note": label.note,
    }


def _missing(value: Any) -> bool:
    return value is None or value == ""


def _article(fields: Mapping[str, Any]) -> int:
    if _missing(fields.get("article")):
        raise InputError(
            "names no article of the store; texts with labels of their own are learned with kentongan train FILE"
        )
    return whole(fields["article"], "article", LARGEST_ID)


def whole(value: Any, name: str, most: int) -> int:
    """Return a whole number from 1 to ``most``, written as one (12, "12", 12.0 of a spreadsheet)."""
    text = str(value).strip().removesuffix(".0")
    digits = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    if isinstance(value, bool) or not digits or not 1 <= int(text) <= most:
        raise InputError(f'{name} "{str(value)[:40]}" is no number of one')
    return int(text)


def severity(value: Any) -> int:
    """Return a level of severity."""
    text = str(value).strip().removesuffix(".0")
    levels = {str(int(level)): int(level) for level in Severity}
    if isinstance(value, bool) or text not in levels:
        raise InputError(f'severity "{str(value)[:40]}" is not from 0 to 4')
    return levels[text]


def moment(text: str) -> datetime:
    """Return a time with its zone, in UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f'"{text[:40]}" is no time; write it like 2026-11-26T09:30:00+07:00') from error
    if found.tzinfo is None:
        raise InputError(f'"{text[:40]}" has no zone; write it like 2026-11-26T09:30:00+07:00')
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise InputError(f'"{text[:40]}" is no time; write it like 2026-11-26T09:30:00+07:00') from error


def flag(value: Any, name: str) -> bool:
    """Return yes or no, in either language; nothing is no."""
    if isinstance(value, bool):
        return value
    text = "" if value is None else str(value).strip().lower()
    if text not in YES | NO:
        raise InputError(f'{name} "{text[:40]}" is neither ya nor tidak')
    return text in YES


def signals(value: Any, slugs: Sequence[str]) -> tuple[str, ...]:
    """Return slugs of signals from a list or a text with blanks, commas or semicolons between them."""
    if value is None:
        return ()
    if isinstance(value, str):
        names = value.replace(";", " ").replace(",", " ").split()
    elif isinstance(value, list) and all(isinstance(name, str) for name in value):
        names = [name.strip() for name in value]
    else:
        raise InputError("the signals must be a list of names")
    for name in names:
        if name not in slugs:
            raise _unknown("signal", name, slugs)
    return tuple(dict.fromkeys(names))


def modality(value: Any) -> Modality:
    """Return a modality by name."""
    if _missing(value):
        raise InputError("has no modality; every label has exactly one")
    name = str(value).strip()
    if name not in set(Modality):
        raise _unknown("modality", name, list(Modality))
    return Modality(name)


def _unknown(kind: str, name: str, known: Iterable[str]) -> InputError:
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
    return InputError(f'no such {kind} "{name[:40]}"; {hint}')


def decoded(raw: bytes) -> str:
    """Return a file's text; InputError for one that is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def json_lines(
    raw: bytes, slugs: Sequence[str], fields_of: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> Iterator[Given | Wrong]:
    """Yield the label of each line of JSON, whose object ``fields_of`` puts into our names; blank lines are none."""
    for number, line in enumerate(decoded(raw).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield given(number, fields_of(json_line(line)), slugs)
        except InputError as error:
            yield Wrong(number, str(error))


def json_line(text: str) -> dict[str, Any]:
    """Return the object of one line of JSON; InputError with a sentence for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("is no JSON") from error
    if not isinstance(found, dict):
        raise InputError("is no JSON object")
    return found
