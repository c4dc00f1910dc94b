"""Watch-words in a text: where they stand, however they are written."""

from __future__ import annotations

import pytest

from classifiers.watch_words import MOST_WORDS, WatchWord, hits_in, watch_words_of
from data.errors import InputError


def found(text: str, *phrases: str, title: str = "") -> list[str]:
    hits = hits_in(title, text, [WatchWord(phrase) for phrase in phrases])
    return [(title if hit.zone == "title" else text)[hit.start : hit.end] for hit in hits]


def test_a_phrase_is_found_whatever_its_case_and_signs() -> None:
    text = "Warga menyebut Serangan  Fajar di kampung. Kata \u201cserangan fajar\u201d dibantah."
    assert found(text, "serangan fajar") == ["Serangan  Fajar", "serangan fajar"]


def test_a_word_within_another_is_none_unless_a_star_says_so() -> None:
    assert found("Pengerusakan terjadi. Rusak berat.", "rusak") == ["Rusak"]
    assert found("Rusaknya jalan, rusak parah.", "rusak*") == ["Rusaknya", "rusak"]


def test_a_phrase_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert found("Kotak suara dijaga. Hilang dua sepeda motor warga.", "dijaga hilang") == []


def test_title_comes_first_and_look_alike_letters_are_read() -> None:
    assert found("Pоlitik uang lagi.", "politik uang", title="Politik uang") == ["Politik uang", "Pоlitik uang"]


def test_the_setting_is_read_with_signal_and_note() -> None:
    words = watch_words_of([{"kata": " serangan   fajar ", "sinyal": "politik_uang", "catatan": "sandi lokal"}])
    assert words == (WatchWord("serangan fajar", "politik_uang", "sandi lokal"),)
    assert watch_words_of(None) == ()


@pytest.mark.parametrize(
    "setting",
    [
        [{"kata": "serangan fajar"}, {"kata": "Serangan  Fajar"}],
        [{"kata": ""}],
        [{"kata": "di"}],
        ["serangan"],
        {"kata": "serangan"},
        [{"kata": f"kata{number}"} for number in range(MOST_WORDS + 1)],
    ],
)
def test_a_setting_that_is_none_is_refused(setting: object) -> None:
    with pytest.raises(InputError):
        watch_words_of(setting)
