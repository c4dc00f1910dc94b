"""Whether hashed rows were made by features like ours: a digest of how a probe is read.

A list of version numbers would have to be remembered; the probe changes by itself with whatever makes other features of
the same words: reading, normal forms, stems, runs, hashing, blocks, counting.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from classifiers.cues import CueHit
from classifiers.text import read_document
from data.taxonomy import Cue
from models.features import BLOCKS, BUCKETS, read_row

TITLE = "RICUH DI TPS 04: Massa Pendukung Paslon No. 2 Rusak Kotak Suara"
TEXT = (
    'PADANG - Sekitar 1.250 orang mendatangi kantor KPU, Rabu (27/11/2024). "Kami tdk terima," kata H. Amir, S.H., '
    "ketua timses di Kab. Tanah Datar. Massa merusak pagar dan meminta penghitungan ulang; perusakan itu "
    "dilaporkan ke Bawaslu.\n\nPolisi berjaga-jaga. Tidak ada korban jiwa ,  dan situasi di  kondusif."
)
CUE = Cue(id="uji", label="uji", phrases=("rusak",), weight=3.0, why="uji")


@lru_cache(maxsize=1)
def features_fingerprint() -> str:
    """Return the SHA-256 (hex) of what this program's features make of the probe."""
    document = read_document(TITLE, TEXT)
    hits = (CueHit(CUE, "title", 0, 5, 0), CueHit(CUE, "text", 0, 6, len(document.sentences) - 1))
    row = read_row(document, hits, ("uji",))
    whole = hashlib.sha256(f"{BUCKETS} {' '.join(BLOCKS)}".encode())
    whole.update(row.buckets.astype("<i8").tobytes() + row.blocks.astype("<i1").tobytes())
    for values in (row.values, row.dense):
        # Logarithms may differ in their last digit from one processor to the next.
        whole.update(np.round(values.astype(np.float64), 4).astype("<f8").tobytes())
    return whole.hexdigest()
