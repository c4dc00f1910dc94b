"""What a person does about the model: ask for a retraining, put a version in use, go back; each in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.permissions import Permission
from flows.retrain_requests import ask

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store
    from desk.permissions import Actor
    from models.registry import Entry, Registry

LONGEST_WHY: Final = 1000


def ask_retraining(store: Store, actor: Actor, now: datetime, why: str = "") -> int:
    """Ask for a retraining and return the request's number; the scheduled flow takes it up within five minutes.

    Raises InputError where one is waited for already, ForbiddenError.
    """
    actor.require(Permission.LATIH)
    with store.transaction():
        number = ask(store, actor.name, now, _checked(why))
        store.audit.add(actor.name, "minta_pelatihan", "model", now, {"permintaan": number, "alasan": why.strip()})
    return number


def promote(registry: Registry, store: Store, actor: Actor, version: str, now: datetime, why: str) -> Entry:
    """Put a version in use, from the next assessment on; the archive is judged anew bit by bit.

    Raises InputError without a reason, UnknownItemError, ModelError where it cannot be used (the one in use stays).
    """
    actor.require(Permission.MODEL)
    reason = _needed(why)
    name = registry.named(version)
    # In one: were the audit log not to be written, nothing must change; where the registry refuses, nothing is said.
    with store.transaction():
        store.audit.add(actor.name, "model_dipakai", f"model/{name}", now, {"alasan": reason})
        return registry.promote(name, by=actor.name, at=now, why=reason)


def roll_back(registry: Registry, store: Store, actor: Actor, now: datetime, why: str, *, seen: str) -> Entry:
    """Put the version in use that was promoted before the one in use.

    ``seen`` is the version that the person saw in use. Raises InputError without a reason, or where another version
    is in use meanwhile: two who go back at once must not go back twice.
    """
    actor.require(Permission.MODEL)
    reason = _needed(why)
    in_use = registry.current_version()
    if seen != in_use:
        raise InputError(f"the model {in_use} is in use meanwhile; look at the page anew")
    with store.transaction():
        store.audit.add(actor.name, "model_dikembalikan", f"model/{in_use}", now, {"alasan": reason})
        return registry.rollback(by=actor.name, at=now, why=reason)


def _needed(why: str) -> str:
    if not why.strip():
        raise InputError("say why, for the history of the model")
    return _checked(why)


def _checked(why: str) -> str:
    kept = " ".join(why.split())
    if len(kept) > LONGEST_WHY:
        raise InputError(f"a reason has at most {LONGEST_WHY} characters")
    return kept
