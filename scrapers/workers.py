"""Reading pages in processes of their own, so that both cores work and no page can hold or kill the run.

A page that takes too long, too much memory or crashes its process ends as QUARANTINED (its raw bytes are in the
archive); the process is replaced and the pool goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import resource
import signal
from concurrent.futures import TimeoutError as DeadlineError
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from data.outcomes import Outcome
from scrapers.extract import Extraction, read_page
from scrapers.profiles import AUTOMATIC, profile_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from data.records import Page, Source

    Reader = Callable[[Page, Source, datetime], Extraction]

__all__ = ["Extraction", "ExtractionPool"]

DEADLINE_S = 20.0
"""Wall time for one page. Saved pages take 0.02 to 0.3 s; on a busy machine twenty times that is still honest."""

CPU_SLACK_S = 10
"""Processor seconds beyond the deadline after which the kernel ends a worker: a fence behind the pool's own."""

MEMORY_BYTES = 1_500_000_000
"""Address space that a worker may add to what it has after its imports. Saved pages need up to 60 MB; a table of
100,000 rows took 476 MB in trafilatura."""

PAGES_PER_WORKER = 500
"""A worker is replaced after so many pages: parsers written in C leak a little."""


def _prepare(memory_bytes: int) -> None:
    """Set up a worker: leave Ctrl-C to the parent, import what is heavy once, then fence the memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import trafilatura

    _ = trafilatura
    with contextlib.suppress(OSError, ValueError):  # a container may forbid it; the deadline still holds
        used = _address_space()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = used + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _address_space() -> int:
    """Return the bytes of address space that this process has mapped (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - not a file on a disk
        return int(file.read().split()[0]) * resource.getpagesize()


def _read(reader: Reader, page: Page, source: Source, now: datetime, cpu_s: int) -> Extraction:
    """Read a page inside a worker; a worker's own CPU fence moves ahead with each page."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        limit = int(spent.ru_utime + spent.ru_stime) + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    return _guarded(reader, page, source, now)


class ExtractionPool:
    """Reads pages in ``workers`` processes, each page within ``deadline_s``; with 0 workers in the calling process.

    Use as an async context manager, or call ``aclose``. Processes start with the first page. ``reader`` is a function
    at the top of a module, as worker processes import it by name.
    """

    def __init__(
        self,
        workers: int,
        *,
        deadline_s: float = DEADLINE_S,
        memory_bytes: int = MEMORY_BYTES,
        reader: Reader = read_page,
    ) -> None:
        if workers < 0:
            raise ValueError(f"{workers} worker processes: give 0 (read in this process) or more")
        self._workers = workers
        self._deadline_s = deadline_s
        self._memory_bytes = memory_bytes
        self._reader = reader
        self._pool: ProcessPool | None = None

    async def read(self, page: Page, source: Source, now: datetime) -> Extraction:
        """Return what ``scrapers.extract.read_page`` does, or QUARANTINED where its process had to be ended or failed.

        Raises UnknownItemError where the source names a profile that is not there.
        """
        if source.profile not in AUTOMATIC:
            profile_named(source.profile)  # a fault of the catalogue's, not of the page's
        if self._workers == 0:
            return _guarded(self._reader, page, source, now)
        cpu_s = int(self._deadline_s) + CPU_SLACK_S
        future = self._started().schedule(
            _read, args=(self._reader, page, source, now, cpu_s), timeout=self._deadline_s
        )
        try:
            return await asyncio.wrap_future(future)
        except DeadlineError:
            return _quarantined(f"reading took longer than {self._deadline_s:g} s")
        except ProcessExpired as error:
            return _quarantined(f"the reading process ended by itself (code {error.exitcode})")

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._workers,
                max_tasks=PAGES_PER_WORKER,
                initializer=_prepare,
                initargs=(self._memory_bytes,),
                # Never fork: the parent has threads and an event loop, whose locks a forked child would inherit locked.
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    async def aclose(self) -> None:
        """End the processes; pages in work are given up."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble has types but for this
            await asyncio.to_thread(pool.join)

    async def __aenter__(self) -> ExtractionPool:
        """Return the pool itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pool."""
        await self.aclose()


def _guarded(reader: Reader, page: Page, source: Source, now: datetime) -> Extraction:
    try:
        return reader(page, source, now)
    except MemoryError:
        return _quarantined("reading needed too much memory")
    except Exception as error:  # noqa: BLE001 - foreign parsers raise anything; it costs that page only, and is in the reason
        return _quarantined(f"reading failed: {type(error).__name__}: {error}"[:300])


def _quarantined(reason: str) -> Extraction:
    return Extraction(None, Outcome.QUARANTINED, reason=reason)
