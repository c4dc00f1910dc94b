"""The model's page: card, plots, history, drift; asking for a retraining; putting versions in use and going back."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.records import DriftFinding, DriftLook
from flows import retrain_requests
from flows.retrain import RetrainOutcome, RetrainTools
from flows.retrain_requests import retrain_as_asked
from models.judge import BASELINE
from models.weights import CARD_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from flows.desk import DeskTools
    from models.registry import Registry

SHIPPED = "baseline"


@pytest.fixture
def registry(tools: DeskTools) -> Registry:
    return tools.registry


@pytest.fixture
def second(registry: Registry, tmp_path: Path) -> str:
    """Return a version beside the shipped one: the same weights under another name."""
    folder = tmp_path / "lain"
    shutil.copytree(BASELINE, folder)
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    (folder / CARD_FILE).write_text(json.dumps(card | {"name": "lain"}), encoding="utf-8")
    return registry.add(folder)


def answer(tools: DeskTools, outcome: RetrainOutcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scheduled flow take a request up; the training itself is played."""
    monkeypatch.setattr(retrain_requests, "retrain", lambda _tools, *, force: outcome if force else pytest.fail("idle"))
    none: Any = None
    retrain_as_asked(RetrainTools(tools.store, tools.registry, lambda _: [], none, none, tools.clock))


REFUSED = RetrainOutcome("refused", 12, "uji-12345678", "Model uji <b>ditolak</b>: F1 turun 0,02.", "Refused: F1 fell.")


def test_the_card_says_how_good_the_model_is_and_what_is_weak(visit: Any) -> None:
    page = visit("pengamat").get("/model").text
    for words in ("baseline-", "bawaan program", "Kalibrasi", "presisi", "Batasan", "Belum pernah", "selang 95 %"):
        assert words in page, words
    assert "Minta pelatihan ulang</button>" not in page
    assert " style=" not in page


def test_plots_are_pictures_of_their_own(analyst: Any, registry: Registry) -> None:
    version = registry.current_version()
    for name in ("keandalan-tanda", "modalitas"):
        answered = analyst.get(f"/model/{version}/gambar/{name}.svg")
        assert answered.headers["content-type"] == "image/svg+xml"
        root = ET.fromstring(answered.text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "<script" not in answered.text
    assert analyst.get(f"/model/{version}/gambar/rahasia.svg").status_code == 404
    assert analyst.get("/model/tidak-ada/gambar/modalitas.svg").status_code == 404


def test_a_retraining_is_asked_for_once_and_its_outcome_is_told(
    tools: DeskTools, analyst: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert analyst.submit("/model/latih", alasan="banyak label <i>baru</i>").status_code == 303
    page = analyst.get("/model").text
    assert "Menunggu" in page
    assert "<i>baru" not in page
    assert analyst.submit("/model/latih").status_code == 422
    clock.forward(minutes=6)
    answer(tools, REFUSED, monkeypatch)
    page = analyst.get("/model").text
    assert "F1 turun 0,02" in page
    assert "<b>ditolak</b>: F1" not in page
    assert "ditolak" in page
    assert [entry.actor for entry in tools.store.audit.entries(action="minta_pelatihan")] == ["analis"]


def test_the_last_run_tells_why_it_was_not_promoted(tools: DeskTools, analyst: Any, clock: Any) -> None:
    run = tools.store.runs.start("retrain", clock.now)
    tools.store.runs.finish(run, clock.now + timedelta(minutes=2), "refused", note="Ditolak: macro-F1 turun.")
    assert "Ditolak: macro-F1 turun." in analyst.get("/model").text


def test_an_observer_may_not_ask_and_an_analyst_may_not_promote(visit: Any, second: str) -> None:
    assert visit("pengamat").submit("/model/latih").status_code == 403
    client = visit("analis")
    assert client.submit(f"/model/{second}/pakai", alasan="x").status_code == 403
    assert client.submit("/model/kembali", alasan="x").status_code == 403


def test_an_admin_puts_a_version_in_use_and_goes_back(visit: Any, registry: Registry, second: str, store: Any) -> None:
    admin = visit("admin")
    assert admin.submit(f"/model/{second}/pakai", alasan=" ").status_code == 422
    assert registry.current_version() != second
    assert admin.submit(f"/model/{second}/pakai", alasan="lebih baik di desa").status_code == 303
    assert registry.current_version() == second
    page = admin.get("/model").text
    assert "lebih baik di desa" in page
    assert admin.submit("/model/kembali", alasan="salah", dipakai="baseline-00000000").status_code == 422
    assert admin.submit("/model/kembali", alasan="keliru", dipakai=second).status_code == 303
    assert registry.current_version().startswith(SHIPPED)
    assert [entry.action for entry in store.audit.entries(subject=f"model/{second}")] == [
        "model_dikembalikan",
        "model_dipakai",
    ]


def test_a_version_that_cannot_be_used_leaves_no_trace(visit: Any, registry: Registry, second: str, store: Any) -> None:
    weights = registry.info(second).folder / "weights.npz"
    weights.chmod(0o644)
    weights.write_bytes(b"broken")
    admin = visit("admin")
    assert admin.submit(f"/model/{second}/pakai", alasan="coba").status_code == 422
    assert registry.current_version().startswith(SHIPPED)
    assert store.audit.entries(action="model_dipakai") == []
    assert "rusak" in admin.get("/model").text


def finding(name: str, effect: float, p_value: float, *, alarm: bool, note: str = "") -> DriftFinding:
    return DriftFinding(name, "masukan", "psi", effect, p_value, alarm, (), (), 100, 100, note)


def test_drift_is_told_with_what_moved(analyst: Any, store: Any, clock: Any) -> None:
    calm = finding("skor_tanda", 0.01, 0.5, alarm=False)
    moved = finding("kata_asing", 0.31, 0.0001, alarm=True, note="banyak kata <u>baru</u>")
    look = DriftLook(
        clock.now, clock.now - timedelta(days=7), clock.now, 12, "m", None, stage_changed=False, findings=(calm,)
    )
    store.drift.add(look)
    assert "1 ukuran diuji" in analyst.get("/model").text
    store.drift.add(replace(look, at=clock.now + timedelta(days=7), findings=(calm, moved)))
    page = analyst.get("/model").text
    assert "kata asing" in page
    assert "<u>baru" not in page


@pytest.mark.browser
def test_a_retraining_is_asked_for_by_key_and_its_outcome_is_seen(
    tools: DeskTools, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browse("analis").page
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/model")
    page.keyboard.press("r")
    page.get_by_text("Menunggu: diambil").wait_for()
    answer(tools, REFUSED, monkeypatch)
    page.keyboard.press(".")
    page.get_by_text("F1 turun 0,02").wait_for()
    picture = page.locator(".model-plots img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
