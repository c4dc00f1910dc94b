"""A retraining that was asked for in the desk is taken up whatever few labels are new, and answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import InputError, LeaseError, ModelError
from data.store import Store
from flows import retrain_requests
from flows.retrain import RetrainOutcome, RetrainTools
from flows.retrain_requests import ask, last_request, retrain_as_asked, waiting
from models.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=4)


class NoTraining:
    """A trainer that must not be asked, or that fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def exam(self, _examples: Any, _champion: Any) -> Any:
        raise self.error or AssertionError("nothing is to be trained here")

    train = exam


@pytest.fixture
def store(tmp_path: Path, new_store: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(new_store(tmp_path / "store.sqlite3")) as store:
        yield store


def tools_of(store: Store, tmp_path: Path, error: Exception | None = None) -> RetrainTools:
    return RetrainTools(
        store=store,
        registry=Registry(tmp_path / "models"),
        labels=lambda _: [],
        trainer=NoTraining(error),  # type: ignore[arg-type]
        floors=lambda: None,  # type: ignore[arg-type,return-value]
        clock=lambda: LATER,
    )


def test_without_a_request_few_labels_train_nothing(store: Store, tmp_path: Path) -> None:
    assert retrain_as_asked(tools_of(store, tmp_path)).state == "waiting"
    assert last_request(store) is None


def test_one_request_at_a_time(store: Store) -> None:
    ask(store, "sari", NOW, "banyak label baru")
    with pytest.raises(InputError, match="already, by sari"):
        ask(store, "joko", NOW)


def test_a_request_forces_the_retraining_and_gets_its_outcome(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(store, "sari", NOW, "banyak label baru")
    forced = []

    def training(_tools: RetrainTools, *, force: bool) -> RetrainOutcome:
        forced.append(force)
        return RetrainOutcome("refused", 3, "uji-12345678", "Ditolak: F1 turun.", "Refused: F1 fell.")

    monkeypatch.setattr(retrain_requests, "retrain", training)
    retrain_as_asked(tools_of(store, tmp_path))
    last = last_request(store)
    assert last is not None
    assert (last.number, last.by, last.why, last.state) == (number, "sari", "banyak label baru", "refused")
    assert (last.version, last.indonesian, last.english) == ("uji-12345678", "Ditolak: F1 turun.", "Refused: F1 fell.")
    assert last.ended == LATER
    assert waiting(store) is None
    retrain_as_asked(tools_of(store, tmp_path))
    assert forced == [True, False]
    assert ask(store, "joko", LATER) > number


def test_a_training_that_fails_answers_too(store: Store, tmp_path: Path) -> None:
    ask(store, "sari", NOW)
    with pytest.raises(ModelError):
        retrain_as_asked(tools_of(store, tmp_path, ModelError("the floors hold for other articles")))
    last = last_request(store)
    assert last is not None
    assert last.state == "failed"
    assert "model lama tetap dipakai" in last.indonesian


def test_while_somebody_else_trains_the_request_waits(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store, "sari", NOW)

    def held(_tools: RetrainTools, *, force: bool) -> RetrainOutcome:
        raise LeaseError("retrain", holder="x", until="y")

    monkeypatch.setattr(retrain_requests, "retrain", held)
    with pytest.raises(LeaseError):
        retrain_as_asked(tools_of(store, tmp_path))
    assert waiting(store) is not None
