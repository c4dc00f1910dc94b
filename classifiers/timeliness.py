"""How long news takes to the desk: from publication to first sight to judgement to the person who looks.

Delays are told as they are: one that is negative is an error of somebody's clock (or zone) and is counted, never turned
into 0 or left out; a publication time whose zone was only assumed stands apart from those that named theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import quantiles
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

MINUTE = 60.0

CLOCK_SLACK_S = 60.0
"""A time of publication is often rounded up to the minute: up to one ahead is no error of a clock."""


class Leg(StrEnum):
    """One leg of the way of an article; the value is its word in tables and JSON."""

    TERBIT_TERLIHAT = "terbit_terlihat"  # published by a zone it names, to first read
    TERBIT_TERLIHAT_ZONA_DUGAAN = "terbit_terlihat_zona_dugaan"  # the same, in a zone that was assumed
    TERDAFTAR_TERLIHAT = "terdaftar_terlihat"  # listed by a finder, to read: our own waiting
    TERLIHAT_DINILAI = "terlihat_dinilai"  # read, to judged
    DINILAI_KEJADIAN = "dinilai_kejadian"  # flagged, to the incident that it opened
    KEJADIAN_DESK = "kejadian_desk"  # opened, to the first review or alert
    TERBIT_DESK = "terbit_desk"  # the whole way, of what named its zone


class Moments(Protocol):
    """What is needed of ``data.store.sightings.Passage``."""

    @property
    def source_id(self) -> str:
        """The outlet."""

    @property
    def published(self) -> datetime | None:
        """When it says that it was published."""

    @property
    def tz_assumed(self) -> bool:
        """Whether the zone of that is the outlet's, for want of one."""

    @property
    def offered(self) -> datetime | None:
        """When a finder listed it first."""

    @property
    def seen(self) -> datetime:
        """When it was read first."""

    @property
    def judged(self) -> datetime | None:
        """When it was first assessed."""

    @property
    def flagged(self) -> bool:
        """Whether it was flagged."""

    @property
    def opened(self) -> datetime | None:
        """When it opened an incident."""

    @property
    def desk(self) -> datetime | None:
        """When the desk first had that."""

    @property
    def known_since(self) -> datetime:
        """When the first article of its outlet was read."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The delays of one leg in minutes: the middle, nine in ten, the worst, of the ``n`` that are not negative.

    ``negative`` delays are errors of a clock or zone; ``earliest`` is the worst of them, None without one. The three
    figures are None where nothing was measured.
    """

    n: int
    median: float | None
    p90: float | None
    worst: float | None
    negative: int = 0
    earliest: float | None = None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """What was seen when, of the articles of one source or of all.

    ``undated`` articles told no time of publication; ``assumed`` told one without its zone; ``archive`` is older than
    the first look at their source, and in no leg that begins with publication. ``waiting`` are read and not judged yet,
    ``unseen`` opened an incident that nobody has looked at.
    """

    articles: int
    undated: int
    assumed: int
    archive: int
    flagged: int
    waiting: int
    unseen: int
    legs: Mapping[Leg, Spread]


def timeliness(passages: Iterable[Moments]) -> Timeliness:
    """Return how long the articles of ``passages`` took, leg by leg."""
    known = tuple(passages)
    delays: dict[Leg, list[float]] = {leg: [] for leg in Leg}
    for one in known:
        for leg, delay in _legs(one):
            delays[leg].append(delay)
    return Timeliness(
        articles=len(known),
        undated=sum(one.published is None for one in known),
        assumed=sum(one.published is not None and one.tz_assumed for one in known),
        archive=sum(_is_archive(one) for one in known),
        flagged=sum(one.flagged for one in known),
        waiting=sum(one.judged is None for one in known),
        unseen=sum(one.opened is not None and one.desk is None for one in known),
        legs={leg: spread_of(found) for leg, found in delays.items()},
    )


def by_source(passages: Iterable[Moments]) -> dict[str, Timeliness]:
    """Return the same of each source, by its id, the slowest (by the middle of publication to sight) first."""
    found: dict[str, list[Moments]] = {}
    for one in passages:
        found.setdefault(one.source_id, []).append(one)
    lines = {source_id: timeliness(mine) for source_id, mine in found.items()}
    return dict(sorted(lines.items(), key=lambda line: (-_slowness(line[1]), line[0])))


def _slowness(line: Timeliness) -> float:
    measured = line.legs[Leg.TERBIT_TERLIHAT].median
    assumed = line.legs[Leg.TERBIT_TERLIHAT_ZONA_DUGAAN].median
    return max(-1.0 if measured is None else measured, -1.0 if assumed is None else assumed)


def _is_archive(one: Moments) -> bool:
    return one.published is not None and one.published < one.known_since


def _legs(one: Moments) -> Iterable[tuple[Leg, float]]:
    published = None if _is_archive(one) else one.published
    named = None if one.tz_assumed else published
    ends: Sequence[tuple[Leg, datetime | None, datetime | None]] = (
        (Leg.TERBIT_TERLIHAT, named, one.seen),
        (Leg.TERBIT_TERLIHAT_ZONA_DUGAAN, published if one.tz_assumed else None, one.seen),
        (Leg.TERDAFTAR_TERLIHAT, one.offered, one.seen),
        (Leg.TERLIHAT_DINILAI, one.seen, one.judged),
        (Leg.DINILAI_KEJADIAN, one.judged, one.opened),
        (Leg.KEJADIAN_DESK, one.opened, one.desk),
        (Leg.TERBIT_DESK, named, one.desk),
    )
    for leg, begin, end in ends:
        if begin is not None and end is not None:
            yield leg, (end - begin).total_seconds()


def spread_of(delays: Sequence[float]) -> Spread:
    """Return the spread of delays in seconds, in minutes; up to a minute below 0 counts as 0."""
    errors = [delay for delay in delays if delay < -CLOCK_SLACK_S]
    fair = sorted(max(0.0, delay) for delay in delays if delay >= -CLOCK_SLACK_S)
    earliest = min(errors) / MINUTE if errors else None
    if not fair:
        return Spread(0, None, None, None, len(errors), earliest)
    if len(fair) == 1:
        middle = high = fair[0]
    else:
        deciles = quantiles(fair, n=10, method="inclusive")
        middle, high = deciles[4], deciles[8]
    return Spread(len(fair), middle / MINUTE, high / MINUTE, fair[-1] / MINUTE, len(errors), earliest)
