"""The right to ask one network of hosts, over all processes that share the store, and the distance kept after it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from data.errors import LeaseError
from flows.leases import take

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.store import Store

LEASE = timedelta(minutes=10)
"""How long a network stays ours without a sign of life: twice the longest single page (30 s deadline, 10 parts)."""

DISTANCE = "distance"
"""Holder of a network that nobody reads, for the length of its delay after the last request."""

DISTANCE_LOOK_S = 0.2
"""How often somebody who waits for that looks again; a delay is a few seconds at most."""


@dataclass(frozen=True, slots=True)
class NetworkLease:
    """The right to ask one network, over all processes that share the store."""

    store: Store
    clock: Callable[[], datetime]
    name: str
    holder: str

    async def take(self, delay_s: float) -> None:
        """Take it, after the distance that the last holder's requests still keep; LeaseError where somebody has it.

        No longer than ``delay_s`` is waited, whatever the clock says: it may have been set back meanwhile.
        """
        waited_s = 0.0
        while True:
            try:
                take(self.store, self.name, self.holder, self.clock(), LEASE)
            except LeaseError as error:
                if error.holder != DISTANCE:
                    raise
                if waited_s > delay_s:
                    self.store.leases.release(self.name, DISTANCE)
                await asyncio.sleep(DISTANCE_LOOK_S)
                waited_s += DISTANCE_LOOK_S
            else:
                return

    def renew(self) -> None:
        """Prolong it: a sign of life."""
        self.store.leases.renew(self.name, self.holder, self.clock(), LEASE)

    def close(self, delay_s: float) -> None:
        """Give it up once the network's delay has passed: the next process's first request keeps the distance too."""
        with self.store.transaction():
            self.store.leases.release(self.name, self.holder)
            if delay_s > 0:
                until = timedelta(seconds=delay_s)
                self.store.leases.acquire(self.name, DISTANCE, self.clock(), until)
