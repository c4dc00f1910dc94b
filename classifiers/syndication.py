"""Who copies whom, how often and how late: a graph of outlets, and which of them are no witnesses.

Pure. From pairs of prints of one text (``classifiers.sameness`` tells them) every copy is laid at the door of one
outlet, that of the earliest print. An outlet that mostly copies is a clone, one that puts others' texts into other
words is a spinner; either is of tier 4 as a witness, until a person says otherwise (``tier_fixed`` in the catalogue).
Sister sites that share their texts openly (one network) are told, and never counted against each other.

Shares are judged by the lower end of their 95 % Wilson interval (Wilson 1927), so that three copies among four articles
make no clone.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING

from data.copying import CopyPair, Sameness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

LEAST_PRINTED = 20
"""Articles of an outlet below which nothing is said of its habits."""

CLONE_LEAST, CLONE_SHARE = 10, 0.5
"""A clone copied at least so many, and surely (Wilson, 95 %) more than half of what it prints: what is left is not
enough to be a witness. Regional papers that reprint releases and agencies copy a tenth to a third."""

SPINNER_LEAST, SPINNER_SHARE = 5, 0.15
"""A spinner put at least so many of others' texts into other words, surely more than a seventh of what it prints. Among
11,500 real articles of honest papers fewer than one in a hundred is taken for a spun copy of another publisher."""

GROUP_LEAST, GROUP_SHARE = 5, 0.25
"""Outlets are one group where one takes at least so many texts, and this share of its own, from the other."""

ZONE_DOUBT = timedelta(hours=2)
"""By how much a time may be wrong whose zone the page did not name: from WIB to WIT."""

LOOK_DOUBT = timedelta(hours=1)
"""By how much first sight may come late: the longest interval between two looks at a source."""

CLONE_TIER = 4
LOWERED_FROM = 3
"""Only outlets of this tier and below are lowered without a person: an agency's paper that prints mostly what the
agency writes is none of these, and its tier was given with care."""

KNOWN_SPINNERS = frozenset({"pfgacdl.xyz", "mino77-news.com", "swarafakta.my.id", "disinfecting2u.com"})
"""Hosts that were seen to spin releases, before any figures: the start of the list."""

_Z = 1.959963984540054


class Habit(StrEnum):
    """What an outlet is taken for; the words are shown."""

    CLONE = "klon"
    SPINNER = "pemutar"
    KNOWN_SPINNER = "pemutar_dikenal"


@dataclass(frozen=True, slots=True)
class Printing:
    """When one print came out, as far as it is known; ``tz_assumed``: the page named no zone."""

    article_id: int
    source_id: str
    published: datetime | None
    tz_assumed: bool
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Outlet:
    """What the catalogue says of an outlet. ``tier_fixed``: a person stands by its tier."""

    source_id: str
    network: str
    host: str
    tier: int
    tier_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """What ``copier`` took from ``origin``: ``pairs`` texts, ``spun`` of them in other words.

    ``share`` is that of all texts the copier printed. Delays are from the origin's print to the copier's: median and
    the tenths at both ends. ``sisters``: one network, which is no copying.
    """

    copier: str
    origin: str
    pairs: int
    spun: int
    share: float
    median_delay: timedelta
    early_delay: timedelta
    late_delay: timedelta
    sisters: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What an outlet's prints say of it: ``copied`` and ``spun`` of ``printed`` are other networks' texts.

    ``undecided`` more are prints of which it cannot be told who was first. ``share_low`` and ``spun_low`` are the lower
    ends of the intervals. ``tier`` is the catalogue's, ``effective_tier`` what it counts as for a witness;
    ``suggested`` holds where the habit would lower the tier but a person must do so.
    """

    source_id: str
    printed: int
    copied: int
    spun: int
    undecided: int
    share_low: float
    spun_low: float
    habit: Habit | None
    tier: int
    effective_tier: int
    suggested: bool


@dataclass(frozen=True, slots=True)
class Syndication:
    """The graph: edges by their number of pairs, standings by share, groups of two and more outlets by size."""

    edges: tuple[Edge, ...]
    standings: tuple[Standing, ...]
    groups: tuple[tuple[str, ...], ...]


def ordered(one: Printing, other: Printing) -> tuple[Printing, Printing, timedelta | None]:
    """Return the later print, the earlier one, and by how much; None where the order cannot be told.

    What the pages say decides, unless it is within the doubt about a zone that they do not name; then first sight does,
    unless it is within one look.
    """
    if one.published is not None and other.published is not None:
        gap = one.published - other.published
        doubt = ZONE_DOUBT if one.tz_assumed or other.tz_assumed else timedelta(0)
        if abs(gap) > doubt:
            return (one, other, gap) if gap > timedelta(0) else (other, one, -gap)
    gap = one.first_seen - other.first_seen
    if abs(gap) > LOOK_DOUBT:
        return (one, other, gap) if gap > timedelta(0) else (other, one, -gap)
    later, earlier = (one, other) if one.article_id > other.article_id else (other, one)
    return later, earlier, None


def syndication(pairs: Sequence[CopyPair], printed: Mapping[str, int], outlets: Mapping[str, Outlet]) -> Syndication:
    """Return who copies whom, from all pairs of a period and the number of texts that each outlet printed in it.

    An outlet that is not in ``outlets`` (taken from the catalogue since) is its own network, of tier 3.
    """
    known = {name: outlets.get(name) or Outlet(name, name, "", LOWERED_FROM) for name in _names(pairs, printed)}
    origins = _origins(pairs)
    edges = _edges(origins, printed, known)
    undecided = Counter(pair.source_id for pair in _undecided(pairs, origins))
    standings = [
        _standing(known[name], printed.get(name, 0), _taken(origins, name, known), undecided[name]) for name in known
    ]
    standings.sort(key=lambda one: (-(one.copied + one.spun) / max(1, one.printed), one.source_id))
    return Syndication(edges, tuple(standings), _groups(edges))


def wilson_low(hits: int, of: int) -> float:
    """Return the lower end of the 95 % Wilson interval of a share; 0 of nothing."""
    if of == 0:
        return 0.0
    share, z2 = hits / of, _Z * _Z
    middle = share + z2 / (2 * of)
    return max(0.0, (middle - _Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))) / (1 + z2 / of))


def _names(pairs: Iterable[CopyPair], printed: Iterable[str]) -> list[str]:
    return sorted({*printed, *(name for pair in pairs for name in (pair.source_id, pair.of_source_id))})


def _origins(pairs: Iterable[CopyPair]) -> dict[int, CopyPair]:
    """Return for each article that is a copy the pair with the earliest print of its text at another outlet."""
    found: dict[int, CopyPair] = {}
    for pair in pairs:
        if pair.delay is None or pair.source_id == pair.of_source_id:
            continue
        best = found.get(pair.article_id)
        if best is None or _rank(pair) > _rank(best):
            found[pair.article_id] = pair
    return found


def _rank(pair: CopyPair) -> tuple[timedelta, float, int]:
    return pair.delay or timedelta(0), pair.likeness, -pair.of_article_id


def _undecided(pairs: Iterable[CopyPair], origins: Mapping[int, CopyPair]) -> list[CopyPair]:
    seen: dict[int, CopyPair] = {}
    for pair in pairs:
        if pair.delay is None and pair.source_id != pair.of_source_id and pair.article_id not in origins:
            seen.setdefault(pair.article_id, pair)
    return list(seen.values())


def _edges(
    origins: Mapping[int, CopyPair], printed: Mapping[str, int], outlets: Mapping[str, Outlet]
) -> tuple[Edge, ...]:
    taken: dict[tuple[str, str], list[CopyPair]] = defaultdict(list)
    for pair in origins.values():
        taken[pair.source_id, pair.of_source_id].append(pair)
    edges = []
    for (copier, origin), some in taken.items():
        delays = sorted(pair.delay for pair in some if pair.delay is not None)
        edges.append(
            Edge(
                copier,
                origin,
                len(some),
                sum(pair.kind is Sameness.SPUN for pair in some),
                len(some) / max(len(some), printed.get(copier, 0)),
                statistics.median(delays),  # type: ignore[type-var]  # times have a mean too
                delays[len(delays) // 10],
                delays[-1 - len(delays) // 10],
                outlets[copier].network == outlets[origin].network,
            )
        )
    return tuple(sorted(edges, key=lambda edge: (-edge.pairs, edge.copier, edge.origin)))


def _taken(origins: Mapping[int, CopyPair], name: str, outlets: Mapping[str, Outlet]) -> list[CopyPair]:
    network = outlets[name].network
    return [
        pair for pair in origins.values() if pair.source_id == name and outlets[pair.of_source_id].network != network
    ]


def _standing(outlet: Outlet, printed: int, taken: Sequence[CopyPair], undecided: int) -> Standing:
    spun = sum(pair.kind is Sameness.SPUN for pair in taken)
    of = max(printed, len(taken))
    share_low, spun_low = wilson_low(len(taken), of), wilson_low(spun, of)
    habit = None
    if outlet.host in KNOWN_SPINNERS:
        habit = Habit.KNOWN_SPINNER
    elif of >= LEAST_PRINTED and spun >= SPINNER_LEAST and spun_low >= SPINNER_SHARE:
        habit = Habit.SPINNER
    elif of >= LEAST_PRINTED and len(taken) >= CLONE_LEAST and share_low >= CLONE_SHARE:
        habit = Habit.CLONE
    lower = habit is not None and outlet.tier < CLONE_TIER
    by_itself = lower and outlet.tier >= LOWERED_FROM and not outlet.tier_fixed
    return Standing(
        outlet.source_id,
        printed,
        len(taken) - spun,
        spun,
        undecided,
        share_low,
        spun_low,
        habit,
        outlet.tier,
        CLONE_TIER if by_itself else outlet.tier,
        lower and not by_itself and not outlet.tier_fixed,
    )


def _groups(edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """Return the outlets that hang together by strong edges or by their network (union by names)."""
    leader: dict[str, str] = {}

    def head(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for edge in edges:
        if edge.sisters or (edge.pairs >= GROUP_LEAST and edge.share >= GROUP_SHARE):
            leader[head(edge.copier)] = head(edge.origin)
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(leader):
        members[head(name)].append(name)
    groups = [tuple(names) for names in members.values() if len(names) > 1]
    return tuple(sorted(groups, key=lambda group: (-len(group), group)))
