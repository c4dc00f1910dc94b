"""When an incident counts: the day that it belongs to, and the hour at which it became known.

A day's count should be of what happened that day, so the event's own time goes first. An hour's count cannot be: most
texts name a day, not an hour, and every event of a day would fall on its midnight. Hours count what became known.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import Incident

OLDEST_EVENT: Final = timedelta(days=30)
"""An event that lies further back than this before anybody told of it is an old matter that is news again (a verdict,
an audit): it counts when it became known. The same 30 days after which handling no longer joins an event."""


def known_at(incident: Incident) -> datetime:
    """Return when the first article told of it: published, or first seen where that is unknown or still to come."""
    if incident.published is None:
        return incident.first_seen
    return min(incident.published, incident.first_seen)


def counted_at(incident: Incident) -> datetime:
    """Return the moment under whose day it counts: the beginning of the event where the text tells it.

    Where it does not, where the event is yet to come (a threat counts when it is uttered, not on the day it names), or
    where it lies more than `OLDEST_EVENT` back, the moment at which it became known.
    """
    known = known_at(incident)
    event = incident.event_time
    if event is not None and known - OLDEST_EVENT <= event.start <= known:
        return event.start
    return known
