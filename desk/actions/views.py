"""Views of the queue that are kept under a name, for oneself or for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.errors import InputError, UnknownItemError
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store
    from desk.permissions import Actor

LONGEST_NAME: Final = 60


def keep_view(store: Store, actor: Actor, name: str, query: str, now: datetime, *, shared: bool) -> int:
    """Keep the filters of a view (the part of the queue's address behind "?") under a name and return its number.

    Raises InputError for a name that will not do, ForbiddenError.
    """
    actor.require(Permission.LIHAT)
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME:
        raise InputError(f"a view has a name of 1 to {LONGEST_NAME} characters")
    with store.transaction():
        number = store.saved_views.add(actor.user.id, kept, query, now, shared=shared)
        detail = {"nama": kept, "saringan": query, "bersama": shared}
        store.audit.add(actor.name, "tampilan_disimpan", f"tampilan/{number}", now, detail)
    return number


def remove_view(store: Store, actor: Actor, number: int, now: datetime) -> None:
    """Forget a view of one's own; who sets up the desk may forget anybody's shared one. Raises UnknownItemError."""
    view = store.saved_views.get(number)
    mine = view is not None and view.user_id == actor.user.id
    if view is None or not (mine or (view.shared and actor.may(Permission.SETELAN))):
        raise UnknownItemError("view", number)
    with store.transaction():
        store.saved_views.remove(number)
        store.audit.add(actor.name, "tampilan_dihapus", f"tampilan/{number}", now, {"nama": view.name})
