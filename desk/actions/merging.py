"""Merging incidents, splitting one, moving an article: by persons, against what they saw, and taken back again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError, UnknownItemError
from data.records import IncidentStatus
from desk.actions.deciding import LONGEST_TEXT, UNDO_WITHIN, UNDONE, refuse_stale, seen_by
from desk.permissions import Permission
from flows import merging
from flows.merging import MergeTools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.records import Incident, Source
    from data.store import IncidentChange, Store
    from desk.permissions import Actor

SIMILAR_WITHIN: Final = timedelta(days=7)
"""Days on either side in which an incident may be the same event that its articles did not join by themselves."""

MOST_SIMILAR: Final = 20


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident that may be the same event, and what speaks for it: signals and place in common, hours between."""

    incident: Incident
    signals: tuple[str, ...]
    same_place: bool
    hours: int


def similar(store: Store, actor: Actor, incident: Incident, limit: int = MOST_SIMILAR) -> list[Similar]:
    """Return the incidents near one in place and time that a person may see, the likeliest first.

    Those with a signal in common go before those without, those of one kabupaten before those of its province, the
    nearest in time before those further off.
    """
    codes = [place.code for place in incident.places]
    since, until = incident.first_seen - SIMILAR_WITHIN, incident.last_seen + SIMILAR_WITHIN
    # Without a place everything of two weeks would come: then only what has been seen within a day.
    narrow = timedelta(days=1) if not codes else timedelta(0)
    if narrow:
        since, until = incident.first_seen - narrow, incident.last_seen + narrow
    mine, regencies = set(incident.signals), {code[:5] for code in codes if len(code) >= 5}
    found = []
    for other in store.incidents.candidates(codes, since, until):
        if other.id == incident.id or not actor.sees(place.code for place in other.places):
            continue
        shared = tuple(signal for signal in other.signals if signal in mine)
        near = any(place.code[:5] in regencies for place in other.places)
        hours = int(abs((other.first_seen - incident.first_seen).total_seconds()) // 3600)
        found.append(Similar(other, shared, near, hours))
    found.sort(key=lambda one: (not one.signals, not one.same_place, one.hours, -one.incident.id))
    return found[:limit]


def merge(
    store: Store,
    sources: Mapping[str, Source],
    actor: Actor,
    kept: int,
    others: Sequence[int],
    reason: str,
    now: datetime,
    *,
    seen: Mapping[int, int],
) -> Incident:
    """Make incidents one, ``kept``, and return it; ``seen`` are the versions of each that the person had before them.

    Raises ConflictError where somebody changed one of them meanwhile, InputError, ForbiddenError, UnknownItemError;
    then nothing was written.
    """
    actor.require(Permission.GABUNG)
    why = _checked(reason)
    with store.transaction():
        for number in sorted({kept, *others}):
            seen_by(store, actor, number)
            if number not in seen:
                raise InputError(f"incident {number} was not looked at before it was merged; look at it first")
            refuse_stale(store, number, seen[number])
        made = merging.merge(MergeTools(store, sources, lambda: now), [kept, *others], actor.name, why)
        for other in others:
            store.claims.drop(other)
            detail = {"ke": kept} | ({"alasan": why} if why else {})
            store.audit.add(actor.name, "digabung", f"kejadian/{other}", now, detail)
        detail_kept: dict[str, object] = {"kejadian": list(others)} | ({"alasan": why} if why else {})
        store.audit.add(actor.name, "digabung", f"kejadian/{kept}", now, detail_kept)
    return made


def unmerge(
    store: Store, sources: Mapping[str, Source], actor: Actor, kept: int, other: int, now: datetime
) -> tuple[Incident, ...]:
    """Take a merge back as a whole that the same person made in the last ten minutes.

    All that went into ``kept`` together with ``other`` stand again, and are returned; ``kept`` has the status again
    that it had. Raises InputError where it was somebody else's, too long ago or is none, ForbiddenError,
    UnknownItemError; then nothing was written.
    """
    actor.require(Permission.GABUNG)
    with store.transaction():
        seen_by(store, actor, kept)
        gone = store.incidents.get(other)
        if gone is None:
            raise UnknownItemError("incident", other)
        if gone.merged_into != kept:
            raise InputError(f"incident {other} is not merged into incident {kept}; look at it again")
        merged = _merging_of(store, other)
        if merged.by != actor.name:
            raise InputError("only who decided it can undo it; decide anew instead")
        if now - merged.at > UNDO_WITHIN:
            minutes = int(UNDO_WITHIN.total_seconds()) // 60
            raise InputError(f"this cannot be undone any more: that is possible for {minutes} minutes")
        # What went over several steps is there too; it was merged into another incident, and at another moment.
        away = store.incidents.of(store.incidents.merged_into(kept))
        others = [one.id for one in away if one.merged_into == kept and _same_step(_merging_of(store, one.id), merged)]
        tools = MergeTools(store, sources, lambda: now)
        again = []
        for number in others:
            left = [
                one.changes["article_ids"][0]
                for one in store.incidents.history(number)
                if _same_step(one, merged) and one.changes.get("article_ids", (None, 0))[1] is None
            ]
            again.append(merging.split(tools, kept, left, actor.name, UNDONE))
        _give_status_back(store, kept, merged, now)
        for number in (kept, *others):
            detail = {"kejadian": [kept, *others]}
            store.audit.add(actor.name, "gabungan_diurungkan", f"kejadian/{number}", now, detail)
    return tuple(again)


def _merging_of(store: Store, number: int) -> IncidentChange:
    """Return the last change that merged an incident away."""
    return next(one for one in reversed(store.incidents.history(number)) if "merged_into" in one.changes)


def _same_step(one: IncidentChange, other: IncidentChange) -> bool:
    return (one.at, one.by) == (other.at, other.by)


def _give_status_back(store: Store, kept: int, merged: IncidentChange, now: datetime) -> None:
    """Give an incident the status back that a merge took from it, unless somebody has decided about it since."""
    taken = [
        one.changes["status"]
        for one in store.incidents.history(kept)
        if _same_step(one, merged) and "status" in one.changes
    ]
    incident = store.incidents.held(kept)
    if taken and incident.status.value == taken[-1][1]:
        store.incidents.update(replace(incident, status=IncidentStatus(taken[0][0])), now, merged.by)


def split(
    store: Store,
    sources: Mapping[str, Source],
    actor: Actor,
    incident_id: int,
    article_ids: Sequence[int],
    reason: str,
    now: datetime,
    *,
    seen: int,
) -> Incident:
    """Take articles out of an incident into one of their own and return that.

    Raises ConflictError where somebody changed it meanwhile, InputError, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.GABUNG)
    why = _checked(reason)
    with store.transaction():
        seen_by(store, actor, incident_id)
        refuse_stale(store, incident_id, seen)
        made = merging.split(MergeTools(store, sources, lambda: now), incident_id, article_ids, actor.name, why)
        detail = {"artikel": list(article_ids), "ke": made.id} | ({"alasan": why} if why else {})
        store.audit.add(actor.name, "dipisah", f"kejadian/{incident_id}", now, detail)
        store.audit.add(actor.name, "dipisah", f"kejadian/{made.id}", now, {"dari": incident_id})
    return made


def move(
    store: Store,
    sources: Mapping[str, Source],
    actor: Actor,
    incident_id: int,
    article_id: int,
    to: int,
    reason: str,
    now: datetime,
    *,
    seen: int,
) -> Incident:
    """Put an article of an incident into another one and return that.

    Raises ConflictError where somebody changed the first meanwhile, InputError, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.GABUNG)
    why = _checked(reason)
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        seen_by(store, actor, to)
        refuse_stale(store, incident_id, seen)
        if article_id not in incident.article_ids:
            raise UnknownItemError("article", article_id)
        made = merging.move(MergeTools(store, sources, lambda: now), article_id, to, actor.name, why)
        detail = {"artikel": [article_id], "ke": to} | ({"alasan": why} if why else {})
        store.audit.add(actor.name, "dipindah", f"kejadian/{incident_id}", now, detail)
    return made


def _checked(reason: str) -> str:
    why = reason.strip()
    if len(why) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    return why
