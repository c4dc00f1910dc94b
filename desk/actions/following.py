"""After an incident was handed on: the answer that comes back, and what it turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from data.errors import ConflictError, InputError, UnknownItemError
from data.work import OutcomeWord
from desk.actions.deciding import LONGEST_TEXT, seen_by
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store
    from desk.permissions import Actor

OUTCOMES: Final[tuple[OutcomeWord, ...]] = get_args(OutcomeWord)


def record_answer(
    store: Store, actor: Actor, incident_id: int, follow_up: int, answer: str, now: datetime, *, seen: str = ""
) -> None:
    """Keep what came back of a follow-up; ``seen`` is the answer that the person had before them, "" for none.

    Raises InputError for an empty or too long one, ConflictError where somebody recorded another meanwhile,
    ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.VERIFIKASI)
    said = _checked(answer)
    if not said:
        raise InputError("write what came back")
    with store.transaction():
        seen_by(store, actor, incident_id)
        kept = store.follow_ups.get(follow_up)
        if kept is None or kept.incident_id != incident_id:
            raise UnknownItemError("follow-up", follow_up)
        if (kept.answer or "") != seen.strip():
            raise ConflictError(
                f"incident {incident_id}", by=kept.answered_by or kept.by, at=kept.answered_at or kept.at
            )
        store.follow_ups.answered(follow_up, said, actor.name, now)
        detail = {"penerima": kept.recipient, "jawaban": said} | ({"sebelumnya": kept.answer} if kept.answer else {})
        store.audit.add(actor.name, "jawaban_dicatat", f"kejadian/{incident_id}", now, detail)


def record_outcome(store: Store, actor: Actor, incident_id: int, outcome: str, note: str, now: datetime) -> None:
    """Keep what an incident turned out to be: *benar*, *sebagian* or *tidak_benar*; the truth that precision needs.

    Raises InputError for another word or a too long note, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.VERIFIKASI)
    chosen = next((word for word in OUTCOMES if word == outcome), None)
    if chosen is None:
        raise InputError("say what it turned out to be: benar, sebagian or tidak_benar")
    said = _checked(note)
    with store.transaction():
        seen_by(store, actor, incident_id)
        store.outcomes.add(incident_id, chosen, actor.name, now, said)
        detail = {"hasil": chosen} | ({"catatan": said} if said else {})
        store.audit.add(actor.name, "hasil_dicatat", f"kejadian/{incident_id}", now, detail)


def _checked(text: str) -> str:
    kept = text.strip()
    if len(kept) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    return kept
