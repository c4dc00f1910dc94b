"""Reading one article by its number, whether it belongs to an incident or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import InputError, UnknownItemError
from data.records import LabelTask
from data.taught_places import PlaceCorrection
from desk.actions.deciding import seen_by
from desk.actions.reading import AGAIN_AFTER, LOOKED_AT, READ
from desk.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
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


def ask_label(store: Store, actor: Actor, article_id: int, now: datetime) -> bool:
    """Put an article's present text in the label queue, as one that was perhaps missed; False where it is there.

    Raises UnknownItemError for one that the person does not see, ForbiddenError.
    """
    actor.require(Permission.LABEL)
    stored = article_seen_by(store, actor, article_id)
    task = LabelTask(article_id, stored.revision, "terlewat", f"diminta {actor.name}", 1.0, now)
    with store.transaction():
        if not store.label_tasks.add([task]):
            return False
        store.audit.add(actor.name, "minta_label", f"artikel/{article_id}", now)
    return True


def place_means(
    store: Store, gazetteer: Gazetteer, actor: Actor, article_id: int, name: str, codes: Sequence[str], now: datetime
) -> None:
    """Keep what a name means in an article of no incident: these units, or none where it is no place.

    One of an incident is corrected there (`desk.actions.correcting`). Raises InputError where the name does not stand
    in it, UnknownItemError for a unit that there is none of, ForbiddenError.
    """
    actor.require(Permission.TINJAU)
    if not name.strip():
        raise InputError("give the name as it stands in the text")
    units = tuple(dict.fromkeys(gazetteer.current(code) for code in codes))
    with store.transaction():
        stored = article_seen_by(store, actor, article_id)
        said = PlaceCorrection(article_id, stored.revision, actor.name, now, "nama", units, name=name.strip())
        store.place_corrections.add(said)
        detail = {"nama": said.name, "tempat": list(said.codes)}
        store.audit.add(actor.name, "nama_tempat_dikoreksi", f"artikel/{article_id}", now, detail)
