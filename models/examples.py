"""What a model learns from: labelled articles, with their text, and as hashed rows that need none.

An `Example` is an article with its labels. `learn` reads it once into a `Learned`: the labels, the hashed row, what
the law's guard rails made of it, and the prints by which copies are known. Nothing after that needs the text, so rows
learned from articles whose text may not be passed on can be (`models.matrix`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from classifiers.cues import CueFinder
from classifiers.modality import guard
from classifiers.text import read_document
from data.errors import InputError
from data.records import WATCHED, Modality, Severity
from data.taxonomy import Taxonomy, load_taxonomy
from models.features import Row, read_row
from models.judge import MODALITIES, cue_labels
from models.stories import NO_PRINTS, Prints, prints_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from data.records import LabelledArticle

Part = Literal["train", "holdout"]

GOLD = "gold"
"""The group of made-up examples."""

DESK = "desk"
"""The group of what this installation's analysts labelled."""

DESK_PREFIX = "artikel-"
"""What an id of theirs begins with; the article's number follows."""


class Labelled(Protocol):
    """The labels that an example has, with its text or without."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def signals(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def optional(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def modality(self) -> Modality: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def torn(self) -> bool: ...  # noqa: D102
    @property
    def weight(self) -> float: ...  # noqa: D102
    @property
    def flagged(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled article.

    ``optional`` signals are neither hit nor miss; ``group`` is where it came from; ``weight`` its say. ``torn`` texts
    lost the words inside their links. ``severity`` is None where nobody judged it. ``family`` names the story, where
    the writer knows it better than a comparison of texts. ``labelled_at`` is set for what a desk labelled. What has
    ``part`` "holdout" never trains.
    """

    id: str
    title: str
    text: str
    signals: frozenset[str]
    optional: frozenset[str]
    modality: Modality
    negasi: bool = False
    historis: bool = False
    group: str = ""
    torn: bool = False
    weight: float = 1.0
    severity: int | None = None
    published: date | None = None
    family: str = ""
    labelled_at: datetime | None = None
    part: Part = "train"

    @property
    def flagged(self) -> bool:
        """Whether the article should be flagged."""
        return bool(self.signals) and self.modality in WATCHED


@dataclass(frozen=True, slots=True)
class Learned:
    """A labelled article as a model sees it, without its text.

    ``row``: the hashed features; its positions are -1 where it was read from a matrix. ``rails``: the factor by which
    the guard rails multiply the probability of each modality, in the order of `Modality` (1.0: no rail). ``prints``
    tell copies. ``story`` is the id of the story's first article, "" where it was not compared with others yet. The
    other fields are those of `Example`.
    """

    id: str
    signals: frozenset[str]
    optional: frozenset[str]
    modality: Modality
    row: Row
    negasi: bool = False
    historis: bool = False
    group: str = ""
    torn: bool = False
    weight: float = 1.0
    severity: int | None = None
    published: date | None = None
    labelled_at: datetime | None = None
    part: Part = "train"
    story: str = ""
    prints: Prints = NO_PRINTS
    rails: NDArray[np.float32] = field(default_factory=lambda: np.ones(len(MODALITIES), np.float32))

    @property
    def flagged(self) -> bool:
        """Whether the article should be flagged."""
        return bool(self.signals) and self.modality in WATCHED


def read_examples(path: Path, *, group: str = "", weight: float = 1.0) -> list[Example]:
    """Return the examples of a labelled JSONL file, ordered as there.

    A line is an object with id, title, text, signals and modality; signals_optional, severity, negasi, historis,
    dataset, published (or date), family, torn, part may be there. ``group`` is for lines without a dataset. Raises
    InputError naming file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=path) from error
    except UnicodeDecodeError as error:
        raise InputError("the text is not UTF-8; convert it first, e.g. with iconv", where=path) from error
    examples: list[Example] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        example = example_from(_entry(line, where), where, group=group, weight=weight)
        if example.id in seen:
            raise InputError(f'the id "{example.id}" already stands in line {seen[example.id]}', where=where)
        seen[example.id] = number
        examples.append(example)
    return examples


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a labelled article: the line is no JSON ({error})", where=where) from error
    if not isinstance(entry, dict):
        raise InputError("not a labelled article: the line is no JSON object", where=where)
    return entry


def example_from(entry: Mapping[str, Any], where: str, *, group: str = "", weight: float = 1.0) -> Example:
    """Return the example of one object of a labelled file; InputError, naming ``where``, for one that is none."""
    missing = [name for name in ("id", "title", "text", "signals", "modality") if name not in entry]
    if missing:
        raise InputError(f'not a labelled article: it has no "{missing[0]}"', where=where)
    signals, optional = _slugs(entry, "signals", where), _slugs(entry, "signals_optional", where)
    known = load_taxonomy().slugs
    for slug in (*sorted(signals), *sorted(optional)):
        if slug not in known:
            raise InputError(f'there is no signal "{slug}"; the signals are {", ".join(known)}', where=where)
    kinds = [kind.value for kind in Modality]
    if entry["modality"] not in kinds:
        raise InputError(f'there is no modality "{entry["modality"]}"; there are {", ".join(kinds)}', where=where)
    severity = entry.get("severity")
    if severity is not None and (isinstance(severity, bool) or severity not in set(Severity)):
        raise InputError(f'"severity" is "{severity}", not a whole number from 0 to 4', where=where)
    part = entry.get("part") or "train"
    if part not in ("train", "holdout"):
        raise InputError(f'"part" is "{part}", not "train" or "holdout"', where=where)
    return Example(
        id=_text(entry, "id", where),
        title=_text(entry, "title", where),
        text=_text(entry, "text", where),
        signals=signals,
        optional=optional - signals,
        modality=Modality(entry["modality"]),
        negasi=bool(entry.get("negasi")),
        historis=bool(entry.get("historis")),
        group=str(entry.get("dataset") or group or ""),
        torn=bool(entry.get("torn")),
        weight=weight,
        severity=None if severity is None else int(severity),
        published=_date(entry.get("published") or entry.get("date"), where),
        family=str(entry.get("family") or ""),
        part="holdout" if part == "holdout" else "train",
    )


def _text(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = entry[name]
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(f'not a labelled article: "{name}" is no text', where=where)
    return value


def _slugs(entry: Mapping[str, Any], name: str, where: str) -> frozenset[str]:
    value = entry.get(name)
    value = list(value) if isinstance(value, dict) else [] if value is None else value
    if not isinstance(value, list) or not all(isinstance(slug, str) for slug in value):
        raise InputError(f'not a labelled article: "{name}" is no list of signals', where=where)
    return frozenset(value)


def _date(value: object, where: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise InputError(f'"published" is "{value}", not a date like 2024-11-05', where=where) from error


def example_of(labelled: LabelledArticle, *, weight: float = 1.0) -> Example:
    """Return what the desk labelled as an example; its id is ``artikel-`` and the number of the article."""
    return Example(
        id=f"{DESK_PREFIX}{labelled.article_id}",
        title=labelled.title,
        text=labelled.text,
        signals=frozenset(labelled.signals),
        optional=frozenset(labelled.optional) - frozenset(labelled.signals),
        modality=labelled.modality,
        negasi=labelled.negasi,
        historis=labelled.historis,
        group=DESK,
        weight=weight,
        severity=labelled.severity,
        published=labelled.published.date() if labelled.published else None,
        labelled_at=labelled.at,
    )


def learn(
    examples: Iterable[Example], taxonomy: Taxonomy | None = None, *, progress: Callable[[int], object] | None = None
) -> tuple[Learned, ...]:
    """Return examples as a model sees them; ``progress`` is told how many were read. InputError: an unknown signal."""
    given = list(examples)
    return tuple(_learned(given, taxonomy or load_taxonomy(), progress)) if given else ()


def _learned(
    examples: Iterable[Example], taxonomy: Taxonomy, progress: Callable[[int], object] | None
) -> Iterator[Learned]:
    finder, labels, known = CueFinder(taxonomy), cue_labels(taxonomy), set(taxonomy.slugs)
    even = dict.fromkeys(MODALITIES, 1 / len(MODALITIES))
    for number, example in enumerate(examples, 1):
        if unknown := sorted((example.signals | example.optional) - known):
            raise InputError(f"unknown signals in the examples: {', '.join(unknown)}")
        document = read_document(example.title, example.text)
        hits = finder.find(document)
        guarded, _ = guard(document, hits, even)
        family = f"{example.group}/{example.family}" if example.family else ""
        yield Learned(
            id=example.id,
            signals=example.signals,
            optional=example.optional,
            modality=example.modality,
            row=read_row(document, hits, labels),
            negasi=example.negasi,
            historis=example.historis,
            group=example.group,
            torn=example.torn,
            weight=example.weight,
            severity=example.severity,
            published=example.published,
            labelled_at=example.labelled_at,
            part=example.part,
            prints=prints_of(f"{example.title} {example.text}", family=family),
            rails=np.array([guarded[name] * len(MODALITIES) for name in MODALITIES], np.float32),
        )
        if progress is not None:
            progress(number)


def counts(examples: Iterable[Labelled]) -> dict[str, int]:
    """Return how many examples each signal and modality has."""
    found: dict[str, int] = {}
    for example in examples:
        for label in (*sorted(example.signals), example.modality.value):
            found[label] = found.get(label, 0) + 1
    return found


def labels_digest(examples: Sequence[Learned]) -> str:
    """Return the SHA-256 (hex) of ids and labels, whatever their order: what pins a corpus that ships no text."""
    whole = hashlib.sha256()
    for one in sorted(examples, key=lambda one: one.id):
        line = [
            one.id,
            sorted(one.signals),
            sorted(one.optional),
            one.modality.value,
            one.severity,
            one.negasi,
            one.historis,
        ]
        whole.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return whole.hexdigest()
