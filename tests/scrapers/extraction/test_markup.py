"""Bytes to text, hostile markup, characters that may not be stored."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.markup import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    clean,
    decode,
    hostile,
    lines_of,
    parse,
    text_of,
    unmasked,
    without_inlined_files,
)


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60),
    st.sampled_from(["utf-8", "x-bogus", "windows-1252", "iso-8859-1"]),
)
def test_valid_utf8_is_read_as_utf8_whatever_is_claimed(text, label):
    assert decode(text.encode(), f"text/html; charset={label}") == text.removeprefix("\ufeff")


@pytest.mark.parametrize("label", ["utf-8", "x-bogus", "iso-8859-1"])
def test_windows_1252_labelled_otherwise_keeps_its_quotes(label):
    body = "<p>“Kami siap,” kata Bupati – hari ini…</p>".encode("cp1252")

    assert decode(body, f"text/html; charset={label}") == "<p>“Kami siap,” kata Bupati – hari ini…</p>"


def test_a_stray_byte_does_not_spoil_a_utf8_page():
    body = "“Kafé” — naïf".encode() + b" \x96 " + "“lagi”".encode()

    assert decode(body) == "“Kafé” — naïf – “lagi”"


def test_a_declared_charset_that_fits_is_taken():
    assert decode("<p>Привет, мир</p>".encode("cp1251"), "text/html; charset=windows-1251") == "<p>Привет, мир</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<div " + " ".join(f'a{n}=">"' for n in range(MAX_ATTRIBUTES + 50)) + ">x</div>",
        "<div " + " ".join(f"a{n}" for n in range(MAX_ATTRIBUTES + 50)) + ">x</div>",
        f'<p title="{"x" * 70_000}">x</p>',
        "<div>" * (MAX_DEPTH + 1) + "x",
        "<table>" + "<tr><td>x</td></tr>" * 60_000 + "</table>",
        '<a b="' * 20_000,
    ],
    ids=["many attributes with values", "many bare attributes", "long tag", "deep", "many tags", "unclosed quotes"],
)
def test_hostile_markup_is_refused(html):
    assert hostile(html) is not None


@pytest.mark.parametrize(
    "html",
    [
        "<p>a < b && c > d</p>" * 100,
        "<p>Paragraf tanpa penutup" * 5_000,
        "<ul>" + "<li>satu" * 5_000,
        '<script>if (a<b) { x = "' + "<div " * 30_000 + '" }</script><p>teks</p>',
        "<!-- " + "<div>" * 5_000 + " --><p>teks</p>",
        "<div><span></span></div>" * 5_000,
    ],
    ids=["bare signs", "unclosed p", "unclosed li", "markup in a script", "markup in a comment", "many small"],
)
def test_honest_markup_is_not_refused(html):
    assert hostile(html) is None


def test_an_inlined_image_is_no_attack():
    html = f'<p>satu</p><img src="data:image/png;base64,{"QUJD" * 40_000}"><p>dua</p>'

    assert hostile(html) is not None
    assert hostile(without_inlined_files(html)) is None
    assert without_inlined_files(html).endswith("<p>dua</p>")


def test_characters_that_hide_are_not_stored():
    assert (
        clean("Pil\u200bkada\u00ad \u202eda\u202cmai\x00 \ud800di\ufeff\u00a0 Nagari\u2028Tiku")
        == "Pilkada damai di Nagari\nTiku"
    )


def test_letters_that_only_look_latin_become_latin_inside_latin_words():
    assert unmasked("Pоlisi tangkap рelaku; Москва tetap") == "Polisi tangkap pelaku; Москва tetap"


@given(st.text(max_size=200))
def test_clean_text_is_nfc_and_may_be_encoded(text):
    found = clean(text)

    assert unicodedata.is_normalized("NFC", found)
    found.encode()
    assert not any(unicodedata.category(each) in {"Cs", "Cc"} for each in found if each not in "\n\t")


def test_breaks_and_blocks_end_a_line_and_source_newlines_do_not():
    tree = parse("<div>Satu\nbaris<br>dua <b>tebal</b><p>tiga</p>empat<script>x</script></div>")

    assert lines_of(tree.body) == ["Satu baris", "dua tebal", "tiga", "empat"]


def test_numeric_entities_of_surrogates_and_nul_do_not_get_in():
    assert text_of(parse("<p>a&#xd800;b&#0;c&zwnj;d</p>").body).isprintable()
