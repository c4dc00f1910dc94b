"""JSONL for doccano's multi-label text classification: ``{"text", "label": […], …}``, and its exports back.

Everything that is said is a label, so that it can be set there: signals by their slugs, ``modality:kejadian``,
``optional:politik_uang``, ``severity:2``, ``negasi``, ``historis``. Other keys are doccano's metadata: it keeps them,
and gives them back beside the labels. Its own ``id`` means nothing here; ``article`` does. It writes a file for each
member of a project, so whoever imports one says whose it is; comments become the note.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.exchange.fields import json_lines, of_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.exchange import Entry, Given, Wrong
    from data.records import Label

FLAGS = ("negasi", "historis")


def write(entries: Iterable[Entry], slugs: Sequence[str]) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return a line for each label, or for each text that is to be labelled."""
    whole = []
    for entry in entries:
        text = entry.text
        for number, label in enumerate(entry.labels or (None,)):
            fields = of_label(label)
            line: dict[str, Any] = {
                "id": f"{text.article_id}-{number + 1}",
                "text": f"{text.title}\n\n{text.text}",
                "label": labels_of(label),
                "article": text.article_id,
                "revision": text.revision,
                "source": text.source,
                "published": text.published.isoformat() if text.published else "",
                "url": text.url,
                **{name: fields[name] for name in ("annotator", "labelled_at", "kind", "note") if name in fields},
            }
            whole.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(whole).encode("utf-8", "surrogatepass")


def labels_of(label: Label | None) -> list[str]:
    """Return a label as doccano's: one word for each thing that is said."""
    if label is None:
        return []
    return [
        *label.signals,
        *(f"optional:{slug}" for slug in label.optional),
        f"modality:{label.modality}",
        *([f"severity:{label.severity}"] if label.severity is not None else []),
        *(name for name in FLAGS if getattr(label, name)),
    ]


def read(raw: bytes, slugs: Sequence[str]) -> Iterator[Given | Wrong]:
    """Yield each line's label; blank lines are no lines."""
    return json_lines(raw, slugs, lambda fields: {**fields, **_said(fields), "note": _note(fields)})


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    words = fields.get("label", fields.get("labels"))
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError('"label" must be a list of names; take the JSONL export of a text classification')
    found: dict[str, list[str]] = {"": [], "optional": [], "modality": [], "severity": []}
    for word in words:
        name, colon, value = word.strip().partition(":")
        if colon and name not in found:
            raise InputError(f'no such label "{word[:40]}"; before a colon stands modality, optional or severity')
        found[name if colon else ""].append(value.strip() if colon else name)
    if not words:
        raise InputError("has no label yet")
    for name in ("modality", "severity"):
        if len(set(found[name])) > 1:
            raise InputError(f"has more than one {name}: {', '.join(found[name])}")
    return {
        "signals": [word for word in found[""] if word not in FLAGS],
        "optional": found["optional"],
        "modality": next(iter(found["modality"]), None),
        "severity": next(iter(found["severity"]), None),
        **{name: name in found[""] for name in FLAGS},
    }


def _note(fields: dict[str, Any]) -> str:
    comments = fields.get("Comments")
    said = "; ".join(map(str, comments)) if isinstance(comments, list) else ""
    return "; ".join(part for part in (str(fields.get("note") or ""), said) if part)
