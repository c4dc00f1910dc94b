"""What persons of the desk do beside deciding: who works on what, who looks, who is on duty, what they were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import Literal


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on an incident, and until when; past ``until`` it is nobody's."""

    incident_id: int
    user_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """To whom a verified incident was handed, with which letter; ``answer`` is what came back, None: nothing yet."""

    id: int
    incident_id: int
    recipient: str
    letter: str
    note: str
    by: str
    at: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter of the queue under a name; ``query`` is the part of the address behind "?"; ``shared``: for all."""

    id: int
    user_id: int
    name: str
    query: str
    shared: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """A time in which a person was on duty; ``until`` None: they still are."""

    id: int
    user_id: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ShiftNote:
    """What one shift tells the next."""

    id: int
    user_id: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person was told in the desk; ``kind`` is a slug such as ``sebutan``, ``text`` is shown as it is.

    ``incident_id`` None: it is about none. ``read_at`` None: not read yet.
    """

    id: int
    user_id: int
    at: datetime
    kind: str
    incident_id: int | None
    text: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote to the others about an incident; ``mentions`` are the ids of the users that it names."""

    id: int
    incident_id: int
    user_id: int
    at: datetime
    text: str
    mentions: tuple[int, ...]


OutcomeWord = Literal["benar", "sebagian", "tidak_benar"]
"""What an incident turned out to be: true, in part, not true."""


@dataclass(frozen=True, slots=True)
class IncidentOutcome:
    """What a person found out, after the fact, an incident to be; append-only, the last one counts."""

    id: int
    incident_id: int
    outcome: OutcomeWord
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InformationValue:
    """How far a person trusts what is known: source A to F, content 1 to 6; append-only, the last one counts."""

    id: int
    incident_id: int
    source_value: str
    content_value: int
    note: str
    by: str
    at: datetime

    @property
    def shown(self) -> str:
        """Return both as they are written: *B2*."""
        return f"{self.source_value}{self.content_value}"
