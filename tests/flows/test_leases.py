"""One thing is done by one process at a time: a living holder is respected, a dead one is not waited for."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from data.errors import LeaseError
from data.outcomes import Outcome
from data.records import Finder, Page, Source
from data.store import Store
from flows.crawl import crawl
from flows.holders import is_dead, this_holder
from flows.leases import held, take
from flows.network_lease import DISTANCE
from flows.reading import CrawlTools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
TTL = timedelta(minutes=10)
PRINT_HOLDER = "from flows.holders import this_holder; print(this_holder(), flush=True); input()"


@pytest.fixture
def store(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(new_store(tmp_path / "leases.sqlite3")) as store:
        yield store


@pytest.fixture
def somebody() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield the holder's name of a living process, and the process."""
    command = [sys.executable, "-c", PRINT_HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
        process.kill()


def test_a_holder_is_named_by_machine_process_and_start() -> None:
    machine, pid, ticks = this_holder().rsplit(":", 2)
    assert (machine, pid) == (socket.gethostname(), str(os.getpid()))
    assert int(ticks) > 0
    assert not is_dead(this_holder())


def test_a_killed_process_is_dead_even_before_it_is_waited_for(somebody: tuple[str, subprocess.Popen[str]]) -> None:
    holder, process = somebody
    assert not is_dead(holder)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is a zombie still
    assert is_dead(holder)
    process.wait()
    assert is_dead(holder)


@pytest.mark.parametrize(
    ("holder", "dead"),
    [
        (f"{socket.gethostname()}:{os.getpid()}:1", True),  # the number is used again by a later process
        (f"{socket.gethostname()}:{os.getpid()}:0", False),  # its start was not known
        (f"another-machine:{2**22 - 1}:1", False),
        (DISTANCE, False),
        ("", False),
        (f"{socket.gethostname()}:none:1", False),
    ],
    # The same in every process: a number of a process would be another test in each worker.
    ids=["another start", "start unknown", "another machine", "a distance", "nobody", "no number"],
)
def test_what_cannot_be_known_is_not_called_dead(holder: str, dead: bool) -> None:
    assert is_dead(holder) is dead


def test_a_living_holder_is_respected(store: Store, somebody: tuple[str, subprocess.Popen[str]]) -> None:
    holder, _ = somebody
    store.leases.acquire("publish", holder, NOW, TTL)
    with pytest.raises(LeaseError) as caught, held(store, "publish", lambda: NOW, TTL):
        pass
    assert caught.value.holder == holder
    assert store.leases.held(NOW)["publish"][0] == holder


def test_a_dead_holder_is_taken_over_at_once(store: Store, somebody: tuple[str, subprocess.Popen[str]]) -> None:
    holder, process = somebody
    store.leases.acquire("publish", holder, NOW, TTL)
    process.kill()
    process.wait()
    with held(store, "publish", lambda: NOW, TTL):
        assert store.leases.held(NOW)["publish"][0] == this_holder()
    assert store.leases.held(NOW) == {}


def test_a_holder_on_another_machine_is_waited_for_until_its_time_is_up(store: Store) -> None:
    store.leases.acquire("publish", "another-machine:7:99", NOW, TTL)
    with pytest.raises(LeaseError):
        take(store, "publish", this_holder(), NOW + TTL - timedelta(seconds=1), TTL)
    take(store, "publish", this_holder(), NOW + TTL, TTL)


def test_a_lease_is_free_again_after_an_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), held(store, "publish", lambda: NOW, TTL):
        _ = 1 / 0
    with held(store, "publish", lambda: NOW, TTL):
        pass


def test_renewing_prolongs_and_a_lost_lease_is_told(store: Store) -> None:
    now = NOW
    with held(store, "assess", lambda: now, TTL) as renew:
        now = NOW + timedelta(minutes=5)
        renew()
        assert store.leases.held(now)["assess"][1] == now + TTL
        now = NOW + timedelta(hours=1)
        store.leases.acquire("assess", "another-machine:7:99", now, TTL)  # we were asleep for too long
        with pytest.raises(LeaseError):
            renew()
    assert store.leases.held(now)["assess"][0] == "another-machine:7:99"


def test_two_threads_of_one_process_do_not_hold_the_same(store: Store) -> None:
    refused = []

    def other() -> None:
        try:
            with held(store, "assess", lambda: NOW, TTL):
                pass
        except LeaseError as error:
            refused.append(error)

    with held(store, "assess", lambda: NOW, TTL):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1
    other()
    assert len(refused) == 1


# The lease of a network in a crawl.


class Silent:
    """A network in which every answer is 404, and that remembers when it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, url: str, source: Source, **_: object) -> Page:
        self.asked.append(url)
        return Page(url, url, source.id, NOW, Outcome.GONE, 404)


class Nothing:
    """Neither reads nor archives: it is never asked to."""

    async def read(self, *_: object) -> None:
        raise AssertionError

    def write(self, *_: object) -> None:
        raise AssertionError


def network(store: Store, now: list[datetime]) -> CrawlTools:
    return CrawlTools(store, Silent(), Nothing(), Nothing(), lambda: now[0])  # type: ignore[arg-type]


SITE = Source(
    "kabar", "Kabar", "http://kabar.example/", "Asia/Jakarta", "wordpress",
    (Finder("feed", "http://kabar.example/feed/"),), delay_s=5.0,
)  # fmt: skip


async def test_a_network_stays_closed_to_the_next_process_for_its_delay(store: Store) -> None:
    now = [NOW]
    tools = network(store, now)
    await crawl([SITE], tools, run_id=store.runs.start("crawl", NOW))
    holder, until = store.leases.held(NOW)["network:kabar.example"]
    assert (holder, until) == (DISTANCE, NOW + timedelta(seconds=5))


async def test_the_next_crawl_waits_for_the_distance_and_then_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    tools = network(store, now)
    await crawl([SITE], tools, run_id=store.runs.start("crawl", NOW))
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += timedelta(seconds=seconds)

    # Only this module's: a server in another thread of the session may sleep too.
    monkeypatch.setattr("flows.network_lease.asyncio", SimpleNamespace(sleep=sleep))
    tallies = await crawl([SITE], tools, run_id=store.runs.start("crawl", NOW))
    assert [tally.source_id for tally in tallies] == ["kabar"]
    assert sum(slept) == pytest.approx(5.0)


async def test_a_network_that_another_process_reads_is_left_out(
    store: Store, somebody: tuple[str, subprocess.Popen[str]]
) -> None:
    holder, process = somebody
    store.leases.acquire("network:kabar.example", holder, NOW, TTL)
    tools = network(store, [NOW])
    assert await crawl([SITE], tools, run_id=store.runs.start("crawl", NOW)) == ()
    assert tools.fetcher.asked == []  # type: ignore[attr-defined]

    process.kill()
    await asyncio.to_thread(process.wait)
    tallies = await crawl([SITE], tools, run_id=store.runs.start("crawl", NOW))
    assert [tally.source_id for tally in tallies] == ["kabar"]


async def test_a_killed_crawl_is_marked_as_abandoned_by_the_next(store: Store) -> None:
    from flows.crawl import crawl_pass

    program = (
        "import sys\nfrom datetime import UTC, datetime\nfrom data.store import Store\n"
        "store = Store.open(sys.argv[1])\n"
        "print(store.runs.start('crawl', datetime(2024, 11, 26, tzinfo=UTC)), flush=True)\n"
    )
    url = store.name
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, url], capture_output=True, text=True, check=True
    )
    await crawl_pass([SITE], network(store, [NOW]))
    states = {run.id: (run.state, run.error) for run in store.runs.recent("crawl", 10)}
    assert states.pop(done.stdout.strip()) == ("abandoned", "its process was killed")
    assert list(states.values()) == [("completed", "")]
