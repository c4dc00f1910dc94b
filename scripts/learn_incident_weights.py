"""Learn what each likeness of two articles counts; prints the numbers for ``classifiers/incidents/pairs.py``.

    python scripts/learn_incident_weights.py [--c 3] [--cross]

Logistic regression over pairs of articles of which it is known whether they are about one event: the sample network,
and the made-up incidents. Prints of one text are left out: they are one without being asked. Pairs of two events that
lie within days of one another in one place count NEAR times: they are what has to be told apart.

``--cross`` tells what such weights are worth on incidents that they were not learned from: the made-up incidents are
dealt into five folds, three times over; the articles of each are grouped, among all others, by weights learned without
it. That is the honest measure: what is shipped was learned from all of them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from classifiers.copies import signature
from classifiers.incidents import Member, Ties, is_joinable, partition, profile_of
from classifiers.incidents.pairs import CERTAIN, FEATURES, features, of_two_events
from classifiers.sameness import compare, print_of, worth_a_look
from data.samples.truth import truth
from models.assessor import AssessItem, Assessor

sys.path.insert(0, str(Path(__file__).parent))

from evaluate_incidents import read_gold  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifiers.incidents import Profile
    from data.records import Assessment

    Floats = NDArray[np.float64]

NEAR = 2.25
"""Of 1.5 to 2.5, by ``--cross``: less finds more and takes more for one that is two (pair precision 0.91 at 1.5)."""

FOLDS, DEALS = 5, 3
PARTS = ("n", "precision", "recall", "right", "ours", "theirs")

NEAR_GAP = 1.4
"""Logarithm of 1 + days up to which two events are near in time: three days."""


def known(assessor: Assessor) -> Iterator[tuple[list[Member], list[str]]]:
    """Yield the articles of each truth with the names of their events, the made-up incidents first."""
    rows, sources = read_gold()
    items = [
        AssessItem(
            row.id,
            row.article.title,
            row.article.text,
            row.article.published,
            source=row.article.source_id,
            provinces=sources[row.article.source_id].provinces,
            regencies=sources[row.article.source_id].regencies,
            timezone=sources[row.article.source_id].timezone,
        )
        for row in rows
    ]
    yield _members(items, assessor.assess(items)), [row.event for row in rows]
    pieces = truth()
    items = [AssessItem(one.url, one.title, one.text, one.published, source=one.source_id) for one in pieces]
    yield _members(items, assessor.assess(items)), [one.event or one.incident or one.url for one in pieces]


def _members(items: Sequence[AssessItem], assessments: Sequence[Assessment]) -> list[Member]:
    members = []
    for number, (item, assessment) in enumerate(zip(items, assessments, strict=True), 1):
        mark, source = signature(item.title, item.text), item.source or ""
        assert item.published is not None  # noqa: S101  # made up with one
        members.append(
            Member(number, source, source, 3, item.title, item.text, mark, item.published, item.published, assessment)
        )
    return members


@dataclass(frozen=True, slots=True)
class Known:
    """The pairs of one truth: features by the places of both articles, which of them are prints, who tells of what."""

    members: Sequence[Member]
    profiles: Mapping[int, Profile]
    vectors: Mapping[tuple[int, int], tuple[float, ...]]
    prints: frozenset[tuple[int, int]]
    events: Sequence[str]

    def pairs(self, without: frozenset[str] = frozenset()) -> Iterator[tuple[tuple[float, ...], bool]]:
        """Yield what is learned from: features of a pair and whether it is one event; not of events ``without``."""
        for (one, other), vector in self.vectors.items():
            event, another = self.events[one], self.events[other]
            joinable = is_joinable(self.members[one].assessment) and is_joinable(self.members[other].assessment)
            if joinable and (one, other) not in self.prints and not {event, another} & without:
                yield vector, event == another


def read(members: Sequence[Member], events: Sequence[str]) -> Known:
    """Return the pairs of one truth."""
    texts = [print_of(one.title, one.text, one.signature) for one in members]
    every = [replace(profile_of(member), article_id=place) for place, member in enumerate(members)]
    prints: set[tuple[int, int]] = set()
    vectors: dict[tuple[int, int], tuple[float, ...]] = {}
    for one, other in combinations(range(len(members)), 2):
        vector = features(every[one], every[other])
        if vector is not None:
            vectors[one, other] = vector
        elif not worth_a_look(members[one].signature, members[other].signature):
            continue
        one_outlet = members[one].source_id == members[other].source_id
        if compare(texts[one], texts[other], one_outlet=one_outlet).is_copy:
            prints.add((one, other))
    printed = {place for pair in prints for place in pair}
    profiles = {
        place: profile
        for place, profile in enumerate(every)
        if is_joinable(members[place].assessment) or place in printed
    }
    return Known(members, profiles, vectors, frozenset(prints), events)


def learned(found: Iterable[tuple[tuple[float, ...], bool]], c: float) -> Floats:
    """Return the weights, in the order of FEATURES."""
    given = list(found)
    vectors, same = np.array([vector for vector, _ in given]), np.array([one for _, one in given])
    near = ~same & (vectors[:, FEATURES.index("gap")] < NEAR_GAP)
    model = LogisticRegression(C=c, fit_intercept=False, max_iter=5000)
    model.fit(vectors, same, sample_weight=np.where(near, NEAR, 1.0))
    weights: Floats = model.coef_[0]
    return weights


def grouped_by(known: Known, weights: Floats) -> dict[int, object]:
    """Return the group of each article as the joining would have it with these weights, all of them decided at once."""

    def score(one: Profile, other: Profile) -> float:
        vector = known.vectors.get((min(one.article_id, other.article_id), max(one.article_id, other.article_id)))
        if vector is None or of_two_events(one, other):
            return -CERTAIN
        return max(-CERTAIN, min(CERTAIN, float(np.dot(weights, vector))))

    found: dict[int, object] = {place: place for place in range(len(known.members))}
    for group in partition(known.profiles.values(), Ties(copies=known.prints), score):
        if any(known.members[place].assessment.flagged for place in group):
            found |= dict.fromkeys(group, group)
    return found


def crossed(known: Known, others: Sequence[Known], c: float) -> dict[str, float]:
    """Return B-cubed and pairs of articles whose incident the weights were not learned from: means over all deals."""
    parts: dict[str, float] = defaultdict(float)
    for deal in range(DEALS):
        events = sorted(set(known.events))
        random.Random(deal).shuffle(events)  # noqa: S311  # no secret
        for fold in range(FOLDS):
            left = frozenset(events[fold::FOLDS])
            more = (pair for other in others for pair in other.pairs())
            found = grouped_by(known, learned([*known.pairs(left), *more], c))
            groups, classes = Counter(found.values()), Counter(known.events)
            both = Counter((found[place], event) for place, event in enumerate(known.events))
            for place, event in enumerate(known.events):
                if event in left:
                    right, ours, theirs = both[found[place], event], groups[found[place]], classes[event]
                    added = (1, right / ours, right / theirs, right - 1, ours - 1, theirs - 1)
                    for name, value in zip(PARTS, added, strict=True):
                        parts[name] += value
    precision, recall = parts["precision"] / parts["n"], parts["recall"] / parts["n"]
    return {
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f1": 2 * precision * recall / (precision + recall),
        "pair_precision": parts["right"] / parts["ours"],
        "pair_recall": parts["right"] / parts["theirs"],
    }


def main() -> None:
    """Learn and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--c", type=float, default=3.0, help="inverse strength of the penalty")
    parser.add_argument("--cross", action="store_true", help="measure on incidents that were not learned from")
    given = parser.parse_args()
    made_up, *others = [read(members, events) for members, events in known(Assessor.load())]
    found = [pair for one in (made_up, *others) for pair in one.pairs()]
    print(f"{len(found)} pairs, {sum(same for _, same in found)} of one event")
    for name, weight in zip(FEATURES, learned(found, given.c), strict=True):
        print(f'    "{name}": {weight:.2f},')
    if given.cross:
        for name, value in crossed(made_up, others, given.c).items():
            print(f"not learned from: {name} {value:.3f}")


if __name__ == "__main__":
    main()
