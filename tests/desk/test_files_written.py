"""A file is written whole or not at all, also where it is made piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.errors import InputError
from desk.terminal.files import write_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def broken() -> Iterator[bytes]:
    yield b"one"
    raise InputError("the second piece cannot be made")


def test_pieces_become_one_file(tmp_path: Path) -> None:
    write_pieces(tmp_path / "a", iter([b"one", b"", b"two"]))
    assert (tmp_path / "a").read_bytes() == b"onetwo"


def test_where_a_piece_cannot_be_made_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(InputError, match="second piece"):
        write_pieces(tmp_path / "a", broken())
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
