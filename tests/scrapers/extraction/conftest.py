"""Pages as the extraction is given them: made up, in the shape of each site's HTML."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from data.outcomes import Outcome
from data.records import Page, Source

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def source() -> Source:
    return Source(
        id="suara", name="Suara", home="https://suara.example/", timezone="Asia/Jakarta", profile="auto", finders=()
    )


@pytest.fixture
def page_of() -> Callable[..., Page]:
    def make(
        body: str | bytes,
        url: str = "https://suara.example/berita/kabar-dari-daerah-kita",
        *,
        final_url: str | None = None,
        content_type: str = "text/html; charset=utf-8",
        status: int = 200,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Page:
        return Page(
            url=url,
            final_url=final_url or url,
            source_id="suara",
            fetched_at=NOW,
            outcome=Outcome.FETCHED,
            status=status,
            body=body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body,
            content_type=content_type,
            headers=headers,
        )

    return make
