"""One locator for all tests of this folder: it keeps nothing of a text."""

from __future__ import annotations

import pytest

from classifiers.places import Locator


@pytest.fixture(scope="session")
def locator() -> Locator:
    return Locator.load()
