"""Every test of the store runs on both engines: ``store`` is a fresh one, ``store_url`` an empty database's URL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from data.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def postgresql_store(postgresql_database: Callable[..., str]) -> str:
    """Return the URL of a database of PostgreSQL that was just migrated; its tables are emptied after each test."""
    url = postgresql_database()
    Store.open(url).close()
    return url


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of the engine this test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database that holds nothing."""
    if engine == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def store_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a store that holds nothing yet."""
    if engine == "postgresql":
        url = str(request.getfixturevalue("postgresql_store"))
        yield url
        empty(url)
        return
    yield request.getfixturevalue("new_store")(tmp_path / "store.sqlite3")


def empty(url: str) -> None:
    """Empty every table but the one that says at which version they are."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        listed = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = ", ".join(f'"{name}"' for (name,) in listed if name != "alembic_version")
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Yield a store that holds nothing yet."""
    with Store.open(store_url) as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    """Return the moment at which these tests begin."""
    return datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture
def piece() -> Callable[..., Any]:
    """Return what makes an article of a few made-up sentences."""
    return make_article


def make_article(url: str, title: str = "Dua kelompok warga bentrok", text: str | None = None, **fields: Any) -> Any:
    import hashlib

    from data.records import Article

    body = text if text is not None else f"{title} di pasar lama pada Rabu siang, tiga orang luka. " * 4
    digest = hashlib.sha256(f"{title}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()
    given = {
        "source_id": "kabar",
        "url": url,
        "canonical_url": url,
        "title": title,
        "text": body,
        "content_hash": digest,
    }
    return Article(**given | fields)
