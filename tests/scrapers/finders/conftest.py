"""A site that answers from a dictionary, and notes what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.outcomes import Outcome
from data.records import Finder, Page, Source, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # noon in Padang


@dataclass
class Site:
    """A stand-in for the fetcher: a URL answers with its bytes or its outcome; what is not there is GONE."""

    answers: Mapping[str, bytes | str | Outcome]
    types: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    asked_with: dict[str, Validators | None] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)

    async def fetch(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: str = "html"
    ) -> Page:
        self.asked.append(url)
        self.asked_with[url] = validators
        self.accepted[url] = accept
        answer = self.answers.get(url, Outcome.GONE)
        if isinstance(answer, Outcome):
            status = {Outcome.GONE: 404, Outcome.NOT_MODIFIED: 304}.get(answer)
            return Page(url, url, source.id, NOW, answer, status=status)
        body = answer.encode() if isinstance(answer, str) else answer
        return Page(url, url, source.id, NOW, Outcome.FETCHED, 200, body, self.types.get(url))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def site() -> Callable[..., Site]:
    return Site


@pytest.fixture
def source_with() -> Callable[..., Source]:
    """Return what makes a source of finders given as (kind, url) or (kind, url, options)."""

    def make(*finders: tuple[object, ...], profile: str = "auto", home: str = "http://kabar.example/") -> Source:
        made = tuple(Finder(*finder) for finder in finders)  # type: ignore[arg-type]
        return Source("kabar", "Kabar", home, "Asia/Jakarta", profile, made)

    return make
