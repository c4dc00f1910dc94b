"""Finding a unit of the gazetteer by what a person types."""

from __future__ import annotations

import pytest

from data.gazetteer import load_gazetteer
from desk.place_search import PlaceSearch, plain, search_of


@pytest.fixture(scope="module")
def search() -> PlaceSearch:
    return search_of(load_gazetteer())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("pariaman", "13.77"),
        ("Kota Solok", "13.72"),
        ("kab. solok", "13.02"),
        ("Kec. Pariaman Teng", "13.77.01"),
        ("sidomulyo, wates", "35.06.06.2017"),
        ("SUMATERA BARAT", "13"),
        ("sumbar", "13"),
        ("13.77.01", "13.77.01"),
        ("13.77.", "13.77"),
    ],
)
def test_a_unit_is_found_by_name_beginning_other_name_code_and_what_it_lies_in(
    search: PlaceSearch, query: str, first: str
) -> None:
    assert search.find(query)[0].code == first


def test_a_unit_says_what_it_lies_in_and_a_code_brings_what_lies_below(search: PlaceSearch) -> None:
    found = search.find("13.77")
    assert (found[0].name, found[0].within) == ("Kota Pariaman", "Sumatera Barat")
    assert [one.code for one in found[1:3]] == ["13.77.01", "13.77.02"]


def test_of_equal_names_the_near_one_comes_first(search: PlaceSearch) -> None:
    assert search.find("sidomulyo", near="18.01")[0].code.startswith("18.01.")
    assert search.find("sidomulyo", near="34.04")[0].code.startswith("34.0")


@pytest.mark.parametrize("query", ["", "a", " ", "xqzw", "%", "<script>", "13.77.99", "99", "," * 50, "a" * 5000])
def test_a_search_that_finds_nothing_is_empty_and_never_fails(search: PlaceSearch, query: str) -> None:
    assert search.find(query) == ()


def test_no_more_are_returned_than_are_asked_for(search: PlaceSearch) -> None:
    assert len(search.find("sungai", limit=7)) == 7


def test_names_are_compared_without_case_accents_and_signs() -> None:
    assert plain("Kab. Pangkajéne  dan-Kepulauan") == "kab pangkajene dan kepulauan"
