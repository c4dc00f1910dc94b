"""Writing to one another about an incident; whoever is named with @ is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.actions.deciding import seen_by
from desk.entry.guard import actor_of
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.people import User
    from data.store import Store
    from desk.permissions import Actor

LONGEST_COMMENT: Final = 4000
MENTIONED: Final = "sebutan"
"""The kind of the notice that a mention makes."""
SHOWN_OF_IT: Final = 200
"""Characters of a comment that stand in the notice."""

MENTION: Final = re.compile(r"(?<![\w@.])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
"""A user name behind an @ that stands at the beginning of a word: an e-mail address is no mention."""


def comment(store: Store, actor: Actor, incident_id: int, text: str, now: datetime) -> tuple[int, tuple[User, ...]]:
    """Keep a comment on an incident, tell those whom it names, and return its number and who was told.

    Who may not see the incident is not told of it, nor is who wrote the comment. Raises InputError for an empty or
    too long one, ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.KOMENTAR)
    said = text.strip()
    if not said:
        raise InputError("write something: an empty comment is not kept")
    if len(said) > LONGEST_COMMENT:
        raise InputError(f"a comment has at most {LONGEST_COMMENT} characters")
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        codes = [place.code for place in incident.places]
        named = tuple(user for user in mentioned(store, said) if actor_of(store, user).sees(codes))
        number = store.comments.add(incident_id, actor.user.id, now, said, [user.id for user in named])
        told = tuple(user for user in named if user.id != actor.user.id)
        short = said if len(said) <= SHOWN_OF_IT else said[: SHOWN_OF_IT - 1] + "…"
        for user in told:
            store.notices.add(user.id, now, MENTIONED, f"{actor.user.display}: {short}", incident_id)
        detail = {"komentar": number, "sebutan": [user.name for user in told]}
        store.audit.add(actor.name, "komentar", f"kejadian/{incident_id}", now, detail)
    return number, told


def mentioned(store: Store, text: str) -> tuple[User, ...]:
    """Return the users that a text names with @, in its order; whoever may not log in any more is left out."""
    names = dict.fromkeys(match[1].lower().rstrip(".-_") for match in MENTION.finditer(text))
    found = (store.users.by_name(name) for name in names)
    return tuple(user for user in found if user is not None and user.disabled_at is None)
