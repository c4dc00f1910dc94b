"""Making a token that reads feeds and does nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.entry.feed_door import scope_of
from desk.entry.guard import new_token
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.people import ApiToken
    from data.store import Store
    from data.store.alert_feed import AlertFilter
    from desk.permissions import Actor

DAYS: Final = (90, 365, 730)
"""How long a token for feeds may hold: who reads a feed is a machine that nobody looks after."""

LONGEST_NAME: Final = 80


def make_feed_token(
    store: Store, actor: Actor, name: str, asked: AlertFilter, days: int, now: datetime
) -> tuple[str, ApiToken]:
    """Return a new token, which is shown once, and its record; it reads a filter's feeds, within the actor's regions.

    Raises InputError for a name or length of time that will not do, and a filter that no token is limited by;
    ForbiddenError where the actor may not see incidents.
    """
    actor.require(Permission.LIHAT)
    who = " ".join(name.split())
    if not who or len(who) > LONGEST_NAME:
        raise InputError(f"a token has a name of 1 to {LONGEST_NAME} letters: that of who reads with it")
    if days not in DAYS:
        raise InputError(f"a token for feeds holds for {', '.join(str(one) for one in DAYS)} days")
    return new_token(store, actor.user, who, [scope_of(asked)], now, now + timedelta(days=days))
