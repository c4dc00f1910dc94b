"""Logging in and out: names, passwords, second factors and sessions, with every try in the audit log.

What a browser holds is 256 random bits; the store keeps their SHA-256. A session ends after two hours without a click
or twelve hours after the login, whichever comes first, and at once when it is revoked, the password changes, or the
person may no longer log in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.entry.passwords import NOBODY, hashed, is_outdated, is_right, refuse_weak
from desk.entry.second_factor import step_of
from desk.entry.throttle import FREE_ADDRESS, MEMORY, wait_until
from desk.permissions import ROLES_KEY, Actor, roles_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.people import ApiToken, Session, User
    from data.store import Store

IDLE: Final = timedelta(hours=2)
ABSOLUTE: Final = timedelta(hours=12)
"""A shift and its hand-over."""

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How stale ``last_seen`` may be: a click must not cost a write each."""

TOKEN_PREFIX: Final = "ktg_"  # noqa: S105  # how one begins, not one
"""Of API tokens, so that a secret scanner knows one when it sees it."""


class LoginRefusedError(InputError):
    """The login was not taken; the words are the same for a wrong name and a wrong password.

    ``until`` says when the next try is taken, None: at once.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


@dataclass(frozen=True, slots=True)
class Entry:
    """A login that was taken: ``cookie`` goes to the browser and nowhere else."""

    cookie: str
    session: Session
    user: User


def digest(token: str) -> str:
    """Return what the store keeps of a secret that is random enough to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(store: Store, name: str, password: str, now: datetime, *, address: str, agent: str) -> Entry:
    """Return a new session for a name and its password; the second factor, where there is one, is still to be given.

    Raises LoginRefusedError, always with the same words, or saying when the next try is taken.
    """
    who = " ".join(name.split()).casefold()
    keys = {f"nama:{who}", f"alamat:{address}"}
    _refuse_early(store, who, address, now)
    user = store.users.by_name(who)
    kept = store.users.password_of(user.id) if user is not None else NOBODY
    right = is_right(password, kept)
    if user is None or not right or user.disabled_at is not None:
        with store.transaction():
            store.login_failures.add(keys, now)
            store.audit.add(who or "?", "masuk_ditolak", "desk", now, {"alamat": address})
        raise LoginRefusedError("name or password is wrong")
    with store.transaction():
        if is_outdated(kept):
            store.users.change(user.id, password=hashed(password))
        store.login_failures.clear({f"nama:{who}"})
        entry = _open(store, user, now, address, agent, second_factor=not user.totp_on)
        store.audit.add(user.name, "masuk", f"sesi/{entry.session.id}", now, {"alamat": address})
    return entry


def give_second_factor(store: Store, session: Session, code: str, now: datetime, *, address: str) -> str:
    """Take the second factor's code and return the session's new cookie.

    Raises LoginRefusedError where the code is not right, was used before, or too many were tried.
    """
    user = store.users.get(session.user_id)
    if user is None:
        raise LoginRefusedError("name or password is wrong")
    _refuse_early(store, f"kode:{user.name}", address, now)
    secret, last = store.users.totp_of(user.id)
    step = step_of(code, secret, now, last) if secret else None
    with store.transaction():
        if step is not None and store.users.take_step(user.id, step):
            cookie = renew_cookie(store, session)
            store.login_failures.clear({f"nama:kode:{user.name}"})
            store.audit.add(user.name, "faktor_kedua", f"sesi/{session.id}", now)
            return cookie
        store.login_failures.add({f"nama:kode:{user.name}", f"alamat:{address}"}, now)
        store.audit.add(user.name, "faktor_kedua_ditolak", f"sesi/{session.id}", now, {"alamat": address})
    raise LoginRefusedError("the code is not right, or was used before; wait for the next one")


def renew_cookie(store: Store, session: Session) -> str:
    """Give a session whose second factor was given another cookie and return it; the old one is worthless."""
    cookie = secrets.token_urlsafe(32)
    store.sessions.pass_second_factor(session.id, digest(cookie))
    return cookie


def session_of(store: Store, cookie: str, now: datetime) -> tuple[Session, User] | None:
    """Return the living session of a cookie and whose it is; None where there is none. Notes that it was used."""
    session = store.sessions.by_token(digest(cookie))
    if session is None or not is_alive(session, now):
        return None
    user = store.users.get(session.user_id)
    if user is None or user.disabled_at is not None:
        return None
    return session, user


def is_alive(session: Session, now: datetime) -> bool:
    """Return whether a session may still be used."""
    return session.ended_at is None and now - session.last_seen <= IDLE and now - session.created_at <= ABSOLUTE


def touch(store: Store, session: Session, now: datetime) -> None:
    """Note that a person, not a page that looks for news by itself, used a session."""
    if now - session.last_seen >= TOUCH_EVERY:
        store.sessions.touch(session.id, now)


def actor_of(store: Store, user: User, session: Session | None = None) -> Actor:
    """Return who acts, with the rights of their role as the desk has set them today."""
    roles = roles_of(store.desk_settings.get(ROLES_KEY))
    return Actor(user, roles.get(user.role, frozenset()), session)


def log_out(store: Store, session: Session, user: User, now: datetime) -> None:
    """End a session at once."""
    with store.transaction():
        store.sessions.end(session.id, now)
        store.audit.add(user.name, "keluar", f"sesi/{session.id}", now)


def change_password(store: Store, user: User, old: str, new: str, now: datetime, *, keep: int | None) -> None:
    """Give a person another password, end all their sessions but ``keep``; InputError where either will not do."""
    if not is_right(old, store.users.password_of(user.id)):
        raise InputError("the present password is not right")
    if old == new:
        raise InputError("the new password is the old one; take another")
    set_password(store, user, new, now, by=user.name, keep=keep)


def set_password(
    store: Store, user: User, new: str, now: datetime, *, by: str, keep: int | None = None, must_change: bool = False
) -> None:
    """Set a password without asking for the old one; InputError for one that will not do."""
    refuse_weak(new, user.name, user.display)
    with store.transaction():
        store.users.change(user.id, password=hashed(new), password_at=now, must_change=must_change)
        ended = store.sessions.end_all(user.id, now, besides=keep)
        store.audit.add(by, "sandi_diganti", f"orang/{user.name}", now, {"sesi_diakhiri": ended})


def new_token(
    store: Store, user: User, name: str, scopes: Sequence[str], now: datetime, expires_at: datetime | None
) -> tuple[str, ApiToken]:
    """Return a new API token, which is shown once, and its record."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with store.transaction():
        kept = store.tokens.add(digest(token), user.id, name, scopes, now, expires_at)
        store.audit.add(user.name, "token_dibuat", f"token/{kept.id}", now, {"nama": name, "lingkup": list(scopes)})
    return token, kept


def token_actor(store: Store, token: str, now: datetime) -> Actor | None:
    """Return who acts by an API token: its user, with those of their rights that the token's scopes name; else None."""
    found = token_of(store, token, now)
    if found is None:
        return None
    kept, actor = found
    return Actor(actor.user, frozenset(right for right in actor.permissions if right.value in kept.scopes))


def token_of(store: Store, token: str, now: datetime) -> tuple[ApiToken, Actor] | None:
    """Return a valid API token with whose it is, *all* their rights here; None where it is none. Notes its use."""
    kept = store.tokens.by_token(digest(token))
    if kept is None or kept.revoked_at is not None or (kept.expires_at is not None and kept.expires_at <= now):
        return None
    user = store.users.get(kept.user_id)
    if user is None or user.disabled_at is not None:
        return None
    if kept.last_used is None or now - kept.last_used >= TOUCH_EVERY:
        store.tokens.use(kept.id, now)
    return kept, actor_of(store, user)


def _open(store: Store, user: User, now: datetime, address: str, agent: str, *, second_factor: bool) -> Entry:
    cookie = secrets.token_urlsafe(32)
    session = store.sessions.open(
        digest(cookie),
        user.id,
        secrets.token_urlsafe(24),
        now,
        address=address,
        agent=agent,
        second_factor=second_factor,
    )
    return Entry(cookie, session, user)


def _refuse_early(store: Store, who: str, address: str, now: datetime) -> None:
    since = now - MEMORY
    waits = [
        wait_until(store.login_failures.since(f"nama:{who}", since)),
        wait_until(store.login_failures.since(f"alamat:{address}", since), free=FREE_ADDRESS),
    ]
    until = max((wait for wait in waits if wait is not None), default=None)
    if until is not None and until > now:
        raise LoginRefusedError("too many tries; wait before the next one", until)
