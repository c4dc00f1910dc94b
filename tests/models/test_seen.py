from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from data.errors import ModelError
from data.records import Modality
from models.card import files_digest
from models.examples import Example, learn
from models.matrix import write_matrix
from models.seen import trained_on
from models.splits import with_stories

if TYPE_CHECKING:
    from pathlib import Path

REAL = "Ratusan warga mendatangi kantor kecamatan sejak pagi untuk menanyakan bantuan yang belum turun sampai hari ini"
HELD = (
    "Petugas kebersihan membersihkan pasar induk setelah hujan deras semalam menggenangi lapak pedagang sayur di sana"
)
MADE_UP = (
    "Panitia desa menyalakan kentongan tiga kali ketika air sungai naik melewati batas kuning di jembatan lama itu"
)
NEW = "Klub sepak bola setempat menang dua gol tanpa balas dalam laga persahabatan di stadion kota pada Minggu sore"


def example(name: str, text: str, part: str = "train") -> Example:
    return Example(name, "Judul", text, frozenset(), frozenset(), Modality.TIDAK_RELEVAN, part=part)  # type: ignore[arg-type]


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    write_matrix(folder, with_stories(learn([example("r1", REAL), example("r2", HELD, "holdout")])))
    return folder


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    folder.mkdir()
    line = {"id": "g1", "title": "Judul", "text": MADE_UP, "signals": [], "modality": "tidak_relevan"}
    (folder / "satu.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    return folder


def card(*sources: str, **more: object) -> dict[str, object]:
    return {"data": {"sources": [{"name": name, "examples": 1, "sha256": "0"} for name in sources]}, **more}


def test_what_the_matrix_and_the_made_up_examples_hold_was_learned(shipped: Path, gold: Path) -> None:
    texts = {"a": f"Judul {REAL}", "b": f"Judul {HELD}", "c": f"Judul {MADE_UP}", "d": f"Judul {NEW}"}
    assert trained_on(card("matrix", "gold"), texts, matrix=shipped, gold=gold) == {"a", "c"}
    assert trained_on(card("matrix"), texts, matrix=shipped, gold=gold) == {"a"}
    assert trained_on(card("gold"), texts, matrix=shipped, gold=gold) == {"c"}
    assert trained_on(card(), texts, matrix=shipped, gold=gold) == set()


def test_a_copy_under_another_title_and_an_article_under_the_same_id_are_known(shipped: Path, gold: Path) -> None:
    texts = {"x": f"Warga datangi kecamatan. {REAL}. Camat belum dapat dimintai tanggapan.", "r1": "teks lain"}
    assert trained_on(card("matrix"), texts, matrix=shipped, gold=gold) == {"x", "r1"}


def test_a_labelled_file_that_trained_is_known_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "kita.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    one = {"data": {"sources": [{"name": "kita.jsonl", "examples": 1, "sha256": files_digest([path])}]}}
    assert trained_on(one, {"a": NEW, "b": REAL}, file=path) == {"a", "b"}


def test_what_the_desk_labelled_is_known_by_its_number() -> None:
    assert trained_on(card("desk", desk_trained="3-5,9"), {"artikel-4": NEW, "artikel-6": REAL}) == {"artikel-4"}


def test_a_card_that_names_no_sources_says_nothing() -> None:
    assert trained_on({"data": "Berita berlabel."}, {"a": NEW}) == frozenset()


def test_a_matrix_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no matrix here"):
        trained_on(card("matrix"), {"a": NEW}, matrix=tmp_path)
