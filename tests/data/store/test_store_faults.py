"""Killed, full, contended: what was acknowledged is there once, and nothing is there by half."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from data.errors import DiskFullError, StoreBusyError
from data.outcomes import Outcome
from data.records import Article, PageRef
from data.store import Store

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)

WRITER = """
    import hashlib, sys
    from datetime import UTC, datetime
    from data.outcomes import Outcome
    from data.records import Article, PageRef
    from data.store import Store

    store, first = Store.open(sys.argv[1]), int(sys.argv[2])
    print("open", flush=True)
    for number in range(first, first + 100_000):
        url = f"https://kabar.example/{number}"
        text = f"Isi berita nomor {number}. " * 40
        article = Article("kabar", url, url, "Judul", text, hashlib.sha256(text.encode()).hexdigest())
        settled = store.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, datetime.now(UTC))
        print(number, settled.article_id, flush=True)
"""


def writer(url, first=0, **options):
    words = [sys.executable, "-c", textwrap.dedent(WRITER), url, str(first)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **options)


def settle(store, number, *, host="kabar.example", run="r", declared=None):
    url = f"https://{host}/{number}"
    text = "Satu berita dengan banyak nama." if declared else f"Isi nomor {number} {host}"
    article = Article(host, url, declared or url, "Judul", text, text)
    return store.settle(run, PageRef(url, url, host, "feed"), None, Outcome.FETCHED, article, NOW)


def test_a_writer_killed_at_any_moment_loses_and_doubles_nothing(store_url):
    told: dict[str, str] = {}
    for turn in range(3):
        process = writer(store_url, first=turn * 100_000)
        assert process.stdout.readline() == "open\n"
        for _ in range(7 + 13 * turn):
            number, article_id = process.stdout.readline().split()
            told[number] = article_id
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        told |= dict(line.split() for line in rest.splitlines() if len(line.split()) == 2)
    with Store.open(store_url) as store:
        assert store.integrity_check() == []
        found = {stored.article.url.rpartition("/")[2]: str(stored.id) for stored in store.articles.recent(limit=10**6)}
        # At most one a turn was written whose acknowledgement did not come out any more.
        assert told.items() <= found.items()
        assert len(found) - len(told) <= 3
        assert store.articles.count() == len(found) == len(store.pages.of_run("r"))
        assert all(len(store.articles.revisions(int(number))) == 1 for number in told.values())


def test_a_full_disk_says_so_and_leaves_nothing_half_written(tmp_path, empty_store):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(empty_store)
    limit = 700_000

    def no_more_than_that():
        # A file-size limit stands in for a full disk: SIGXFSZ must be ignored, or it kills before the error comes.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = writer(f"sqlite:///{path}", stderr=subprocess.PIPE, preexec_fn=no_more_than_that)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"DiskFullError: {tmp_path}: the disk is full. Make room and start again; nothing was lost" in errors
    told = dict(line.split() for line in out.splitlines()[1:])
    with Store.open(f"sqlite:///{path}") as store:
        assert store.integrity_check() == []
        assert {str(stored.id) for stored in store.articles.recent(limit=10**6)} == set(told.values())
        assert settle(store, 10**7).outcome is Outcome.BARU


def test_a_store_on_a_full_disk_can_still_be_read(tmp_path, empty_store):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(empty_store)
    with Store.open(f"sqlite:///{path}") as store:
        settle(store, 1)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
            with pytest.raises(DiskFullError):
                any(settle(store, number).article_id is None for number in range(2, 500))
            assert store.articles.get(1) is not None
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
        assert store.integrity_check() == []


def test_a_second_writer_waits_and_then_is_told(store_url):
    with Store.open(store_url) as one, Store.open(store_url, busy_timeout_s=0.2) as other:
        with one.transaction():
            settle(one, 1)
            with pytest.raises(StoreBusyError, match="try again"):
                settle(other, 1)
        assert settle(other, 1, run="later").outcome is Outcome.TETAP


def test_a_reader_sees_what_was_before_while_another_writes(store_url):
    with Store.open(store_url) as one, Store.open(store_url, busy_timeout_s=0.2) as other:
        with one.transaction():
            settle(one, 1)
            assert other.articles.count() == 0
            assert one.articles.count() == 1
        assert other.articles.count() == 1


def test_threads_that_write_at_once_all_succeed(store):
    with ThreadPoolExecutor(8) as pool:
        settled = list(pool.map(lambda number: settle(store, number), range(80)))
    assert {one.outcome for one in settled} == {Outcome.BARU}
    assert store.articles.count() == 80


def _settle_names(url, gate, answers, names):
    with Store.open(url) as store:
        gate.wait(60)
        mine = "https://kabar.example/berita"
        answers.put([settle(store, name, run=names[0], declared=mine).outcome.value for name in names])


def test_two_processes_that_read_names_of_one_article_make_one_article(store_url):
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    names = [["amp", "m", "berita", "cetak"], ["berita", "cetak", "amp", "m"]]
    processes = [context.Process(target=_settle_names, args=(store_url, gate, answers, part)) for part in names]
    for process in processes:
        process.start()
    outcomes = answers.get(timeout=60) + answers.get(timeout=60)
    for process in processes:
        process.join()
    with Store.open(store_url) as store:
        assert store.integrity_check() == []
        assert store.articles.count() == outcomes.count("baru") == 1
        article = store.articles.by_url("https://kabar.example/berita")
        assert len(store.articles.revisions(article.id)) == 1
        assert len(store.frontier.names_of(article.id)) == 4


def test_a_transaction_belongs_to_its_thread(store):
    seen = []

    def look():
        seen.append(store.articles.count())

    with store.transaction():
        settle(store, 1)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [0]


async def test_a_transaction_does_not_follow_into_a_worker_thread(store):
    with store.transaction():
        settle(store, 1)
        assert await asyncio.to_thread(store.articles.count) == 0
    assert store.articles.count() == 1


def test_a_long_reader_does_not_keep_the_log_from_being_folded_for_ever(tmp_path, empty_store):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(empty_store)
    with Store.open(f"sqlite:///{path}", busy_timeout_s=0.2) as store:
        with store._database.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM articles").scalar()
            for number in range(50):
                settle(store, number)
            assert store.checkpoint() > 0
        assert store.checkpoint() == 0


@pytest.mark.postgresql
def test_a_cut_connection_costs_one_retry(postgresql_url):
    with Store.open(postgresql_url) as store, Store.open(postgresql_url) as other:
        with store._database.read() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with other._database.read() as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        assert settle(store, 1).outcome is Outcome.BARU
