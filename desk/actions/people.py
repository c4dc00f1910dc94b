"""Adding and changing the persons of the desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from data.errors import InputError
from desk.entry.guard import set_password
from desk.entry.passwords import hashed, made_up, refuse_weak
from desk.permissions import ROLES_KEY, roles_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.people import User
    from data.store import Store

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LONGEST_DISPLAY: Final = 80


def add_person(
    store: Store,
    gazetteer: Gazetteer,
    by: str,
    name: str,
    display: str,
    role: str,
    regions: Sequence[str],
    now: datetime,
    *,
    password: str | None = None,
) -> tuple[User, str]:
    """Add a person and return them with their password.

    ``password`` None: one is made up, and the person must choose another at the first login. Raises InputError for a
    name, role or password that will not do, UnknownItemError for a region that there is not.
    """
    who = " ".join(name.split()).casefold()
    if not NAME.fullmatch(who):
        raise InputError("a name to log in with has 2 to 40 letters, digits, dots, dashes, like sari.dewi")
    shown = " ".join(display.split()) or who
    if len(shown) > LONGEST_DISPLAY or not shown.isprintable():
        raise InputError(f"a person's name has 1 to {LONGEST_DISPLAY} letters")
    _refuse_role(store, role)
    kept = _regions(gazetteer, regions)
    secret = password or made_up()
    if password is not None:
        refuse_weak(password, who, shown)
    with store.transaction():
        user = store.users.add(who, shown, role, kept, hashed(secret), now, must_change=password is None)
        store.audit.add(by, "orang_ditambah", f"orang/{who}", now, {"peran": role, "wilayah": kept})
    return user, secret


def change_person(
    store: Store,
    gazetteer: Gazetteer,
    by: str,
    user: User,
    now: datetime,
    *,
    role: str,
    regions: Sequence[str],
    enabled: bool,
) -> User:
    """Change role, regions and whether somebody may log in; their sessions end where they lose a right."""
    _refuse_role(store, role)
    kept = _regions(gazetteer, regions)
    with store.transaction():
        before = store.users.held(user.id)
        after = store.users.change(
            user.id, role=role, regions=kept, disabled_at=None if enabled else before.disabled_at or now
        )
        if role != before.role or not enabled:
            store.sessions.end_all(user.id, now)
        changes: dict[str, list[Any]] = {
            "peran": [before.role, after.role],
            "wilayah": [list(before.regions), list(after.regions)],
            "aktif": [before.disabled_at is None, enabled],
        }
        changed = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
        store.audit.add(by, "orang_diubah", f"orang/{user.name}", now, changed)
    return after


def reset_password(store: Store, by: str, user: User, now: datetime) -> str:
    """Give a person a password that was made up and return it; they must change it, and set up a second factor anew."""
    secret = made_up()
    with store.transaction():
        set_password(store, user, secret, now, by=by, must_change=True)
        store.users.change(user.id, totp_on=False, totp_secret=None, totp_step=0)
    return secret


def _refuse_role(store: Store, role: str) -> None:
    roles = roles_of(store.desk_settings.get(ROLES_KEY))
    if role not in roles:
        raise InputError(f'there is no role "{role}"; there are {", ".join(roles)}')


def _regions(gazetteer: Gazetteer, regions: Sequence[str]) -> list[str]:
    for code in regions:
        gazetteer.unit(code)  # raises where there is none
    return list(dict.fromkeys(regions))
