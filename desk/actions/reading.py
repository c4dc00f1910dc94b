"""Reading the stored text of an article: whoever does is named in the audit log, once an hour for each article."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import UnknownItemError
from desk.actions.deciding import seen_by
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import StoredArticle
    from data.store import Store
    from desk.permissions import Actor

READ: Final = "baca_teks"
"""The action of the audit log; its subject is the article."""

AGAIN_AFTER: Final = timedelta(hours=1)
"""A page that is loaded anew after each step is still one reading; an hour later it is another."""

LOOKED_AT: Final = 50
"""Entries of one article's log that are looked through for one's own: more persons than read it within an hour."""


def read_text(
    store: Store, actor: Actor, incident_id: int, article_id: int, now: datetime, revision: int | None = None
) -> StoredArticle:
    """Return an article of an incident with its text, and note in the audit log who read it.

    ``revision`` None: the present one. Raises UnknownItemError where the incident has no such article, or is not of
    the person's regions, ForbiddenError where they may not read texts.
    """
    actor.require(Permission.BACA_TEKS)
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        stored = store.articles.get(article_id, revision) if article_id in incident.article_ids else None
        if stored is None:
            raise UnknownItemError("article", article_id if revision is None else f"{article_id}/{revision}")
        subject = f"artikel/{article_id}"
        read = store.audit.entries(subject=subject, action=READ, limit=LOOKED_AT)
        if not any(entry.actor == actor.name and now - entry.at < AGAIN_AFTER for entry in read):
            store.audit.add(actor.name, READ, subject, now, {"kejadian": incident_id})
    return stored
