"""Every mention of a place is told, with what spoke for it; the places are those of `locate`."""

from __future__ import annotations

import pytest

from classifiers.places import Locator
from classifiers.places.sightings import REASONS

TEXT = (
    "PADANG, KABAR – Kebakaran terjadi di Nagari Kapau, Kabupaten Agam, Senin (4/11). Kapolres Solok datang. Longsor di "
    "ruas Padang-Bukittinggi. Rakor se-Sumbar digelar di Kantor Gubernur Sumbar. Unjuk rasa di Solok."
)


@pytest.fixture(scope="module")
def locator() -> Locator:
    return Locator.load()


def test_the_places_are_those_that_locate_tells(locator: Locator) -> None:
    traced = locator.trace("Kebakaran di Kapau", TEXT)
    assert tuple(found.place for found in traced) == locator.locate("Kebakaran di Kapau", TEXT)


def test_every_mention_is_told_the_title_first(locator: Locator) -> None:
    (bukittinggi,) = locator.trace("Wali Kota Bukittinggi di Bukittinggi", "Banjir di Kota Bukittinggi.")
    spans = [(one.zone, one.start, one.end) for one in bukittinggi.sightings]
    assert spans == [("title", 10, 21), ("title", 25, 36), ("text", 15, 26)]


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("Banjir di Kota Padang, Senin (4/11).", "13.71", {("admin", "kota"), ("preposition", "di"), ("day", "")}),
        ("Wali Kota Solok hadir.", "13.72", {("head", "wali kota")}),
        ("Kapolres Solok hadir.", "13.02", {("institution", "kapolres")}),
        ("Banjir di Baso, Kabupaten Agam.", "13.06.08", {("parent", "agam"), ("preposition", "di")}),
        ("Rakor se-Sumbar.", "13", {("scope", "se"), ("alias", "singkatan")}),
        ("Unjuk rasa di Solok.", "13.72", {("undecided", ""), ("preposition", "di")}),
    ],
)
def test_what_spoke_for_a_place_is_told(locator: Locator, text: str, code: str, why: set[tuple[str, str]]) -> None:
    found = {one.place.code: one for one in locator.trace("", text)}
    assert set(found[code].sightings[0].why) == why


def test_the_dateline_is_told(locator: Locator) -> None:
    found = {one.place.code: one for one in locator.trace("", TEXT)}
    assert found["13.71"].sightings[0].why == (("dateline", ""),)


def test_a_mountain_on_a_border_is_a_mention_of_both_sides(locator: Locator) -> None:
    found = {one.place.code: one for one in locator.trace("", "Pendaki tersesat di Gunung Marapi.")}
    assert [(one.start, one.end) for one in found["13.06"].sightings] == [(20, 33)]
    assert found["13.04"].sightings == found["13.06"].sightings


def test_every_reason_is_one_that_is_explained(locator: Locator) -> None:
    given = {
        slug for found in locator.trace("Kebakaran di Kapau", TEXT) for one in found.sightings for slug, _ in one.why
    }
    assert given <= set(REASONS)
    assert len(given) >= 8


def test_a_text_without_places_has_none(locator: Locator) -> None:
    assert locator.trace("", "Harga cabai naik.") == ()
