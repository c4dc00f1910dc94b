"""What of an incident was seen when: from the first publication to the desk, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

STEPS: Final = ("terbit", "terlihat", "ditandai", "dibuka", "ditinjau", "diperingatkan")
"""Published, first read, first flagged, incident opened, first reviewed by a person, alert first raised."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The moments of an incident; None where it has not come so far, or nobody told (a publication without a time)."""

    terbit: datetime | None
    terlihat: datetime
    ditandai: datetime | None
    dibuka: datetime
    ditinjau: datetime | None = None
    diperingatkan: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """From one step to the next that is known: ``took`` is negative where a clock or a zone was wrong, and is told so.

    A review and an alert are both counted from the opening: neither waits for the other.
    """

    since: str
    until: str
    at: datetime
    took: timedelta


def legs(seen: Seen) -> tuple[Leg, ...]:
    """Return how long each step took, in the order of STEPS; a step that has not come, or has no start, is left out."""
    known = [(step, moment) for step in STEPS if (moment := getattr(seen, step)) is not None]
    found = []
    for index, (step, moment) in enumerate(known[1:], 1):
        since, start = ("dibuka", seen.dibuka) if step in {"ditinjau", "diperingatkan"} else known[index - 1]
        found.append(Leg(since, step, moment, moment - start))
    return tuple(found)
