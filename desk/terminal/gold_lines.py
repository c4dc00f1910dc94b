"""The labelled lines and the answers that ``kentongan evaluate`` reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from data.records import WATCHED, Evidence, Modality, Severity
from desk.terminal.assess_lines import BrokenLine, each_line, kind_of, read_name, read_object, read_row
from models.measurement import Said, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desk.terminal.assess_lines import Line, Outlets, Wrong

ASSERTED = 0.5
"""Where an answer holds probabilities only, a signal from here on counts as asserted; so the law has it."""


@dataclass(frozen=True, slots=True)
class GoldLine:
    """A labelled article; the story in its truth is the number of its line until stories are known."""

    line: Line
    truth: Truth


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of the article ``id``, with the spans that decided; versions are "" where they are not known."""

    id: str
    said: Said
    evidence: tuple[Evidence, ...] = ()
    model_version: str = ""
    rules_version: str = ""


def read_gold(
    lines: BinaryIO, outlets: Outlets, slugs: Sequence[str], *, texts: bool = True
) -> Iterator[GoldLine | Wrong]:
    """Yield each labelled article, or its line's number with what is wrong; empty lines are passed over.

    ``texts`` False: title and text may be missing, as nothing will be judged anew.
    """
    seen: dict[str, int] = {}

    def read(number: int, raw: bytes) -> GoldLine:
        row = read_object(raw)
        if not texts:
            row = {"title": "", "text": ""} | row
        line = read_row(number, row, outlets)
        _once(seen, line.item.id, number)
        return GoldLine(line, _truth(line, row, slugs))

    return each_line(lines, read)


def read_answers(lines: BinaryIO, slugs: Sequence[str]) -> Iterator[Answer | Wrong]:
    """Yield the answer of each line that ``kentongan assess --jsonl`` wrote, or the number of one that is wrong."""
    seen: dict[str, int] = {}

    def read(number: int, raw: bytes) -> Answer:
        row = read_object(raw)
        name = str(read_name(row))
        _once(seen, name, number)
        return _answer(name, row, slugs)

    return each_line(lines, read)


def _once(seen: dict[str, int], name: str, number: int) -> None:
    if name in seen:
        raise BrokenLine(f'id "{name[:40]}" is that of line {seen[name]} too; give every article its own')
    seen[name] = number


def _truth(line: Line, row: dict[str, Any], slugs: Sequence[str]) -> Truth:
    if row.get("signals") is None:
        raise BrokenLine("signals is missing; list the slugs of what the article has, [] for nothing")
    return Truth(
        id=line.item.id,
        signals=_slugs(row, "signals", slugs),
        optional=_slugs(row, "signals_optional", slugs),
        modality=_modality(row),
        severity=_severity(row),
        negasi=_yes(row, "negasi"),
        historis=_yes(row, "historis"),
        story=line.number,
        group=str(row.get("dataset") or ""),
    )


def _answer(name: str, row: dict[str, Any], slugs: Sequence[str]) -> Answer:
    given = row.get("signals")
    probabilities = _probabilities(given, slugs) if isinstance(given, dict) else {}
    if row.get("flagged_signals") is not None:
        asserted = _slugs(row, "flagged_signals", slugs)
    elif isinstance(given, dict):
        asserted = frozenset(slug for slug, value in probabilities.items() if value >= ASSERTED)
    else:
        asserted = _slugs(row, "signals", slugs)
    if not isinstance(given, dict):
        probabilities = dict.fromkeys(sorted(asserted), 1.0)
    modality = _modality(row)
    flagged = _yes(row, "flagged") if row.get("flagged") is not None else bool(asserted) and modality in WATCHED
    score = row.get("flag_score")
    said = Said(
        signals=probabilities,
        asserted=asserted,
        modality=modality,
        flag_score=float(flagged) if score is None else _share(score, "flag_score"),
        flagged=flagged,
        severity=_severity(row),
    )
    return Answer(name, said, _evidence(row), str(row.get("model_version") or ""), str(row.get("rules_version") or ""))


def _slugs(row: dict[str, Any], key: str, slugs: Sequence[str]) -> frozenset[str]:
    value = row.get(key)
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BrokenLine(f'{key} is no list of slugs; write them as ["konflik_massa"], [] for nothing')
    unknown = sorted(set(value) - set(slugs))
    if unknown:
        raise BrokenLine(f'{key} holds "{unknown[0][:40]}", which is no signal; there are {", ".join(slugs)}')
    return frozenset(value)


def _modality(row: dict[str, Any]) -> Modality:
    value = row.get("modality")
    if value is None:
        raise BrokenLine("modality is missing; give one of " + ", ".join(Modality))
    try:
        return Modality(value)
    except ValueError as error:
        raise BrokenLine(f'modality "{str(value)[:40]}" does not exist; there are {", ".join(Modality)}') from error


def _severity(row: dict[str, Any]) -> int | None:
    value = row.get("severity")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(Severity):
        raise BrokenLine("severity is no whole number from 0 to 4; write null where it was not judged")
    return value


def _yes(row: dict[str, Any], key: str) -> bool:
    value = row.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise BrokenLine(f"{key} is {kind_of(value)}; it must be true or false")
    return value


def _probabilities(given: dict[str, Any], slugs: Sequence[str]) -> dict[str, float]:
    unknown = sorted(set(given) - set(slugs))
    if unknown:
        raise BrokenLine(f'signals holds "{unknown[0][:40]}", which is no signal; there are {", ".join(slugs)}')
    return {slug: _share(value, "signals") for slug, value in given.items()}


def _share(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BrokenLine(f"{key} holds what is no probability; it must be a number from 0 to 1")
    return float(value)


def _evidence(row: dict[str, Any]) -> tuple[Evidence, ...]:
    try:
        return tuple(
            Evidence(
                subject=str(one["for"]),
                zone="title" if one["zone"] == "title" else "text",
                start=int(one["start"]),
                end=int(one["end"]),
                weight=float(one["weight"]),
                why=str(one["why"]),
            )
            for one in row.get("evidence") or ()
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenLine("evidence is not as kentongan assess writes it; judge the file anew") from error
