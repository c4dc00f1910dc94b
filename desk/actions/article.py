"""Reading one article by its number, whether it belongs to an incident or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import UnknownItemError
from desk.actions.deciding import seen_by
from desk.actions.reading import AGAIN_AFTER, LOOKED_AT, READ
from desk.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import StoredArticle
    from data.store import Store
    from desk.permissions import Actor


def article_seen_by(store: Store, actor: Actor, article_id: int, revision: int | None = None) -> StoredArticle:
    """Return an article that a person may see; UnknownItemError where there is none, or it is not of their regions.

    One of an incident is seen by who sees the incident; any other by its places (`ArticleSearch.visible`).
    """
    stored = store.articles.get(article_id, revision)
    if stored is None:
        raise UnknownItemError("article", article_id)
    incident = store.incidents.of_article(article_id)
    if incident is not None:
        seen_by(store, actor, incident.id)
    elif not store.article_search.visible(article_id, actor.user.regions):
        raise UnknownItemError("article", article_id)
    return stored


def note_reading(store: Store, actor: Actor, article_id: int, now: datetime) -> None:
    """Note in the audit log that a person reads an article's text, once an hour. Raises ForbiddenError."""
    actor.require(Permission.BACA_TEKS)
    subject = f"artikel/{article_id}"
    with store.transaction():
        read = store.audit.entries(subject=subject, action=READ, limit=LOOKED_AT)
        if not any(entry.actor == actor.name and now - entry.at < AGAIN_AFTER for entry in read):
            incident = store.incidents.of_article(article_id)
            detail = {"kejadian": incident.id} if incident is not None else {}
            store.audit.add(actor.name, READ, subject, now, detail)
