"""What is known of an event from the articles about it.

Always worked out anew from all of them, so that the order in which they came does not colour it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from classifiers.incidents.members import CLONE_TIER, STRENGTH, event_places, rank
from data.records import Incident, IncidentStatus, Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from classifiers.incidents.members import Member
    from data.records import Place


def summarise(members: Sequence[Member], now: datetime, previous: Incident | None = None) -> Incident:
    """Return the incident that ``members`` are about; ``previous`` keeps id, status, opening time and revision.

    Articles that are no longer flagged after a revision count for spread only; where none is flagged any more the
    incident falls to severity 0. Severity and urgency are the highest that any flagged article reaches: copies raise
    nothing.
    """
    if not members:
        msg = "an incident has at least one article"
        raise ValueError(msg)
    standing = [member for member in members if member.assessment.flagged and not member.withdrawn]
    telling = standing or list(members)
    best = min(telling, key=rank)
    severity = max(member.assessment.severity for member in standing) if standing else 0
    urgency = min(member.assessment.urgency for member in standing) if standing else Urgency.P4
    counted = Counter(signal for member in telling for signal in member.assessment.flagged_signals)
    times = [member.assessment.event_time for member in sorted(telling, key=rank) if member.assessment.event_time]
    return Incident(
        id=previous.id if previous else 0,
        title=best.title,
        signals=tuple(sorted(counted, key=lambda signal: (-counted[signal], signal))),
        modality=min((member.assessment.modality for member in telling), key=STRENGTH.index),
        severity=severity,
        urgency=urgency,
        status=previous.status if previous else IncidentStatus.BELUM_DITINJAU,
        places=_merged_places(telling),
        opened_at=previous.opened_at if previous else now,
        first_seen=min(member.first_seen for member in members),
        last_seen=max(member.first_seen for member in members),
        event_time=times[0] if times else None,
        article_ids=tuple(sorted(member.article_id for member in members)),
        spread=len(members),
        independent_sources=independent_sources(telling),
        best_tier=min(member.tier for member in telling),
        revision=previous.revision if previous else 1,
        published=min((member.published for member in members if member.published), default=None),
        best_article_id=best.article_id,
        merged_into=previous.merged_into if previous else None,
    )


def _merged_places(members: Sequence[Member]) -> tuple[Place, ...]:
    best: dict[str, Place] = {}
    for member in sorted(members, key=rank):
        for place in event_places(member.assessment):
            best.setdefault(place.code, place)
    finest = [code for code in best if not any(other != code and other.startswith(code + ".") for other in best)]
    return tuple(best[code] for code in sorted(finest, key=lambda code: (-len(code), code)))


def independent_sources(members: Sequence[Member]) -> int:
    """Return how many witnesses there are: texts of their own, from outlets of tier 1 to 3 of different networks."""
    witnesses: list[Member] = []
    for member in sorted(members, key=rank):
        if member.tier >= CLONE_TIER or any(member.network == known.network for known in witnesses):
            continue
        if any(member.shares_text(known) for known in witnesses):
            continue
        witnesses.append(member)
    return len(witnesses)
