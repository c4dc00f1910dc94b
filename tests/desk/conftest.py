"""What tests of the commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def stored_home(own_home: Path, new_store: Callable[[Path], str]) -> Path:
    """Return this test's own KENTONGAN_HOME with an empty store in it, so that no command has to migrate one first."""
    new_store(own_home / "kentongan.sqlite3")
    return own_home
