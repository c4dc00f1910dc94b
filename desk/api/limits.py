"""How much one caller may ask for: so many requests a minute, and bodies of a bounded size."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.errors import KentonganError

if TYPE_CHECKING:
    from datetime import datetime

PER_MINUTE: Final = 600
"""Requests of one user: ten a second, over the whole minute; a page through ten thousand incidents is 100 requests."""
STRANGERS_PER_MINUTE: Final = 60
"""Requests without a valid token from one address: a token has 256 random bits, so this only spares the store."""
MINUTE: Final = timedelta(minutes=1)
MOST_CALLERS: Final = 10_000
LARGEST_BODY: Final = 1024 * 1024


class TooManyRequestsError(KentonganError):
    """A caller asked more often than is allowed; ``wait_s`` is after how many seconds the next request is taken."""

    retryable = True

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many requests; the next one is taken in {wait_s} s")
        self.wait_s = wait_s


class TooLargeError(KentonganError):
    """The body of a request is larger than is read."""

    def __init__(self) -> None:
        super().__init__(f"a request has at most {LARGEST_BODY:,} bytes")


class Limiter:
    """Counts requests by caller in windows of a minute; safe to share between threads. Another process counts anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def take(self, caller: str, now: datetime, most: int) -> None:
        """Count one request; TooManyRequestsError where there were ``most`` in this minute already."""
        with self._lock:
            begun, count = self._windows.get(caller, (now, 0))
            if not timedelta(0) <= now - begun < MINUTE:
                begun, count = now, 0
            if count >= most:
                raise TooManyRequestsError(max(1, int((begun + MINUTE - now).total_seconds())))
            self._windows[caller] = (begun, count + 1)
            self._windows.move_to_end(caller)
            while len(self._windows) > MOST_CALLERS:
                self._windows.popitem(last=False)
