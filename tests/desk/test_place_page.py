"""The page that shows a text with its places marked: right marks, nothing of the text's own doing, always a page."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from classifiers.places import Locator
from classifiers.places.sightings import REASONS as SLUGS
from data.records import FoundPlace, Place, PlaceRole, Sighting
from desk.place_page import REASONS, ROLES, Piece, hierarchy, pieces, places_page, showable

if TYPE_CHECKING:
    from pathlib import Path

    from data.gazetteer import Gazetteer

EVIL = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }} \"'>"


@pytest.fixture(scope="module")
def locator() -> Locator:
    return Locator.load()


@pytest.fixture(scope="module")
def gazetteer(locator: Locator) -> Gazetteer:
    return locator.gazetteer


def page(locator: Locator, title: str, text: str, lang: str = "id") -> str:
    return places_page(title, text, locator.trace(title, text), locator.gazetteer, lang, reach=locator.reach(text))


def place(code: str, role: PlaceRole, *spans: tuple[int, int], ambiguous: bool = False) -> FoundPlace:
    seen = tuple(Sighting("text", start, end) for start, end in spans)
    return FoundPlace(
        Place(code, code, role, "text", *spans[0], 0.9, (("13.02", 0.4),) if ambiguous else (), ambiguous), seen
    )


class Reader(HTMLParser):
    """Collects what a browser would see: tags, ids, targets of links, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: set[str] = set()
        self.marked: list[tuple[str, str]] = []
        self._mark = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes.update(given)
        self.ids.extend(value for name, value in attrs if name == "id" and value)
        if tag == "a":
            self.targets.append(given["href"] or "")
        self._mark = (given["class"] or "") if tag == "mark" else ""

    def handle_data(self, data: str) -> None:
        if self._mark:
            self.marked.append((self._mark, data))
            self._mark = ""


def test_every_mention_is_marked_by_its_role(locator: Locator) -> None:
    text = "PADANG, KABAR – Kebakaran terjadi di Nagari Kapau, Kabupaten Agam. Kapolres Solok datang."
    reader = Reader(page(locator, "Kebakaran di Nagari Kapau, Agam", text))
    legend = [(role.value, ROLES[role][0]) for role in ROLES]
    assert [mark for mark in reader.marked if mark not in legend] == [
        ("kejadian", "Kapau"),
        ("latar", "Agam"),
        ("sumber", "PADANG"),
        ("kejadian", "Kapau"),
        ("latar", "Agam"),
        ("penanganan", "Solok"),
    ]


def test_a_badge_names_role_number_and_place_and_leads_to_its_row(locator: Locator) -> None:
    html = page(locator, "", "Banjir melanda Kota Padang.")
    assert re.search(r'<a class="badge kejadian" id="sebut-1-1" href="#tempat-1"[^>]*>K1</a>', html)
    assert "kejadian: Kota Padang" in html
    assert '<tr role="row" id="tempat-1">' in html


def test_every_link_leads_somewhere_on_the_page_and_no_name_is_given_twice(locator: Locator) -> None:
    text = "Longsor di Gunung Marapi. Rakor se-Sumbar di Kantor Gubernur Sumbar. Tim dari Makassar ke Solok. " * 6
    reader = Reader(page(locator, "Rakor di Padang", text))
    assert len(reader.ids) == len(set(reader.ids))
    assert {target.removeprefix("#") for target in reader.targets} <= set(reader.ids)


def test_the_table_tells_the_whole_hierarchy_and_whose_point_it_is(locator: Locator) -> None:
    html = page(locator, "", "Kebakaran terjadi di Nagari Kapau, Kabupaten Agam.")
    assert "Nagari Kapau, Kec. Tilatang Kamang, Kab. Agam, Provinsi Sumatera Barat" in html
    assert "(titik: Kec. Tilatang Kamang)" in html
    assert "kata “nagari” di depannya" in html


def test_doubt_is_shown_with_what_it_could_be(locator: Locator) -> None:
    html = page(locator, "", "Unjuk rasa digelar di Solok, Selasa (5/11).")
    assert ">K1?</a>" in html
    assert "<strong>ambigu</strong>" in html
    assert "Kab. Solok, Provinsi Sumatera Barat (13.02)" in html
    assert "teks tidak memastikan yang mana" in html


@pytest.mark.parametrize(
    ("lang", "sentence"), [("id", "Tidak ada tempat yang dikenali."), ("en", "No place was recognised.")]
)
def test_nothing_found_is_said_and_the_text_shown(locator: Locator, lang: str, sentence: str) -> None:
    html = page(locator, "", "Harga cabai naik.", lang)
    assert sentence in html
    assert "Harga cabai naik." in html
    assert "<svg" not in html
    assert "<table" not in html


def test_the_text_of_others_stays_text(locator: Locator) -> None:
    html = page(locator, EVIL + " di Kota Padang", EVIL + " Banjir di Kota Padang. " + EVIL)
    reader = Reader(html)
    assert "script" not in reader.tags
    assert "img" not in reader.tags
    assert not {name for name in reader.attributes if name.startswith("on")}
    assert "{{ 7*7 }}" in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4


def test_the_page_needs_nothing_from_elsewhere_and_allows_nothing(locator: Locator) -> None:
    html = page(locator, "Banjir", "Banjir melanda Kota Padang.")
    assert "default-src 'none'" in html
    assert not re.search(r"https?:|\bsrc=|url\(|@import|<link", html)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\udcffb", "a\ufffdb"),
        ("a\x1b[31mb\x85", "a\ufffd[31mb\ufffd"),
        ("a\r\nb\rc\td\n", "a \nb\nc\td\n"),
    ],
)
def test_what_html_cannot_hold_becomes_a_sign_and_spans_stay(given: str, shown: str) -> None:
    assert showable(given) == shown
    assert len(shown) == len(given)


def test_a_page_with_halves_of_characters_can_be_written(locator: Locator) -> None:
    text = "Banjir \udcff\x00 di Kota Padang."
    html = page(locator, "\ud800", text)
    assert b"Padang" in html.encode("utf-8")


def test_overlapping_mentions_are_cut_where_they_begin_and_end() -> None:
    #       0123456789
    text = "abcdefghij"
    found = [place("13.06", PlaceRole.KEJADIAN, (4, 8)), place("13.04", PlaceRole.LATAR, (2, 6), (9, 10))]
    cut = list(pieces(text, "text", found))
    assert [(one.text, one.role) for one in cut] == [
        ("ab", None),
        ("cd", PlaceRole.LATAR),
        ("ef", PlaceRole.KEJADIAN),
        ("gh", PlaceRole.KEJADIAN),
        ("i", None),
        ("j", PlaceRole.LATAR),
    ]
    assert [[badge.mark for badge in one.badges] for one in cut] == [[], [], ["L2"], ["K1"], [], ["L2"]]


def test_two_places_of_one_mention_both_stand_behind_it() -> None:
    found = [place("13.06", PlaceRole.PERBATASAN, (0, 5)), place("13.04", PlaceRole.PERBATASAN, (0, 5), ambiguous=True)]
    (piece,) = pieces("Marapi"[:5], "text", found)
    assert [badge.mark for badge in piece.badges] == ["B1", "B2?"]
    assert [badge.anchor for badge in piece.badges] == ["sebut-1-1", "sebut-2-1"]


def test_spans_beyond_the_text_are_no_marks() -> None:
    assert list(pieces("abc", "text", [place("13", PlaceRole.LATAR, (2, 9), (5, 5))])) == [Piece("abc")]
    assert list(pieces("", "text", [place("13", PlaceRole.LATAR, (0, 1))])) == []


def test_the_pieces_are_the_text(locator: Locator) -> None:
    text = "Longsor di Gunung Marapi. Rakor se-Sumbar di Kantor Gubernur Sumbar, Padang. " * 100
    found = locator.trace("", text)
    assert "".join(piece.text for piece in pieces(text, "text", found)) == text


def test_a_text_of_ten_thousand_words_is_one_page(locator: Locator) -> None:
    text = "Warga Padang dan warga Bukittinggi datang ke Kota Pariaman kemarin. " * 1_000
    html = page(locator, "Warga datang", text)
    assert html.count("<mark") == 2_000 + len(ROLES)  # the locator reads 2,000 mentions of one text
    assert "lagi" in html
    assert len(html) < 2_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Banjir melanda Kota Padang. " + "x " * 200_000, "Dari 400028 karakter hanya 400000 yang pertama dibaca."),
        ("Padang, " * 2_001, "Dari 16008 karakter hanya 15998 yang pertama dibaca."),
    ],
)
def test_what_was_not_read_is_said(locator: Locator, text: str, said: str) -> None:
    assert said in page(locator, "", text)


def test_nothing_is_said_of_reach_where_all_was_read(locator: Locator) -> None:
    assert "yang pertama dibaca" not in page(locator, "", "Banjir melanda Kota Padang.")


def test_every_reason_and_role_has_its_words() -> None:
    assert set(REASONS) == set(SLUGS)
    assert set(ROLES) == set(PlaceRole)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("13", "Provinsi Sumatera Barat"),
        ("13.72", "Kota Solok, Provinsi Sumatera Barat"),
        ("13.73.04", "Kec. Talawi, Kota Sawahlunto, Provinsi Sumatera Barat"),
        ("95.01.01", "Distrik Wamena, Kab. Jayawijaya, Provinsi Papua Pegunungan"),
    ],
)
def test_a_hierarchy_goes_up_to_the_province(gazetteer: Gazetteer, code: str, name: str) -> None:
    assert hierarchy(code, gazetteer, lambda indonesian, _: indonesian) == name


@pytest.mark.browser
def test_a_real_browser_runs_nothing_of_it(locator: Locator, chromium_path: str, tmp_path: Path) -> None:
    file = tmp_path / "halaman.html"
    file.write_text(page(locator, EVIL, EVIL + " Banjir di Kota Padang."), "utf-8")
    done = subprocess.run(
        [
            chromium_path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "<script>" not in done.stdout
    assert '<mark class="kejadian">Padang</mark>' in done.stdout
