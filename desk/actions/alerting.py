"""Alerts that a person raises, updates or cancels by hand; what a person cancelled no machine raises again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.errors import ConflictError, InputError
from data.records import Alert
from desk.actions.deciding import LONGEST_TEXT, seen_by
from desk.permissions import Permission
from feeds.alerting import REJECTED, is_drill, is_standing, is_verified
from flows.publish import BY_PERSON, uid_of

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import AlertState, Incident
    from data.store import Store
    from desk.permissions import Actor

DONE: Final[dict[AlertState, str]] = {
    "raised": "peringatan_dinaikkan",
    "updated": "peringatan_diperbarui",
    "cancelled": "peringatan_dibatalkan",
}
"""What stands in the audit log."""


def waits(incident: Incident, alert: Alert | None) -> bool:
    """Return whether an incident could be alerted of and waits for a person to do it."""
    over = incident.status in REJECTED or incident.severity == 0 or incident.merged_into is not None
    return not over and not is_standing(alert)


def raise_alert(
    store: Store, actor: Actor, incident_id: int, note: str, now: datetime, *, authority: str, exercise: bool, seen: int
) -> Alert:
    """Raise the alert of an incident, or raise again what was cancelled; ``seen`` is the alert's revision, 0: none.

    It says *belum terverifikasi* until somebody verified the incident. Raises InputError where one stands already or
    the incident is none to be told of, ConflictError where somebody was faster, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.PERINGATAN)
    why = _checked(note)
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        current = _seen(store, incident, seen)
        if is_standing(current):
            raise InputError("an alert of this incident stands already; update it")
        if not waits(incident, current):
            raise InputError("no alert is raised of an incident that was rejected, merged away or harms nothing")
        alert = _written(store, incident, current, "raised" if current is None else "updated", why, now,
                         authority=authority, exercise=exercise)  # fmt: skip
        _told(store, actor, alert, "raised", why, now)
    return alert


def update_alert(
    store: Store, actor: Actor, incident_id: int, note: str, now: datetime, *, authority: str, exercise: bool, seen: int
) -> Alert:
    """Send out an alert that stands as the incident is now, with a note that says what is new.

    Raises InputError without a note or where none stands, ConflictError where somebody was faster, ForbiddenError,
    UnknownItemError.
    """
    return _changed(store, actor, incident_id, "updated", note, now, authority=authority, exercise=exercise, seen=seen)


def cancel_alert(
    store: Store, actor: Actor, incident_id: int, note: str, now: datetime, *, authority: str, exercise: bool, seen: int
) -> Alert:
    """Take an alert back that stands, with the reason; nothing but a person raises it again.

    Raises as `update_alert` does.
    """
    return _changed(
        store, actor, incident_id, "cancelled", note, now, authority=authority, exercise=exercise, seen=seen
    )


def _changed(
    store: Store,
    actor: Actor,
    incident_id: int,
    state: AlertState,
    note: str,
    now: datetime,
    *,
    authority: str,
    exercise: bool,
    seen: int,
) -> Alert:
    actor.require(Permission.PERINGATAN)
    why = _checked(note)
    if not why:
        raise InputError("say in the note what is new, or why it is cancelled: it goes out with the alert")
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        current = _seen(store, incident, seen)
        if current is None or not is_standing(current):
            raise InputError("no alert of this incident stands; raise one first")
        alert = _written(store, incident, current, state, why, now, authority=authority, exercise=exercise)
        _told(store, actor, alert, state, why, now)
    return alert


def _seen(store: Store, incident: Incident, seen: int) -> Alert | None:
    """Return the alert as it stands; ConflictError where it is not the revision that the person saw."""
    current = store.alerts.of_incident(incident.id)
    if current is not None and current.revision != seen:
        raise ConflictError(f"alert {current.uid}", by="kentongan", at=current.at)
    return current


def _written(
    store: Store,
    incident: Incident,
    current: Alert | None,
    state: AlertState,
    why: str,
    now: datetime,
    *,
    authority: str,
    exercise: bool,
) -> Alert:
    alert = Alert(
        uid=current.uid if current is not None else uid_of(incident, authority),
        incident_id=incident.id,
        revision=current.revision + 1 if current is not None else 1,
        state=state,
        at=now,
        first_raised_at=current.first_raised_at if current is not None else now,
        verified=is_verified(incident),
        exercise=is_drill(current, exercise=exercise),
        reason=f"{BY_PERSON}{why}" if state == "cancelled" else why,
        incident_revision=incident.revision,
    )
    return store.alerts.raise_(alert) if state == "raised" else store.alerts.update(alert)


def _told(store: Store, actor: Actor, alert: Alert, state: AlertState, why: str, now: datetime) -> None:
    detail: dict[str, Any] = {"peringatan": alert.uid, "revisi": alert.revision} | ({"catatan": why} if why else {})
    store.audit.add(actor.name, DONE[state], f"kejadian/{alert.incident_id}", now, detail)


def _checked(note: str) -> str:
    why = note.strip()
    if len(why) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    return why
