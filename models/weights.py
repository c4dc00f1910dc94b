"""A model on disk: arrays in one ``.npz`` and a JSON card that holds their digest. Never pickle.

A model is refused where a file is missing, a byte differs from what the card says, or the arrays do not fit this
program's features: two of 300 flipped bits of a pickled model load and answer differently without a word, so nothing
is used whose digest was not checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import ModelError
from models.disk import write_whole
from models.packing import pack as pack  # noqa: PLC0414  # told of here, made there

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

WEIGHTS_FILE = "weights.npz"
CARD_FILE = "card.json"
FORMAT = "kentongan-kernel-1"
"""Changes with whatever would make old weights mean something else: hashing, blocks, the order of columns."""

MAX_BYTES = 64 << 20
"""A weights file beyond this is not ours; it is refused before it is read."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """What was read of a model folder: the card as it is written, the arrays, and the digest of the arrays' file."""

    card: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    digest: str


def write_model(
    folder: Path, card: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], *, replace: bool = False
) -> str:
    """Write a model's two files, the card last, and return the digest of its weights.

    A model is written once: where another one lies in the folder ModelError is raised, unless it is to be replaced; the
    same one is left as it is. Raises DiskFullError where there is no room.
    """
    raw = pack(arrays)
    digest = hashlib.sha256(raw).hexdigest()
    manifest = {"format": FORMAT, "weights": {"file": WEIGHTS_FILE, "sha256": digest, "bytes": len(raw)}}
    text = json.dumps({**manifest, **card}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {WEIGHTS_FILE: raw, CARD_FILE: text.encode()}
    if not replace:
        for name, content in files.items():
            there = folder / name
            if there.exists() and there.read_bytes() != content:
                raise ModelError(
                    f"{folder}: another model lies here, and a model is never changed; name another folder"
                )
    write_whole(folder, files)
    return digest


def read_model(folder: Path) -> StoredModel:
    """Return a model whose digest was checked. Raises ModelError, saying what is wrong and what to do."""
    card = read_card(folder)
    if card.get("format") != FORMAT:
        raise ModelError(
            f"{folder / CARD_FILE}: not a model of this program (format {card.get('format')!r}, not {FORMAT!r}); "
            "train it anew"
        )
    try:
        manifest = card["weights"]
        expected, size = str(manifest["sha256"]), int(manifest["bytes"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder / CARD_FILE}: the card does not name its weights; {_MEND}") from error
    path = folder / WEIGHTS_FILE
    try:
        found = path.stat().st_size
        if found != size or found > MAX_BYTES:
            raise ModelError(f"{path}: {found:,} bytes where the card says {size:,}; {_MEND}")
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the weights cannot be read ({error.strerror}); {_MEND}") from error
    digest = hashlib.sha256(raw).hexdigest()
    if digest != expected:
        raise ModelError(
            f"{path}: the weights are not those of the card (SHA-256 {digest[:12]}, not {expected[:12]}); {_MEND}"
        )
    return StoredModel(card, _arrays(path, raw), digest)


_MEND = "restore the model folder from its backup or reinstall the program; the model in use stays"


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card in a model's folder, whatever format its weights have. Raises ModelError where there is none."""
    path = folder / CARD_FILE
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"{path}: there is no model here ({error.strerror}); name a folder with {CARD_FILE} and {WEIGHTS_FILE}"
        ) from error
    except ValueError as error:
        raise ModelError(f"{path}: the card is no JSON; {_MEND}") from error
    if not isinstance(card, dict):
        raise ModelError(f"{path}: not the card of a model of this program")
    return card


def _arrays(path: Path, raw: bytes) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ModelError(f"{path}: the weights cannot be unpacked ({error}); {_MEND}") from error
