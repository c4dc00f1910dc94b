"""The persons of a desk: who they are, where they are logged in, and what the audit log says they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class User:
    """A person of the desk.

    ``name`` is what they log in with, in lower case; ``display`` how they are shown. ``regions`` are the codes of
    provinces or kabupaten/kota that they see; none: all. ``must_change`` says that the next thing they do is to choose
    a password. ``disabled_at`` None: they may log in.
    """

    id: int
    name: str
    display: str
    role: str
    regions: tuple[str, ...]
    password_at: datetime
    must_change: bool
    totp_on: bool
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A login of a user in one browser. ``csrf`` is the token that its forms carry; ``second_factor``: given."""

    id: int
    user_id: int
    csrf: str
    second_factor: bool
    address: str
    agent: str
    created_at: datetime
    last_seen: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key by which a program acts for a user, within ``scopes``; ``expires_at`` None: until it is revoked."""

    id: int
    user_id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done, chained to the one before by ``previous`` (its digest, SHA-256 in hexadecimal).

    ``actor`` is a user's name, ``kentongan`` for the machine, ``cli:NAME`` for who ran a command. ``action`` is a slug;
    ``subject`` what it was done to, such as ``kejadian/12``. ``detail`` holds what changed, before and after.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    digest: str
