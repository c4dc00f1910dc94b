"""Partners by bands, bounded however often a form is printed; and pairs of prints, kept and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from classifiers.copies import BANDS, signature
from data.copying import CopyPair, Sameness
from data.outcomes import Outcome
from data.records import PageRef
from data.store.signatures import NEWEST_OF_BAND, STRONG_BANDS

HOUR = timedelta(hours=1)


@pytest.fixture
def settle(store, now, piece):
    """Return what puts an article of a number into the store and gives back its id."""

    def one(number):
        url = f"https://kabar.example/{number}"
        article = piece(url, f"Berita nomor {number}")
        return store.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, now).article_id

    return one


def apart(number: int) -> list[int]:
    """Return bands that no other article has."""
    return [number * 1000 + at for at in range(STRONG_BANDS + 3)]


def pair(later: int, earlier: int, delay: timedelta | None = HOUR, likeness: float = 0.9) -> CopyPair:
    return CopyPair(later, "kabar", earlier, "kabar", Sameness.SPUN, likeness, delay)


def test_the_store_counts_the_bands_as_the_signatures_make_them() -> None:
    assert STRONG_BANDS == BANDS
    assert NEWEST_OF_BAND > 12  # a release has a dozen prints


def test_one_weak_band_in_common_is_chance_and_two_are_not(store, settle):
    one, two, three = settle(1), settle(2), settle(3)
    store.signatures.put(one, b"one", [*apart(1)[:STRONG_BANDS], 7, 8, 9])
    store.signatures.put(two, b"two", [*apart(2)[:STRONG_BANDS], 7, 8, 0])
    store.signatures.put(three, b"three", [*apart(3)[:STRONG_BANDS], 7, 1, 1])
    assert store.signatures.sharing([*apart(4)[:STRONG_BANDS], 7, 8, 9]) == [(one, b"one"), (two, b"two")]


def test_of_a_form_that_is_printed_very_often_only_the_newest_are_looked_at(store, settle):
    numbers = [settle(number) for number in range(1, NEWEST_OF_BAND + 7)]
    for number in numbers:
        store.signatures.put(number, b"form", [5])
    assert {number for number, _ in store.signatures.sharing([5])} == set(numbers[-NEWEST_OF_BAND:])


def test_real_signatures_are_put_and_found(store, settle):
    text = "Polisi menahan dua pemuda yang merusak baliho di simpang pasar lama sebelum subuh kemarin menurut warga sekitar."
    mark = signature("Dua Pemuda", text)
    number = settle(1)
    store.signatures.put(number, mark.digest, mark.bands)
    assert store.signatures.sharing(mark.bands) == [(number, mark.digest)]


def test_pairs_are_found_from_either_end_the_likest_first(store, settle, now):
    one, two, three = settle(1), settle(2), settle(3)
    store.copies.replace(two, [pair(two, one, likeness=0.7), pair(three, two, None, 0.8)], now)
    assert store.copies.of(two) == [pair(three, two, None, 0.8), pair(two, one, likeness=0.7)]
    assert store.copies.of(one) == [pair(two, one, likeness=0.7)]


def test_new_pairs_of_an_article_take_the_place_of_its_old_ones_only(store, settle, now):
    one, two, three = settle(1), settle(2), settle(3)
    store.copies.replace(two, [pair(two, one)], now)
    store.copies.replace(three, [pair(three, one)], now)
    store.copies.replace(two, [pair(three, two)], now)
    assert store.copies.since() == [pair(three, one), pair(three, two)]
    store.copies.replace(two, [], now)
    assert store.copies.of(two) == []


def test_pairs_and_prints_are_counted_from_a_moment_on(store, settle, now):
    one, two = settle(1), settle(2)
    store.copies.replace(two, [pair(two, one)], now)
    store.signatures.put(one, b"one", [1])
    store.signatures.put(two, b"", [])
    seen = store.articles.get(two).first_seen
    assert store.copies.since(seen) == [pair(two, one)]
    assert store.copies.since(seen + HOUR) == []
    assert store.copies.printed() == {"kabar": 1}  # the other was too short to be compared
    assert store.copies.printed(seen + HOUR) == {}
