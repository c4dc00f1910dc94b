"""Being on duty (*jaga*), and what one shift tells the next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.people import User
    from data.store import Store
    from data.work import Duty
    from desk.permissions import Actor

LONGEST_DUTY: Final = timedelta(hours=16)
"""Who forgot to end a duty is not on duty for ever: two shifts, the longest that anybody stands."""
LONGEST_NOTE: Final = 8000


def on_duty(store: Store, now: datetime) -> list[tuple[Duty, User]]:
    """Return who is on duty, each with their duty, the first one first."""
    people = {user.id: user for user in store.users.all()}
    return [(duty, people[duty.user_id]) for duty in store.duties.now(now - LONGEST_DUTY) if duty.user_id in people]


def begin_duty(store: Store, actor: Actor, now: datetime) -> bool:
    """Begin one's duty; False where one is on duty already. Raises ForbiddenError."""
    actor.require(Permission.KLAIM)
    with store.transaction():
        if not store.duties.begin(actor.user.id, now):
            return False
        store.audit.add(actor.name, "jaga_mulai", f"orang/{actor.name}", now)
    return True


def end_duty(store: Store, actor: Actor, now: datetime, note: str = "") -> bool:
    """End one's duty, with what the next shift should know ("": nothing); False where one was not on duty.

    The note is kept in either case. Raises InputError for one that is too long, ForbiddenError.
    """
    actor.require(Permission.KLAIM)
    with store.transaction():
        if note.strip():
            write_note(store, actor, note, now)
        if not store.duties.end(actor.user.id, now):
            return False
        store.audit.add(actor.name, "jaga_selesai", f"orang/{actor.name}", now)
    return True


def write_note(store: Store, actor: Actor, text: str, now: datetime) -> int:
    """Keep a note for the next shift and return its number. Raises InputError where it is empty or too long."""
    actor.require(Permission.KLAIM)
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise InputError(f"a note has 1 to {LONGEST_NOTE} characters")
    with store.transaction():
        number = store.shift_notes.add(actor.user.id, now, said)
        store.audit.add(actor.name, "catatan_jaga", f"catatan/{number}", now)
    return number
