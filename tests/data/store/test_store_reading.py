"""Reads that belong together: one connection, one state of the store, and what a write among them does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from data.errors import StoreError
from data.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def other(store: Store, store_url: str) -> Iterator[Store]:
    """Another process's view of the same store."""
    with Store.open(store_url) as opened:
        yield opened


@pytest.fixture
def taken(store: Store) -> list[int]:
    """One item for each connection that is taken from now on."""
    found: list[int] = []
    event.listen(store._database.engine, "checkout", lambda *_: found.append(1))
    return found


def setting(store: Store) -> Any:
    return store.desk_settings.get("x")


def test_reads_inside_use_one_connection_and_see_one_state(store: Store, other: Store, taken: list[int]) -> None:
    with store.reading():
        assert setting(store) is None
        other.desk_settings.put("x", 1, "rina", NOW)
        assert setting(store) is None
        with store.reading():
            assert setting(store) is None
    assert len(taken) == 1
    assert setting(store) == 1


def test_nothing_is_taken_where_nothing_is_read(store: Store, taken: list[int]) -> None:
    with store.reading():
        pass
    assert taken == []


def test_what_is_written_inside_is_seen_and_so_is_what_others_wrote_before(store: Store, other: Store) -> None:
    with store.reading():
        assert setting(store) is None
        other.desk_settings.put("y", 2, "budi", NOW)
        with store.transaction():
            store.desk_settings.put("x", 1, "rina", NOW)
            assert setting(store) == 1
        assert setting(store) == 1
        assert store.desk_settings.get("y") == 2


def test_a_read_that_failed_spoils_none_after_it(store: Store) -> None:
    with store.reading():
        assert setting(store) is None
        with pytest.raises(StoreError), store._database.read() as connection:
            connection.execute(text("SELECT none FROM nowhere"))
        assert setting(store) is None


def test_another_thread_reads_for_itself(store: Store, other: Store) -> None:
    seen: list[Any] = []
    with store.reading():
        assert setting(store) is None
        other.desk_settings.put("x", 1, "rina", NOW)
        thread = threading.Thread(target=lambda: seen.append(setting(store)))
        thread.start()
        thread.join()
    assert seen == [1]
