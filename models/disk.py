"""Files written whole or not at all: beside their place, synced, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.errors import DiskFullError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def writing(folder: Path, needed: int | None = None) -> Iterator[None]:
    """Turn the operating system's errors of writing below a folder into ours; ``needed`` are the bytes to be written.

    Raises DiskFullError where there is no room, ModelError where the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFullError(folder, free_bytes=_free(folder), needed_bytes=needed) from error
        raise ModelError(f"{folder}: cannot be written ({error.strerror}); name a folder that you may write") from error


def write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made, in their order; each is the old one or the new one, never a part.

    Raises what `writing` does.
    """
    with writing(folder, sum(len(content) for content in files.values())):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            beside = folder / f".{name}.{os.getpid()}"
            try:
                with beside.open("wb") as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                beside.replace(folder / name)
            finally:
                beside.unlink(missing_ok=True)


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
