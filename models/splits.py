"""How labelled articles are put together and kept apart: sources merged, stories found, folds, and the holdout.

The holdout is what no version ever learned from: the articles that shipped for it (their labels and ids are pinned by a
digest), and the newest fifth of the stories that the desk labelled. A story is as old as its first label, so an article
that trained once never comes to the holdout: the border only moves forward. Copies never straddle it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from data.records import Modality
from models.examples import labels_digest
from models.stories import stories_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from models.examples import Learned

FOLDS = 5
NEWEST = 0.2
"""Share of the desk's stories that measure instead of training."""


@dataclass(frozen=True, slots=True)
class Split:
    """Examples by what they are for.

    ``train`` learns. ``fixed`` (shipped for it) and ``recent`` (the desk's newest stories) measure. ``kept_out`` are
    copies of a fixed story: they may not train, and measuring them too would count one story twice.
    """

    train: tuple[Learned, ...]
    fixed: tuple[Learned, ...]
    recent: tuple[Learned, ...]
    kept_out: tuple[Learned, ...]

    @property
    def holdout(self) -> tuple[Learned, ...]:
        """All that measures: the fixed part first."""
        return self.fixed + self.recent

    @property
    def fixed_digest(self) -> str:
        """The digest of the fixed part's ids and labels: what figures and floors are pinned with."""
        return labels_digest(self.fixed)

    @property
    def digest(self) -> str:
        """The digest of the whole holdout's ids and labels."""
        return labels_digest(self.holdout)


def merge(sources: Iterable[Iterable[Learned]]) -> tuple[Learned, ...]:
    """Return all examples, each id once: a later source overrides an earlier one, but never the holdout.

    The order is that of the first mention, so that the same sources give the same folds and sums.
    """
    found: dict[str, Learned] = {}
    for source in sources:
        for one in source:
            old = found.get(one.id)
            if old is None or old.part != "holdout":
                found[one.id] = one
    return tuple(found.values())


def with_stories(examples: Sequence[Learned]) -> tuple[Learned, ...]:
    """Return the examples, each with the id of the first one of its story."""
    numbers = stories_of([one.prints for one in examples]).tolist()
    return tuple(replace(one, story=examples[number].id) for one, number in zip(examples, numbers, strict=True))


def split(examples: Sequence[Learned], *, seen: Collection[str] = frozenset()) -> Split:
    """Return the examples (with stories) by what they are for.

    ``seen`` are ids of the desk's that the champion learned from: their stories train, however new their label is, for
    a champion would shine on them.
    """
    fixed = tuple(one for one in examples if one.part == "holdout")
    pinned = {one.story for one in fixed}
    free = [one for one in examples if one.part != "holdout"]
    recent = _newest(free, pinned, seen)
    return Split(
        train=tuple(one for one in free if one.story not in pinned and one.story not in recent),
        fixed=fixed,
        recent=tuple(one for one in free if one.story in recent),
        kept_out=tuple(one for one in free if one.story in pinned),
    )


def thinned(examples: Sequence[Learned], most: int) -> tuple[Learned, ...]:
    """Return at most ``most`` examples, in their order: the desk's oldest without relevance go first, then its oldest.

    What ships is never left out, nor is anything while there is room.
    """
    spare = len(examples) - most
    if spare <= 0:
        return tuple(examples)
    desk = [at for at, one in enumerate(examples) if one.labelled_at is not None]
    desk.sort(key=lambda at: (examples[at].modality is not Modality.TIDAK_RELEVAN, examples[at].labelled_at, at))
    dropped = set(desk[:spare])
    return tuple(one for at, one in enumerate(examples) if at not in dropped)


def _newest(examples: Sequence[Learned], pinned: Collection[str], seen: Collection[str]) -> set[str]:
    """Return those of the newest `NEWEST` of the desk's stories that nothing else has and no champion saw."""
    ages: dict[str, datetime] = {}
    barred = set(pinned)
    for one in examples:
        if one.labelled_at is None or one.id in seen:
            barred.add(one.story)
        if one.labelled_at is not None:
            at = one.labelled_at.astimezone(UTC)
            ages[one.story] = min(at, ages.get(one.story, at))
    order = sorted(ages, key=lambda story: (ages[story], story))
    return set(order[len(order) - math.floor(NEWEST * len(order)) :]) - barred


def story_numbers(examples: Sequence[Learned]) -> NDArray[np.int64]:
    """Return for each example the index of the first one here of its story."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(one.story or one.id, at) for at, one in enumerate(examples)], np.int64)


def fold_of(name: str, count: int = FOLDS) -> int:
    """Return the fold of a story by its name: the same whatever else there is."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % count
