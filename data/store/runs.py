"""Runs and their tallies: what was done when, by which process, and what it counted."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from data.errors import UnknownItemError
from data.records import Tally
from data.store.codec import decode, encode
from data.store.tables import runs, source_states, tallies

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Row

    from data.store.database import Database

RUNNING = "running"
"""The state of a run that nobody has finished; every other word is the caller's (``done``, ``failed``,
``abandoned``)."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run; ``holder`` is machine, process id and start time of the process, joined by colons.

    ``note`` is what it has to say to people, "" where nothing.
    """

    id: str
    kind: str
    started_at: datetime
    ended_at: datetime | None
    state: str
    error: str
    holder: str
    note: str = ""


class Runs:
    """Runs by id; an id sorts by time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, kind: str, now: datetime, *, run_id: str | None = None) -> str:
        """Write that this process begins a run and return its id (``run_id``, or a new one)."""
        name = run_id or f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        values = {
            "id": name,
            "kind": kind,
            "started_at": now,
            "state": RUNNING,
            "error": "",
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "born": _born(),
        }
        with self._database.write() as connection:
            connection.execute(self._database.insert(runs).values(values))
        return name

    def finish(self, run_id: str, now: datetime, state: str, error: str = "", note: str = "") -> None:
        """Write how a run ended. Raises UnknownItemError where it was never started."""
        with self._database.write() as connection:
            ended = {"ended_at": now, "state": state, "error": error, "note": note or None}
            mine = update(runs).where(runs.c.id == run_id).values(ended)
            if not connection.execute(mine).rowcount:
                raise UnknownItemError("run", run_id)

    def get(self, run_id: str) -> Run | None:
        """Return a run; None where there is none of that id."""
        found = self._list(select(runs).where(runs.c.id == run_id))
        return found[0] if found else None

    def recent(self, kind: str | None = None, limit: int = 20) -> list[Run]:
        """Return the last runs (of a kind), the newest first."""
        statement = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        return self._list(statement if kind is None else statement.where(runs.c.kind == kind))

    def abandoned(self, is_dead: Callable[[str], bool]) -> list[Run]:
        """Return the runs that nobody finished and whose process is dead, by ``is_dead`` of its holder; oldest first.

        Nothing is written: say ``finish(run.id, now, "abandoned")`` of each.
        """
        statement = select(runs).where(runs.c.state == RUNNING).order_by(runs.c.started_at, runs.c.id)
        return [run for run in self._list(statement) if is_dead(run.holder)]

    def save_tally(self, tally: Tally) -> None:
        """Keep the counts of one source in one run, in place of an earlier count of the same.

        Raises UnknownItemError where the run was never started.
        """
        values = {
            "run_id": tally.run_id,
            "source_id": tally.source_id,
            "started_at": tally.started_at,
            "ended_at": tally.ended_at,
            "record": encode(tally),
        }
        statement = self._database.insert(tallies).values(values)
        with self._database.write() as connection:
            if connection.execute(select(runs.c.id).where(runs.c.id == tally.run_id)).first() is None:
                raise UnknownItemError("run", tally.run_id, hint="start it first")
            connection.execute(statement.on_conflict_do_update(index_elements=["run_id", "source_id"], set_=values))

    def tallies(self, run_id: str) -> list[Tally]:
        """Return the tallies of a run, by source id."""
        return self._tallies(select(tallies).where(tallies.c.run_id == run_id).order_by(tallies.c.source_id))

    def tallies_of(
        self, source_id: str, since: datetime, *, until: datetime | None = None, limit: int | None = None
    ) -> list[Tally]:
        """Return a source's tallies that ended in [since, until), the newest first; ``limit`` of them at most."""
        mine = select(tallies).where(tallies.c.source_id == source_id, tallies.c.ended_at >= since)
        if until is not None:
            mine = mine.where(tallies.c.ended_at < until)
        return self._tallies(mine.order_by(tallies.c.ended_at.desc(), tallies.c.run_id.desc()).limit(limit))

    def newest_tallies(self, since: datetime, until: datetime) -> dict[str, Tally]:
        """Return by source the newest tally that ended in [since, until); one look-up in the index for each source.

        Sources that nothing was ever remembered of (`Sources.state`) were never looked at and are left out.
        """
        mine = (
            tallies.c.source_id == source_states.c.source_id,
            tallies.c.ended_at >= since,
            tallies.c.ended_at < until,
        )
        newest = select(tallies.c.record).where(*mine).order_by(tallies.c.ended_at.desc(), tallies.c.run_id.desc())
        statement = select(source_states.c.source_id, newest.limit(1).scalar_subquery().label("record"))
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return {row.source_id: decode(Tally, row.record) for row in rows if row.record is not None}

    def _list(self, statement: Any) -> list[Run]:
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(statement)]

    def _tallies(self, statement: Any) -> list[Tally]:
        with self._database.read() as connection:
            return [decode(Tally, row.record) for row in connection.execute(statement)]


def _run(row: Row[Any]) -> Run:
    holder = f"{row.host}:{row.pid}:{row.born}"
    return Run(row.id, row.kind, row.started_at, row.ended_at, row.state, row.error, holder, row.note or "")


def _born() -> str:
    """Return this process's start in ticks since boot (proc(5), field 22), which tells a reused id; "0": unknown."""
    try:
        stat = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "0"
    return stat.rpartition(")")[2].split()[19]
