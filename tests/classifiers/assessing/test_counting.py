from __future__ import annotations

import re

import pytest

from classifiers.counting import NUMBER, read_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", 3),
        ("1.204", 1204),
        ("dua", 2),
        ("tiga belas", 13),
        ("dua puluh tiga", 23),
        ("seratus dua puluh", 120),
        ("dua ratus lima puluh", 250),
        ("seribu lima ratus", 1500),
        ("dua puluh ribu", 20_000),
        ("belasan", 11),
        ("puluhan", 20),
        ("ratusan", 200),
        ("ribuan", 2000),
        ("37 ribu", 37_000),
        ("1,2 juta", 1_200_000),
        ("500-an", 500),
        ("0812345678901", None),
        ("banyak", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_what_it_says_at_the_least(written: str, number: int | None) -> None:
    assert read_number(written) == number


def test_the_pattern_takes_the_whole_number() -> None:
    found = re.search(NUMBER, "sekitar dua ratus lima puluh orang")
    assert found is not None
    assert found.group() == "dua ratus lima puluh"
