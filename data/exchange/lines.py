"""JSONL in the shape of the gold files, which `kentongan train` reads: a label a line, with its text.

``dataset`` is ``desk``. The keys of a gold file come first; ``article``, ``revision``, ``annotator``, ``labelled_at``,
``kind`` and ``note`` make it possible to read a line back as the label that it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from data.exchange.fields import json_lines, of_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.exchange import Entry, Given, Wrong

OF_TRAINING = ("signals", "signals_optional", "modality", "severity", "negasi", "historis")


def write(entries: Iterable[Entry], slugs: Sequence[str]) -> bytes:  # noqa: ARG001  # every format has one signature
    """Return a line for each label; a text without one has a line without labels."""
    whole = []
    for entry in entries:
        text = entry.text
        for number, label in enumerate(entry.labels or (None,)):
            fields = of_label(label)
            fields["signals_optional"] = fields.pop("optional", [])
            line: dict[str, Any] = {
                "id": f"artikel-{text.article_id}" + (f"-{number + 1}" if len(entry.labels) > 1 else ""),
                "title": text.title,
                "text": text.text,
                **({name: fields.pop(name) for name in OF_TRAINING} if label else {}),
                "dataset": "desk",
                "published": text.published.isoformat() if text.published else None,
                "source": text.source,
                "url": text.url,
                "article": text.article_id,
                "revision": text.revision,
                **({name: value for name, value in fields.items() if name != "signals_optional"} if label else {}),
            }
            whole.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(whole).encode("utf-8", "surrogatepass")


def read(raw: bytes, slugs: Sequence[str]) -> Iterator[Given | Wrong]:
    """Yield each line's label; blank lines are no lines."""
    return json_lines(raw, slugs, lambda fields: fields | {"optional": fields.get("signals_optional")})
