"""The audit log shows every change of it: altered, removed, put in, cut off."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, update

from data.store.audit import GENESIS
from data.store.desk_tables import audit_entries


@pytest.fixture
def written(store, now):
    for number in range(4):
        store.audit.add("sari", "klaim", f"kejadian/{number}", now, {"lama": None, "baru": ["é", 1.5, True]})
    return store


def tamper(store, statement):
    with store._database.write() as connection:
        connection.execute(statement)


def test_an_empty_log_is_whole(store):
    assert store.audit.problems() == []
    assert store.audit.head() == (0, GENESIS)


def test_a_log_is_whole_and_read_newest_first(written):
    assert written.audit.problems() == []
    assert [entry.subject for entry in written.audit.entries(limit=2)] == ["kejadian/3", "kejadian/2"]
    assert written.audit.entries(subject="kejadian/1")[0].detail == {"lama": None, "baru": ["é", 1.5, True]}
    last = written.audit.entries(limit=1)[0]
    assert written.audit.head() == (last.id, last.digest)


@pytest.mark.parametrize(
    "values", [{"actor": "budi"}, {"action": "tutup"}, {"subject": "kejadian/9"}, {"detail": {}}, {"digest": "0" * 64}]
)
def test_a_changed_entry_is_found(written, values):
    second = written.audit.entries()[2].id
    tamper(written, update(audit_entries).where(audit_entries.c.id == second).values(**values))
    assert any(f"entry {second} was changed" in sentence for sentence in written.audit.problems())


def test_a_removed_entry_is_found(written):
    entries = written.audit.entries()
    tamper(written, delete(audit_entries).where(audit_entries.c.id == entries[2].id))
    assert written.audit.problems() == [
        f"entry {entries[1].id} does not follow entry {entries[3].id}: one was removed or put in"
    ]


def test_a_log_that_was_cut_off_is_found(written):
    entries = written.audit.entries()
    tamper(written, delete(audit_entries).where(audit_entries.c.id == entries[0].id))
    (problem,) = written.audit.problems()
    assert problem.startswith(f"the log ends at entry {entries[1].id}, but entry {entries[0].id} was written")


def test_text_that_the_engines_cannot_keep_does_not_break_the_chain(store, now):
    store.audit.add("sa\x00ri", "klaim", "x\ud800", now, {"catatan": "a\x00b\ud800", "pada": now})
    assert store.audit.problems() == []


def test_entries_of_several_threads_make_one_chain(store, now):
    threads = [
        threading.Thread(target=lambda: [store.audit.add("sari", "klaim", "x", now) for _ in range(5)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.audit.problems() == []
    assert len(store.audit.entries()) == 20


def test_an_entry_stands_or_falls_with_what_was_done(store, now):
    def done_and_failed():
        with store.transaction():
            store.audit.add("sari", "klaim", "x", now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        done_and_failed()
    assert store.audit.entries() == []
    assert store.audit.problems() == []
