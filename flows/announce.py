"""What a person did is told to the engine, which publishes and delivers at once instead of when it is due.

The mark of it is the audit log: every act is an entry there, in the transaction of the act itself, whether it came from
a page, the API or the terminal. A thread of the desk's process looks for new entries and sends the engine an event;
nobody who clicks waits for it or sees it fail. An entry that the engine was not told of is told later, in one event for
all. Where there is no engine (``PREFECT_API_URL`` is not set) nothing is looked for: the schedules do the same, later.
"""

from __future__ import annotations

import base64
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import httpx
import structlog

from data.errors import KentonganError
from data.store.audit import CUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from data.store import Store

log = structlog.get_logger(__name__)

ACTED: Final = "kentongan.acted"
"""The event's name: somebody did what may change what leaves the house."""

RESOURCE: Final = "kentongan.desk"

INSIDE: Final = frozenset(
    {
        *("masuk", "masuk_ditolak", "keluar", "sesi_diakhiri", "sandi_diganti", "token_dibuat", "token_dicabut"),
        *("faktor_dihapus", "faktor_dipasang", "faktor_kedua", "faktor_kedua_ditolak", "orang_ditambah"),
        *("diklaim", "klaim_dilepas", "diambil_alih", "jaga_mulai", "jaga_selesai", "catatan_jaga", "komentar"),
        *("baca_teks", "laporan_dibuat", "laporan_diambil", "tampilan_disimpan", "minta_label", "minta_pelatihan"),
        *("label_diekspor", "label_dilewati", "labels_exported", "antrean_label_diisi", "retensi", CUT),
    }
)
"""Entries of the audit log that change nothing of what leaves; what is not named here is told, if only to be safe."""

LOOK_S: Final = 2.0
"""Between two looks into the audit log: one row by its key, some 0.1 ms."""

PAUSE_S: Final = 10.0
"""Between two events: what a busy shift decides in this time is one publication, which takes some seconds of CPU."""

PATIENCE_S: Final = 5.0
"""How long the engine may take to answer."""


@dataclass(slots=True)
class Announcer:
    """What looks for acts and tells the engine of them; ``seen`` is the number of the last entry that was told.

    ``tell`` sends the event and returns whether the engine took it.
    """

    store: Store
    tell: Callable[[], bool]
    seen: int

    def look(self) -> bool | None:
        """Tell of what was done since; return whether the engine took it, None where nothing was done.

        StoreError where the store does not answer: it is looked again.
        """
        newest = self.store.audit.newest(after=self.seen, without=INSIDE)
        if newest is None:
            return None
        if not self.tell():
            return False
        self.seen = newest
        return True

    def keep_looking(self, stopped: threading.Event, look_s: float = LOOK_S, pause_s: float = PAUSE_S) -> None:
        """Look until ``stopped`` is set: every ``look_s`` seconds, ``pause_s`` after an event or a failure."""
        wait = look_s
        while not stopped.wait(wait):
            try:
                wait = look_s if self.look() is None else pause_s
            except KentonganError as error:  # the store is busy, moved or full: the desk itself says so to people
                log.warning("announcing_failed", error=str(error))
                wait = pause_s


@contextmanager
def announcing(store: Store, environ: Mapping[str, str]) -> Iterator[None]:
    """Tell the engine that the environment names of what persons do, while the block runs; nothing without one."""
    address = environ.get("PREFECT_API_URL", "").rstrip("/")
    if not address:
        yield
        return
    headers, stopped = _authority(environ), threading.Event()
    announcer = Announcer(store, lambda: send(f"{address}/events", headers), store.audit.head()[0])
    looking = threading.Thread(target=announcer.keep_looking, args=(stopped,), name="announcer", daemon=True)
    looking.start()
    try:
        yield
    finally:
        stopped.set()
        looking.join(PATIENCE_S + LOOK_S)


def send(address: str, headers: Mapping[str, str]) -> bool:
    """Post the event to the engine's API; False where it does not answer or does not take it."""
    event = {
        "id": str(uuid.uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": ACTED,
        "resource": {"prefect.resource.id": RESOURCE},
    }
    try:
        httpx.post(address, json=[event], headers=dict(headers), timeout=PATIENCE_S).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("engine_not_told", address=address, error=str(error) or type(error).__name__)
        return False
    return True


def _authority(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the header by which the engine knows who asks, as its own client makes it of the same settings."""
    if key := environ.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if secret := environ.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return {}
