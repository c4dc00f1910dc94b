"""A model on disk is used only when every byte is what its card says."""

import json
from pathlib import Path

import numpy as np
import pytest

from data.errors import ModelError
from models.weights import CARD_FILE, FORMAT, WEIGHTS_FILE, pack, read_model, write_model

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([1, -1], np.int8)}


def test_a_written_model_is_read_back_with_its_digest(tmp_path: Path) -> None:
    digest = write_model(tmp_path, {"name": "m"}, ARRAYS)
    stored = read_model(tmp_path)
    assert stored.digest == digest
    assert stored.card["name"] == "m"
    assert np.array_equal(stored.arrays["a"], ARRAYS["a"])


def test_the_same_arrays_give_the_same_bytes() -> None:
    assert pack(ARRAYS) == pack(dict(reversed(ARRAYS.items())))


@pytest.mark.parametrize("at", [0, 40, 200, -30, -1])
def test_one_flipped_bit_is_refused(tmp_path: Path, at: int) -> None:
    write_model(tmp_path, {}, ARRAYS)
    raw = bytearray((tmp_path / WEIGHTS_FILE).read_bytes())
    raw[at] ^= 4
    (tmp_path / WEIGHTS_FILE).write_bytes(raw)
    with pytest.raises(ModelError, match="not those of the card"):
        read_model(tmp_path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path, {}, ARRAYS)
    path = tmp_path / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ModelError, match="bytes where the card says"):
        read_model(tmp_path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"card\.json: there is no model here"):
        read_model(tmp_path)
    write_model(tmp_path, {}, ARRAYS)
    (tmp_path / WEIGHTS_FILE).unlink()
    with pytest.raises(ModelError, match=r"weights\.npz: the weights cannot be read"):
        read_model(tmp_path)


@pytest.mark.parametrize("card", ["{", "[]", '{"format": "other"}', '{"format": "kentongan-linear-2"}'])
def test_a_card_that_is_not_ours_is_refused(tmp_path: Path, card: str) -> None:
    write_model(tmp_path, {}, ARRAYS)
    (tmp_path / CARD_FILE).write_text(card, encoding="utf-8")
    with pytest.raises(ModelError, match=r"card\.json"):
        read_model(tmp_path)


def test_pickled_objects_are_never_read(tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS_FILE
    np.savez(path, a=np.array([{"x": 1}], dtype=object))
    raw = path.read_bytes()
    import hashlib

    manifest = {"file": WEIGHTS_FILE, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    card = {"format": FORMAT, "weights": manifest}
    (tmp_path / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be unpacked"):
        read_model(tmp_path)
