"""An article as it counts for an incident, and where the event is that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.copies import COPY_LIKENESS, likeness
from data.records import Modality, Place, PlaceRole

if TYPE_CHECKING:
    from datetime import datetime

    from classifiers.copies import Signature
    from data.records import Assessment

CLONE_TIER = 4
"""Of clones and spinners: they are no witnesses."""

STRENGTH = (
    Modality.KEJADIAN,
    Modality.DUGAAN,
    Modality.PENANGANAN_HUKUM,
    Modality.ANCAMAN_POTENSI,
    Modality.OPINI,
    Modality.PENCEGAHAN_KEGIATAN,
    Modality.TIDAK_RELEVAN,
)
"""What an incident is called by the strongest that any of its articles says; handling does not undo the event."""


@dataclass(frozen=True, slots=True)
class Member:
    """One article as it counts for an incident: its present revision with its last assessment.

    ``network`` is the group of hosts it was published by (only one of them can be a witness). ``withdrawn`` says that
    the outlet has taken it down. ``prints`` are the numbers of articles that were found to print the same text, spun
    ones too, which the signature does not tell.
    """

    article_id: int
    source_id: str
    network: str
    tier: int
    title: str
    text: str
    signature: Signature
    published: datetime | None
    first_seen: datetime
    assessment: Assessment
    withdrawn: bool = False
    prints: frozenset[int] = frozenset()

    def shares_text(self, other: Member) -> bool:
        """Return whether both print one text, so that one of them only repeats the other."""
        known = other.article_id in self.prints or self.article_id in other.prints
        return known or likeness(self.signature, other.signature) >= COPY_LIKENESS

    @property
    def moment(self) -> datetime:
        """Return when it was published, or first seen where that is unknown."""
        return self.published or self.first_seen


def event_places(assessment: Assessment) -> tuple[Place, ...]:
    """Return where it happened, the finest first; the scope where no event place is known."""
    places = [place for place in assessment.places if place.role is PlaceRole.KEJADIAN] or [
        place for place in assessment.places if place.role is PlaceRole.CAKUPAN
    ]
    best: dict[str, Place] = {}
    for place in places:
        if place.code not in best or place.confidence > best[place.code].confidence:
            best[place.code] = place
    return tuple(sorted(best.values(), key=lambda place: (-len(place.code), -place.confidence, place.code)))


def rank(member: Member) -> tuple[int, int, int, datetime, int]:
    """Return what orders articles by how well they tell of an event, the best first: for title, quotations, answers.

    The most trusted outlet, the strongest modality, the gravest, the earliest.
    """
    assessment = member.assessment
    return (
        min(member.tier, CLONE_TIER),
        STRENGTH.index(assessment.modality),
        -assessment.severity,
        member.moment,
        member.article_id,
    )
