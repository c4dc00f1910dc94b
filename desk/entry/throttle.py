"""How long a login waits after failures: longer after each, for a name and for an address, never for good.

A name that fails is slowed down whatever address tries it, an address whatever names it tries. Nobody is locked out: a
lock would let a stranger keep an officer from the desk (OWASP, *Authentication Cheat Sheet*).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

FREE: Final = 5
"""Failures that cost nothing: fingers slip."""

FREE_ADDRESS: Final = 20
"""The same for an address: an office shares one."""

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
MEMORY: Final = timedelta(hours=1)
"""How long a failure counts. With waits of up to a quarter of an hour somebody gets four guesses of a name an hour."""


def wait_until(failures: Sequence[datetime], *, free: int = FREE) -> datetime | None:
    """Return when the next try is taken, by the failures of `MEMORY` (the last one last); None: at once."""
    over = len(failures) - free
    if over < 0:
        return None
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(over, 10)))
    return failures[-1] + wait
