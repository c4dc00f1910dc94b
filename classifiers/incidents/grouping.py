"""Which articles belong together, decided anew for all that are near one another: order of arrival is no matter.

Copies are one from the start, and so is what a person put together. Then the two groups that are surest to be about one
event are made one, again and again (agglomerative clustering with average linkage: Sokal and Michener 1958), until no
two are sure enough. Average, because one report that touches two events must not make them one. What a person took
apart never comes together (Wagstaff and others, *Constrained K-means*, 2001: must-link and cannot-link).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from classifiers.incidents.pairs import CERTAIN, is_copy_of, log_odds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from classifiers.incidents.profiles import Profile

JOIN_AT: Final = 0.0
"""Mean log-odds from which two groups are about one event: as likely as not. These three were tried from -0.5 to
0.5 (1.5 for the last) with weights learned on either half of the made-up incidents and measured on the other one."""

ATTACH_AT: Final = 0.3
"""Mean of the surest links from which a later group is the follow-up of an event."""

HANG_AT: Final = 0.5
"""The same for an article that is no more than context of an event."""

NEAR_AT: Final = 0.0
"""Log-odds from which two articles have to be decided together, the least of the above: a mean reaches it only where
one of its links does, so what lies below cannot change who belongs to whom."""

PAIRS: Final = 2
"""Links of each later text that are looked at: one alone would be chance."""

BEST_SHARE: Final = 0.5
"""Share of the links between two texts' prints that counts, the surest: a spun or shortened print has lost words."""

LATER: Final = timedelta(hours=18)
"""A group that begins so much later than another may follow it; what handles an event may at once."""

NEVER: Final = -float("inf")


@dataclass(frozen=True, slots=True)
class Ties:
    """What is known of pairs besides their likeness: what persons decided, and which are copies.

    ``held`` gives the incident of each article that no machine may move: those of one incident stay together, those of
    two never meet. ``together`` and ``apart`` are pairs of articles, the smaller id first. ``copies`` are the pairs
    that are prints of one text, spun ones too; None where the texts were not compared: then the signatures tell.
    """

    held: Mapping[int, int] = field(default_factory=dict)
    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
    copies: frozenset[tuple[int, int]] | None = None

    def parted(self, one: int, other: int) -> bool:
        """Return whether a person keeps two articles apart."""
        ours, theirs = self.held.get(one), self.held.get(other)
        if ours is not None and theirs is not None:
            return ours != theirs  # where they are now is a person's last word
        return (min(one, other), max(one, other)) in self.apart

    def copy(self, one: Profile, other: Profile) -> bool:
        """Return whether two articles are prints of one text."""
        if self.copies is None:
            return is_copy_of(one, other)
        ids = one.article_id, other.article_id
        return (min(ids), max(ids)) in self.copies

    def joined(self, one: int, other: int) -> bool:
        """Return whether a person holds two articles together."""
        ours, theirs = self.held.get(one), self.held.get(other)
        if ours is not None and theirs is not None:
            return ours == theirs
        return (min(one, other), max(one, other)) in self.together


FREE: Final = Ties()

Block = list[int]
"""Places in the canonical order of the articles that are one text, or that a person holds together."""


def partition(
    profiles: Iterable[Profile], ties: Ties = FREE, score: Callable[[Profile, Profile], float] = log_odds
) -> list[tuple[int, ...]]:
    """Return the articles' ids in groups, one per event: each in the order of its moments, the earliest group first.

    The same profiles give the same groups in whatever order they come. ``score`` are the log-odds of a pair, handed in
    where other weights are to be tried.
    """
    board = _Board(sorted(profiles, key=_canonical), ties, score)
    groups = [sorted(group) for part in board.parts() for group in _decided(board, part)]
    return [tuple(board.profiles[place].article_id for place in group) for group in sorted(groups)]


def component(new: Profile, others: Sequence[Profile], ties: Ties = FREE) -> list[Profile]:
    """Return what has to be decided together with ``new``: all that it is near to, what that is near to, and so on.

    What persons put together comes whole. ``new`` is first, the others follow in canonical order.
    """
    by_incident: dict[int, list[Profile]] = defaultdict(list)
    for profile in others:
        if profile.article_id in ties.held:
            by_incident[ties.held[profile.article_id]].append(profile)
    left = {profile.article_id: profile for profile in others if profile.article_id != new.article_id}
    found, waiting = [], [new]
    while waiting:
        one = waiting.pop()
        near = [other for other in left.values() if _near(one, other, ties)]
        if one.article_id in ties.held:
            near += [other for other in by_incident[ties.held[one.article_id]] if other.article_id in left]
        for other in near:
            if left.pop(other.article_id, None) is not None:
                found.append(other)
                waiting.append(other)
    return [new, *sorted(found, key=_canonical)]


def _near(one: Profile, other: Profile, ties: Ties) -> bool:
    return ties.joined(one.article_id, other.article_id) or ties.copy(one, other) or log_odds(one, other) >= NEAR_AT


def _canonical(profile: Profile) -> tuple[object, int]:
    return profile.moment, profile.article_id


class _Board:
    """Articles in canonical order with the log-odds of every pair that may be one event."""

    def __init__(self, profiles: Sequence[Profile], ties: Ties, score: Callable[[Profile, Profile], float]) -> None:
        self.profiles = profiles
        self.ties = ties
        self._scores: dict[tuple[int, int], float] = {}
        for other, profile in enumerate(profiles):
            for one in range(other):
                copy = ties.copy(profiles[one], profile)
                self._scores[one, other] = CERTAIN if copy else score(profiles[one], profile)

    def joined(self, one: int, other: int) -> bool:
        return self.ties.joined(self.profiles[one].article_id, self.profiles[other].article_id)

    def parted(self, ours: Block, theirs: Block) -> bool:
        ids = self.profiles
        return any(self.ties.parted(ids[one].article_id, ids[other].article_id) for one in ours for other in theirs)

    def score(self, one: int, other: int) -> float:
        return self._scores[min(one, other), max(one, other)]

    def between(self, ours: Block, theirs: Block) -> float:
        """Return the mean log-odds of the surest links of two blocks; NEVER where a person keeps them apart."""
        if self.parted(ours, theirs):
            return NEVER
        scores = sorted((self.score(one, other) for one in ours for other in theirs), reverse=True)
        count = max(1, round(len(scores) * BEST_SHARE))
        return sum(scores[:count]) / count

    def parts(self) -> Iterator[list[int]]:
        """Yield the places in parts that have nothing to do with one another."""
        left = set(range(len(self.profiles)))
        while left:
            part, waiting = [], [min(left)]
            left.discard(waiting[0])
            while waiting:
                one = waiting.pop()
                part.append(one)
                near = [other for other in left if self.joined(one, other) or self.score(one, other) >= NEAR_AT]
                left.difference_update(near)
                waiting += near
            yield sorted(part)

    def blocks(self, part: Sequence[int]) -> list[Block]:
        """Return what of a part is one without being asked: what a person holds together, and one text."""
        blocks = {place: [place] for place in part}
        block_of = {place: place for place in part}

        def unite(one: int, other: int) -> None:
            first, second = sorted((block_of[one], block_of[other]))
            if first != second and not self.parted(blocks[first], blocks[second]):
                block_of.update(dict.fromkeys(blocks[second], first))
                blocks[first] += blocks.pop(second)

        pairs = [(one, other) for other in part for one in part if one < other]
        for one, other in pairs:
            if self.joined(one, other):
                unite(one, other)
        for one, other in pairs:
            if self.ties.copy(self.profiles[one], self.profiles[other]):
                unite(one, other)
        return [sorted(block) for _, block in sorted(blocks.items())]


def _decided(board: _Board, part: Sequence[int]) -> Iterator[list[int]]:
    """Yield the groups of a part."""
    events: list[Block] = []
    hangers: list[Block] = []
    for block in board.blocks(part):
        telling = any(board.profiles[place].flagged and not board.profiles[place].recap for place in block)
        (events if telling else hangers).append(block)
    groups = _with_follow_ups(board, _agglomerated(board, events))
    return ([place for block in group for place in block] for group in _with_hangers(board, groups, hangers))


def _agglomerated(board: _Board, blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the groups of blocks after all joins."""
    groups = {index: [block] for index, block in enumerate(blocks)}
    links = {
        (one, other): board.between(blocks[one], blocks[other]) for other in range(len(blocks)) for one in range(other)
    }
    while links:
        (one, other), score = min(links.items(), key=lambda item: (-item[1], item[0]))
        if score < JOIN_AT:
            break
        ours, theirs = len(groups[one]), len(groups[other])
        for third in groups:
            if third in (one, other):
                continue
            mine = links[min(one, third), max(one, third)]
            gone = links.pop((min(other, third), max(other, third)))
            links[min(one, third), max(one, third)] = (ours * mine + theirs * gone) / (ours + theirs)
        del links[one, other]
        groups[one] += groups.pop(other)
    return list(groups.values())


def _with_follow_ups(board: _Board, groups: list[list[Block]]) -> list[list[Block]]:
    """Put each group that begins later under the event it follows, each under the one it is surest about.

    All of them are asked of the groups as they stood, so that a follow-up takes nothing with it to a second event. A
    report of the hearing shares its words with some of the first reports only: the surest pairs count, not the mean.
    """
    ordered = sorted(groups, key=lambda group: min(min(block) for block in group))
    first = [board.profiles[min(min(block) for block in group)].moment for group in ordered]
    under: dict[int, int] = {}
    for index, group in enumerate(ordered):
        handling = all(board.profiles[place].handling for block in group for place in block)
        best = ATTACH_AT
        for other in range(index):
            if handling or first[index] - first[other] >= LATER:
                score = _surest(board, ordered[other], group)
                if score >= best:
                    best, under[index] = score, other
    finished: dict[int, list[Block]] = {}
    for index, group in enumerate(ordered):
        event = index
        while event in under:
            event = under[event]
        finished.setdefault(event, []).extend(group)
    return list(finished.values())


def _surest(board: _Board, ours: Sequence[Block], theirs: Sequence[Block]) -> float:
    """Return the mean of the surest links from each text of ``theirs`` to ours, at most PAIRS of them each."""
    total = 0.0
    for block in theirs:
        scores = sorted((board.between(one, block) for one in ours), reverse=True)
        if scores[-1] == NEVER:
            return NEVER
        total += sum(scores[:PAIRS]) / min(PAIRS, len(scores))
    return total / len(theirs)


def _with_hangers(board: _Board, groups: list[list[Block]], hangers: Sequence[Block]) -> list[list[Block]]:
    """Put each recap, and what is not flagged, under the event it is surest about, after all else is decided.

    So none of them makes one of two events. What hangs on nothing is joined among itself.
    """
    finished = [list(group) for group in groups]
    left = []
    for block in hangers:
        scores = [_surest(board, group, [block]) for group in groups]
        best = max(range(len(groups)), key=lambda index: (scores[index], -index), default=None)
        if best is not None and scores[best] >= HANG_AT:
            finished[best].append(block)
        else:
            left.append(block)
    return finished + _agglomerated(board, left)
