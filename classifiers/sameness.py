"""Whether two articles are prints of one text: exact, near or spun; and whether a likeness is only that of a form.

Pure. Weather, prices, league tables and opening hours are printed from one form every day: their words are nearly the
same, their figures and days are not. Such a pair is no copy, however alike (``Sameness.NONE``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.copies import COPY_LIKENESS, body_of, fact_likeness, likeness, own_words, signature
from classifiers.spun import SPUN_BESIDE_QUOTES, SPUN_LIKENESS, shared_lead, skeleton, spun_likeness, verbatim_share
from data.copying import Sameness

if TYPE_CHECKING:
    from classifiers.copies import Signature
    from classifiers.spun import Facts, Skeleton

__all__ = ["Print", "Sameness", "Verdict", "compare", "other_figures", "other_names", "print_of", "worth_a_look"]


@dataclass(frozen=True, slots=True)
class Print:
    """An article as it is compared: its signature, a hash of its own words, and its skeleton."""

    mark: Signature
    key: bytes
    skeleton: Skeleton


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one text is another. ``likeness`` in [0, 1] is on the scale of its kind; for NONE the greater of the two."""

    kind: Sameness
    likeness: float

    @property
    def is_copy(self) -> bool:
        """Whether both are prints of one text."""
        return self.kind is not Sameness.NONE


SURE_LIKENESS = 0.7
"""From here on so much is the same that a new head makes no new text; below, the leads must be the same too."""

OWN_LIKENESS = 0.8
"""From here on two articles of one outlet are one text. A paper takes whole paragraphs from what it wrote before: of 85
such pairs of real articles that were read, 22 of 25 from here on were one text, and a third of the others."""

LEAD_LIKENESS = 0.5
"""Dice likeness from which two leads tell the same; of near copies among made-up incidents the lowest has 0.60."""

CUT_SHARE = 0.8
"""Share of the shorter text that stands word for word in the longer from which it is that one, cut: a third of a long
release is 0.33 like it, below COPY_LIKENESS."""

CUT_LEAST_SENTENCES = 3

QUOTING = 0.15
"""Likeness of the words from which two texts that are no near copies quote one statement; spun copies, whose quotations
are spun too, have 0.02 to 0.11, those made word by word 0.3 to 0.45."""

FORM_FIGURES = 3
FORM_FIGURES_SHARED = 0.7
"""Two prints of one text share their figures: where both have three and fewer than this share of the fewer are the
same, one form was filled in twice. Of 115 near pairs among made-up incidents none is below; of the daily forms of real
papers (prices, air, tables) nearly all are."""

FORM_NAMES = 5
FORM_NAMES_SHARED = 0.6
"""The same for names: one release about three villages is three releases."""

FACTS_WORTH_A_LOOK = 0.25
"""Estimated likeness of the facts from which a pair is worth aligning: the lowest of the made-up spun copies shares
0.4, and the estimate from 60 numbers misses by 0.06 (one standard error)."""


def print_of(title: str, text: str, mark: Signature | None = None) -> Print:
    """Return an article as it is compared; ``mark`` is its signature, where that is known already."""
    words = " ".join(own_words(text)).encode("utf-8", "surrogatepass")
    key = hashlib.blake2b(words, digest_size=16).digest()
    return Print(mark or signature(title, text), key, skeleton(title, body_of(text)))


def worth_a_look(one: Signature, other: Signature) -> bool:
    """Return whether two signatures are near enough that the texts should be compared."""
    return likeness(one, other) >= COPY_LIKENESS / 2 or fact_likeness(one, other) >= FACTS_WORTH_A_LOOK


def compare(one: Print, other: Print, *, one_outlet: bool = False) -> Verdict:
    """Return how one text is the other; a text too short for a signature is like none, not even itself.

    ``one_outlet`` says that one outlet printed both: it shares paragraphs with itself, and spins nobody.
    """
    if not one.mark.digest or not other.mark.digest:
        return Verdict(Sameness.NONE, 0.0)
    if one.key == other.key:
        return Verdict(Sameness.EXACT, 1.0)
    near = likeness(one.mark, other.mark)
    ours, theirs = one.skeleton.facts, other.skeleton.facts
    if other_figures(ours, theirs) or (near >= COPY_LIKENESS / 2 and other_names(ours, theirs)):
        return Verdict(Sameness.NONE, near)
    if one_outlet:
        return Verdict(Sameness.NEAR if near >= OWN_LIKENESS else Sameness.NONE, near)
    if near >= SURE_LIKENESS:
        return Verdict(Sameness.NEAR, near)
    told_alike = shared_lead(one.skeleton, other.skeleton) >= LEAD_LIKENESS or not one.skeleton.sentences
    if near >= COPY_LIKENESS and told_alike:
        return Verdict(Sameness.NEAR, near)
    fewest = min(len(one.skeleton.sentences), len(other.skeleton.sentences))
    if near >= COPY_LIKENESS / 2 and fewest >= CUT_LEAST_SENTENCES and told_alike:
        cut = verbatim_share(one.skeleton, other.skeleton)
        if cut >= CUT_SHARE:
            return Verdict(Sameness.NEAR, near)
    spun = spun_likeness(one.skeleton, other.skeleton)
    least = SPUN_LIKENESS if near < QUOTING else SPUN_BESIDE_QUOTES
    return Verdict(Sameness.SPUN if spun >= least else Sameness.NONE, max(spun, near))


def other_figures(one: Facts, other: Facts) -> bool:
    """Return whether two texts differ in figures or days as two fillings of one form do."""
    if one.days and other.days and one.days.isdisjoint(other.days):
        return True
    if one.headline - other.numbers - other.headline and other.headline - one.numbers - one.headline:
        return True
    return _disagree(one.numbers, other.numbers, FORM_FIGURES, FORM_FIGURES_SHARED)


def other_names(one: Facts, other: Facts) -> bool:
    """Return whether two texts in the same words are about others: two polres that send out one release.

    Either names something more than once that the other does not name at all, or they share too few names. Only of
    near texts: a text in other words has other names too ("Polpol").
    """
    if one.subjects - other.names and other.subjects - one.names:
        return True
    return _disagree(one.names, other.names, FORM_NAMES, FORM_NAMES_SHARED)


def _disagree(ours: frozenset[str], theirs: frozenset[str], least: int, share: float) -> bool:
    fewer = min(len(ours), len(theirs))
    return fewer >= least and len(ours & theirs) < share * fewer
