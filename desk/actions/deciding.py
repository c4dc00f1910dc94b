"""Deciding about incidents: one step of `desk.moves` at a time, against what the person saw, and undoing it.

Nothing is lost when two decide at once: whoever comes second is told who changed it and when, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import ConflictError, InputError, LeaseError, UnknownItemError
from data.records import IncidentStatus, Review
from data.store.incidents import MACHINE, SAID_BY_ALERTS
from desk.moves import CLOSED, Field, Move, missing, move, moves_from
from desk.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.records import Incident
    from data.store import IncidentChange, Store
    from desk.permissions import Actor

UNDO_WITHIN: Final = timedelta(minutes=10)
"""As long as a slip is noticed at once; later a step back with its reason is the honest way."""

LONGEST_TEXT: Final = 4000
"""Characters of a reason, recipient or letter: two typed pages."""

DUPLICATE_OF: Final = "duplikat_dari"
"""The field of an incident's history that says of which other one it is a duplicate."""

UNDONE: Final = "diurungkan"
"""The reason of a review that undoes another."""

_ASKED: Final = {
    Field.ALASAN: "say why: this step takes an earlier one back, or ends the matter",
    Field.PENERIMA: "say to whom it is handed: this step needs a recipient",
    Field.DUPLIKAT_DARI: "say of which incident it is a duplicate: its number",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; ``review`` is its number, by which it can be undone."""

    review: int
    before: IncidentStatus
    incident: Incident


def version_of(store: Store, incident_id: int) -> int:
    """Return what a form about an incident is filled in against: the number of its last change."""
    return store.incidents.version(incident_id)


def seen_by(store: Store, actor: Actor, incident_id: int) -> Incident:
    """Return an incident that a person may see; UnknownItemError where there is none, or it is not of their regions.

    Inside a transaction its row is held until the end.
    """
    incident = store.incidents.get(incident_id)
    if incident is None or not actor.sees(place.code for place in incident.places):
        raise UnknownItemError("incident", incident_id)
    return store.incidents.held(incident_id)


def refuse_stale(store: Store, incident_id: int, seen: int) -> None:
    """Raise ConflictError where something changed since version ``seen`` that a person should know who decides.

    What any person did counts, and of what the machine did, what an alert would say: a further copy of the same text
    must not stop whoever is deciding about a fire that everybody reports.
    """
    matters = [change for change in store.incidents.changes_after(incident_id, seen) if _matters(change)]
    if matters:
        raise ConflictError(f"incident {incident_id}", by=matters[-1].by, at=matters[-1].at)


def decide(
    store: Store,
    actor: Actor,
    incident_id: int,
    to: IncidentStatus,
    now: datetime,
    *,
    seen: int,
    reason: str = "",
    recipient: str = "",
    letter: str = "",
    duplicate_of: int | None = None,
) -> Decision:
    """Bring an incident to another status, and return what can be undone of it.

    ``seen`` is the version (`version_of`) that the person had before them. ``recipient`` and ``letter`` (its number)
    are kept with *ditindaklanjuti*, ``duplicate_of`` with *duplikat*. A decision counts as the first look, and one that
    ends the matter ends the claim on it. Raises ConflictError where somebody changed it meanwhile, LeaseError where
    somebody else works on it (who may verify decides all the same), InputError for a step that there is not or that
    lacks its reason, recipient or other incident, ForbiddenError, UnknownItemError; then nothing was written.
    """
    reason, recipient, letter = (_checked(text) for text in (reason, recipient, letter))
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        refuse_stale(store, incident_id, seen)
        if incident.merged_into is not None:
            raise InputError(f"incident {incident_id} was merged into {incident.merged_into}; decide about that one")
        chosen = _allowed(actor, incident.status, to)
        _refuse_incomplete(chosen, reason, recipient, duplicate_of)
        _refuse_claimed(store, actor, incident_id, now)
        detail: dict[str, object] = {"dari": incident.status.value, "ke": to.value}
        if to is IncidentStatus.DUPLIKAT and duplicate_of is not None:
            _refuse_duplicate(store, actor, incident_id, duplicate_of)
            was = duplicate_of_which(store, incident_id)
            store.incidents.note(incident_id, now, actor.name, {DUPLICATE_OF: (was, duplicate_of)})
            detail[DUPLICATE_OF] = duplicate_of
        if chosen.to is IncidentStatus.DITINDAKLANJUTI and not chosen.back:
            store.follow_ups.add(incident_id, recipient, actor.name, now, letter=letter)
            detail |= {"penerima": recipient, "surat": letter}
        number = store.reviews.add(Review(incident_id, actor.name, now, to, reason))
        store.looks.note_first(incident_id, actor.user.id, now)
        if to in CLOSED:
            store.claims.drop(incident_id)
        if reason:
            detail["alasan"] = reason
        store.audit.add(actor.name, "diputuskan", f"kejadian/{incident_id}", now, detail)
        return Decision(number, incident.status, store.incidents.held(incident_id))


def undo(store: Store, actor: Actor, review: int, now: datetime) -> Incident:
    """Take a decision back that the same person made in the last ten minutes, and return the incident as it was.

    Raises InputError where it was somebody else's, too long ago or no decision, ConflictError where something happened
    to the incident since, UnknownItemError where there is no such review; then nothing was written.
    """
    with store.transaction():
        kept = store.reviews.get(review)
        if kept is None:
            raise UnknownItemError("review", review)
        incident = seen_by(store, actor, kept.incident_id)
        if kept.reviewer != actor.name:
            raise InputError("only who decided it can undo it; decide anew instead")
        if kept.verdict is None:
            raise InputError("this review decided nothing that could be undone")
        if now - kept.at > UNDO_WITHIN:
            minutes = int(UNDO_WITHIN.total_seconds()) // 60
            raise InputError(f"this cannot be undone any more: that is possible for {minutes} minutes")
        before = _before(store.incidents.history(incident.id), kept)
        number = incident.id
        was = duplicate_of_which(store, number)
        if kept.verdict is IncidentStatus.DUPLIKAT and was is not None:
            store.incidents.note(number, now, actor.name, {DUPLICATE_OF: (was, None)})
        if kept.verdict is IncidentStatus.DITINDAKLANJUTI:
            store.follow_ups.remove(number, actor.name, kept.at)
        store.reviews.add(Review(number, actor.name, now, before, UNDONE))
        detail = {"dari": kept.verdict.value, "ke": before.value, "tinjauan": review}
        store.audit.add(actor.name, "keputusan_diurungkan", f"kejadian/{number}", now, detail)
        return store.incidents.held(number)


def duplicate_of_which(store: Store, incident_id: int) -> int | None:
    """Return of which incident a person said that this is a duplicate; None where nobody says so now."""
    said = [change.changes[DUPLICATE_OF] for change in store.incidents.history(incident_id) if _tells(change)]
    return said[-1][1] if said else None


def _tells(change: IncidentChange) -> bool:
    return DUPLICATE_OF in change.changes


def _matters(change: IncidentChange) -> bool:
    return change.by != MACHINE or not SAID_BY_ALERTS.isdisjoint(change.changes)


def _before(history: Sequence[IncidentChange], kept: Review) -> IncidentStatus:
    """Return the status that a decision replaced; ConflictError where something happened since."""
    assert kept.verdict is not None  # noqa: S101  # whoever calls has looked
    mine = [
        index
        for index, change in enumerate(history)
        if (change.by, change.at) == (kept.reviewer, kept.at)
        and change.changes.get("status", (None, None))[1] == kept.verdict.value
    ]
    if not mine:
        raise InputError("this review decided nothing that could be undone")
    since = [change for change in history[mine[-1] + 1 :] if _matters(change)]
    if since:
        raise ConflictError(f"incident {kept.incident_id}", by=since[-1].by, at=since[-1].at)
    return IncidentStatus(history[mine[-1]].changes["status"][0])


def _allowed(actor: Actor, before: IncidentStatus, to: IncidentStatus) -> Move:
    chosen = move(before, to)
    if chosen is None:
        there = ", ".join(f'"{one.to}"' for one in moves_from(before, tuple(Permission)))
        raise InputError(f'from "{before}" an incident does not go to "{to}"; it may go to {there}')
    actor.require(chosen.needs)
    return chosen


def _refuse_incomplete(chosen: Move, reason: str, recipient: str, duplicate_of: int | None) -> None:
    said = {Field.ALASAN: reason, Field.PENERIMA: recipient, Field.DUPLIKAT_DARI: duplicate_of}
    lacking = missing(chosen, {field for field, value in said.items() if value})
    if lacking:
        raise InputError(_ASKED[lacking[0]])


def _refuse_claimed(store: Store, actor: Actor, incident_id: int, now: datetime) -> None:
    claim = store.claims.held(incident_id, now)
    if claim is None or claim.user_id == actor.user.id or actor.may(Permission.VERIFIKASI):
        return
    holder = store.users.get(claim.user_id)
    name = holder.name if holder is not None else str(claim.user_id)
    raise LeaseError(f"incident {incident_id}", holder=name, until=f"{claim.until:%Y-%m-%d %H:%M} UTC")


def _refuse_duplicate(store: Store, actor: Actor, incident_id: int, other_id: int) -> None:
    if other_id == incident_id:
        raise InputError("an incident is no duplicate of itself; give the number of the other one")
    other = seen_by(store, actor, other_id)
    if other.merged_into is not None:
        raise InputError(f"incident {other_id} was merged into {other.merged_into}; decide about that one")
    if other.status is IncidentStatus.DUPLIKAT:
        raise InputError(
            f"incident {other_id} is a duplicate itself; give the number of the one that it is a duplicate of"
        )


def _checked(text: str) -> str:
    kept = text.strip()
    if len(kept) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    return kept
