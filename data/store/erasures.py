"""The names of what was erased on request, as hashes: enough to know them again, and nothing to read in them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from data.store.desk_tables import erasures

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def url_hash(url: str) -> str:
    """Return the SHA-256 of a canonical URL, in hex."""
    return hashlib.sha256(url.encode()).hexdigest()


def erased(connection: Connection, urls: Collection[str]) -> frozenset[str]:
    """Return those of ``urls`` whose article was erased."""
    hashes = {url_hash(url): url for url in urls}
    if not hashes:
        return frozenset()
    rows = connection.execute(select(erasures.c.url_hash).where(erasures.c.url_hash.in_(list(hashes))))
    return frozenset(hashes[found] for found in rows.scalars())
