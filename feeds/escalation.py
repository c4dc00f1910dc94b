"""Who is called when nobody looks: the steps of an incident whose clock has run out, and whom each one is for.

The clocks are the desk's (domain dossier, section 4.3: P1 15 minutes, P2 two hours, P3 the end of the shift; P4 goes to
the archive and is never called about). What stops the calls is a person: one who looks or decides at the desk, or one
of those who were called and said that they have it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.records import Urgency
from feeds.delivering import not_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.delivering import Recipient
    from data.records import Incident

STEPS: Final[Mapping[Urgency, tuple[timedelta, ...]]] = {
    Urgency.P1: (timedelta(0), timedelta(minutes=15), timedelta(minutes=45)),
    Urgency.P2: (timedelta(0), timedelta(hours=2)),
    Urgency.P3: (timedelta(0),),
}
"""How long after its clock ran out an incident is called about, step by step.

The first call is the dossier's; a second follows after the same span again, for a call that nobody heard, and of a P1 a
third at an hour. More would be noise: who has not heard three calls will not hear a fourth.
"""

WHOM: Final[Mapping[Urgency, str]] = {
    Urgency.P1: "Sekda/wakil ketua, Polres, penghubung Bawaslu (lewat telepon)",
    Urgency.P2: "Kaban Kesbangpol, penghubung Polres (Intelkam)",
    Urgency.P3: "koordinator sub-desk",
}
"""Who is to be told besides, by the dossier's table."""

LATEST: Final = timedelta(hours=12)
"""A call later than this is no early warning: after an outage the queue itself shows what was missed."""


def step_due(urgency: Urgency, ran_out: datetime, now: datetime) -> int:
    """Return the number of the last step whose time has come, from 1; 0 where none has, or all are long over."""
    waits = STEPS.get(urgency, ())
    if now - ran_out > LATEST + (waits[-1] if waits else timedelta(0)):
        return 0
    return sum(ran_out + wait <= now for wait in waits)


def called(
    incident: Incident, recipients: Sequence[Recipient], ran_out: datetime, *, exercise: bool
) -> list[Recipient]:
    """Return who is called about an incident that nobody has looked at since its clock ran out.

    Those who asked for calls of its urgency, and whose regions, signals and level fit. A drill is for drill recipients
    only. Verified or not does not matter: that nobody has looked is what is told. Nobody is called about what ran out
    before they were added.
    """
    codes = [place.code for place in incident.places]
    urgency = str(incident.urgency)
    return [
        one
        for one in recipients
        if one.active
        and urgency in one.rule.escalations
        and one.exercise == exercise
        and (one.since is None or one.since <= ran_out)
        and not_for(one.rule, codes, incident.signals, incident.severity, urgency) in {"", "urgensi"}
    ]
