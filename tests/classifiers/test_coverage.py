"""Coverage: who is bound to report from a region, who answers, who does, and what that comes to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from classifiers.coverage import Named, coverages, declared_for, state_of
from data.records import Source
from data.watching import Coverage, CoverageState

NOW = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)


def source(name: str, provinces: tuple[str, ...] = (), regencies: tuple[str, ...] = ()) -> Source:
    return Source(name, name, f"https://{name}.example/", "Asia/Jakarta", "wordpress", (), provinces, regencies)


@pytest.mark.parametrize(
    ("provinces", "regencies", "region", "expected"),
    [
        (("13",), (), "13", True),
        (("13",), (), "13.77", True),
        (("13",), (), "14.71", False),
        (("13",), ("13.75", "13.06"), "13", True),
        (("13",), ("13.75", "13.06"), "13.75", True),
        (("13",), ("13.75", "13.06"), "13.77", False),
        # Two provinces, one of them only in part.
        (("13", "14"), ("13.75",), "14.71", True),
        (("13", "14"), ("13.75",), "13.71", False),
        ((), ("13.75",), "13.75", True),
        # A national outlet has promised nothing.
        ((), (), "13", False),
        ((), (), "13.77", False),
    ],
)
def test_a_source_is_declared_for_what_the_catalogue_says(
    provinces: tuple[str, ...], regencies: tuple[str, ...], region: str, expected: bool
) -> None:
    assert declared_for(source("kabar", provinces, regencies), region) is expected


@pytest.mark.parametrize(
    ("declared", "answering", "reporting", "articles", "expected"),
    [
        (0, 0, 0, 0, CoverageState.TANPA_SUMBER),
        (0, 0, 3, 40, CoverageState.TIPIS),  # others report, and nobody is bound to
        (2, 0, 0, 0, CoverageState.TERPUTUS),
        (2, 0, 1, 9, CoverageState.TERPUTUS),
        (2, 1, 0, 0, CoverageState.SUNYI),
        (2, 2, 1, 30, CoverageState.TIPIS),  # one voice
        (2, 2, 2, 2, CoverageState.TIPIS),  # one release, printed twice
        (2, 2, 2, 3, CoverageState.TERLIPUT),
        (5, 2, 4, 90, CoverageState.TIPIS),  # most of its sources are away
        (4, 2, 4, 90, CoverageState.TERLIPUT),
    ],
)
def test_figures_come_to_a_state(
    declared: int, answering: int, reporting: int, articles: int, expected: CoverageState
) -> None:
    assert state_of(declared=declared, answering=answering, reporting=reporting, articles=articles) is expected


def test_every_region_has_its_line_in_order_and_others_articles_count() -> None:
    found = coverages(
        ["13", "13.77", "13.09"],
        [source("padang", ("13",)), source("pariaman", ("13",), ("13.77",)), source("nasional")],
        {"padang", "nasional"},
        [Named("13.77", 2, 3, NOW), Named("13", 1, 5, NOW)],
    )
    assert list(found.values()) == [
        Coverage("13", CoverageState.TIPIS, 2, 1, 1, 5, NOW),
        Coverage("13.77", CoverageState.TERLIPUT, 2, 1, 2, 3, NOW),
        Coverage("13.09", CoverageState.SUNYI, 1, 1, 0, 0, None),
    ]
