"""What persons said of an article takes the place of what the machine said, wherever the article counts.

An incident is worked out from its articles; so a level, signal, modality or place that an analyst put right shows in
the incident, in its alert and in reports. What the machine said stays stored as it was, and learns from the correction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from classifiers.urgency import urgency
from data.records import WATCHED, Modality, Place, PlaceRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from classifiers.stages import Calendar
    from data.records import Assessment, Review

CERTAIN: Final = 1.0
OF_EVENT: Final = (PlaceRole.KEJADIAN, PlaceRole.CAKUPAN)


def corrected(
    assessment: Assessment, reviews: Iterable[Review], moment: datetime, calendar: Callable[[], Calendar]
) -> Assessment:
    """Return an assessment with what persons said of it since; of each field the last word counts.

    ``reviews`` are those of the article since its present revision, the first one first; ``moment`` is when it was
    published, by which the urgency follows from a corrected level in the stages of the desk's ``calendar`` (asked for
    where a level was corrected).
    """
    said = assessment
    for review in reviews:
        if review.signals is not None:
            said = replace(said, flagged_signals=review.signals)
        if review.modality is not None:
            said = replace(said, modality=review.modality)
        if review.place_codes is not None:
            said = replace(said, places=_places(said.places, review.place_codes))
        if review.severity is not None:
            points = ((f"ditetapkan {review.reviewer}", review.severity),)
            said = replace(said, severity=review.severity, severity_points=points)
    if said is assessment:
        return assessment
    flagged = bool(said.flagged_signals) and said.modality in WATCHED
    if said.severity == assessment.severity:
        return replace(said, flagged=flagged)
    codes = [place.code for place in said.places if place.role in OF_EVENT]
    return replace(said, flagged=flagged, urgency=urgency(said.severity, calendar().stage_at(moment, codes)))


def labels_of(assessment: Assessment) -> tuple[tuple[str, ...], Modality, int, tuple[str, ...]]:
    """Return what a person can put right: signals, modality, severity, and codes of the event's places."""
    codes = tuple(dict.fromkeys(place.code for place in assessment.places if place.role is PlaceRole.KEJADIAN))
    return assessment.flagged_signals, assessment.modality, assessment.severity, codes


def _places(places: Iterable[Place], codes: Iterable[str]) -> tuple[Place, ...]:
    """Return places whose event is at ``codes``; what the machine read there as well keeps its span."""
    read = {place.code: place for place in places}
    others = tuple(place for place in read.values() if place.role not in OF_EVENT and place.code not in set(codes))
    return (*(_certain(code, read.get(code)) for code in codes), *others)


def _certain(code: str, read: Place | None) -> Place:
    if read is None:
        return Place(code, code, PlaceRole.KEJADIAN, "text", 0, 0, CERTAIN)
    return replace(read, role=PlaceRole.KEJADIAN, confidence=CERTAIN, alternatives=(), ambiguous=False)
