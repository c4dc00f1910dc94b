"""What single words say of places: beside a name, of a text, and how the table of words is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifiers.places.tokens import domain_spans
from classifiers.places.wording import read_wording, subject, words_near
from data.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from classifiers.places import Locator


def test_the_words_beside_a_name_are_told_by_side_within_its_sentence_and_apart_in_the_title(locator: Locator) -> None:
    reading = locator.read("Banjir di Pariaman", "Hujan reda. Warga Pariaman kembali. Semua aman.")
    assert words_near(reading) == {"13.77": {"title <banjir", "title <di", "<warga", ">kembali"}}


def test_the_words_of_a_text_are_divided_by_the_root_of_how_many_are_known() -> None:
    table = {"": (0.5, -1.0), "banjir": (2.0, 0.0), "warga": (2.0, -0.5)}
    assert subject({"banjir", "warga", "lain"}, table) == pytest.approx((0.5 + 4 / 2**0.5, -1.0 - 0.5 / 2**0.5))


def test_a_text_of_unknown_words_only_says_what_the_table_says_without_any() -> None:
    assert subject({"lain"}, {"": (-0.25, 1.5), "banjir": (2.0, 2.0)}) == (-0.25, 1.5)


@pytest.mark.parametrize("line", ["near\tbanjir", "nowhere\tbanjir\t0.1", "near\tbanjir\tmuch"])
def test_a_line_that_is_no_table_word_and_weight_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "event_words.tsv"
    path.write_text(f"near\tdi\t0.2\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"event_words\.tsv:2"):
        read_wording(path)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("PADANG, KABAR.CO.ID - Warga", ["KABAR.CO.ID"]),
        ("dari satu.com dan dua.go.id.", ["satu.com", "dua.go.id"]),
        ("Ia datang. Company lain.", []),
    ],
)
def test_the_addresses_in_a_text_are_found_whole(text: str, spans: list[str]) -> None:
    assert [text[start:end] for start, end in domain_spans(text)] == spans
