"""Doing a thing once at a time: a lease of the store, held while a block runs; a dead holder's is taken over."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import structlog

from data.errors import LeaseError
from flows.holders import is_dead, this_holder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

    from data.store import Store

log = structlog.get_logger(__name__)

Done = TypeVar("Done")

LOOK_AGAIN_S = 1.0
"""Between two looks at a lease that somebody waits for."""

_mine: set[tuple[str, str]] = set()
"""The leases that this process holds just now, by store and name."""
_guard = threading.Lock()


def take(store: Store, name: str, holder: str, now: datetime, ttl: timedelta) -> None:
    """Take the lease ``name``; one whose holder died on this machine is taken over at once. Raises LeaseError."""
    try:
        store.leases.acquire(name, holder, now, ttl)
    except LeaseError as error:
        if not is_dead(error.holder):
            raise
        log.warning("lease_of_dead_process_taken_over", lease=name, holder=error.holder)
        store.leases.release(name, error.holder)
        store.leases.acquire(name, holder, now, ttl)


@contextmanager
def held(store: Store, name: str, clock: Callable[[], datetime], ttl: timedelta) -> Iterator[Callable[[], None]]:
    """Hold ``name`` while the block runs; yield a function that prolongs it. LeaseError where somebody else has it."""
    holder = this_holder()
    # A process prolongs its own lease by taking it again, so two threads of one must be kept apart here.
    key = (store.name, name)
    with _guard:
        if key in _mine:
            raise LeaseError(name, holder=f"another thread of {holder}", until="it ends")
        _mine.add(key)
    try:
        take(store, name, holder, clock(), ttl)
        try:
            yield lambda: store.leases.renew(name, holder, clock(), ttl)
        finally:
            store.leases.release(name, holder)
    finally:
        with _guard:
            _mine.discard(key)


def when_free(
    work: Callable[[], Done],
    patience_s: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Done:
    """Do ``work`` as soon as nobody else holds its lease; LeaseError where somebody still does after ``patience_s``.

    For work that an event set off: whoever holds the lease may have looked before that happened.
    """
    until = clock() + patience_s
    while True:
        try:
            return work()
        except LeaseError:
            if clock() >= until:
                raise
        sleep(LOOK_AGAIN_S)
