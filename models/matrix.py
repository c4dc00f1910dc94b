"""Labelled articles as hashed rows on disk, so that a retraining keeps what was learned from texts that never ship.

Two files: ``matrix.npz`` (arrays, the same bytes for the same rows) and ``matrix.json`` (the manifest with its digest).
Of an article there are: its id, date, labels and origin; for each hashed feature that it has how often; the points of
its cues; what the law's guard rails made of it; and at most 64 hashes of six-word runs, by which a copy is known again.
Words are not in it: 18 bits of a hash stand for some twenty thousand words each, a run's 32 bits for more texts than
there are, and order is gone. Who has a text can see that it may be here; nobody can read one out of it.

Entries are stored by feature, not by article: a feature's articles are a rising list, and the gaps of frequent features
are small. Five times smaller than the rows themselves.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import ModelError
from data.records import Modality
from data.taxonomy import Taxonomy, load_taxonomy
from models.disk import write_whole
from models.examples import Learned, labels_digest
from models.features import BLOCKS, BUCKETS, Row, dense_names
from models.fingerprint import features_fingerprint
from models.judge import BASELINE, MODALITIES, cue_labels
from models.packing import pack, unpack_varints, varints
from models.stories import Prints, sketch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

MATRIX_FILE = "matrix.npz"
MANIFEST_FILE = "matrix.json"
FORMAT = "kentongan-matrix-1"
MAX_BYTES = 128 << 20
"""A matrix beyond this is not ours; it is refused before it is read."""

MOST_VALUES = 256
NO_DATE = -(1 << 31)
NO_SEVERITY = -1
PARTS = ("train", "holdout")

_PLAIN = (
    *("group", "story", "modality", "severity", "negasi", "historis", "torn", "weight", "part", "published"),
    "prints_total",
)

_MEND = "reinstall the program, or train without the matrix"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix that was read: its rows, its manifest, and what was adapted to this program's taxonomy, in sentences."""

    rows: tuple[Learned, ...]
    manifest: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of the arrays' file."""
        return str(self.manifest["matrix"]["sha256"])


def write_matrix(folder: Path, rows: Sequence[Learned], taxonomy: Taxonomy | None = None) -> str:
    """Write the two files of a matrix, the manifest last, and return the digest of the first.

    Stories are those that the rows name. Raises ValueError for rows that are not as `read_row` makes them.
    """
    own = taxonomy or load_taxonomy()
    names = dense_names(cue_labels(own))
    raw = pack({**_entries(rows, len(names)), **_labels(rows, own), **_prints(rows)})
    digest = hashlib.sha256(raw).hexdigest()
    manifest = {
        "format": FORMAT,
        "matrix": {"file": MATRIX_FILE, "sha256": digest, "bytes": len(raw)},
        "rows": len(rows),
        "parts": {part: sum(one.part == part for one in rows) for part in PARTS},
        "holdout": labels_digest([one for one in rows if one.part == "holdout"]),
        "features": {"fingerprint": features_fingerprint(), "buckets": BUCKETS, "blocks": list(BLOCKS)},
        "dense": list(names),
        "signals": list(own.slugs),
        "modalities": [name.value for name in MODALITIES],
        "rules": own.digest[:12],
        "contents": "Labels and hashed features of real articles, and hashes of word runs. No text can be had from it.",
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_whole(folder, {MATRIX_FILE: raw, MANIFEST_FILE: text.encode()})
    return digest


def read_matrix(folder: Path | None = None, taxonomy: Taxonomy | None = None) -> tuple[Learned, ...]:
    """Return the rows of a matrix (None: the shipped one). Raises ModelError as `open_matrix` does."""
    return open_matrix(folder, taxonomy).rows


def open_matrix(folder: Path | None = None, taxonomy: Taxonomy | None = None) -> Matrix:
    """Return a matrix whose digest was checked (None: the shipped one), fitted to the present taxonomy.

    Columns of cue points are matched by name: what the matrix lacks is 0, what the taxonomy lacks is left out; so are
    signals that are no more. Raises ModelError where a file is missing, corrupt or foreign, or where it was made with
    other features.
    """
    place = BASELINE if folder is None else folder
    own = taxonomy or load_taxonomy()
    manifest = _manifest(place / MANIFEST_FILE)
    arrays = _read(place / MATRIX_FILE, manifest)
    try:
        rows = _learned(arrays, manifest, own)
        return Matrix(rows, manifest, _notes(manifest, own))
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ModelError(
            f"{place / MATRIX_FILE}: the matrix is not as its manifest says ({error!r}); {_MEND}"
        ) from error


def _entries(rows: Sequence[Learned], width: int) -> Arrays:
    """Return the sparse entries by block and bucket, the most frequent buckets first, and the dense points."""
    lengths = np.array([len(one.row.buckets) for one in rows], np.int64)
    owner = np.repeat(np.arange(len(rows)), lengths)
    bucket, block, value = (
        np.concatenate([getattr(one.row, name) for one in rows]) if rows else np.zeros(0, kind)
        for name, kind in (("buckets", np.int64), ("blocks", np.int8), ("values", np.float32))
    )
    known, code = np.unique(value, return_inverse=True)
    if len(known) > MOST_VALUES:
        raise ValueError(f"{len(known)} different values; a row has counts")
    order = np.lexsort((owner, bucket, block))
    owner, bucket, block, code = owner[order], bucket[order], block[order], code[order]
    same = (np.diff(block) == 0) & (np.diff(bucket) == 0)
    if (same & (np.diff(owner) == 0)).any():
        raise ValueError("a row names a bucket of a block twice")
    starts = np.flatnonzero(np.concatenate([[True], ~same])) if len(owner) else np.zeros(0, np.int64)
    counts = np.diff(np.append(starts, len(owner)))
    by_count = np.lexsort((bucket[starts], -counts, block[starts]))
    # The entries of each feature stay together; the features are put into their new order.
    entries = np.repeat(starts[by_count] - _before(counts[by_count]), counts[by_count]) + np.arange(len(owner))
    gaps = np.diff(owner[entries], prepend=0)
    firsts = _before(counts[by_count])
    gaps[firsts] = owner[entries][firsts]
    return {
        "feature_block": block[starts][by_count].astype(np.uint8),
        "feature_bucket": bucket[starts][by_count].astype(np.uint32),
        "feature_count": varints(counts[by_count]),
        "entry_gap": varints(gaps),
        "entry_value": code[entries].astype(np.uint8),
        "values": known.astype(np.float32),
        "dense": np.stack([one.row.dense for one in rows]).astype(np.float32)
        if rows
        else np.zeros((0, width), np.float32),
    }


def _before(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each run of entries begins."""
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64) if len(counts) else np.zeros(0, np.int64)


def _labels(rows: Sequence[Learned], taxonomy: Taxonomy) -> Arrays:
    groups = sorted({one.group for one in rows})
    first = {one.story or one.id: at for at, one in reversed(list(enumerate(rows)))}
    names = json.dumps({"ids": [one.id for one in rows], "groups": groups}, ensure_ascii=False)
    return {
        "names": np.frombuffer(names.encode(), np.uint8),
        "group": np.array([groups.index(one.group) for one in rows], np.uint16),
        "story": np.array([first[one.story or one.id] for one in rows], np.int32),
        "signals": np.array([[slug in one.signals for slug in taxonomy.slugs] for one in rows], np.uint8),
        "optional": np.array([[slug in one.optional for slug in taxonomy.slugs] for one in rows], np.uint8),
        "modality": np.array([MODALITIES.index(one.modality) for one in rows], np.uint8),
        "severity": np.array([NO_SEVERITY if one.severity is None else one.severity for one in rows], np.int8),
        "negasi": np.array([one.negasi for one in rows], np.uint8),
        "historis": np.array([one.historis for one in rows], np.uint8),
        "torn": np.array([one.torn for one in rows], np.uint8),
        "weight": np.array([one.weight for one in rows], np.float32),
        "part": np.array([PARTS.index(one.part) for one in rows], np.uint8),
        "published": np.array([one.published.toordinal() if one.published else NO_DATE for one in rows], np.int32),
        "rails": np.array([one.rails for one in rows], np.float32).reshape(len(rows), len(MODALITIES)),
    }


def _prints(rows: Sequence[Learned]) -> Arrays:
    kept = [sketch(one.prints) for one in rows]
    return {
        "prints": np.concatenate([one.hashes for one in kept]) if kept else np.zeros(0, np.uint32),
        "prints_kept": np.array([len(one.hashes) for one in kept], np.uint8),
        "prints_total": np.array([one.total for one in kept], np.uint32),
    }


def _learned(
    arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any], taxonomy: Taxonomy
) -> tuple[Learned, ...]:
    names = json.loads(arrays["names"].tobytes().decode())
    ids, groups = [str(one) for one in names["ids"]], [str(one) for one in names["groups"]]
    if len(ids) != manifest["rows"] or len(set(ids)) != len(ids):
        raise ValueError(f"{len(ids)} ids")
    kinds = [Modality(name) for name in manifest["modalities"]]
    known = set(taxonomy.slugs)
    slugs = [str(slug) for slug in manifest["signals"]]
    sets = {
        name: [frozenset(slugs[at] for at in np.flatnonzero(line) if slugs[at] in known) for line in arrays[name]]
        for name in ("signals", "optional")
    }
    sparse, dense = _rows(arrays, len(ids)), _dense(arrays["dense"], manifest["dense"], taxonomy)
    kept = np.split(arrays["prints"].astype(np.uint32), np.cumsum(arrays["prints_kept"].astype(np.int64))[:-1])
    plain = {name: arrays[name].tolist() for name in _PLAIN}
    found = []
    for at, name in enumerate(ids):
        story = ids[plain["story"][at]]
        found.append(
            Learned(
                id=name,
                signals=sets["signals"][at],
                optional=sets["optional"][at],
                modality=kinds[plain["modality"][at]],
                row=Row(*sparse[at], dense[at]),
                negasi=bool(plain["negasi"][at]),
                historis=bool(plain["historis"][at]),
                group=groups[plain["group"][at]],
                torn=bool(plain["torn"][at]),
                weight=plain["weight"][at],
                severity=None if plain["severity"][at] == NO_SEVERITY else plain["severity"][at],
                published=None if plain["published"][at] == NO_DATE else date.fromordinal(plain["published"][at]),
                part="holdout" if PARTS[plain["part"][at]] == "holdout" else "train",
                story=story,
                prints=Prints(kept[at], plain["prints_total"][at], f"matrix/{story}"),
                rails=arrays["rails"][at].astype(np.float32),
            )
        )
    return tuple(found)


_Sparse = tuple["NDArray[np.int64]", "NDArray[np.float32]", "NDArray[np.int8]", "NDArray[np.int32]"]


def _rows(arrays: Mapping[str, NDArray[Any]], count: int) -> list[_Sparse]:
    """Return (buckets, values, blocks, positions) of each row, in the order in which `read_row` has them."""
    counts = unpack_varints(arrays["feature_count"])
    gaps = unpack_varints(arrays["entry_gap"])
    code = arrays["entry_value"]
    if not (len(counts) == len(arrays["feature_bucket"]) == len(arrays["feature_block"])) or not (
        counts.sum() == len(gaps) == len(code)
    ):
        raise ValueError("arrays of different lengths")
    if len(gaps):
        whole = np.cumsum(gaps)
        firsts = _before(counts)
        owner = whole - np.repeat(whole[firsts] - gaps[firsts], counts)
    else:
        owner = gaps
    bucket = np.repeat(arrays["feature_bucket"].astype(np.int64), counts)
    block = np.repeat(arrays["feature_block"].astype(np.int8), counts)
    if len(owner) and (owner.max() >= count or bucket.max() >= BUCKETS or block.max() >= len(BLOCKS)):
        raise ValueError("an entry beyond the last article, bucket or block")
    # One number to sort by is four times as fast as three.
    order = np.argsort((owner * len(BLOCKS) + block) * BUCKETS + bucket, kind="stable")
    bucket, block, value = bucket[order], block[order], arrays["values"][code[order]].astype(np.float32)
    lengths = np.bincount(owner, minlength=count)
    ends = np.cumsum(lengths)
    nowhere = np.full(int(lengths.max(initial=0)), -1, np.int32)
    return [
        (bucket[start:end], value[start:end], block[start:end], nowhere[: end - start])
        for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]


def _dense(table: NDArray[Any], names: Sequence[str], taxonomy: Taxonomy) -> NDArray[np.float32]:
    wanted = dense_names(cue_labels(taxonomy))
    if table.shape[1] != len(names):
        raise ValueError(f"{table.shape[1]} dense columns, {len(names)} names")
    at = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(table), len(wanted)), np.float32)
    for number, name in enumerate(wanted):
        if name in at:
            found[:, number] = table[:, at[name]]
    if not np.isfinite(found).all():
        raise ValueError("points that are no numbers")
    return found


def _notes(manifest: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return what was adapted, one sentence each; for the card."""
    if manifest["rules"] == taxonomy.digest[:12]:
        return ()
    found = [f"cues of the matrix are those of rules {manifest['rules']}, not of {taxonomy.digest[:12]}"]
    before, after = set(manifest["signals"]), set(taxonomy.slugs)
    if gone := sorted(before - after):
        found.append(f"signals of the matrix that are no more were left out: {', '.join(gone)}")
    if new := sorted(after - before):
        found.append(f"signals that the matrix does not know count as not there in its articles: {', '.join(new)}")
    columns = set(dense_names(cue_labels(taxonomy))) ^ set(manifest["dense"])
    if labels := sorted({name.rpartition(":")[0] for name in columns}):
        found.append(f"columns of cue points that differ, 0 in the matrix or left out: {', '.join(labels)}")
    return tuple(found)


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: there is no matrix here ({error.strerror}); {_MEND}") from error
    except ValueError as error:
        raise ModelError(f"{path}: the manifest is no JSON; {_MEND}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise ModelError(f'{path}: not a matrix of this program (format "{found}", not "{FORMAT}"); {_MEND}')
    features = manifest.get("features")
    if not isinstance(features, dict) or features.get("fingerprint") != features_fingerprint():
        raise ModelError(f"{path}: the matrix was made with other features than this program's; {_MEND}")
    return manifest


def _read(path: Path, manifest: Mapping[str, Any]) -> Arrays:
    try:
        expected, size = str(manifest["matrix"]["sha256"]), int(manifest["matrix"]["bytes"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the manifest does not name its matrix; {_MEND}") from error
    try:
        found = path.stat().st_size
        if found != size or found > MAX_BYTES:
            raise ModelError(f"{path}: {found:,} bytes where the manifest says {size:,}; {_MEND}")
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the matrix cannot be read ({error.strerror}); {_MEND}") from error
    digest = hashlib.sha256(raw).hexdigest()
    if digest != expected:
        raise ModelError(
            f"{path}: the matrix is not that of its manifest (SHA-256 {digest[:12]}, not {expected[:12]}); {_MEND}"
        )
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ModelError(f"{path}: the matrix cannot be unpacked ({error}); {_MEND}") from error
