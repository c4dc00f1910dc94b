"""Arrays as the same bytes for the same content: an ``.npz`` without times, and whole numbers in few bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip members carry a time; a fixed one keeps the digest the same from build to build


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of an ``.npz``, the same for the same arrays."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.getvalue())
    return whole.getvalue()


def varints(numbers: NDArray[Any]) -> NDArray[np.uint8]:
    """Return whole numbers from 0 to 2**28 - 1 as bytes of seven bits, the lowest first (LEB128; DWARF 5, 7.6)."""
    given = np.asarray(numbers, np.int64)
    if len(given) and (given.min() < 0 or given.max() >= 1 << 28):
        raise ValueError("a number beyond 28 bits")
    lengths = 1 + (given >= 1 << 7).astype(np.int64) + (given >= 1 << 14) + (given >= 1 << 21)
    starts = np.cumsum(lengths) - lengths
    found = np.zeros(int(lengths.sum()), np.uint8)
    for place in range(4):
        there = lengths > place
        more = np.where(lengths[there] > place + 1, 0x80, 0)
        found[starts[there] + place] = (given[there] >> 7 * place & 0x7F) | more
    return found


def unpack_varints(raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return what `varints` wrote. Raises ValueError for bytes that end within a number or make a longer one."""
    last = raw < 0x80
    if len(raw) and not last[-1]:
        raise ValueError("the last number is cut off")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    lengths = ends - starts + 1
    if lengths.max(initial=0) > 4:
        raise ValueError("a number beyond 28 bits")
    found = np.zeros(len(ends), np.int64)
    for place in range(4):
        there = lengths > place
        found[there] |= (raw[starts[there] + place].astype(np.int64) & 0x7F) << 7 * place
    return found
