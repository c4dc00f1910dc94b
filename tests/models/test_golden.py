"""A model that loads but reads plain texts otherwise than it should is refused, even where its digest is right."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from data.errors import ModelError
from data.records import Modality
from models.golden import GOLDEN
from models.judge import BASELINE, Judge, flag_score
from models.weights import CARD_FILE, pack, read_model, write_model


def test_the_shipped_card_holds_the_golden_texts_and_its_calibration_error() -> None:
    card = json.loads((BASELINE / CARD_FILE).read_text(encoding="utf-8"))
    assert card["golden"] == list(GOLDEN)
    assert card["figures"]["cross_validated.flag_ece"][0] < 0.05
    assert card["figures"]["cross_validated.signals_ece"][0] < 0.05


def test_golden_texts_are_of_every_common_modality() -> None:
    assert {entry["modality"] for entry in GOLDEN} == set(Modality) - {Modality.OPINI, Modality.ANCAMAN_POTENSI}


@pytest.mark.parametrize("damaged", ["shares", "anchors", "modality", "thresholds", "calibration"])
def test_damaged_weights_are_refused_although_their_digest_was_written_anew(tmp_path: Path, damaged: str) -> None:
    stored = read_model(BASELINE)
    arrays = {name: np.array(array) for name, array in stored.arrays.items()}
    arrays[damaged] = -arrays[damaged]
    card = {name: value for name, value in stored.card.items() if name not in {"weights", "format"}}
    write_model(tmp_path, card, arrays)
    with pytest.raises(ModelError, match="damaged, or not made for this program"):
        Judge.load(tmp_path)


def test_one_flipped_bit_of_the_shipped_weights_is_refused(tmp_path: Path) -> None:
    shutil.copytree(BASELINE, tmp_path / "model")
    path = tmp_path / "model" / "weights.npz"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ModelError, match="not those of the card"):
        Judge.load(tmp_path / "model")


def test_a_card_whose_golden_texts_are_broken_is_refused(tmp_path: Path) -> None:
    stored = read_model(BASELINE)
    card = {name: value for name, value in stored.card.items() if name not in {"weights", "format"}}
    write_model(tmp_path, {**card, "golden": [{"title": "x"}]}, stored.arrays)
    with pytest.raises(ModelError, match="golden texts cannot be read"):
        Judge.load(tmp_path)


def test_the_shipped_weights_are_stored_as_they_would_be_packed_anew() -> None:
    assert (BASELINE / "weights.npz").read_bytes() == pack(read_model(BASELINE).arrays)


def test_the_flags_score_falls_with_the_modality_and_with_the_likeliest_signal() -> None:
    event = dict.fromkeys(Modality, 0.0) | {Modality.KEJADIAN: 1.0}
    meeting = dict.fromkeys(Modality, 0.0) | {Modality.KEJADIAN: 0.25, Modality.PENCEGAHAN_KEGIATAN: 0.75}
    assert flag_score(1.0, event, likeliest=0.9) == pytest.approx(1.0)
    assert flag_score(1.0, meeting, likeliest=0.9) == pytest.approx(0.5)
    assert flag_score(0.25, event, likeliest=0.9) == pytest.approx(0.5)
    assert flag_score(1.0, event, likeliest=0.0375) == pytest.approx(0.5)
