"""Retraining through the real flow: a real trainer on made-up articles, a real registry, a real store of labels.

The models are small, and learn from a few dozen pieces of data/gold what takes hundreds: what is looked at is who is
put in use and who is not, and what the desk is told.
"""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import models.card
from data.errors import InputError, LeaseError, ModelError
from data.records import Label
from flows.retrain import ENOUGH_LABELS, RetrainOutcome, RetrainTools, floors_of, pin_floors, retrain
from models.challenger import Trainer
from models.examples import Example, example_of, read_examples
from models.floors import Floors
from models.registry import Registry
from models.weights import WEIGHTS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Newsroom

    from models.exam import Exam

GOLD = Path(__file__).parents[2] / "data" / "gold"
FILES = ("public_order", "offences", "prevention_umum", "traps_ordinary", "everyday", "rare_signals", "activities")
HELD_OUT, KNOWN, DESK = 120, 48, 90


def line_of(example: Example, part: str) -> dict[str, Any]:
    return {
        "id": example.id,
        "title": example.title,
        "text": example.text,
        "signals": sorted(example.signals),
        "signals_optional": sorted(example.optional),
        "modality": example.modality.value,
        "part": part,
    }


@pytest.fixture(scope="module")
def pieces() -> list[Example]:
    """Return made-up pieces in an order of their own, the same each time."""
    found = [example for name in FILES for example in read_examples(GOLD / f"{name}.jsonl")]
    random.Random(3).shuffle(found)
    assert len(found) >= HELD_OUT + KNOWN + DESK
    return found


@pytest.fixture(scope="module")
def trainer(pieces: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Return a trainer that knows little, and holds some pieces back; it reads them once for all tests."""
    path = tmp_path_factory.mktemp("labelled") / "labelled.jsonl"
    held, known = pieces[:HELD_OUT], pieces[HELD_OUT : HELD_OUT + KNOWN]
    lines = [line_of(one, "holdout") for one in held] + [line_of(one, "train") for one in known]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return Trainer(matrix=None, gold=None, files=(path,), name="uji")


@pytest.fixture(autouse=True)
def small_models_need_not_read_the_golden_texts(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "with_golden_texts" not in request.fixturenames:
        monkeypatch.setattr(models.card, "GOLDEN", ())


@pytest.fixture
def with_golden_texts() -> None:
    """Let models read the golden texts of their card, as in the product."""


@pytest.fixture(scope="module")
def learned(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what the trainer makes of the little that it knows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(models.card, "GOLDEN", ())
        return trainer.train((), {}, tmp_path_factory.mktemp("learned"))


@pytest.fixture
def shipped(learned: Path, tmp_path: Path) -> Path:
    """Return the folder of the champion."""
    shutil.copytree(learned, tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture
def desk(newsroom: Newsroom, shipped: Path, trainer: Trainer, tmp_path: Path) -> RetrainTools:
    registry = Registry(tmp_path / "home" / "models", shipped)
    return RetrainTools(
        store=newsroom.store,
        registry=registry,
        labels=lambda since: [example_of(one) for one in newsroom.store.labels.examples(since)],
        trainer=trainer,
        floors=lambda: Floors(trainer.exam((), {}).holdout.digest, "uji", "uji", "", {}, {}, {}),
        clock=lambda: newsroom.now,
    )


def label(newsroom: Newsroom, pieces: Sequence[Example], says_nothing: Any, *, as_said_of: Sequence[Example]) -> None:
    """Let the desk read some pieces, and label each as another list has it."""
    for at, (piece, said) in enumerate(zip(pieces, as_said_of, strict=True)):
        stored = newsroom.prints("kabar", piece.title, piece.text, says_nothing, slug=piece.id)
        newsroom.store.labels.add(
            Label(
                stored.id,
                stored.revision,
                ("rina", "budi")[at % 2],
                newsroom.now,
                tuple(sorted(said.signals)),
                said.modality,
                optional=tuple(sorted(said.optional - said.signals)),
            )
        )
        newsroom.now += timedelta(minutes=1)


@pytest.fixture
def read_by_desk(pieces: list[Example]) -> list[Example]:
    return pieces[HELD_OUT + KNOWN : HELD_OUT + KNOWN + DESK]


def test_a_better_challenger_is_promoted_and_the_desk_is_told_why(
    desk: RetrainTools, newsroom: Newsroom, read_by_desk: list[Example], says_nothing: Any
) -> None:
    label(newsroom, read_by_desk, says_nothing, as_said_of=read_by_desk)
    champion = desk.registry.current_version()
    told: list[RetrainOutcome] = []
    outcome = retrain(replace(desk, notify=told.append))
    assert outcome.state == "promoted", outcome.english
    assert outcome.new_labels == DESK
    assert desk.registry.current_version() == outcome.version != champion
    assert desk.registry.current().is_dir()
    [entry] = desk.registry.history()
    assert (entry.action, entry.version, entry.before, entry.by) == ("promote", outcome.version, champion, "kentongan")
    assert told == [outcome]
    # One paragraph: what was held against what, on what, and what came of it.
    assert outcome.verdict is not None
    assert outcome.indonesian.startswith(f"Model {outcome.version} (dari ")
    assert f"pada {HELD_OUT} berita uji tetap" in outcome.indonesian
    assert "label desk terbaru" in outcome.indonesian
    assert "Model baru dipakai." in outcome.indonesian
    [run] = newsroom.store.runs.recent("retrain")
    assert (run.state, run.note, run.error) == ("promoted", outcome.indonesian, "")
    # The newest fifth of the labels measured, and did not teach.
    card = desk.registry.card(outcome.version)
    assert card["examples"]["desk"] == DESK - DESK // 5
    assert card["holdout"]["recent"] == DESK // 5
    assert card["lineage"]["parent"] == champion


def test_shuffled_labels_are_refused_and_the_champion_stays(
    desk: RetrainTools, newsroom: Newsroom, read_by_desk: list[Example], says_nothing: Any
) -> None:
    shuffled = list(read_by_desk)
    random.Random(7).shuffle(shuffled)
    label(newsroom, read_by_desk, says_nothing, as_said_of=shuffled)
    champion = desk.registry.current_version()
    outcome = retrain(desk)
    assert outcome.state == "refused", outcome.english
    assert desk.registry.current_version() == champion
    [entry] = desk.registry.history()
    assert (entry.action, entry.version, entry.why) == ("refuse", outcome.version, outcome.indonesian)
    assert outcome.verdict is not None
    assert {"guard", "gain"} & {reason.rule for reason in outcome.verdict.failed}
    assert "Model baru TIDAK dipakai, model lama tetap: " in outcome.indonesian
    [run] = newsroom.store.runs.recent("retrain")
    assert (run.state, run.note) == ("refused", outcome.indonesian)
    # The refused one can still be looked at.
    assert desk.registry.card(outcome.version)["examples"]["desk"] == DESK - DESK // 5


def test_a_challenger_that_misreads_the_golden_texts_is_refused(
    with_golden_texts: None,
    desk: RetrainTools,
    newsroom: Newsroom,
    read_by_desk: list[Example],
    says_nothing: Any,
) -> None:
    shuffled = list(read_by_desk)
    random.Random(7).shuffle(shuffled)
    label(newsroom, read_by_desk, says_nothing, as_said_of=shuffled)
    champion = desk.registry.current_version()
    outcome = retrain(desk)
    assert (outcome.state, outcome.verdict) == ("refused", None)
    assert "cannot be used, the old one stays: " in outcome.english
    assert 'the model reads "' in outcome.english
    assert desk.registry.current_version() == champion
    assert desk.registry.history()[0].action == "refuse"


class Copies:
    """A trainer that comes to the champion again, without the time that learning takes."""

    def __init__(self, trainer: Trainer, champion: Path) -> None:
        self._trainer, self._champion = trainer, champion

    def exam(self, examples: Sequence[Example], champion: Mapping[str, Any]) -> Exam:
        return self._trainer.exam((), {})

    def train(self, examples: Sequence[Example], champion: Mapping[str, Any], folder: Path) -> Path:
        return Path(shutil.copytree(self._champion, folder / "model"))


@pytest.fixture
def idle(desk: RetrainTools, trainer: Trainer, shipped: Path) -> RetrainTools:
    """Return tools whose training is quick and comes to the champion again."""
    return replace(desk, trainer=Copies(trainer, shipped))


def test_too_few_new_labels_train_nothing_unless_it_is_forced(
    idle: RetrainTools, newsroom: Newsroom, read_by_desk: list[Example], says_nothing: Any
) -> None:
    few = read_by_desk[: ENOUGH_LABELS - 1]
    label(newsroom, few, says_nothing, as_said_of=few)
    outcome = retrain(idle)
    assert (outcome.state, outcome.new_labels) == ("waiting", ENOUGH_LABELS - 1)
    assert f"Baru {ENOUGH_LABELS - 1} label desk" in outcome.indonesian
    assert newsroom.store.runs.recent("retrain") == []
    assert retrain(idle, force=True).state == "same"
    # What was there at that try is new no longer.
    assert retrain(idle).new_labels == 0
    more = read_by_desk[ENOUGH_LABELS - 1 : ENOUGH_LABELS + 9]
    label(newsroom, more, says_nothing, as_said_of=more)
    assert retrain(idle).new_labels == 10


def test_the_same_examples_give_the_same_model_and_no_verdict(desk: RetrainTools) -> None:
    outcome = retrain(desk, force=True)
    assert (outcome.state, outcome.version, outcome.verdict) == ("same", desk.registry.current_version(), None)
    assert desk.registry.history() == []


class Dies(Copies):
    """A trainer that ends as ``error`` says."""

    def __init__(self, trainer: Trainer, champion: Path, error: BaseException) -> None:
        super().__init__(trainer, champion)
        self._error = error

    def train(self, examples: Sequence[Example], champion: Mapping[str, Any], folder: Path) -> Path:
        (folder / "half").mkdir()
        raise self._error


@pytest.mark.parametrize(
    "error", [InputError("too little to learn from"), ZeroDivisionError("a defect"), KeyboardInterrupt()]
)
def test_a_training_that_fails_is_written_down_and_tried_again_next_time(
    idle: RetrainTools, newsroom: Newsroom, trainer: Trainer, shipped: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        retrain(replace(idle, trainer=Dies(trainer, shipped, error)), force=True)
    [run] = newsroom.store.runs.recent("retrain")
    assert run.state == "failed"
    assert run.error == (str(error) or "a defect; the log says more")
    assert idle.registry.history() == []
    assert list(idle.registry.folder.glob(".training-*")) == []
    assert retrain(idle, force=True).state == "same"


def test_a_kill_right_after_the_promotion_promotes_nothing_twice(
    desk: RetrainTools,
    newsroom: Newsroom,
    read_by_desk: list[Example],
    says_nothing: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    label(newsroom, read_by_desk, says_nothing, as_said_of=read_by_desk)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(newsroom.store.runs, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            retrain(desk)
    [promoted] = desk.registry.history()
    assert desk.registry.current_version() == promoted.version
    # The labels are new still, as no run says that they were tried; the training comes to the model in use.
    outcome = retrain(desk)
    assert (outcome.state, outcome.new_labels, outcome.version) == ("same", DESK, promoted.version)
    assert desk.registry.history() == [promoted]
    assert retrain(desk).state == "waiting"


def test_what_a_killed_training_left_is_cleared_away(idle: RetrainTools) -> None:
    left = idle.registry.folder / ".training-abc"
    (left / "model").mkdir(parents=True)
    (left / "model" / WEIGHTS_FILE).write_bytes(b"half")
    retrain(idle, force=True)
    assert not left.exists()


def test_two_retrainings_do_not_run_at_once(idle: RetrainTools, trainer: Trainer, shipped: Path) -> None:
    refused = []

    class Meanwhile(Copies):
        def train(self, examples: Sequence[Example], champion: Mapping[str, Any], folder: Path) -> Path:
            with pytest.raises(LeaseError) as caught:
                retrain(idle, force=True)
            refused.append(caught.value.what)
            return super().train(examples, champion, folder)

    assert retrain(replace(idle, trainer=Meanwhile(trainer, shipped)), force=True).state == "same"
    assert refused == ["retrain"]


def test_floors_of_other_articles_stop_it_before_anything_is_trained(
    desk: RetrainTools, newsroom: Newsroom, trainer: Trainer, shipped: Path
) -> None:
    others = Floors("ffff", "uji", "uji", "", {}, {}, {})
    never = Dies(trainer, shipped, AssertionError("nothing should be trained"))
    with pytest.raises(ModelError, match="pin them anew with: kentongan model floors --pin"):
        retrain(replace(desk, floors=lambda: others, trainer=never), force=True)
    assert desk.registry.current() == desk.registry.shipped
    [run] = newsroom.store.runs.recent("retrain")
    assert (run.state, "pin them anew" in run.error) == ("failed", True)


def test_pinned_floors_are_those_of_the_model_in_use_and_stop_a_worse_one(
    desk: RetrainTools, newsroom: Newsroom, read_by_desk: list[Example], says_nothing: Any
) -> None:
    pinned = pin_floors(desk, by="rina")
    assert floors_of(desk.registry.folder) == pinned
    assert (pinned.model, pinned.by) == (desk.registry.current_version(), "rina")
    assert pinned.holdout == desk.floors().holdout
    assert 0 < pinned.figures["signals_micro_f1"] < 1
    label(newsroom, read_by_desk, says_nothing, as_said_of=read_by_desk)
    high = replace(pinned, signals={**pinned.signals, "bencana_cuaca": 1.0})
    outcome = retrain(replace(desk, floors=lambda: high))
    assert outcome.state == "refused"
    assert outcome.verdict is not None
    assert [(reason.rule, reason.figure) for reason in outcome.verdict.failed] == [("floor", "bencana_cuaca")]
    assert retrain(replace(desk, floors=lambda: floors_of(desk.registry.folder)), force=True).state == "promoted"


def test_the_scheduled_run_reads_nothing_where_no_label_is_new() -> None:
    from flows import scheduled

    outcome = scheduled.retrain_once.fn(force=False)
    assert outcome["state"] == "waiting"
    assert outcome["english"].startswith(f"0 labels of the desk since the last training, {ENOUGH_LABELS} are needed")
