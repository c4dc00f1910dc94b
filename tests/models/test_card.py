"""What a card says: where examples came from, how good the model is, and what it learned of the desk."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import DiskFullError, InputError, ModelError
from models import disk
from models.card import files_digest, ranges, trained_ids
from models.challenger import Trainer
from models.examples import Example, read_examples
from models.judge import Judge
from models.matrix import write_matrix
from models.measurement import Measurement
from models.weights import CARD_FILE, WEIGHTS_FILE, read_model, write_model

GOLD = Path(__file__).parents[2] / "data" / "gold"


def pieces() -> list[Example]:
    """Return made-up pieces, every fifth of them held out."""
    found = [
        one for name in ("offences", "everyday", "prevention_umum") for one in read_examples(GOLD / f"{name}.jsonl")
    ]
    return [
        replace(one, group=("tulis", "karang")[at % 2], part="train" if at % 5 else "holdout")
        for at, one in enumerate(found)
    ]


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    path = tmp_path_factory.mktemp("contoh") / "contoh.jsonl"
    lines = [
        {
            "id": one.id,
            "title": one.title,
            "text": one.text,
            "signals": sorted(one.signals),
            "modality": one.modality.value,
            "dataset": one.group,
            "part": one.part,
            "published": "2024-02-14",
        }
        for one in pieces()
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return Trainer(matrix=None, gold=None, files=(path,), name="uji")


@pytest.fixture(scope="module")
def folder(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("model") / "uji"
    trainer.challenge((), {}, place, parent="baseline-01234567")
    return place


def test_a_card_says_where_the_examples_came_from(trainer: Trainer, folder: Path) -> None:
    card = read_model(folder).card
    held = [one for one in pieces() if one.part == "holdout"]
    source = trainer.files[0]
    assert card["data"]["sources"] == [
        {"name": "contoh.jsonl", "examples": len(pieces()), "sha256": files_digest([source])}
    ]
    assert card["examples"]["count"] == len(pieces()) - len(held)
    assert card["examples"]["desk"] == 0
    assert card["data"]["published"] == ["2024-02-14", "2024-02-14"]
    assert sum(group["articles"] for group in card["data"]["per_group"].values()) == card["examples"]["count"]
    assert set(card["data"]["per_group"]) == {"tulis", "karang"}
    assert card["holdout"]["fixed"] == len(held)


def test_a_card_says_what_the_digest_hangs_on(folder: Path) -> None:
    lineage = read_model(folder).card["lineage"]
    assert lineage["parent"] == "baseline-01234567"
    assert set(lineage["versions"]) == {"python", "numpy", "scipy", "scikit-learn"}
    assert len(lineage["rules"]) == 64
    assert lineage["seeds"]["training"] is None


def test_a_card_holds_the_figures_as_measured_and_as_a_person_reads_them(folder: Path) -> None:
    card = read_model(folder).card
    held_out = Measurement.from_json(card["measurements"]["holdout"])
    crossed = Measurement.from_json(card["measurements"]["cross_validated"])
    assert held_out.n == card["holdout"]["fixed"]
    assert crossed.n == card["examples"]["count"]
    assert sum(map(sum, held_out.confusion)) == held_out.n
    assert held_out.signals_reliability
    value, low, high, n = card["figures"]["holdout.modality_accuracy"]
    assert low <= value <= high
    assert n == held_out.n


def test_the_same_examples_give_the_same_files_whatever_the_number_of_threads(
    trainer: Trainer, folder: Path, tmp_path: Path
) -> None:
    again = replace(trainer, jobs=2)
    again.challenge((), {}, tmp_path / "lagi", parent="baseline-01234567")
    for name in (CARD_FILE, WEIGHTS_FILE):
        assert (tmp_path / "lagi" / name).read_bytes() == (folder / name).read_bytes()


def test_rows_teach_what_their_texts_teach(trainer: Trainer, folder: Path, tmp_path: Path) -> None:
    found = trainer.gather((), {}).parts
    write_matrix(tmp_path, [*found.train, *found.fixed])
    made = Trainer(matrix=tmp_path, gold=None, name="uji").challenge((), {}, tmp_path / "model")
    assert made.measured is not None
    before = Measurement.from_json(read_model(folder).card["measurements"]["holdout"])
    # Not to the bit: the order of the examples is another, and with it the order of sums.
    assert made.measured.figures["flag_ap"].value == pytest.approx(before.figures["flag_ap"].value, abs=0.01)
    assert {one.id for one in made.parts.train} == {one.id for one in found.train}


def of_the_desk(number: int) -> Example:
    """Return an article that the desk labelled on that day of January, no copy of one of another number."""
    return Example(
        f"artikel-{number}",
        f"Warga desa {number}",
        " ".join(f"kata{number}x{at}" for at in range(40)),
        frozenset(),
        frozenset(),
        pieces()[0].modality,
        group="desk",
        labelled_at=datetime(2026, 1, number, tzinfo=UTC),
    )


def test_what_the_desk_labelled_is_named_so_that_it_is_not_measured_with(trainer: Trainer, tmp_path: Path) -> None:
    desk = [of_the_desk(number) for number in (1, 2, 3, 4, 7, 9, 10, 11, 12, 13)]
    made = trainer.challenge(desk, {}, tmp_path / "model")
    card = read_model(tmp_path / "model").card
    assert [one.id for one in made.parts.recent] == ["artikel-12", "artikel-13"]
    assert card["desk_trained"] == "1-4,7,9-11"
    assert card["examples"]["desk"] == 8
    newer = [
        replace(one, labelled_at=datetime(2025, 12, 1, tzinfo=UTC)) if one.id == "artikel-13" else one for one in desk
    ]
    assert [one.id for one in trainer.gather(newer, card).parts.recent] == ["artikel-12"]


def test_a_card_names_what_was_learned_and_not_what_made_room(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = [of_the_desk(number) for number in (1, 2, 3, 4)]
    room = len(trainer.gather(desk, {}).parts.train) - 3
    monkeypatch.setattr("models.challenger.MOST_EXAMPLES", room)
    made = trainer.challenge(desk, {}, tmp_path / "model")
    card = read_model(tmp_path / "model").card
    assert (card["examples"]["count"], len(made.parts.train)) == (room, room)
    assert (card["examples"]["desk"], card["desk_trained"]) == (1, "4")


def test_what_the_desk_labelled_is_not_measured_with_after_it_trained_as_a_file(
    trainer: Trainer, tmp_path: Path
) -> None:
    desk = [of_the_desk(number) for number in range(1, 6)]
    as_file = [replace(one, labelled_at=None) for one in desk]
    trainer.challenge(as_file, {}, tmp_path / "model")
    card = read_model(tmp_path / "model").card
    assert (card["examples"]["desk"], card["desk_trained"]) == (0, "1-5")
    assert [one.id for one in trainer.gather(desk, {}).parts.recent] == ["artikel-5"]
    assert trainer.gather(desk, card).parts.recent == ()


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], ""),
        (["artikel-5"], "5"),
        (["artikel-3", "artikel-1", "artikel-2", "lain"], "1-3"),
        (["artikel-1", "artikel-3"], "1,3"),
    ],
)
def test_ids_are_told_as_ranges(ids: list[str], said: str) -> None:
    assert ranges(ids) == said
    assert trained_ids({"desk_trained": said}) == {one for one in ids if one.startswith("artikel-")}


def test_an_article_whose_several_labels_came_by_a_file_is_told_once() -> None:
    assert ranges(["artikel-5-1", "artikel-5-2", "artikel-6", "artikel-pilkada"]) == "5-6"


@pytest.mark.parametrize("said", ["x", "1-", "5-x", "1-99999999999"])
def test_ranges_that_are_none_are_refused(said: str) -> None:
    with pytest.raises(ModelError, match="learned from the articles"):
        trained_ids({"desk_trained": said})


def test_an_old_card_names_none() -> None:
    assert trained_ids({}) == frozenset()
    assert trained_ids({"desk_trained": 3}) == frozenset()


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sedikit.jsonl"
    path.write_text((GOLD / "everyday.jsonl").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(InputError, match="too little to learn from"):
        Trainer(matrix=None, gold=None, files=(path,)).challenge((), {}, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_an_empty_folder_of_made_up_examples_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no made-up examples here"):
        Trainer(matrix=None, gold=tmp_path).gather((), {})


def test_another_model_is_not_written_over(folder: Path) -> None:
    before = (folder / WEIGHTS_FILE).read_bytes()
    with pytest.raises(ModelError, match="another model lies here"):
        write_model(folder, {"name": "lain"}, {})
    assert (folder / WEIGHTS_FILE).read_bytes() == before


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(DiskFullError, match="disk is full"):
        write_model(tmp_path / "model", {}, {})
    assert list((tmp_path / "model").iterdir()) == []


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be written"):
        write_model(tmp_path / "berkas" / "model", {}, {})


def test_a_model_that_misreads_a_golden_text_is_told_of(trainer: Trainer, folder: Path, tmp_path: Path) -> None:
    made = trainer.challenge((), {}, tmp_path / "model", judge=None)
    assert made.champion is None
    assert "the model reads" in made.misread
    with pytest.raises(ModelError, match="the model reads"):
        Judge.load(folder)
