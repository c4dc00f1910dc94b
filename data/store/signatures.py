"""Near-duplicate signatures (``classifiers.copies`` makes them), found again by the bands that two share.

The index is the table itself, in the order of its key: a band's newest articles lie together and are read from the
end. Nothing is held in memory between calls and nothing is built at a start. Of a band that very many articles share (a
form printed every day, a hundred thousand times) only the newest are read, so that a look costs the same whatever the
store holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text, update

from data.store.tables import signature_bands, signatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import TextClause

    from data.store.database import Database

STRONG_BANDS = 32
"""Bands before this position are strong: one in common is enough. Of later ones (the facts') two are asked for; see
``classifiers.copies``."""

NEWEST_OF_BAND = 64
"""Articles that are read of one band, the newest first. A release is printed by a dozen outlets within days; a band
that more articles share is a form's, and its older prints are none of this one."""

MOST_PARTNERS = 200
"""Partners returned at once, those with the most bands in common first."""

# Fifty rows an article: put together once, in words that both engines take.
_PUT = text("INSERT INTO signature_bands (band, hash, article_id) VALUES (:band, :hash, :article_id)")


class Signatures:
    """One signature per article, of its present text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, article_id: int, digest: bytes, bands: Sequence[int]) -> None:
        """Keep an article's signature in place of an older one; ``bands`` are signed 64-bit numbers, in band order."""
        values = {"article_id": article_id, "signature": digest}
        rows = [{"band": band, "hash": value, "article_id": article_id} for band, value in enumerate(bands)]
        with self._database.write() as connection:
            statement = self._database.insert(signatures).values(values)
            first = connection.execute(statement.on_conflict_do_nothing(index_elements=["article_id"])).rowcount == 1
            if not first:
                mine = signatures.c.article_id == article_id
                connection.execute(update(signatures).where(mine).values(signature=digest))
                connection.execute(delete(signature_bands).where(signature_bands.c.article_id == article_id))
            if rows:
                connection.execute(_PUT, rows)

    def of(self, article_id: int) -> bytes | None:
        """Return an article's digest; None where none is kept, b"" where its text is too short to have one."""
        with self._database.read() as connection:
            mine = signatures.c.article_id == article_id
            return connection.execute(select(signatures.c.signature).where(mine)).scalar()

    def of_many(self, article_ids: Sequence[int]) -> dict[int, bytes]:
        """Return the digests of articles, as `of` does each; none for those of which none is kept."""
        found: dict[int, bytes] = {}
        with self._database.read() as connection:
            for start in range(0, len(article_ids), 500):
                mine = signatures.c.article_id.in_(article_ids[start : start + 500])
                rows = connection.execute(select(signatures.c.article_id, signatures.c.signature).where(mine))
                found |= {row.article_id: row.signature for row in rows}
        return found

    def sharing(self, bands: Sequence[int], exclude: int | None = None) -> list[tuple[int, bytes]]:
        """Return (article id, digest) of the articles that share a strong band or two weak ones, without ``exclude``.

        Those with the most bands in common come first; of a band only its NEWEST_OF_BAND articles are looked at.
        """
        if not bands:
            return []
        asked = {f"hash{band}": value for band, value in enumerate(bands)}
        with self._database.read() as connection:
            found = connection.execute(_partners(len(bands)), {**asked, "excluded": -1 if exclude is None else exclude})
            ids = [row.article_id for row in found]
            digests: dict[int, bytes] = {}
            if ids:
                statement = select(signatures.c.article_id, signatures.c.signature)
                some = connection.execute(statement.where(signatures.c.article_id.in_(ids)))
                digests = {row.article_id: row.signature for row in some}
        return [(number, digests[number]) for number in ids if number in digests]


@lru_cache(maxsize=256)
def _partners(bands: int) -> TextClause:
    """Return the question for ``bands`` bands, each answered from its end of the key.

    Written out: one OR, or one join, over all bands reads a form's band whole, and an ORM statement of fifty parts
    costs more to put together than to answer.
    """
    parts = " UNION ALL ".join(
        f"SELECT article_id, {2 if band < STRONG_BANDS else 1} AS worth FROM (SELECT article_id FROM signature_bands "  # noqa: S608  # numbers of ours
        f"WHERE band = {band} AND hash = :hash{band} ORDER BY article_id DESC LIMIT {NEWEST_OF_BAND}) AS of_{band}"
        for band in range(bands)
    )
    return text(
        f"SELECT article_id, sum(worth) AS worth FROM ({parts}) AS shared WHERE article_id <> :excluded "  # noqa: S608
        f"GROUP BY article_id HAVING sum(worth) > 1 ORDER BY worth DESC, article_id LIMIT {MOST_PARTNERS}"
    )
