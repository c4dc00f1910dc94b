"""Looking at a site before it is added as a source: what is added is what was seen, and not what a form says."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.actions.sourcing import add_looked_at, asked_of
from desk.permissions import Permission
from flows.source_preview import preview_now, refuse_known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.records import Source
    from desk.permissions import Actor
    from flows.desk import DeskTools
    from flows.source_preview import Preview

PREVIEW_FOR: Final = timedelta(minutes=30)
MOST_PREVIEWS: Final = 20


def look_at_site(tools: DeskTools, actor: Actor, form: Mapping[str, str], now: datetime) -> tuple[str, Preview]:
    """Return what would be read of a site, and the word under which it can be added for half an hour.

    ``form`` as `desk.actions.sourcing.asked_of` takes it. Raises InputError where the site cannot be read or is a
    source already, UnknownItemError for a code that there is not, ForbiddenError.
    """
    actor.require(Permission.SUMBER)
    asked = asked_of(form, tools.gazetteer)
    refuse_known(list(tools.load_sources().values()), asked)
    preview = preview_now(asked, tools.settings, tools.store, tools.clock)
    return PREVIEWS.keep(actor.user.id, preview, now), preview


def add_site(tools: DeskTools, actor: Actor, token: str, now: datetime) -> Source:
    """Add the site that a person looked at and return it as a source.

    Raises InputError where nothing was looked at under that word, or too long ago, CatalogueError, ForbiddenError.
    """
    actor.require(Permission.SUMBER)
    source = PREVIEWS.take(actor.user.id, token, now).source
    known = list(tools.load_sources().values())
    add_looked_at(tools.store, tools.settings.user_catalogue, known, source, actor.name, now)
    return source


@dataclass(frozen=True, slots=True)
class _Kept:
    user_id: int
    preview: Preview
    until: datetime


class Previews:
    """What was looked at lately, by the word that was given for it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._guard = threading.Lock()

    def __contains__(self, token: object) -> bool:
        return token in self._kept

    def keep(self, user_id: int, preview: Preview, now: datetime) -> str:
        """Keep what a person has seen, and return a word for it that nobody guesses."""
        token = secrets.token_urlsafe(16)
        with self._guard:
            self._kept[token] = _Kept(user_id, preview, now + PREVIEW_FOR)
            while len(self._kept) > MOST_PREVIEWS:
                self._kept.popitem(last=False)
        return token

    def take(self, user_id: int, token: str, now: datetime) -> Preview:
        """Return what the person has seen, which is then forgotten. Raises InputError where it is over."""
        with self._guard:
            kept = self._kept.get(token)
            if kept is None or kept.user_id != user_id or kept.until < now:
                raise InputError("this preview is over; look at the site again")
            del self._kept[token]
        return kept.preview


PREVIEWS: Final = Previews()
"""Of this process: a desk has one."""
