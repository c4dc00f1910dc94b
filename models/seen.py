"""Which articles of an evaluation a model has learned from: figures on those are too good to be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.card import files_digest, trained_ids
from models.challenger import GOLD_FOLDER
from models.examples import GOLD, read_examples
from models.judge import BASELINE
from models.matrix import read_matrix
from models.stories import prints_of, stories_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.stories import Prints


def trained_on(
    card: Mapping[str, Any],
    texts: Mapping[str, str],
    *,
    file: Path | None = None,
    matrix: Path = BASELINE,
    gold: Path = GOLD_FOLDER,
) -> frozenset[str]:
    """Return the ids of the articles that a model has learned from, by its card.

    ``texts`` are title and text by id. Copies of what trained count too, whatever their id. ``file`` is where the
    articles come from: a labelled file that trained is known by its digest. Articles that other labelled files had are
    not known; nor is anything where the card names no sources. Raises ModelError where the card or the matrix cannot
    be read.
    """
    sources = _sources(card)
    if file is not None and files_digest([file]) in sources.values():
        return frozenset(texts)
    known: dict[str, Prints] = {}
    if "matrix" in sources:
        known |= {f"matrix/{one.id}": one.prints for one in read_matrix(matrix) if one.part == "train"}
    if GOLD in sources:
        known |= {
            f"{GOLD}/{one.id}": prints_of(f"{one.title} {one.text}")
            for path in sorted(gold.glob("*.jsonl"))
            for one in read_examples(path, group=GOLD)
            if one.part == "train"
        }
    if not known:
        return trained_ids(card) & texts.keys()
    same_id = {name for name in texts if f"matrix/{name}" in known or f"{GOLD}/{name}" in known}
    prints = [*known.values(), *(prints_of(text) for text in texts.values())]
    story = stories_of(prints).tolist()
    learned = set(story[: len(known)])
    copies = {name for name, number in zip(texts, story[len(known) :], strict=True) if number in learned}
    return frozenset(same_id | copies | (trained_ids(card) & texts.keys()))


def _sources(card: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of what a card says that was read, by name; {} for a card that does not say."""
    data = card.get("data")
    found = data.get("sources") if isinstance(data, dict) else None
    return {
        str(one.get("name")): str(one.get("sha256"))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict)
    }
