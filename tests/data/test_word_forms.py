"""Inflections: from a word to its roots, from a root to its forms."""

from __future__ import annotations

import pytest

from data.word_forms import LEAST_ROOT, forms, roots


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("dibakar", "bakar"),
        ("membakar", "bakar"),
        ("pembakaran", "bakar"),
        ("kebakaran", "bakar"),
        ("terbakar", "bakar"),
        ("dibakarnya", "bakar"),
        ("memukul", "pukul"),
        ("pemukulan", "pukul"),
        ("penyerangan", "serang"),
        ("menyerang", "serang"),
        ("mengumpulkan", "kumpul"),
        ("menuntut", "tuntut"),
        ("kerusuhan", "rusuh"),
        ("merusak", "rusak"),
        ("pengerusakan", "rusak"),
        ("melaporkan", "lapor"),
        ("dianiaya", "aniaya"),
        ("penganiayaan", "aniaya"),
        ("memberlakukan", "laku"),
    ],
)
def test_a_word_leads_to_its_root_and_back(word: str, root: str) -> None:
    assert root in roots(word)
    assert word in forms(root)


@pytest.mark.parametrize("word", ["pemilu", "polisi", "bulan", "ketua", "tps", "kpu", "2024", "jalan"])
def test_what_only_looks_inflected_is_left_alone(word: str) -> None:
    assert roots(word) == (word,)


def test_a_short_root_and_a_number_have_no_forms() -> None:
    assert forms("uji") == ("uji",)
    assert forms("tps07") == ("tps07",)
    assert LEAST_ROOT == 4
