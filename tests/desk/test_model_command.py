"""``kentongan model`` and ``kentongan rescore``: the registry at the keyboard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from data.outcomes import Outcome
from data.records import Article, Page, PageRef
from flows.settings import Settings
from flows.tools import load_assessor, open_store, registry_of, versions_in_use
from kentongan import main
from models.judge import BASELINE
from models.weights import read_model, write_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")


@pytest.fixture
def run(own_home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return what runs a command line and gives back its code, what it printed, and what it complained of."""

    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(words))
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return call


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """Return the folder of another model that judges as the shipped one does, but for a whisker."""
    stored = read_model(BASELINE)
    arrays = dict(stored.arrays)
    arrays["calibration"] = arrays["calibration"] * 1.001
    card = {name: value for name, value in stored.card.items() if name not in {"format", "weights", "name"}}
    examples = {"count": 4000, "desk": 120}
    write_model(tmp_path / "trained", card | {"name": "desk", "examples": examples}, arrays)
    return tmp_path / "trained"


def test_a_model_is_promoted_shown_and_rolled_back(run: Any, trained: Path) -> None:
    code, out, _ = run("--lang", "id", "model", "promote", str(trained), "--why", "uji coba")
    assert code == 0
    version = out.split()[0]
    assert version.startswith("desk-")
    assert "dipakai, menggantikan baseline-" in out
    code, out, _ = run("model", "list", "--json")
    listed = {line["version"]: line for line in json.loads(out)}
    assert (listed[version]["current"], listed[version]["examples"], listed[version]["desk_labels"]) == (
        True,
        4000,
        120,
    )
    assert [line["shipped"] for line in listed.values()] == [True, False]
    code, out, _ = run("model", "show", version[:8], "--json")
    assert (json.loads(out)["version"], json.loads(out)["card"]["name"]) == (version, "desk")
    code, out, _ = run("--lang", "id", "model", "rollback")
    assert (code, out.startswith("baseline-")) == (0, True)
    code, out, _ = run("model", "history", "--json")
    entries = json.loads(out)
    assert [entry["action"] for entry in entries] == ["promote", "rollback"]
    assert (entries[0]["version"], entries[0]["why"]) == (version, "uji coba")
    assert entries[0]["by"]
    code, out, _ = run("--lang", "id", "model", "history")
    assert "uji coba" in out
    assert "WIB" in out
    code, out, err = run("--lang", "id", "model", "rollback")
    assert code == 1
    assert "tidak ada model yang dipakai sebelum baseline-" in err
    code, out, _ = run("--lang", "id", "model", "promote", "0")
    assert (code, out.partition(" ")[2]) == (0, "sudah dipakai dan tetap dipakai.\n")


def test_the_shipped_model_is_shown_in_both_languages(run: Any) -> None:
    code, out, _ = run("--lang", "id", "model", "show", "0")
    assert code == 0
    assert "(sedang dipakai, bawaan program)" in out.splitlines()[0]
    assert "belajar dari" in out
    code, out, _ = run("--lang", "en", "model", "list")
    assert (code, "in use" in out) == (0, True)


def test_what_is_not_there_is_66_and_says_where_to_look(run: Any) -> None:
    code, _, err = run("--lang", "id", "model", "show", "tidak-ada")
    assert (code, err) == (66, 'kentongan: tidak ada model "tidak-ada"; lihat kentongan model list\n')
    code, _, err = run("--lang", "en", "model", "promote", "/tidak/ada")
    assert code == 1
    assert "there is no model here" in err


def test_a_corrupt_model_is_refused_and_the_one_in_use_stays(run: Any, trained: Path) -> None:
    weights = trained / "weights.npz"
    raw = bytearray(weights.read_bytes())
    raw[-30] ^= 4
    weights.write_bytes(raw)
    code, _, err = run("--lang", "id", "model", "promote", str(trained))
    assert code == 1
    assert "bobotnya bukan yang tercantum di kartu" in err
    assert json.loads(run("model", "list", "--json")[1])[0]["current"]


def test_a_damaged_model_in_use_is_said_with_the_way_back_and_nothing_else_judges(run: Any, trained: Path) -> None:
    version = run("--lang", "en", "model", "promote", str(trained))[1].split()[0]
    settings = Settings.from_environ()
    (settings.models_dir / "versions" / version / "weights.npz").unlink()
    code, _, err = run("--lang", "id", "assess")
    assert code == 1
    assert f"model yang dipakai, {version}, rusak" in err
    assert "kentongan model rollback" in err
    code, out, _ = run("model", "list", "--json")
    assert (code, [line["problem"] == "" for line in json.loads(out)]) == (1, [True, False])
    assert run("model", "rollback")[0] == 0
    assert run("assess", "--json")[0] == 0


def put_in(settings: Settings, count: int) -> None:
    at = datetime(2024, 11, 26, 5, tzinfo=UTC)
    with open_store(settings) as store:
        crawl = store.runs.start("crawl", at)
        for number in range(count):
            url = f"https://kabar.example/{number}"
            text = f"Massa membakar posko pemenangan nomor {number} pada Selasa malam, kata polisi. " * 4
            article = Article("kabar", url, url, f"Posko {number} dibakar massa", text, f"{number:064x}", published=at)
            page = Page(url, url, "kabar", at, Outcome.FETCHED, 200)
            store.settle(crawl, PageRef(url, url, "kabar", "feed"), page, Outcome.FETCHED, article, at)


def test_after_a_promotion_the_archive_is_judged_anew_in_bites_and_each_judgement_can_be_traced(
    run: Any, trained: Path
) -> None:
    settings = Settings.from_environ()
    put_in(settings, 3)
    assert json.loads(run("assess", "--json")[1])["assessed"] == 3
    first = registry_of(settings).current_version()
    version = run("--lang", "en", "model", "promote", str(trained))[1].split()[0]
    assert json.loads(run("assess", "--json")[1])["assessed"] == 0
    tally = json.loads(run("rescore", "--limit", "2", "--json")[1])
    assert (tally["rescored"], tally["waiting"], tally["failed"]) == (2, 1, 0)
    code, out, _ = run("--lang", "id", "rescore", "--all")
    assert (code, out.startswith("1 artikel dinilai ulang")) == (0, True)
    assert out.endswith("Sisa 0.\n")
    with open_store(settings) as store:
        for number in range(3):
            stored = store.articles.by_url(f"https://kabar.example/{number}")
            assert stored is not None
            versions = [one.assessment.model_version for one in store.assessments.history(stored.id)]
            assert versions == [first, version]
            assert all(registry_of(settings).card(name) for name in versions)


def test_the_versions_that_would_judge_are_known_without_loading_them(run: Any, trained: Path) -> None:
    settings = Settings.from_environ()
    for _ in range(2):
        assessor = load_assessor(settings)
        assert versions_in_use(settings) == (assessor.model_version, assessor.rules_version)
        run("model", "promote", str(trained))


def test_floors_that_cannot_be_read_say_how_to_pin_them(run: Any) -> None:
    settings = Settings.from_environ()
    settings.models_dir.mkdir(parents=True)
    (settings.models_dir / "floors.json").write_text("{}")
    code, _, err = run("--lang", "id", "model", "floors")
    assert code == 1
    assert "ini bukan lantai program ini; patok dengan: kentongan model floors --pin" in err
