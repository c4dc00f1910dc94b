"""Labelled articles on disk without their text: whole again when read, refused when anything is wrong."""

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import ModelError
from data.records import Modality
from data.taxonomy import load_taxonomy
from models import matrix
from models.examples import Example, Learned, labels_digest, learn
from models.matrix import MANIFEST_FILE, MATRIX_FILE, open_matrix, read_matrix, write_matrix
from models.packing import pack, unpack_varints, varints
from models.splits import with_stories
from models.stories import SKETCH

RIOT = (
    "Massa pendukung dua calon saling lempar batu di depan kantor KPU, Rabu malam. Polisi menembakkan gas air mata dan "
    "enam orang luka. Kapolres mengatakan keadaan sudah terkendali dan penghitungan suara diteruskan di aula."
)
FAIR = "Pasar malam dibuka Senin di lapangan kecamatan. Pedagang menjual sate dan es kelapa muda sampai larut."


def examples() -> list[Example]:
    return [
        Example(
            "a1",
            "Bentrok di Depan Kantor KPU",
            RIOT,
            frozenset({"konflik_massa"}),
            frozenset({"perusakan"}),
            Modality.KEJADIAN,
            negasi=True,
            group="surya",
            torn=True,
            severity=3,
            published=date(2024, 11, 27),
        ),
        Example("a2", "Pasar Malam", FAIR, frozenset(), frozenset(), Modality.TIDAK_RELEVAN, group="detik", weight=0.5),
        Example("a3", "Ricuh", RIOT + " Baca juga.", frozenset(), frozenset(), Modality.OPINI, part="holdout"),
        Example("a4", "", "", frozenset(), frozenset(), Modality.TIDAK_RELEVAN, historis=True),
    ]


@pytest.fixture(scope="module")
def rows() -> tuple[Learned, ...]:
    return with_stories(learn(examples()))


@pytest.fixture
def folder(rows: tuple[Learned, ...], tmp_path: Path) -> Path:
    write_matrix(tmp_path, rows)
    return tmp_path


def test_what_was_written_is_read_back(rows: tuple[Learned, ...], folder: Path) -> None:
    found = read_matrix(folder)
    assert [one.id for one in found] == ["a1", "a2", "a3", "a4"]
    assert [one.story for one in found] == ["a1", "a2", "a1", "a4"]
    first, second, third, last = found
    assert (first.signals, first.optional) == ({"konflik_massa"}, {"perusakan"})
    assert (first.modality, first.severity, first.published) == (Modality.KEJADIAN, 3, date(2024, 11, 27))
    assert (first.negasi, first.historis, first.torn, first.group, first.part) == (True, False, True, "surya", "train")
    assert (second.weight, second.severity, second.published, second.group) == (0.5, None, None, "detik")
    assert (third.part, last.historis) == ("holdout", True)


def test_a_row_is_the_same_to_the_bit_but_knows_no_positions(rows: tuple[Learned, ...], folder: Path) -> None:
    for before, after in zip(rows, read_matrix(folder), strict=True):
        for name in ("buckets", "values", "blocks", "dense"):
            old, new = getattr(before.row, name), getattr(after.row, name)
            assert old.dtype == new.dtype
            assert np.array_equal(old, new), (before.id, name)
        assert (after.row.positions == -1).all()
        assert len(after.row.positions) == len(after.row.buckets)
        assert np.array_equal(before.rails, after.rails)


def test_the_same_rows_give_the_same_bytes_and_so_does_what_was_read(
    rows: tuple[Learned, ...], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = tmp_path_factory.mktemp("again")
    write_matrix(again, rows)
    assert (again / MATRIX_FILE).read_bytes() == (folder / MATRIX_FILE).read_bytes()
    assert (again / MANIFEST_FILE).read_bytes() == (folder / MANIFEST_FILE).read_bytes()
    write_matrix(again, read_matrix(folder))
    assert (again / MATRIX_FILE).read_bytes() == (folder / MATRIX_FILE).read_bytes()


def test_no_word_of_a_text_is_in_it(folder: Path) -> None:
    with zipfile.ZipFile(folder / MATRIX_FILE) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    whole += (folder / MANIFEST_FILE).read_bytes()
    for word in (b"KPU", b"Bentrok", b"lempar", b"Kapolres", b"kelapa", b"Pasar"):
        assert word not in whole, word


def test_only_a_sketch_of_a_long_text_is_kept(tmp_path: Path) -> None:
    text = " ".join(f"kata{number}" for number in range(200))
    long = replace(examples()[1], text=text)
    write_matrix(tmp_path, learn([long]))
    kept = read_matrix(tmp_path)[0].prints
    assert len(kept.hashes) == SKETCH
    assert kept.total == 197  # "Pasar Malam" and 200 words have 197 runs of six
    assert kept.family == "matrix/a2"


def test_the_manifest_names_the_holdout(rows: tuple[Learned, ...], folder: Path) -> None:
    manifest = open_matrix(folder).manifest
    assert (manifest["rows"], manifest["parts"]) == (4, {"train": 3, "holdout": 1})
    assert manifest["holdout"] == labels_digest([rows[2]])


def test_an_empty_matrix_is_read_back(tmp_path: Path) -> None:
    write_matrix(tmp_path, ())
    assert read_matrix(tmp_path) == ()


@pytest.mark.parametrize("at", [0, 45, 1000, -40, -1])
def test_one_flipped_bit_is_refused(folder: Path, at: int) -> None:
    raw = bytearray((folder / MATRIX_FILE).read_bytes())
    raw[at] ^= 4
    (folder / MATRIX_FILE).write_bytes(raw)
    with pytest.raises(ModelError, match="not that of its manifest"):
        read_matrix(folder)


def test_a_cut_file_is_refused(folder: Path) -> None:
    path = folder / MATRIX_FILE
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="bytes where the manifest says"):
        read_matrix(folder)


def test_missing_files_are_named(folder: Path) -> None:
    (folder / MATRIX_FILE).unlink()
    with pytest.raises(ModelError, match=r"matrix\.npz: the matrix cannot be read"):
        read_matrix(folder)
    (folder / MANIFEST_FILE).unlink()
    with pytest.raises(ModelError, match=r"matrix\.json: there is no matrix here"):
        read_matrix(folder)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "not a matrix of this program"),
        ('{"format": "kentongan-matrix-0"}', "not a matrix of this program"),
        ('{"format": "kentongan-matrix-1"}', "made with other features"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(folder: Path, manifest: str, said: str) -> None:
    (folder / MANIFEST_FILE).write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        read_matrix(folder)


def test_a_matrix_of_other_features_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "features_fingerprint", lambda: "another")
    with pytest.raises(ModelError, match="made with other features"):
        read_matrix(folder)


def forge(folder: Path, **arrays: np.ndarray) -> None:
    """Replace arrays of a matrix and make its digest right again, as somebody would who means harm."""
    with np.load(BytesIO((folder / MATRIX_FILE).read_bytes()), allow_pickle=False) as archive:
        whole = {name: archive[name] for name in archive.files} | arrays
    raw = pack(whole)
    (folder / MATRIX_FILE).write_bytes(raw)
    change(folder, matrix={"file": MATRIX_FILE, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)})


def change(folder: Path, **fields: Any) -> None:
    path = folder / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), encoding="utf-8")


@pytest.mark.parametrize(
    "arrays",
    [
        {"entry_gap": np.zeros(3, np.uint8)},
        {"entry_gap": np.array([0x80], np.uint8)},
        {"feature_block": np.full(2, 99, np.uint8)},
        {"modality": np.full(4, 200, np.uint8)},
        {"names": np.frombuffer(b"{", np.uint8)},
        {"names": np.frombuffer(b'{"ids": ["a", "a", "b", "c"], "groups": [""]}', np.uint8)},
        {"story": np.full(4, 77, np.int32)},
        {"published": np.full(4, -5, np.int32)},
        {"dense": np.zeros((4, 3), np.float32)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    forge(folder, **arrays)
    with pytest.raises(ModelError, match="not as its manifest says"):
        read_matrix(folder)


def test_points_that_are_no_numbers_are_refused(folder: Path, rows: tuple[Learned, ...]) -> None:
    dense = np.stack([one.row.dense for one in rows])
    dense[1, 2] = np.nan
    forge(folder, dense=dense)
    with pytest.raises(ModelError, match="no numbers"):
        read_matrix(folder)


def test_a_changed_taxonomy_maps_columns_by_name_and_says_so(folder: Path, rows: tuple[Learned, ...]) -> None:
    own = load_taxonomy()
    smaller = replace(own, signals=own.signals[:-1], digest="f" * 64)  # the last signal is no more
    gone = own.signals[-1].slug
    found = open_matrix(folder, smaller)
    assert len(found.notes) == 3
    assert f"left out: {gone}" in found.notes[1]
    place = own.slugs.index(gone)
    before, after = rows[0].row.dense, found.rows[0].row.dense
    assert np.array_equal(after, np.delete(before, range(4 * place, 4 * place + 4)))


def test_a_signal_that_the_matrix_does_not_know_counts_as_not_there(folder: Path) -> None:
    own = load_taxonomy()
    change(folder, signals=["sinyal_lama", *own.slugs[1:]], rules="0" * 12)
    found = open_matrix(folder)
    assert f"count as not there in its articles: {own.slugs[0]}" in found.notes[2]
    assert found.rows[0].signals <= set(own.slugs[1:])


def test_a_row_that_names_a_bucket_twice_is_a_programmers_slip(rows: tuple[Learned, ...], tmp_path: Path) -> None:
    row = rows[1].row
    twice = replace(row, buckets=np.zeros_like(row.buckets), blocks=np.zeros_like(row.blocks))
    with pytest.raises(ValueError, match="twice"):
        write_matrix(tmp_path, [replace(rows[1], row=twice)])


@pytest.mark.parametrize(
    ("numbers", "raw"),
    [
        ([], []),
        ([0, 127], [0, 127]),
        ([128], [0x80, 0x01]),
        ([300, 1], [0xAC, 0x02, 1]),
        ([(1 << 28) - 1], [0xFF, 0xFF, 0xFF, 0x7F]),
    ],
)
def test_whole_numbers_take_few_bytes(numbers: list[int], raw: list[int]) -> None:
    assert varints(np.array(numbers, np.int64)).tolist() == raw
    assert unpack_varints(np.array(raw, np.uint8)).tolist() == numbers


@pytest.mark.parametrize("numbers", [[-1], [1 << 28]])
def test_a_number_that_does_not_fit_is_not_cut(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="28 bits"):
        varints(np.array(numbers, np.int64))
    with pytest.raises(ValueError, match="28 bits"):
        unpack_varints(np.array([0x80] * 4 + [1], np.uint8))
