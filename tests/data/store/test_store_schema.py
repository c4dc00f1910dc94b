"""Opening a database: made anew, taken as it is, or refused by name and left alone."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, String, Text, create_engine, inspect, text

from data.errors import DiskFullError, SettingsError, StoreError, StoreSchemaError
from data.store import Store
from data.store.columns import CleanText, Json, UtcTime
from data.store.schema import HEAD, MIGRATIONS
from data.store.tables import metadata


def test_the_newest_migration_is_the_one_a_start_looks_for():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_migrations_make_the_tables_that_the_program_means(empty_url):
    Store.open(empty_url).close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        options = {"compare_type": same_type, "include_name": lambda name, kind, _: not is_index_of_words(name, kind)}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        for table in metadata.sorted_tables:
            # Autogenerate does not look at keys.
            made = inspect(connection).get_pk_constraint(table.name)
            assert made["constrained_columns"] == [column.name for column in table.primary_key], table.name
            wanted = sorted((key.parent.name, key.target_fullname) for key in table.foreign_keys)
            foreign = inspect(connection).get_foreign_keys(table.name)
            pairs = (
                (ours, f"{key['referred_table']}.{theirs}")
                for key in foreign
                for ours, theirs in zip(key["constrained_columns"], key["referred_columns"], strict=True)
            )
            assert sorted(pairs) == wanted, table.name
    engine.dispose()


def same_type(_context, _found_column, _meant_column, found, meant):
    """Return whether the types differ: our own are text and time underneath."""
    if isinstance(meant, CleanText | Json):
        return not isinstance(found, Text)
    if isinstance(meant, UtcTime):
        return not isinstance(found, DateTime)
    if isinstance(meant, String):
        return not (isinstance(found, String) and found.length == meant.length)
    return None


def is_index_of_words(name, kind):
    return kind == "table" and (name == "alembic_version" or name.startswith("article_search"))


def test_a_new_database_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "store.sqlite3"
    with Store.open(f"sqlite:///{path}") as store:
        store.checkpoint()
        assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == dict.fromkeys(
            ("store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm"), 0o600
        )


def test_a_store_that_is_opened_again_is_as_it_was(store, store_url, now):
    store.hosts.block("kabar.example", now)
    with Store.open(store_url) as again:
        assert again.hosts.blocked_until("kabar.example") == now


def _open(url, gate, answers):
    gate.wait(30)
    try:
        Store.open(url).close()
        answers.put("ok")
    except Exception as error:  # noqa: BLE001 - whatever it is, the test prints it
        answers.put(repr(error))


def test_programs_that_start_at_once_on_an_empty_database_all_succeed(empty_url):
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(3), context.Queue()
    starters = [context.Process(target=_open, args=(empty_url, gate, answers)) for _ in range(3)]
    for starter in starters:
        starter.start()
    got = [answers.get(timeout=60) for _ in starters]
    for starter in starters:
        starter.join()
    assert got == ["ok", "ok", "ok"]


def test_a_database_of_a_newer_program_is_refused_and_left(store, store_url):
    with store._database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreSchemaError, match=f"schema revision 9999, and this program knows only up to {HEAD}"):
            Store.open(store_url)
        with store._database.read() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    finally:
        with store._database.write() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))


def test_somebody_elses_database_is_refused_and_left(empty_url):
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pelanggan (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    with pytest.raises(StoreSchemaError, match=r"not Kentongan's .*pelanggan"):
        Store.open(empty_url)
    assert sorted(inspect(engine).get_table_names()) == ["alembic_version", "pelanggan"]
    engine.dispose()


def test_a_file_that_is_no_database_is_refused_and_left(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("bukan basis data, hanya catatan panjang")
    with pytest.raises(StoreSchemaError, match=r"notes\.txt: is no SQLite database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text() == "bukan basis data, hanya catatan panjang"


def test_a_damaged_file_is_refused_by_the_check_that_failed_and_left(tmp_path, empty_store):
    damaged = bytearray(empty_store)
    for at in range(4096 * 3, 4096 * 20):
        damaged[at] = 0xFF
    path = tmp_path / "store.sqlite3"
    path.write_bytes(damaged)
    with pytest.raises(StoreSchemaError, match=r"(quick_check failed|is damaged).*restore a backup"):
        Store.open(f"sqlite:///{path}")
    assert path.read_bytes() == damaged


def test_a_file_cut_short_is_refused(tmp_path, empty_store):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(empty_store[: 4096 * 5 + 17])
    with pytest.raises(StoreSchemaError, match="restore a backup"):
        Store.open(f"sqlite:///{path}")


def test_what_refers_to_nothing_is_found_by_the_integrity_check(tmp_path, empty_store, now):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(empty_store)
    # Whoever writes with another program need not have foreign keys on.
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO signatures (article_id, signature) VALUES (77, x'00')")
    connection.execute(
        "INSERT INTO articles (id, canonical_url, source_id, revision, content_hash, first_seen, revised_at, read_url)"
        " VALUES (5, 'u', 's', 1, 'h', '2026-11-26 03:00:00.000000', '2026-11-26 03:00:00.000000', 'u')"
    )
    connection.commit()
    connection.close()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.integrity_check() == [
            "foreign_key_check: row 77 of signatures refers to a missing row of articles",
            "article 5: its present revision is not its last one",
        ]


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StoreError, match="is a folder; the database is a file"):
        Store.open(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the folder of the database"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")


def test_folders_on_the_way_are_made(tmp_path):
    Store.open(f"sqlite:///{tmp_path / 'a' / 'b' / 'store.sqlite3'}").close()
    assert (tmp_path / "a" / "b" / "store.sqlite3").is_file()


@pytest.mark.parametrize(
    "url", ["", "kentongan.db", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "sqlite"]
)
def test_a_url_of_no_database_we_know_is_refused_with_what_to_write(url):
    with pytest.raises(SettingsError, match=r"write sqlite:////absolute/path/kentongan\.db or postgresql"):
        Store.open(url)


def test_a_password_is_never_shown():
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://rina:sangat-rahasia@127.0.0.1:9/kentongan")
    assert "sangat-rahasia" not in str(caught.value)
    assert "cannot be reached" in str(caught.value)
    assert caught.value.retryable


def test_sqlite_runs_as_it_should(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store, store._database.read() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        ]
    assert modes == ["wal", 1, 30_000, 1]


def test_too_little_room_is_said_with_the_figures(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        store.check_room(1)
        with pytest.raises(
            DiskFullError, match=r"the disk is full: [\d,]+ bytes free, 1,000,000,000,000,000,000 needed"
        ):
            store.check_room(10**18)


def test_the_package_carries_its_migrations():
    assert sorted(path.name for path in Path(MIGRATIONS, "versions").glob("0*.py")) == [
        "0001_first_schema.py",
        "0002_labels_and_drift.py",
        "0003_standing.py",
        "0004_incident_joins.py",
        "0005_early_warnings.py",
        "0006_syndication.py",
        "0007_sightings.py",
        "0008_reports.py",
        "0009_taught_places.py",
        "0010_desk.py",
        "0011_deliveries.py",
        "0012_feeds.py",
    ]
