"""Sites that no CMS profile serves: one module each, found by the source's id (hyphens as underscores).

A module holds a ``PROFILE`` (a ``scrapers.profiles.Profile``), or ``read(page, source, now) -> Extraction`` where
selectors are not enough, or both.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapers.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.records import Page, Source
    from scrapers.extract import Extraction


@cache
def _module(source_id: str) -> object | None:
    name = source_id.replace("-", "_")
    if not name.isidentifier() or find_spec(f"{__name__}.{name}") is None:
        return None
    return import_module(f"{__name__}.{name}")


def site_profile(source_id: str) -> Profile | None:
    """Return the profile that a source's own module declares; None where it has none."""
    profile = getattr(_module(source_id), "PROFILE", None)
    return profile if isinstance(profile, Profile) else None


def site_reader(source_id: str) -> Callable[[Page, Source, datetime], Extraction] | None:
    """Return the function by which a source's own module reads its pages; None where it has none."""
    reader = getattr(_module(source_id), "read", None)
    return reader if callable(reader) else None
