"""Who works on an incident and who has it before them: claim, renew, release, take over, see.

A claim is nobody's after half an hour without anything done on it: whoever went home holds nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError, LeaseError
from data.work import Claim
from desk.actions.deciding import seen_by
from desk.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.people import User
    from data.store import Store
    from desk.permissions import Actor

CLAIM_KEY: Final = "klaim_menit"
"""The desk's setting of how long a claim stands without activity, in minutes."""
CLAIM_MINUTES: Final = 30
RENEW_EVERY: Final = timedelta(minutes=1)
"""How stale a claim's end may be: a heartbeat must not cost a write each."""

BEAT: Final = timedelta(seconds=20)
"""How often a page that shows an incident says so."""
HERE: Final = timedelta(seconds=60)
"""For how long after its last sign somebody counts as looking: two beats may be lost."""
LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class Hands:
    """In whose hands an incident is: ``holder`` works on it until ``until``, ``others`` look at it besides.

    ``mine`` says that the holder is who asks; ``others`` leaves who asks out.
    """

    holder: User | None
    until: datetime | None
    mine: bool
    others: tuple[User, ...]

    @property
    def is_free(self) -> bool:
        """Return whether nobody works on it."""
        return self.holder is None


def claim_length(store: Store) -> timedelta:
    """Return how long a claim stands without activity, as the desk has set it (5 to 480 minutes)."""
    minutes = store.desk_settings.get(CLAIM_KEY, CLAIM_MINUTES)
    known = isinstance(minutes, int) and 5 <= minutes <= 480
    return timedelta(minutes=minutes if known else CLAIM_MINUTES)


def claim(store: Store, actor: Actor, incident_id: int, now: datetime) -> Claim:
    """Let a person work on an incident; their own claim is lengthened.

    Raises LeaseError where somebody else works on it, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.KLAIM)
    with store.transaction():
        seen_by(store, actor, incident_id)
        held = store.claims.held(incident_id, now)
        if held is not None and held.user_id != actor.user.id:
            raise _held(store, held)
        since = held.since if held is not None else now
        made = Claim(incident_id, actor.user.id, since, now + claim_length(store))
        store.claims.put(made)
        store.looks.note_first(incident_id, actor.user.id, now)
        if held is None:
            detail = {"sampai": made.until.isoformat(timespec="seconds")}
            store.audit.add(actor.name, "diklaim", f"kejadian/{incident_id}", now, detail)
    return made


def release(store: Store, actor: Actor, incident_id: int, now: datetime) -> bool:
    """Let go of one's own claim; False where there was none. Raises LeaseError where it is somebody else's."""
    actor.require(Permission.KLAIM)
    with store.transaction():
        seen_by(store, actor, incident_id)
        held = store.claims.held(incident_id, now)
        if held is None:
            return False
        if held.user_id != actor.user.id:
            raise _held(store, held)
        store.claims.drop(incident_id)
        store.audit.add(actor.name, "klaim_dilepas", f"kejadian/{incident_id}", now)
    return True


def take_over(store: Store, actor: Actor, incident_id: int, reason: str, now: datetime) -> Claim:
    """Take an incident out of somebody else's hands, for who may verify; whoever had it is told, with the reason.

    Raises InputError without a reason, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.VERIFIKASI)
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise InputError(f"say why you take it over, in at most {LONGEST_REASON} characters")
    with store.transaction():
        seen_by(store, actor, incident_id)
        held = store.claims.held(incident_id, now)
        if held is None or held.user_id == actor.user.id:
            return claim(store, actor, incident_id, now)
        made = Claim(incident_id, actor.user.id, now, now + claim_length(store))
        store.claims.put(made)
        store.notices.add(held.user_id, now, "diambil_alih", f"{actor.user.display}: {why}", incident_id)
        detail = {"dari": _name(store, held.user_id), "alasan": why}
        store.audit.add(actor.name, "diambil_alih", f"kejadian/{incident_id}", now, detail)
    return made


def renew(store: Store, actor: Actor, incident_id: int, now: datetime) -> bool:
    """Lengthen one's own claim because something was done on the incident; False where it is not in one's hands."""
    held = store.claims.of([incident_id], now).get(incident_id)
    if held is None or held.user_id != actor.user.id:
        return False
    until = now + claim_length(store)
    if until - held.until >= RENEW_EVERY:
        return store.claims.renew(incident_id, actor.user.id, until)
    return True


def see(store: Store, actor: Actor, incident_id: int, now: datetime, *, active: bool = True) -> None:
    """Note that a person has an incident before them; the first look of one who may claim it stops its clock.

    ``active``: they did something on the page, and a claim of theirs is lengthened; a page that only stays open must
    not hold an incident back.
    """
    if not actor.may(Permission.KLAIM):
        return
    with store.transaction():
        store.looks.see(incident_id, actor.user.id, now)
        if store.looks.note_first(incident_id, actor.user.id, now):
            store.looks.forget(now - 10 * HERE)
            store.audit.add(actor.name, "pertama_dilihat", f"kejadian/{incident_id}", now)
        if active:
            renew(store, actor, incident_id, now)


def leave(store: Store, actor: Actor, incident_id: int) -> None:
    """Note that a person closed an incident's page."""
    store.looks.leave(incident_id, actor.user.id)


def hands(store: Store, actor: Actor, incident_ids: Sequence[int], now: datetime) -> dict[int, Hands]:
    """Return in whose hands each of some incidents is; all of them are in it."""
    claims = store.claims.of(incident_ids, now)
    present = store.looks.present(incident_ids, now - HERE)
    people = _people(
        store, [*(one.user_id for one in claims.values()), *(one for ids in present.values() for one in ids)]
    )
    found = {}
    for number in incident_ids:
        held = claims.get(number)
        others = [people[one] for one in present.get(number, ()) if one != actor.user.id and one in people]
        found[number] = Hands(
            holder=people.get(held.user_id) if held is not None else None,
            until=held.until if held is not None else None,
            mine=held is not None and held.user_id == actor.user.id,
            others=tuple(others),
        )
    return found


def _people(store: Store, ids: Iterable[int]) -> dict[int, User]:
    wanted = set(ids)
    return {user.id: user for user in (store.users.get(one) for one in wanted) if user is not None}


def _name(store: Store, user_id: int) -> str:
    user = store.users.get(user_id)
    return user.name if user is not None else str(user_id)


def _held(store: Store, held: Claim) -> LeaseError:
    until = f"{held.until:%Y-%m-%d %H:%M} UTC"
    return LeaseError(f"incident {held.incident_id}", holder=_name(store, held.user_id), until=until)
