"""Retrainings that a person asks for in the desk: kept as a setting, taken up by the flow, answered where it was asked.

The desk's process trains nothing itself: it would answer nobody for minutes. What is asked for stands in the
append-only settings under `ASKED`, how it ended under `ANSWERED` with the number of what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from data.errors import InputError, KentonganError, LeaseError
from flows.retrain import retrain

if TYPE_CHECKING:
    from datetime import datetime

    from data.store import Store
    from flows.retrain import RetrainOutcome, RetrainTools

log = structlog.get_logger(__name__)

ASKED: Final = "retrain_request"
ANSWERED: Final = "retrain_outcome"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class RetrainRequest:
    """What somebody asked for; ``ended`` None: it waits, or is being worked on.

    ``state`` is one of a `RetrainOutcome`, or ``failed``; ``indonesian`` and ``english`` tell it in a paragraph.
    """

    number: int
    by: str
    at: datetime
    why: str
    ended: datetime | None = None
    state: str = ""
    version: str = ""
    indonesian: str = ""
    english: str = ""


def ask(store: Store, by: str, at: datetime, why: str = "") -> int:
    """Ask for a retraining and return the request's number. Raises InputError where one is waited for already."""
    with store.transaction():
        waits = waiting(store)
        if waits is not None:
            raise InputError(f"a retraining was asked for already, by {waits.by}; wait for its outcome")
        store.desk_settings.put(ASKED, {"diminta": True}, by, at, why)
        return store.desk_settings.version(ASKED)


def last_request(store: Store) -> RetrainRequest | None:
    """Return what was asked for last, with how it ended; None where nobody ever asked."""
    asked = next(iter(store.desk_settings.history(ASKED, 1)), None)
    if asked is None:
        return None
    request = RetrainRequest(asked.id, asked.by, asked.at, asked.why)
    answer = next(iter(store.desk_settings.history(ANSWERED, 1)), None)
    if answer is None or answer.value.get("permintaan") != asked.id:
        return request
    words = {name: str(answer.value.get(name, "")) for name in ("state", "version", "indonesian", "english")}
    return RetrainRequest(asked.id, asked.by, asked.at, asked.why, answer.at, **words)


def waiting(store: Store) -> RetrainRequest | None:
    """Return the request that nobody has answered; None where there is none."""
    last = last_request(store)
    return last if last is not None and last.ended is None else None


def retrain_as_asked(tools: RetrainTools, *, force: bool = False) -> RetrainOutcome:
    """Do `flows.retrain.retrain`, whatever few labels are new where somebody waits for it, and answer who asked.

    A retraining that fails answers too: it would fail again every five minutes. Raises what `retrain` raises; after a
    LeaseError the request still waits, since somebody else is training.
    """
    request = waiting(tools.store)
    try:
        outcome = retrain(tools, force=force or request is not None)
    except LeaseError:
        raise
    except KentonganError as error:
        if request is not None:
            words = {
                "state": FAILED,
                "indonesian": f"Pelatihan gagal dan model lama tetap dipakai: {error}.",
                "english": f"The training failed and the old model stays in use: {error}.",
            }
            _answer(tools, request, words)
        raise
    if request is not None:
        words = {"state": outcome.state, "version": outcome.version}
        _answer(tools, request, words | {"indonesian": outcome.indonesian, "english": outcome.english})
    return outcome


def _answer(tools: RetrainTools, request: RetrainRequest, words: dict[str, str]) -> None:
    value = {"permintaan": request.number, **words}
    tools.store.desk_settings.put(ANSWERED, value, "kentongan", tools.clock())
    log.info("retrain_request_answered", number=request.number, state=words["state"])
