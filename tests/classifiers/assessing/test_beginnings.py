"""What a text must be searched for, by the letters that a match begins with."""

from __future__ import annotations

import re

import pytest

from classifiers.beginnings import Beginnings, beginnings


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tawuran", {"tawura"}),
        ("psu", {"psu"}),
        ("rusuh|amuk massa", {"rusuh", "amuk m"}),
        ("(?:di|me)lempar", {"dilemp", "melemp"}),
        ("(?:meng|di)?usir", {"mengus", "diusir", "usir"}),
        ("tewas(?:nya)?", {"tewas", "tewasn"}),
        ("pecah(?! belah)", {"pecah"}),
        (r"perang\w*", {"perang"}),
        (r"dipukul\w*|\w*rendam", {"dipuku", "*renda"}),
        (r"(?:\w*rendam|banjir)\w*", {"*renda", "banjir"}),
        (r"ter\w*rendam", {"ter"}),
        (r"(?:ter)?(?:\w*genang)", {"ter", "*genan"}),
        (r"\w*", {"*"}),
        (r"\w*?genang", {""}),
        (r"\w+genang", {""}),
        (r"ott\d", {f"ott{figure}" for figure in range(10)}),
        ("bak+", {"bak"}),
        ("bak*ar", {"ba"}),
        ("a{2}b", {"a"}),
        ("a{0,2}b", {""}),
        ("a{,2}b", {""}),
        ("ba{1,}", {"ba"}),
        (r"\d{1,3}(?:[.]\d{3})+", set("0123456789")),
        ("(?:satu|(?:dua|tiga) ratus)", {"satu", "dua ra", "tiga r"}),
        (r"kpu[)\]]|ppk", {"kpu", "ppk"}),
        ("(rusuh)", {""}),
    ],
)
def test_an_expression_has_the_beginnings_that_every_match_starts_with(expression: str, expected: set[str]) -> None:
    assert beginnings(expression) == expected


def test_only_expressions_whose_beginning_stands_at_the_start_of_a_word_are_searched_for() -> None:
    starts = Beginnings({"bakar": "(?:mem|di)bakar", "rusak": "rusak|perusakan", "air": "[ab]ir", "tps": r"\d tps"})

    assert starts.possible("massa membakar posko") == {"bakar", "air"}
    assert starts.possible("tidak ada yang merusak") == {"air"}
    assert starts.possible("(perusakan) 3 tps") == {"rusak", "air", "tps"}
    assert starts.possible("") == {"air"}


def test_an_expression_with_any_letters_before_its_own_is_searched_for_where_those_stand_in_a_word() -> None:
    starts = Beginnings({"air": r"(?:\w*genang|\w*rendam) kantor", "lain": r"\w*an"})

    assert starts.possible("banjir merendam kantor") == {"air", "lain"}
    assert starts.possible("genangan air") == {"air", "lain"}
    assert starts.possible("angin kencang") == {"lain"}


def test_what_an_expression_matches_is_always_possible() -> None:
    expressions = {
        "a": r"(?:di|mem)?bacok\w*",
        "b": "luka(?:-luka)? (?:berat|parah)",
        "c": r"(?:kaca|jendela)\w* pecah",
    }
    starts = Beginnings(expressions)
    for text in ("korban dibacok", "bacokan", "luka-luka berat", "luka parah", "kacanya pecah", "jendela pecah"):
        matching = {name for name, one in expressions.items() if re.search(rf"(?<![\w-])(?:{one})(?!\w)", text)}
        assert matching
        assert matching <= starts.possible(text)


def test_a_match_is_tried_only_where_it_may_start() -> None:
    starts = Beginnings({"bakar": "(?:mem|di)bakar", "air": r"\w*genang", "sini": "[ab]ir"})

    assert starts.starts("dibakar, tak membakar") == {"bakar": [0, 13], "sini": None}
    assert starts.starts("tergenang") == {"air": None, "sini": None}
