"""What a person does about an early warning: say that it was seen, and note what was found out about it.

The warning itself is the machine's and stays as it is: a burst is a fact about counts. What people say of it stands in
the audit log, where it cannot be changed, and is read from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.errors import InputError, UnknownItemError
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store
    from data.watching import EarlyWarning
    from desk.permissions import Actor

SEEN: Final = "peringatan_dini_dilihat"
NOTED: Final = "peringatan_dini_dicatat"
LONGEST_NOTE: Final = 2000
MOST_NOTES: Final = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a warning; ``note`` is empty where they only said that it was seen."""

    by: str
    at: datetime
    note: str


def acknowledge(store: Store, actor: Actor, warning_id: int, now: datetime, note: str = "") -> EarlyWarning:
    """Keep that a person has seen a warning, with what they note of it, and return it.

    Raises UnknownItemError where there is none of that id in the person's regions, InputError for a note that is too
    long, ForbiddenError.
    """
    actor.require(Permission.TINJAU)
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise InputError(f"a note has at most {LONGEST_NOTE} characters")
    with store.transaction():
        warning = store.early_warnings.get(warning_id)
        if not actor.sees([warning.region]):
            raise UnknownItemError("early warning", warning_id)
        detail = {"catatan": note} if note else {}
        store.audit.add(actor.name, NOTED if note else SEEN, subject_of(warning_id), now, detail)
    return warning


def said_of(store: Store, warning_id: int) -> list[Said]:
    """Return what people said of a warning, the first first."""
    entries = store.audit.entries(subject=subject_of(warning_id), limit=MOST_NOTES)
    return [
        Said(entry.actor, entry.at, str(entry.detail.get("catatan", "")))
        for entry in reversed(entries)
        if entry.action in {SEEN, NOTED}
    ]


def subject_of(warning_id: int) -> str:
    """Return under what the audit log keeps a warning."""
    return f"peringatan-dini/{warning_id}"
