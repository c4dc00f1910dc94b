"""Labels to and from the files of other tools: the formats of `data.exchange` meet the store."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from data.errors import InputError, UnknownItemError
from data.exchange import Entry, Given, Text, Wrong, format_named
from data.records import Label
from data.resolution import annotator_name, person_of
from flows.labelling import stored_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Literal

    from data.records import LabelledArticle, StoredArticle
    from data.store import Store
    from flows.labelling import LabelTools

    What = Literal["queue", "labels", "examples"]

log = structlog.get_logger(__name__)

DECISION: Final = re.compile(r"(?:adjudication|agreement|single) \(\d+\)")
"""What an exported example names in place of a person: how it was decided, and by how many."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: labels ``taken``, ``known`` already, and the lines ``refused`` with why."""

    taken: int
    known: int
    refused: tuple[Wrong, ...]

    @property
    def read(self) -> int:
        """How many labels and lines there were."""
        return self.taken + self.known + len(self.refused)


def import_labels(tools: LabelTools, raw: bytes, name: str, annotator: str) -> Imported:
    """Take in the labels of a file in the format ``name``; ``annotator`` is who labelled where the file does not say.

    The same file again changes nothing. Raises InputError for what is no such file, UnknownItemError for a format.
    """
    who, now = annotator_name(annotator), tools.clock()
    taken = known = 0
    refused: list[Wrong] = []
    seen: dict[tuple[int, int, str], int] = {}
    with tools.store.transaction():
        decided = tools.store.labels.resolutions()
        lines = list(format_named(name).read(raw, tools.taxonomy.slugs))
        for line in _adjudications_last(lines):
            if isinstance(line, Wrong):
                refused.append(line)
                continue
            try:
                label = _label_of(tools, line, who, now)
                if line.at is None:
                    _refuse_second(label, line.line, seen)
                came = decided.get((label.article_id, label.revision)) if _is_decision(line) else None
                if (came is not None and came.label is not None and _says(came.label) == _says(label)) or _is_known(
                    tools.store, label, timed=line.at is not None
                ):
                    known += 1
                    continue
                tools.store.labels.add(label)
            except (InputError, UnknownItemError) as error:
                refused.append(Wrong(line.line, str(error)))
            else:
                taken += 1
    _write_down(tools, "label_import", f"{name}: {taken} taken, {known} known, {len(refused)} refused, as {who}")
    log.info("labels_imported", format=name, taken=taken, known=known, refused=len(refused))
    return Imported(taken, known, tuple(sorted(refused, key=lambda one: one.line)))


def _adjudications_last(lines: Sequence[Given | Wrong]) -> list[Given | Wrong]:
    """Return the lines with adjudications behind the labels that they decide between, wherever they stood."""
    return sorted(lines, key=lambda one: isinstance(one, Given) and one.kind == "adjudication")


def _label_of(tools: LabelTools, given: Given, who: str, now: datetime) -> Label:
    stored = tools.store.articles.get(given.article_id, given.revision)
    if stored is None:
        raise UnknownItemError(
            "article", given.article_id, hint="texts that are not in the store are learned with kentongan train FILE"
        )
    if given.at is not None and given.at > now:
        raise InputError(f"was labelled in the future ({given.at.isoformat()}); mend the time")
    # What several persons came to is no person's word: whoever brings a changed one back has labelled it.
    annotator = who if given.annotator is None or _is_decision(given) else annotator_name(given.annotator)
    return given.label(stored, annotator, given.at or now)


def _is_decision(given: Given) -> bool:
    """Return whether a line is an exported example: what the labels came to, not what one person said."""
    return given.annotator is not None and DECISION.fullmatch(given.annotator) is not None


def _says(label: Label) -> tuple[object, ...]:
    signals, optional = sorted(label.signals), sorted(label.optional)
    return signals, optional, label.modality, label.severity, label.negasi, label.historis


def _refuse_second(label: Label, line: int, seen: dict[tuple[int, int, str], int]) -> None:
    """Raise InputError where a file labels a text twice by one person and does not say which was later."""
    key = (label.article_id, label.revision, person_of(label.annotator))
    if (first := seen.setdefault(key, line)) != line:
        raise InputError(
            f"article {label.article_id} was labelled in line {first} already, and no time says which counts"
        )


def _is_known(store: Store, label: Label, *, timed: bool) -> bool:
    """Return whether a label is there: the same at the same time, or the same as the person's last word."""
    mine = [
        one
        for one in store.labels.of_article(label.article_id)
        if (one.revision, one.kind) == (label.revision, label.kind)
        and person_of(one.annotator) == person_of(label.annotator)
    ]
    if timed:
        return any(_same(one, label) and one.at == label.at for one in mine)
    return bool(mine) and _same(mine[-1], label)


def _same(one: Label, other: Label) -> bool:
    """Return whether two labels say the same; the order of signals says nothing."""
    return replace(
        one,
        annotator="",
        at=other.at,
        signals=tuple(sorted(one.signals)),
        optional=tuple(sorted(one.optional)),
    ) == replace(other, annotator="", signals=tuple(sorted(other.signals)), optional=tuple(sorted(other.optional)))


def export_labels(
    tools: LabelTools, name: str, what: What, *, annotator: str | None = None, blind: bool = False, by: str = "?"
) -> bytes:
    """Return labels, examples or the queue as a file in the format ``name``, with the whole texts.

    ``queue``: what ``annotator`` (None: anybody) is still to label, without any labels, and, ``blind``, without what
    the model said. ``labels``: every label ever
    made, with who and when. ``examples``: what training believes, one label an article. It is other people's text, not
    for publication: that ``by``, who has the machine in hand, exported it stays in the store, as a run, and in the
    audit log.
    """
    chosen = format_named(name)
    if what == "queue":
        entries = _queue_entries(tools, annotator, blind=blind)
    elif what == "labels":
        entries = _label_entries(tools)
    else:
        entries = [_example_entry(one) for one in tools.store.labels.examples()]
    raw = chosen.write(entries, tools.taxonomy.slugs)
    with tools.store.transaction():
        _write_down(tools, "label_export", f"{what} as {name}: {len(entries)} texts, {len(raw)} bytes, by {by}")
        told = {"isi": what, "format": name, "teks": len(entries), "bita": len(raw)}
        tools.store.audit.add(f"cli:{by}", "label_diekspor", "label", tools.clock(), told)
    log.warning("labels_exported", format=name, what=what, texts=len(entries), bytes=len(raw), publish=False)
    return raw


def _write_down(tools: LabelTools, kind: str, note: str) -> None:
    """Keep in the store that labels or texts came or went."""
    now = tools.clock()
    tools.store.runs.finish(tools.store.runs.start(kind, now), now, "completed", note=note)


def _queue_entries(tools: LabelTools, annotator: str | None, *, blind: bool) -> list[Entry]:
    tasks = [one.task for one in tools.store.label_tasks.queue(annotator)]
    return [
        Entry(
            _text(stored_text(tools.store, task.article_id, task.revision)),
            said=None if blind else tools.store.assessments.of(task.article_id, task.revision),
        )
        for task in tasks
    ]


def _label_entries(tools: LabelTools) -> list[Entry]:
    texts: dict[tuple[int, int], list[Label]] = {}
    for label in tools.store.labels.since():
        texts.setdefault((label.article_id, label.revision), []).append(label)
    return [Entry(_text(stored_text(tools.store, *key)), tuple(texts[key])) for key in sorted(texts)]


def _example_entry(one: LabelledArticle) -> Entry:
    text = Text(one.article_id, one.revision, one.title, one.text, one.source_id, one.url, one.published)
    label = Label(
        article_id=one.article_id,
        revision=one.revision,
        annotator=f"{one.basis} ({one.persons})",
        at=one.at,
        signals=one.signals,
        modality=one.modality,
        optional=one.optional,
        severity=one.severity,
        negasi=one.negasi,
        historis=one.historis,
    )
    return Entry(text, (label,))


def _text(stored: StoredArticle) -> Text:
    article = stored.article
    return Text(
        stored.id,
        stored.revision,
        article.title,
        article.text,
        article.source_id,
        article.canonical_url,
        article.published,
    )
