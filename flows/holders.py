"""Who holds a lease: a name for this very process, and whether the process behind such a name is dead.

A lease that outlives a ``kill -9`` would keep its source unread until it expires. On the machine where the holder
ran we can do better: the name carries the process id and its start time, so a dead holder (or a reused id) is
recognised at once.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_holder() -> str:
    """Return the name of this process: machine, process id and start time in clock ticks (0: not known)."""
    return f"{socket.gethostname()}:{os.getpid()}:{_start_ticks(os.getpid()) or 0}"


def is_dead(holder: str) -> bool:
    """Return whether ``holder`` ran on this machine and certainly runs no more; False where that cannot be known."""
    machine, _, rest = holder.rpartition(":")
    machine, _, pid_text = machine.rpartition(":")
    if machine != socket.gethostname() or not pid_text.isdigit() or not rest.isdigit():
        return False
    pid, started = int(pid_text), int(rest)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    ticks = _start_ticks(pid)
    return ticks is not None and started != 0 and ticks != started


def _start_ticks(pid: int) -> int | None:
    """Return field 22 of /proc/PID/stat (proc(5)), the start time in ticks since boot; -1 for a zombie: it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields_after_name = stat.rpartition(")")[2].split()
    if fields_after_name[0] == "Z":
        return -1
    return int(fields_after_name[19])
