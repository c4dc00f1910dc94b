"""Retraining: once enough new labels are there a challenger is trained, held against the champion, and used or not.

Whatever happens in between, the champion stays in use until the registry's pointer is replaced (``models.registry``).
A run is written for each try, with a paragraph that says what changed and why it was or was not promoted.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

import structlog

from data.errors import ModelError
from flows.leases import held
from models.disk import write_whole
from models.floors import pin, read_floors
from models.gate import GUARDS, Contender, Verdict, check_floors, decide
from models.judge import BASELINE
from models.measure import measure
from models.registry import version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from data.store import Store
    from models.exam import Exam
    from models.examples import Example
    from models.floors import Floors
    from models.registry import Registry

log = structlog.get_logger(__name__)

KIND = "retrain"
LEASE_NAME = "retrain"
LEASE = timedelta(hours=1)
"""Training takes two minutes on two cores; a slow machine under load has this long before another may begin."""

ENOUGH_LABELS: Final = 50
"""New labels of the desk from which a challenger is trained: about a day's work of two analysts, and 1.5 % of what the
shipped model has learned from. By reasoning: fewer rarely move a figure, and each change of model is a re-scoring."""

BY_MACHINE = "kentongan"
TRIED = frozenset({"promoted", "refused", "same"})
"""How a run ends that has tried a challenger; labels that were there then are new no longer."""

WORK = ".training-"
FLOORS_FILE = "floors.json"
SHIPPED_FLOORS = BASELINE / FLOORS_FILE

State = Literal["promoted", "refused", "same", "waiting"]


class Trains(Protocol):
    """What is needed of the training (``models.train`` and what stands around it)."""

    def exam(self, examples: Sequence[Example], champion: Mapping[str, Any]) -> Exam:
        """Return the exam: held-out articles of which neither contender has learned; ``champion`` is its card."""

    def train(self, examples: Sequence[Example], champion: Mapping[str, Any], folder: Path) -> Path:
        """Train with the desk's examples beside all others and return the model's folder, below ``folder``."""


@dataclass(frozen=True, slots=True)
class RetrainTools:
    """What a retraining needs; ``labels`` returns the desk's examples, those decided since a time (None: all).

    ``floors`` returns what every label must reach; ``notify`` is told the outcome.
    """

    store: Store
    registry: Registry
    labels: Callable[[datetime | None], Sequence[Example]]
    trainer: Trains
    floors: Callable[[], Floors]
    clock: Callable[[], datetime]
    notify: Callable[[RetrainOutcome], None] = lambda _: None
    min_free_mb: int = 0


@dataclass(frozen=True, slots=True)
class RetrainOutcome:
    """How a retraining ended, and in one paragraph why.

    ``waiting``: too few new labels, nothing was trained. ``same``: the training gave the champion again. ``verdict`` is
    None in both cases.
    """

    state: State
    new_labels: int
    version: str
    indonesian: str
    english: str
    verdict: Verdict | None = None


def retrain(tools: RetrainTools, *, force: bool = False) -> RetrainOutcome:
    """Train and judge a challenger where `ENOUGH_LABELS` are new since the last try, or where ``force`` says so.

    Raises LeaseError where another retraining runs, ModelError where the champion cannot be used or the floors hold for
    other articles: the champion stays.
    """
    store = tools.store
    with held(store, LEASE_NAME, tools.clock, LEASE) as renew:
        last = next((run for run in store.runs.recent(KIND, 1000) if run.state in TRIED), None)
        new = len(tools.labels(last.started_at if last else None))
        if new < ENOUGH_LABELS and not force:
            return _waiting(new, tools.registry.current_version())
        run = store.runs.start(KIND, tools.clock())
        state, note, error = "failed", "", "a defect; the log says more"
        try:
            outcome = _try(tools, new, renew)
            state, note, error = outcome.state, outcome.indonesian, ""
        except Exception as failure:
            error = str(failure)
            raise
        finally:
            store.runs.finish(run, tools.clock(), state, error, note)
    log.info("retrain_done", state=outcome.state, version=outcome.version, new_labels=new)
    tools.notify(outcome)
    return outcome


def _try(tools: RetrainTools, new: int, renew: Callable[[], None]) -> RetrainOutcome:
    registry = tools.registry
    champion_folder, floors = registry.current(), tools.floors()
    champion = registry.info(registry.keep(champion_folder))
    examples = tools.labels(None)
    exam = tools.trainer.exam(examples, champion.card)
    check_floors(exam.holdout, floors)  # before two minutes of training
    tools.store.check_room(tools.min_free_mb * 1_000_000)
    registry.folder.mkdir(parents=True, exist_ok=True)
    for left in registry.folder.glob(f"{WORK}*"):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed; the lease says that nobody works there
    with tempfile.TemporaryDirectory(dir=registry.folder, prefix=WORK) as work:
        trained = tools.trainer.train(examples, champion.card, Path(work))
        renew()
        if _weights(version_of(trained)) == _weights(champion.version):
            return _same(new, champion.version)
        challenger = registry.info(registry.add(trained))
    mine = Contender(champion.version, exam.answers(champion.folder), *learned_from(champion.card))
    try:
        theirs = Contender(challenger.version, exam.answers(challenger.folder), *learned_from(challenger.card))
    except ModelError as error:
        return _unusable(tools, new, challenger.version, error)
    verdict = decide(exam.holdout, mine, theirs, floors)
    write = registry.promote if verdict.promoted else registry.refuse
    write(challenger.version, by=BY_MACHINE, at=tools.clock(), why=verdict.indonesian)
    return RetrainOutcome(
        "promoted" if verdict.promoted else "refused",
        new,
        challenger.version,
        verdict.indonesian + (" Arsip dinilai ulang sedikit demi sedikit." if verdict.promoted else ""),
        verdict.english + (" The archive is judged anew bit by bit." if verdict.promoted else ""),
        verdict,
    )


def _weights(version: str) -> str:
    """Return which weights a version has: the shipped model and a training that comes to it differ by name only."""
    return version.rpartition("-")[2]


def _unusable(tools: RetrainTools, new: int, version: str, error: ModelError) -> RetrainOutcome:
    """Refuse a challenger that does not even load: it misreads a golden text, as a rule."""
    indonesian = f"Model {version} tidak dapat dipakai, model lama tetap: {error}."
    tools.registry.refuse(version, by=BY_MACHINE, at=tools.clock(), why=indonesian)
    english = f"The model {version} cannot be used, the old one stays: {error}."
    return RetrainOutcome("refused", new, version, indonesian, english)


def pin_floors(tools: RetrainTools, *, by: str) -> Floors:
    """Pin the floors to what the model in use reaches on the fixed held-out articles, write and return them.

    They lie in the registry's folder from now on, and count instead of those that came with the program.
    """
    registry = tools.registry
    champion = registry.info(registry.keep(registry.current()))
    exam = tools.trainer.exam(tools.labels(None), champion.card)
    fixed = exam.holdout.pinned
    measured = measure(exam.holdout.truth[:fixed], exam.answers(champion.folder)[:fixed])
    floors = pin(measured, exam.holdout.digest, champion.version, GUARDS, by=by, at=tools.clock())
    write_whole(registry.folder, {FLOORS_FILE: floors.to_json().encode()})
    return floors


def floors_of(folder: Path, shipped: Path = SHIPPED_FLOORS) -> Floors:
    """Return the floors that a person has pinned in a registry's folder, else those that came with the program.

    Raises ModelError where they cannot be read.
    """
    own = folder / FLOORS_FILE
    return read_floors(own if own.exists() else shipped)


def learned_from(card: Mapping[str, Any]) -> tuple[int, int]:
    """Return from how many examples a model has learned, and how many of them were the desk's; 0 where unsaid."""
    examples = card.get("examples")
    if not isinstance(examples, dict):
        return 0, 0
    return int(examples.get("count") or 0), int(examples.get("desk") or 0)


def _waiting(new: int, version: str) -> RetrainOutcome:
    return RetrainOutcome(
        "waiting",
        new,
        version,
        f"Baru {new} label desk sejak pelatihan terakhir, perlu {ENOUGH_LABELS}; model {version} tetap dipakai.",
        f"{new} labels of the desk since the last training, {ENOUGH_LABELS} are needed; the model {version} stays.",
    )


def _same(new: int, version: str) -> RetrainOutcome:
    return RetrainOutcome(
        "same",
        new,
        version,
        f"Pelatihan menghasilkan model yang sama, {version}: tidak ada contoh yang berubah.",
        f"The training gave the same model, {version}: no example has changed.",
    )
