"""The articles that a reading judged worst, so that a person can see what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.records import Evidence
    from models.measurement import Said, Truth

FLAG, SIGNAL, MODALITY, SEVERITY = 4.0, 2.0, 1.0, 0.5
"""What a mistake weighs: a flag that is wrong costs the desk most; a severity (per level) least. Only an order."""


@dataclass(frozen=True, slots=True)
class Miss:
    """An article that was judged otherwise than it was labelled: ``at`` is its place in the list that was measured."""

    at: int
    weight: float
    flag_missed: bool
    flag_wrong: bool
    signals_missed: tuple[str, ...]
    signals_wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A miss as the report shows it: the user's own article beside what is true and what was said."""

    miss: Miss
    truth: Truth
    said: Said
    title: str = ""
    text: str = ""
    evidence: tuple[Evidence, ...] = ()


def worst(truth: Sequence[Truth], said: Sequence[Said], most: int) -> tuple[Miss, ...]:
    """Return up to ``most`` articles that were judged wrongly, the worst first, then in the order of the file.

    A wrong flag or signal weighs more, the surer it was said (the squared distance of Brier 1950 is added). What counts
    neither way, an optional signal that was asserted, is no mistake.
    """
    found = [_miss(at, *pair) for at, pair in enumerate(zip(truth, said, strict=True))]
    wrong = [one for one in found if one.weight > 0]
    return tuple(sorted(wrong, key=lambda one: (-one.weight, one.at))[:most])


def _miss(at: int, truth: Truth, said: Said) -> Miss:
    missed = tuple(sorted(truth.signals - said.asserted))
    wrong = tuple(sorted(said.asserted - truth.signals - truth.optional))
    flag_missed = truth.flagged and not said.flagged
    flag_wrong = said.flagged and not truth.flagged and not truth.optional
    weight = 0.0
    if flag_missed or flag_wrong:
        weight += FLAG * (1 + (said.flag_score - truth.flagged) ** 2)
    weight += SIGNAL * sum(1 + (1 - said.signals.get(slug, 0.0)) ** 2 for slug in missed)
    weight += SIGNAL * sum(1 + said.signals.get(slug, 1.0) ** 2 for slug in wrong)
    weight += MODALITY * (truth.modality is not said.modality)
    if truth.severity is not None and said.severity is not None:
        weight += SEVERITY * abs(truth.severity - said.severity)
    return Miss(at, round(weight, 6), flag_missed, flag_wrong, missed, wrong)
