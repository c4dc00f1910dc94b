"""Prints of one text (``classifiers.sameness`` tells them): pairs of articles, kept as they are met."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from data.copying import CopyPair, Sameness
from data.store.tables import articles, copy_pairs, signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select

    from data.store.database import Database

_LATER, _EARLIER = articles.alias("later"), articles.alias("earlier")


class Copies:
    """Pairs by article, by outlet and time; a pair is there once, whoever of the two was met first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, article_id: int, pairs: Sequence[CopyPair], now: datetime) -> None:
        """Keep ``pairs``, each of which has ``article_id`` at one end, in place of all that were kept of it."""
        rows = [
            {
                "article_id": pair.article_id,
                "of_article_id": pair.of_article_id,
                "kind": str(pair.kind),
                "likeness": pair.likeness,
                "delay_s": None if pair.delay is None else pair.delay.total_seconds(),
                "noted_at": now,
            }
            for pair in pairs
        ]
        with self._database.write() as connection:
            connection.execute(delete(copy_pairs).where(_at_one_end(article_id)))
            if rows:
                connection.execute(self._database.insert(copy_pairs), rows)

    def of(self, article_id: int) -> list[CopyPair]:
        """Return the pairs that an article is in, at either end, the likest first."""
        found = _pairs().where(_at_one_end(article_id)).order_by(copy_pairs.c.likeness.desc(), *copy_pairs.primary_key)
        with self._database.read() as connection:
            return [_pair(row) for row in connection.execute(found)]

    def among(self, article_ids: Iterable[int]) -> list[tuple[int, int]]:
        """Return the pairs of which both are among ``article_ids``, the smaller number first."""
        wanted = sorted(set(article_ids))
        known, pairs = set(wanted), set()
        with self._database.read() as connection:
            for start in range(0, len(wanted), 500):
                statement = select(copy_pairs.c.article_id, copy_pairs.c.of_article_id).where(
                    copy_pairs.c.article_id.in_(wanted[start : start + 500])
                )
                for row in connection.execute(statement):
                    if row.of_article_id in known:
                        pairs.add((min(row), max(row)))
        return sorted(pairs)

    def since(self, moment: datetime | None = None) -> list[CopyPair]:
        """Return the pairs whose later print was first seen since ``moment`` (None: all), by number."""
        found = _pairs().order_by(*copy_pairs.primary_key)
        if moment is not None:
            found = found.where(_LATER.c.first_seen >= moment)
        with self._database.read() as connection:
            return [_pair(row) for row in connection.execute(found)]

    def printed(self, moment: datetime | None = None) -> dict[str, int]:
        """Return how many articles of each outlet were long enough to be compared, first seen since ``moment``."""
        statement = (
            select(articles.c.source_id, func.count().label("texts"))
            .join(signatures, signatures.c.article_id == articles.c.id)
            .where(func.length(signatures.c.signature) > 0)
            .group_by(articles.c.source_id)
        )
        if moment is not None:
            statement = statement.where(articles.c.first_seen >= moment)
        with self._database.read() as connection:
            return {row.source_id: row.texts for row in connection.execute(statement)}


def _at_one_end(article_id: int) -> ColumnElement[bool]:
    return or_(copy_pairs.c.article_id == article_id, copy_pairs.c.of_article_id == article_id)


def _pairs() -> Select[tuple[int, str, int, str, str, float, float | None]]:
    return (
        select(
            copy_pairs.c.article_id,
            _LATER.c.source_id,
            copy_pairs.c.of_article_id,
            _EARLIER.c.source_id.label("of_source_id"),
            copy_pairs.c.kind,
            copy_pairs.c.likeness,
            copy_pairs.c.delay_s,
        )
        .join(_LATER, _LATER.c.id == copy_pairs.c.article_id)
        .join(_EARLIER, _EARLIER.c.id == copy_pairs.c.of_article_id)
    )


def _pair(row: Row[tuple[int, str, int, str, str, float, float | None]]) -> CopyPair:
    delay = None if row.delay_s is None else timedelta(seconds=row.delay_s)
    return CopyPair(
        row.article_id, row.source_id, row.of_article_id, row.of_source_id, Sameness(row.kind), row.likeness, delay
    )
