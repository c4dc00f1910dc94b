"""Near-duplicate signatures (``classifiers.copies`` makes them), found again by any band that two share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, or_, select

from data.store.tables import signature_bands, signatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store.database import Database

MOST_PARTNERS = 500
"""Partners returned at once, those with the most bands in common first: a text printed more often than this is a
template."""


class Signatures:
    """One signature per article, of its present text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, article_id: int, digest: bytes, bands: Sequence[int]) -> None:
        """Keep an article's signature in place of an older one; ``bands`` are signed 64-bit numbers, in band order."""
        values = {"article_id": article_id, "signature": digest}
        statement = self._database.insert(signatures).values(values)
        rows = [{"band": band, "hash": value, "article_id": article_id} for band, value in enumerate(bands)]
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=values))
            connection.execute(delete(signature_bands).where(signature_bands.c.article_id == article_id))
            if rows:
                connection.execute(self._database.insert(signature_bands), rows)

    def of(self, article_id: int) -> bytes | None:
        """Return an article's digest; None where none is kept, b"" where its text is too short to have one."""
        with self._database.read() as connection:
            mine = signatures.c.article_id == article_id
            return connection.execute(select(signatures.c.signature).where(mine)).scalar()

    def sharing(self, bands: Sequence[int], exclude: int | None = None) -> list[tuple[int, bytes]]:
        """Return (article id, digest) of the articles that share a band, the likest first, without ``exclude``."""
        if not bands:
            return []
        # A list of pairs, (band, hash) IN (...), would make SQLite read the whole table.
        asked = or_(
            *(and_(signature_bands.c.band == band, signature_bands.c.hash == value) for band, value in enumerate(bands))
        )
        statement = (
            select(signatures.c.article_id, signatures.c.signature)
            .join(signature_bands, signature_bands.c.article_id == signatures.c.article_id)
            .where(asked)
            .group_by(signatures.c.article_id, signatures.c.signature)
            .order_by(func.count().desc(), signatures.c.article_id)
            .limit(MOST_PARTNERS)
        )
        if exclude is not None:
            statement = statement.where(signatures.c.article_id != exclude)
        with self._database.read() as connection:
            return [(row.article_id, row.signature) for row in connection.execute(statement)]
