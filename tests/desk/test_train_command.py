"""``kentongan train`` from the outside: labelled files in; figures, a candidate and exit codes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import models.card
import models.challenger
from data.errors import DiskFullError, InputError, ModelError, UnknownItemError
from data.outcomes import Outcome
from data.records import Article, Label, Modality, PageRef
from data.store import Store
from flows.settings import Settings
from flows.tools import registry_of
from kentongan import cli
from models import disk
from models.weights import read_model

if TYPE_CHECKING:
    from collections.abc import Callable

GOLD = Path(__file__).parents[2] / "data" / "gold"
ALONE = ("--no-matrix", "--no-gold", "--jobs", "1")
PIECES = 96
TEN = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Return a file of made-up pieces, every fourth of them held out."""
    lines = [
        json.loads(line)
        for name in ("offences", "everyday")
        for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()
    ][:PIECES]
    path = tmp_path / "contoh.jsonl"
    whole = [{**line, "part": "holdout" if at % 4 == 0 else "train"} for at, line in enumerate(lines)]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in whole), encoding="utf-8")
    return path


@pytest.fixture
def small_models_may_misread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.card, "GOLDEN", ())
    monkeypatch.setattr(models.challenger, "GOLDEN", ())


@pytest.fixture
def run(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return what runs the command and gives back its result; our errors are raised."""
    monkeypatch.setattr(models.challenger, "RESAMPLES", 20)

    def call(*words: object, lang: str = "id") -> Any:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "train", *map(str, words)], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome

    return call


@pytest.mark.usefixtures("small_models_may_misread")
def test_a_candidate_is_measured_beside_the_model_in_use_and_kept_but_not_used(
    run: Callable[..., Any], labelled: Path
) -> None:
    shown = run(labelled, *ALONE)
    registry = registry_of(Settings.from_environ())
    before = registry.current_version()
    candidate = next(one.version for one in registry.versions() if one.version.startswith("latih-"))
    assert "24 berita uji tetap" in shown.stdout
    assert "mikro-F1 sinyal" in shown.stdout
    assert "tidak_relevan" in shown.stdout
    assert f"Disimpan sebagai {candidate}, belum dipakai. Pakai: kentongan model promote {candidate}" in shown.stdout
    assert before == registry.shipped_version
    assert registry.card(candidate)["lineage"]["parent"] == before
    assert "belajar 100 %" in shown.stderr
    assert list(registry.folder.glob(".candidate-*")) == []


@pytest.mark.usefixtures("small_models_may_misread")
def test_machines_get_figures_of_both_models_as_json(run: Callable[..., Any], labelled: Path, tmp_path: Path) -> None:
    found = json.loads(run(labelled, *ALONE, "--out", tmp_path / "model", "--json").stdout)
    assert found["kept"] == str(tmp_path / "model")
    assert found["holdout"]["fixed"] == found["measured"]["n"] == found["in_use"]["n"] == 24
    assert (found["promoted"], found["problem"]) == (False, None)
    assert read_model(tmp_path / "model").digest == found["sha256"]
    assert registry_of(Settings.from_environ()).versions()[1:] == []


@pytest.mark.usefixtures("small_models_may_misread")
def test_where_nothing_is_held_out_the_figures_are_cross_validated(
    run: Callable[..., Any], labelled: Path, tmp_path: Path
) -> None:
    labelled.write_text(labelled.read_text("utf-8").replace('"holdout"', '"train"'), encoding="utf-8")
    shown = run(labelled, *ALONE, "--out", tmp_path / "model", lang="en")
    assert "Nothing is held out; these figures are cross-validated." in shown.stdout


@pytest.mark.usefixtures("small_models_may_misread")
def test_what_the_desk_labelled_is_learned_from(run: Callable[..., Any], labelled: Path, tmp_path: Path) -> None:
    with Store.open(Settings.from_environ().database_url) as store:
        for number in range(1, 6):
            url = f"https://kabar.example/{number}"
            text = " ".join(f"kata{number}x{at}" for at in range(30))
            article = Article("kabar", url, url, f"Berita {number}", text, f"{number:064x}", published=TEN)
            store.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, TEN)
            store.labels.add(Label(number, 1, "sari", TEN.replace(day=number), (), Modality.OPINI))
    found = json.loads(run(labelled, *ALONE, "--out", tmp_path / "satu", "--json").stdout)
    assert found["holdout"]["recent"] == 1  # the newest fifth of five
    without = json.loads(run(labelled, *ALONE, "--no-reviews", "--out", tmp_path / "dua", "--json").stdout)
    assert without["examples"] == found["examples"] - 4
    assert without["holdout"]["recent"] == 0


def test_a_model_that_misreads_what_is_beyond_doubt_is_not_kept(run: Callable[..., Any], labelled: Path) -> None:
    with pytest.raises(ModelError, match="the model reads"):
        run(labelled, *ALONE)
    assert registry_of(Settings.from_environ()).versions()[1:] == []


def test_a_bad_line_is_named_with_file_and_number(run: Callable[..., Any], labelled: Path) -> None:
    with labelled.open("a", encoding="utf-8") as out:
        out.write('\n{"id": "x", "title": "t", "text": "x", "signals": ["ramai"], "modality": "opini"}\n')
    with pytest.raises(InputError, match=r'contoh\.jsonl:97: there is no signal "ramai"'):
        run(labelled, *ALONE)


def test_a_file_that_is_not_there_is_named(run: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(UnknownItemError, match=r"tidak-ada\.jsonl"):
        run(tmp_path / "tidak-ada.jsonl")


def test_too_few_examples_are_said(run: Callable[..., Any], labelled: Path) -> None:
    lines = labelled.read_text("utf-8").splitlines()
    labelled.write_text("\n".join(lines[:12]), encoding="utf-8")
    with pytest.raises(InputError, match="too little to learn from"):
        run(labelled, *ALONE)


def test_a_folder_with_another_model_is_not_written_over(
    run: Callable[..., Any], labelled: Path, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "card.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="another model lies here"):
        run(labelled, *ALONE, "--out", tmp_path / "model")


def test_a_full_disk_is_said(
    run: Callable[..., Any], labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(DiskFullError):
        run(labelled, *ALONE, "--out", tmp_path / "model")


@pytest.mark.usefixtures("small_models_may_misread")
def test_a_damaged_model_in_use_leaves_nothing_to_compare_with(
    run: Callable[..., Any], labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENTONGAN_MODEL_DIR", str(tmp_path / "kosong"))
    shown = run(labelled, *ALONE, "--out", tmp_path / "model", "--json")
    assert json.loads(shown.stdout)["in_use"] is None
    assert "tanpa pembanding" in shown.stderr
