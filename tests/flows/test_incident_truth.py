"""A part of the made-up incidents, judged by the model in use and joined: seconds, so that each change is held to it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from itertools import combinations
from math import comb
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from classifiers.copies import signature
from classifiers.incidents import Member, Profile, Ties, is_joinable, partition, profile_of
from classifiers.sameness import compare, print_of, worth_a_look
from models.assessor import AssessItem, Assessor

if TYPE_CHECKING:
    from collections.abc import Sequence

GOLD = Path(__file__).resolve().parents[2] / "data" / "gold" / "incidents"
ARTICLES = 60
LEAST_PRECISION = 0.9
LEAST_RECALL = 0.8
"""A little below 0.92 and 0.85, what was measured on this part (its incidents are near misses of one another), so that only a loss fails; the
bounds that the project has set itself are held by scripts/evaluate_incidents.py on all of it."""


@pytest.fixture(scope="module")
def truth() -> tuple[dict[int, str], list[Profile], Ties]:
    """Return the event of each of the first articles that were not learned from, and the profiles of what is joined."""
    outlets = {one["id"]: one for one in json.loads((GOLD / "outlets.json").read_text(encoding="utf-8"))}
    lines = [json.loads(line) for line in (GOLD / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in lines if row["incident"] and int(row["incident"][1:]) > 45][:ARTICLES]
    items = [
        AssessItem(
            row["id"],
            row["title"],
            row["text"],
            datetime.fromisoformat(row["published"]),
            source=row["source"],
            provinces=tuple(outlets[row["source"]]["provinces"]),
            regencies=tuple(outlets[row["source"]]["regencies"]),
            timezone=outlets[row["source"]]["timezone"],
        )
        for row in rows
    ]
    members = []
    for number, (row, item, assessment) in enumerate(zip(rows, items, Assessor.load().assess(items), strict=True)):
        assert item.published is not None
        mark = signature(item.title, item.text)
        at = item.published
        member = Member(
            number, row["source"], row["host"], row["tier"], item.title, item.text, mark, at, at, assessment
        )
        if is_joinable(assessment):
            members.append(member)
    events = {number: row["incident"] for number, row in enumerate(rows)}
    return events, [profile_of(member) for member in members], Ties(copies=prints(members))


def prints(members: Sequence[Member]) -> frozenset[tuple[int, int]]:
    """Return the pairs that are prints of one text, found as the flow finds them."""
    made = {one.article_id: print_of(one.title, one.text, one.signature) for one in members}
    return frozenset(
        (one.article_id, other.article_id)
        for one, other in combinations(members, 2)
        if worth_a_look(one.signature, other.signature)
        and compare(made[one.article_id], made[other.article_id], one_outlet=one.source_id == other.source_id).is_copy
    )


def pairs(groups: list[tuple[int, ...]]) -> set[tuple[int, int]]:
    return {(min(pair), max(pair)) for group in groups for pair in combinations(group, 2)}


def test_hardly_a_pair_is_wrongly_together_and_most_of_what_belongs_together_is(
    truth: tuple[dict[int, str], list[Profile], Ties],
) -> None:
    events, profiles, ties = truth
    found = pairs(partition(profiles, ties))
    right = {pair for pair in found if events[pair[0]] == events[pair[1]]}
    joinable = Counter(events[profile.article_id] for profile in profiles)
    belonging = sum(comb(count, 2) for count in joinable.values())
    assert len(found) >= 50
    assert len(right) / len(found) >= LEAST_PRECISION
    assert len(right) / belonging >= LEAST_RECALL


def test_the_same_articles_make_the_same_groups_in_whatever_order(
    truth: tuple[dict[int, str], list[Profile], Ties],
) -> None:
    _, profiles, ties = truth
    groups = partition(profiles, ties)
    for seed in range(3):
        shuffled = list(profiles)
        Random(seed).shuffle(shuffled)
        assert partition(shuffled, ties) == groups
