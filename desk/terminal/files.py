"""Files that a command writes where it was told to: whole or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from data.errors import DiskFullError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EVERYBODY = 0o666
OWNER_ONLY = 0o600


def write_file(path: Path, content: bytes, *, mode: int = EVERYBODY) -> None:
    """Write a file beside its place, synced, and move it there; ``mode`` is cut by the process's umask.

    Raises DiskFullError where there is no room, InputError where it cannot be written.
    """
    write_pieces(path, (content,), mode=mode, size=len(content))


def write_pieces(path: Path, pieces: Iterable[bytes], *, mode: int = EVERYBODY, size: int | None = None) -> None:
    """Write a file as `write_file` does, from pieces as they are made; where making one fails there is no file either.

    ``size`` is the number of bytes, None where it is not known beforehand.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
                out.writelines(pieces)
                out.flush()
                os.fsync(out.fileno())
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(path.parent, needed_bytes=size) from error
        raise InputError(f"cannot be written: {error.strerror or error}", where=path) from error
