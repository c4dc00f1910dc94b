"""The registry: one pointer, replaced at once; whatever is killed, damaged or foreign, the model in use stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import models.registry
from data.errors import DiskFullError, ModelError, SettingsError, UnknownItemError
from models.judge import BASELINE, Judge
from models.registry import Entry, Registry, version_of
from models.weights import CARD_FILE, WEIGHTS_FILE, read_model, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2024, 12, 1, 19, 17, tzinfo=UTC)


def made(folder: Path, name: str, number: float = 1.0) -> Path:
    """Return the folder of a model whose weights are a single number: all that the registry looks at."""
    write_model(folder, {"name": name, "examples": {"count": 7}}, {"w": np.full(3, float(number))})
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return made(tmp_path / "program" / "baseline", "bawaan", 0.0)


@pytest.fixture
def registry(tmp_path: Path, shipped: Path) -> Registry:
    return Registry(tmp_path / "home" / "models", shipped, check=read_model)


@pytest.fixture
def desk(tmp_path: Path, registry: Registry) -> Callable[[float], str]:
    """Return what adds the desk's model of a number and returns its version."""
    return lambda number: registry.add(made(tmp_path / f"trained-{number}", "desk", number))


def promote(registry: Registry, version: str, why: str = "lebih baik") -> Entry:
    return registry.promote(version, by="rina", at=NOW, why=why)


def rollback(registry: Registry) -> Entry:
    return registry.rollback(by="budi", at=NOW + timedelta(hours=1), why="terlalu banyak alarm")


def test_without_a_promotion_the_shipped_model_is_in_use_and_nothing_is_written(registry: Registry) -> None:
    assert registry.current() == registry.shipped
    assert registry.current_version() == registry.shipped_version
    assert [(one.version, one.shipped, one.current) for one in registry.versions()] == [
        (registry.shipped_version, True, True)
    ]
    assert registry.history() == []
    assert not registry.folder.exists()


def test_the_real_shipped_model_is_version_0_under_the_name_that_its_assessments_bear() -> None:
    registry = Registry(Path("/nowhere"))
    assert registry.current() == BASELINE
    assert registry.named("0") == Judge.load().model_version


def test_a_promoted_version_is_in_use_until_it_is_rolled_back(registry: Registry, desk: Callable[[float], str]) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    promote(registry, two)
    assert registry.current() == registry.folder / "versions" / two
    assert rollback(registry).version == one
    assert registry.current_version() == one
    assert rollback(registry).version == registry.shipped_version
    assert registry.current() == registry.shipped
    with pytest.raises(ModelError, match="no model was promoted before bawaan-"):
        rollback(registry)
    assert registry.current() == registry.shipped


def test_a_rollback_goes_to_the_version_promoted_before_not_to_the_one_rolled_back(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    one, two, three = desk(1), desk(2), desk(3)
    for version in (one, two):
        promote(registry, version)
    rollback(registry)
    promote(registry, three)
    assert rollback(registry).version == one


def test_history_says_what_was_done_by_whom_when_and_why(registry: Registry, desk: Callable[[float], str]) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one, "micro-F1 0,81 → 0,84")
    registry.refuse(two, by="kentongan", at=NOW, why="recall turun")
    rollback(registry)
    first = registry.shipped_version
    assert registry.history() == [
        Entry("promote", one, first, "rina", NOW, "micro-F1 0,81 → 0,84", 1),
        Entry("refuse", two, one, "kentongan", NOW, "recall turun", 1),
        Entry("rollback", first, one, "budi", NOW + timedelta(hours=1), "terlalu banyak alarm", 2),
    ]
    assert registry.current_version() == first


def test_promoting_what_is_in_use_writes_nothing(registry: Registry, desk: Callable[[float], str]) -> None:
    promote(registry, desk(1))
    assert promote(registry, desk(1), "lagi") == registry.history()[0]
    assert len(registry.history()) == 1


def test_version_0_can_be_promoted_like_any_other(registry: Registry, desk: Callable[[float], str]) -> None:
    one = desk(1)
    promote(registry, one)
    promote(registry, "0")
    assert registry.current() == registry.shipped
    assert rollback(registry).version == one


def test_an_update_of_the_program_keeps_the_promoted_model_and_its_former_version_0(
    registry: Registry, desk: Callable[[float], str], tmp_path: Path
) -> None:
    one, former = desk(1), registry.shipped_version
    promote(registry, one)
    updated = Registry(registry.folder, made(tmp_path / "program2", "bawaan", 9.0), check=read_model)
    assert updated.current_version() == one
    assert rollback(updated).version == former
    assert updated.current() == updated.folder / "versions" / former
    assert updated.card(former)["name"] == "bawaan"
    assert updated.shipped_version != former


def test_what_has_judged_an_article_can_be_looked_up_after_an_update(registry: Registry, tmp_path: Path) -> None:
    judged_with = registry.keep(registry.current())
    updated = Registry(registry.folder, made(tmp_path / "program2", "bawaan", 9.0), check=read_model)
    assert updated.current() == updated.shipped
    assert updated.card(judged_with)["examples"] == {"count": 7}


def test_a_version_is_named_by_its_beginning_where_that_is_enough(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    one, two = desk(1), desk(2)
    assert registry.named(one[:-2]) == one
    with pytest.raises(UnknownItemError, match=f"it could be {', '.join(sorted((one, two)))}"):
        registry.named("desk-")
    for wrong in ("", "../..", "tidak-ada"):
        with pytest.raises(UnknownItemError, match="see kentongan model list"):
            registry.named(wrong)


def test_a_version_is_written_once(registry: Registry, desk: Callable[[float], str], tmp_path: Path) -> None:
    one = desk(1)
    kept = registry.folder / "versions" / one
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in kept.iterdir()}
    assert set(before) == {CARD_FILE, WEIGHTS_FILE}
    again = made(tmp_path / "again", "desk", 1.0)
    card = json.loads((again / CARD_FILE).read_text())
    (again / CARD_FILE).write_text(json.dumps(card | {"examples": {"count": 8}}))
    assert registry.add(again) == one
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in kept.iterdir()} == before


def test_the_card_of_a_model_that_a_newer_program_cannot_use_any_more_can_still_be_read(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    one = desk(1)
    foreign(registry.folder / "versions" / one)
    assert registry.card(one)["examples"] == {"count": 7}
    assert registry.info(one).card["name"] == "desk"
    assert "not a model of this program" in registry.info(one).problem


def flipped(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(raw)


def no_weights(folder: Path) -> None:
    (folder / WEIGHTS_FILE).unlink()


def no_card(folder: Path) -> None:
    (folder / CARD_FILE).unlink()


def foreign(folder: Path) -> None:
    path = folder / CARD_FILE
    path.chmod(0o644)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": "sklearn-pickle"}))


def torn(folder: Path) -> None:
    path = folder / CARD_FILE
    path.chmod(0o644)
    path.write_text(path.read_text()[:40])


DAMAGES = [lambda folder: flipped(folder / WEIGHTS_FILE), no_weights, no_card, foreign, torn]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_corrupt_or_foreign_model_is_not_kept(
    registry: Registry, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = made(tmp_path / "trained", "desk")
    damage(folder)
    with pytest.raises(ModelError):
        registry.add(folder)
    assert registry.current() == registry.shipped
    assert [one.version for one in registry.versions()] == [registry.shipped_version]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_version_that_was_damaged_on_disk_is_not_promoted_and_the_champion_stays(
    registry: Registry, desk: Callable[[float], str], damage: Callable[[Path], None]
) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    damage(registry.folder / "versions" / two)
    with pytest.raises(ModelError, match=f"the model {two} cannot be used"):
        promote(registry, two)
    assert registry.current_version() == one
    assert [entry.version for entry in registry.history()] == [one]
    found = {info.version: info.problem for info in registry.versions()}
    assert found[two] != ""
    assert found[one] == ""


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_in_use_is_refused_with_the_way_back_and_no_other_is_taken(
    registry: Registry, desk: Callable[[float], str], damage: Callable[[Path], None]
) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    promote(registry, two)
    damage(registry.folder / "versions" / two)
    with pytest.raises(ModelError, match=rf"in use, {two}, is damaged.*kentongan model rollback"):
        registry.current()
    assert rollback(registry).version == one
    assert registry.current() == registry.folder / "versions" / one


def test_a_damaged_version_is_made_whole_by_adding_it_again(registry: Registry, desk: Callable[[float], str]) -> None:
    one = desk(1)
    promote(registry, one)
    flipped(registry.folder / "versions" / one / WEIGHTS_FILE)
    assert desk(1) == one
    assert registry.current() == registry.folder / "versions" / one


def test_a_promoted_model_serves_though_the_shipped_one_is_broken(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    one = desk(1)
    promote(registry, one)
    no_card(registry.shipped)
    assert registry.current() == registry.folder / "versions" / one
    # Its copy is kept since the promotion, and serves as well.
    assert rollback(registry).version != one
    assert [one.problem for one in registry.versions()] == ["", ""]


def test_a_rollback_to_a_damaged_version_is_refused_and_names_the_other_way(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    promote(registry, two)
    no_weights(registry.folder / "versions" / one)
    with pytest.raises(ModelError, match="kentongan model promote VERSION"):
        rollback(registry)
    assert registry.current_version() == two
    assert promote(registry, "0").version == registry.shipped_version


def test_a_folder_under_anothers_name_is_refused(registry: Registry, desk: Callable[[float], str]) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    versions = registry.folder / "versions"
    shutil.rmtree(versions / one)
    shutil.copytree(versions / two, versions / one)
    with pytest.raises(ModelError, match=f"holds {two}"):
        registry.current()
    assert registry.info(one).problem.endswith(f"holds {two}")


def test_a_model_that_reads_but_does_not_fit_this_program_is_not_promoted(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    strict = Registry(registry.folder, registry.shipped)  # with the check that the program uses
    one = desk(1)
    with pytest.raises(ModelError, match=f"the model {one} cannot be used: .*knows other signals"):
        promote(strict, one)
    assert strict.current() == registry.shipped


@pytest.mark.parametrize("name", ["../../etc", ".tersembunyi", "a/b", "nama panjang", ""])
def test_a_name_that_leads_elsewhere_is_refused(registry: Registry, tmp_path: Path, name: str) -> None:
    folder = made(tmp_path / "trained", name)
    with pytest.raises(ModelError, match="cannot be the name of a version"):
        registry.add(folder)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"stack": [], "last": null}', '{"stack": ["../../etc"], "last": {}}', "\x00\xff"]
)
def test_a_damaged_pointer_is_refused_with_what_to_do(
    registry: Registry, desk: Callable[[float], str], text: str
) -> None:
    promote(registry, desk(1))
    (registry.folder / "current.json").write_text(text)
    with pytest.raises(ModelError, match=r"current\.json: does not say which model is in use; restore the file"):
        registry.current()


def test_a_registry_whose_pointer_was_deleted_by_hand_goes_on(registry: Registry, desk: Callable[[float], str]) -> None:
    promote(registry, desk(1))
    (registry.folder / "current.json").unlink()
    assert registry.current() == registry.shipped
    registry.promote(desk(2), by="rina", at=NOW + timedelta(days=1), why="")
    assert registry.current_version() == desk(2)
    assert [entry.version for entry in registry.history()] == [desk(1), desk(2)]


def test_a_damaged_line_of_the_history_is_named_and_the_model_in_use_does_not_mind(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    promote(registry, desk(1))
    path = registry.folder / "history.jsonl"
    path.write_text("bukan riwayat\n" + path.read_text())
    with pytest.raises(ModelError, match=r"history\.jsonl:1: this line is damaged"):
        registry.history()
    assert registry.current_version() == desk(1)


class Killed(BaseException):
    """What no handler of errors sees, as with kill -9; only what the code does before it counts."""


class Steps:
    """Counts what is done to the disk and dies before the step it is told to."""

    NAMES = ("replace", "mkdir", "chmod", "open")

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.die_before = 10_000
        self.done: list[str] = []
        for name in self.NAMES:
            monkeypatch.setattr(Path, name, self._counting(name, getattr(Path, name)))
        for module, name in ((os, "fsync"), (shutil, "copyfile")):
            monkeypatch.setattr(module, name, self._counting(name, getattr(module, name)))

    def _counting(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if len(self.done) >= self.die_before:
                raise Killed(name)
            self.done.append(name)
            return real(*args, **options)

        return step

    def begin(self, die_before: int) -> None:
        self.die_before, self.done = die_before, []


OPERATIONS: dict[str, Callable[[Registry, Path, str], object]] = {
    "add": lambda registry, folder, _: registry.add(folder),
    "promote": lambda registry, _, version: promote(registry, version),
    "rollback": lambda registry, _folder, _version: rollback(registry),
    "refuse": lambda registry, _, version: registry.refuse(version, by="kentongan", at=NOW, why="turun"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_kill_between_any_two_steps_leaves_the_champion_or_the_new_one_whole(
    tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    act = OPERATIONS[operation]
    third = made(tmp_path / "trained-3", "desk", 3)
    ends = set()
    for die_before in range(60):
        with monkeypatch.context() as patched:
            registry = Registry(tmp_path / f"home-{die_before}", shipped, check=read_model)
            one, two = (registry.add(made(tmp_path / f"trained-{n}", "desk", n)) for n in (1, 2))
            promote(registry, one)
            champion, others = one, {"promote": two, "rollback": registry.shipped_version}
            steps = Steps(patched)
            steps.begin(die_before)
            try:
                act(registry, third, two)
            except Killed:
                killed = True
            else:
                killed = False
        now = registry.current_version()
        assert now in {champion, others.get(operation, champion)}
        assert registry.current().is_dir()
        assert all(not info.problem for info in registry.versions())
        # The history says what is so, though the kill came before its line.
        assert [entry.version for entry in registry.history() if entry.action != "refuse"][-1] == now
        # And everything goes on from there.
        registry.add(third)
        if operation == "promote":
            assert promote(registry, two).version == two
            numbers = [entry.number for entry in registry.history()]
            assert numbers == [1, 2]
        assert list((registry.folder / "versions").glob(".adding-*")) == []
        ends.add((killed, now == champion))
        if not killed:
            break
    assert not killed
    assert die_before >= 3
    if operation in others:
        assert ends == {(True, True), (True, False), (False, False)}


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from models.registry import Registry
from models.weights import read_model

real = Path.replace

def replace(self, target):
    if sys.argv[4] == "before":
        os._exit(9)
    real(self, target)
    os._exit(9)

Path.replace = replace
registry = Registry(Path(sys.argv[1]), Path(sys.argv[2]), check=read_model)
registry.promote(sys.argv[3], by="rina", at=datetime.now(UTC), why="")
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_dies_around_the_replacing_holds_nothing_up(
    registry: Registry, desk: Callable[[float], str], moment: str
) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)
    command = [sys.executable, "-c", KILLED, str(registry.folder), str(registry.shipped), two, moment]
    assert subprocess.run(command, check=False, timeout=60).returncode == 9
    assert registry.current_version() == (one if moment == "before" else two)
    assert promote(registry, two).version == two
    assert [entry.version for entry in registry.history()] == [one, two]


def test_half_a_line_that_a_kill_left_in_the_history_is_written_anew(
    registry: Registry, desk: Callable[[float], str]
) -> None:
    promote(registry, desk(1))
    path = registry.folder / "history.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert [entry.version for entry in registry.history()] == [desk(1)]
    promote(registry, desk(2))
    assert [entry.version for entry in registry.history()] == [desk(1), desk(2)]
    assert path.read_bytes().startswith(whole)


def test_promotions_at_once_are_done_one_after_the_other(registry: Registry, desk: Callable[[float], str]) -> None:
    versions = [desk(number) for number in range(1, 9)]
    gate = threading.Barrier(len(versions))

    def run(version: str) -> None:
        gate.wait(30)
        Registry(registry.folder, registry.shipped, check=read_model).promote(version, by=version, at=NOW, why="")

    threads = [threading.Thread(target=run, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = registry.history()
    assert sorted(entry.version for entry in history) == sorted(versions)
    assert [entry.number for entry in history] == list(range(1, 9))
    # Each came after the one before it, and the last one is in use.
    assert [entry.before for entry in history] == [registry.shipped_version, *(entry.version for entry in history[:-1])]
    assert registry.current_version() == history[-1].version


def test_one_model_added_by_several_at_once_is_kept_once(registry: Registry, tmp_path: Path) -> None:
    folder = made(tmp_path / "trained", "desk")
    gate, answers = threading.Barrier(6), []

    def run() -> None:
        gate.wait(30)
        answers.append(registry.add(folder))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [version_of(folder)] * 6
    assert sorted(path.name for path in (registry.folder / "versions").iterdir()) == [version_of(folder)]


def test_a_full_disk_is_said_and_leaves_the_champion(
    registry: Registry, desk: Callable[[float], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = desk(1), desk(2)
    promote(registry, one)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(models.registry.os, "fsync", full)
        with pytest.raises(DiskFullError, match="the disk is full"):
            promote(registry, two)
    assert registry.current_version() == one
    assert [entry.version for entry in registry.history()] == [one]


def test_a_place_that_is_no_folder_is_named(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "models").write_text("")
    registry = Registry(tmp_path / "models", shipped, check=read_model)
    with pytest.raises(SettingsError, match="take another KENTONGAN_HOME"):
        registry.add(made(tmp_path / "trained", "desk"))
