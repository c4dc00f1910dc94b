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

from classifiers.incidents.pairs import is_copy_of, log_odds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from classifiers.incidents.profiles import Profile

JOIN_AT: Final = 0.0
"""Mean log-odds from which two groups are about one event: more likely than not."""

NEAR_AT: Final = 0.0
"""Log-odds from which two articles have to be decided together. Groups join only where some pair of theirs reaches
JOIN_AT, so what lies below cannot change who belongs to whom."""


ATTACH_AT: Final = 0.0
"""Mean of the surest links from which a later group is the follow-up of an event."""

HANG_AT: Final = 1.0
"""The same for an article that is no more than context of an event."""

PAIRS: Final = 2
"""Links of each later text that are looked at: one alone would be chance."""

LATER: Final = timedelta(hours=18)
"""A group that begins so much later than another may follow it; what handles an event may at once."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What persons decided.

    ``held`` gives the incident of each article that no machine may move: those of one incident stay together, those of
    two never meet. ``together`` and ``apart`` are pairs of articles, the smaller id first.
    """

    held: Mapping[int, int] = field(default_factory=dict)
    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()

    def parted(self, one: int, other: int) -> bool:
        """Return whether a person keeps two articles apart."""
        ours, theirs = self.held.get(one), self.held.get(other)
        if ours is not None and theirs is not None:
            return ours != theirs  # where they are now is a person's last word
        return (min(one, other), max(one, other)) in self.apart


FREE: Final = Ties()


def partition(profiles: Iterable[Profile], ties: Ties = FREE) -> list[tuple[int, ...]]:
    """Return the articles' ids in groups, one per event: each in the order of its moments, the earliest group first.

    The same profiles give the same groups in whatever order they come.
    """
    ordered = sorted(profiles, key=_canonical)
    blocks = _blocks(ordered, ties)
    events: list[list[Profile]] = []
    hangers: list[list[Profile]] = []
    for block in blocks:
        (events if any(profile.flagged and not profile.recap for profile in block) else hangers).append(block)
    groups = _with_hangers(_with_follow_ups(_joined(events, ties), ties), hangers, ties)
    ids = [tuple(p.article_id for p in sorted(_flat(group), key=_canonical)) for group in groups]
    places = {profile.article_id: index for index, profile in enumerate(ordered)}
    return sorted(ids, key=lambda group: places[group[0]])


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
    pair = (min(one.article_id, other.article_id), max(one.article_id, other.article_id))
    return pair in ties.together or log_odds(one, other) >= NEAR_AT


def _canonical(profile: Profile) -> tuple[object, int]:
    return profile.moment, profile.article_id


def _flat(group: Iterable[Sequence[Profile]]) -> list[Profile]:
    return [profile for block in group for profile in block]


def _blocks(ordered: Sequence[Profile], ties: Ties) -> list[list[Profile]]:
    """Return what is one without being asked: one pinned incident, what a person put together, one text."""
    blocks = {index: [profile] for index, profile in enumerate(ordered)}
    block_of = list(range(len(ordered)))

    def unite(one: int, other: int) -> None:
        first, second = sorted((block_of[one], block_of[other]))
        if first == second or _parted(blocks[first], blocks[second], ties):
            return
        blocks[first] += blocks.pop(second)
        for index, block in enumerate(block_of):
            if block == second:
                block_of[index] = first

    for one, other in _given(ordered, ties):
        unite(one, other)
    for index, profile in enumerate(ordered):
        for other in range(index):
            if is_copy_of(profile, ordered[other]):
                unite(other, index)
    return [sorted(block, key=_canonical) for _, block in sorted(blocks.items())]


def _given(ordered: Sequence[Profile], ties: Ties) -> Iterator[tuple[int, int]]:
    """Yield the pairs, by their place in ``ordered``, that a person holds together."""
    places = {profile.article_id: index for index, profile in enumerate(ordered)}
    first_of: dict[int, int] = {}
    for index, profile in enumerate(ordered):
        if profile.article_id in ties.held:
            yield first_of.setdefault(ties.held[profile.article_id], index), index
    for one, other in sorted(ties.together):
        if one in places and other in places:
            yield places[one], places[other]


def _parted(ours: Sequence[Profile], theirs: Sequence[Profile], ties: Ties) -> bool:
    return any(ties.parted(one.article_id, other.article_id) for one in ours for other in theirs)


def _joined(blocks: Sequence[list[Profile]], ties: Ties) -> list[list[list[Profile]]]:
    """Return the groups of blocks after all joins."""
    groups = {index: [block] for index, block in enumerate(blocks)}
    links = {
        (one, other): _between(blocks[one], blocks[other], ties) for other in range(len(blocks)) for one in range(other)
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


def _between(ours: Sequence[Profile], theirs: Sequence[Profile], ties: Ties) -> float:
    """Return the mean log-odds over the pairs of two blocks; minus infinity where a person keeps them apart."""
    total = 0.0
    for one in ours:
        for other in theirs:
            if ties.parted(one.article_id, other.article_id):
                return -float("inf")
            total += log_odds(one, other)
    return total / (len(ours) * len(theirs))


def _with_follow_ups(groups: list[list[list[Profile]]], ties: Ties) -> list[list[list[Profile]]]:
    """Put each group that begins later under the event it follows, each under the one it is surest about.

    All of them are asked of the groups as they stood, so that a follow-up takes nothing with it to a second event. A
    report of the hearing shares its words with some of the first reports only: the surest pairs count, not the mean.
    """
    ordered = sorted(groups, key=lambda group: min(_canonical(profile) for profile in _flat(group)))
    first = [min(profile.moment for profile in _flat(group)) for group in ordered]
    under: dict[int, int] = {}
    for index, group in enumerate(ordered):
        best = (ATTACH_AT, 0)
        for other in range(index):
            if first[index] - first[other] < LATER and not all(profile.handling for profile in _flat(group)):
                continue
            score = _surest(ordered[other], group, ties)
            if score >= best[0]:
                best = (score, other)
                under[index] = other
    finished: dict[int, list[list[Profile]]] = {}
    for index, group in enumerate(ordered):
        event = index
        while event in under:
            event = under[event]
        finished.setdefault(event, []).extend(group)
    return list(finished.values())


def _surest(ours: Sequence[list[Profile]], theirs: Sequence[list[Profile]], ties: Ties) -> float:
    """Return the mean of the surest links from each text of ``theirs`` to ours, at most PAIRS of them each."""
    total = 0.0
    for block in theirs:
        scores = sorted((_between(one, block, ties) for one in ours), reverse=True)
        if scores[-1] == -float("inf"):
            return scores[-1]
        total += sum(scores[:PAIRS]) / min(PAIRS, len(scores))
    return total / len(theirs)


def _with_hangers(
    groups: list[list[list[Profile]]], hangers: Sequence[list[Profile]], ties: Ties
) -> list[list[list[Profile]]]:
    """Put each recap, and what is not flagged, under the event it is surest about, after all else is decided.

    So none of them makes one of two events. What hangs on nothing is joined among itself.
    """
    finished = [list(group) for group in groups]
    left = []
    for block in hangers:
        scores = [_surest(group, [block], ties) for group in groups]
        best = max(range(len(groups)), key=lambda index: (scores[index], -index), default=None)
        if best is not None and scores[best] >= HANG_AT:
            finished[best].append(block)
        else:
            left.append(block)
    return finished + _joined(left, ties)
