"""The floors that ship hold for the articles that ship, and the shipped model stands on them."""

from pathlib import Path

import pytest

from flows.retrain import SHIPPED_FLOORS
from models.challenger import GOLD_FOLDER
from models.exam import said_of, truth_of
from models.examples import Learned, labels_digest, learn, read_examples
from models.floors import Floors, read_floors
from models.gate import Contender, Holdout, check_floors, decide
from models.judge import BASELINE, Judge
from models.matrix import read_matrix
from models.splits import story_numbers, with_stories

HOW = "look at the figures and run scripts/pin_floors.py"


@pytest.fixture(scope="module")
def held_out() -> tuple[Learned, ...]:
    """Return the fixed held-out articles: those of the matrix, and the made-up ones that never train."""
    made_up = [one for path in sorted(Path(GOLD_FOLDER).glob("*.jsonl")) for one in read_examples(path, group="gold")]
    rows = [one for one in read_matrix() if one.part == "holdout"]
    return with_stories([*rows, *learn(one for one in made_up if one.part == "holdout")])


@pytest.fixture(scope="module")
def floors() -> Floors:
    return read_floors(SHIPPED_FLOORS)


def test_the_floors_hold_for_the_held_out_articles_that_ship(held_out: tuple[Learned, ...], floors: Floors) -> None:
    assert len(held_out) > 200
    assert floors.holdout == labels_digest(held_out), HOW


def test_the_shipped_model_stands_on_the_floors(held_out: tuple[Learned, ...], floors: Floors) -> None:
    numbers = story_numbers(held_out).tolist()
    holdout = Holdout(floors.holdout, tuple(truth_of(*pair) for pair in zip(held_out, numbers, strict=True)))
    check_floors(holdout, floors)
    said = said_of(Judge.load(BASELINE), held_out)
    verdict = decide(holdout, Contender("lama", said), Contender("sama", said, desk_labels=1), floors, resamples=20)
    assert [reason.english for reason in verdict.failed] == [], HOW


def test_floors_are_high_enough_to_stop_something(floors: Floors) -> None:
    assert floors.figures["flag_recall"] >= 0.7
    assert floors.figures["signals_micro_f1"] >= 0.7
    assert floors.figures["modality_accuracy"] >= 0.8
    assert len(floors.signals) >= 8
    assert len(floors.modalities) == 7
