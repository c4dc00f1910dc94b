"""The map: places where they belong, labels apart, a bar that tells the scale."""

from __future__ import annotations

import itertools

import pytest

from data.gazetteer import Gazetteer, load_gazetteer
from data.records import FoundPlace, Place, PlaceRole, Sighting
from desk.place_map import draw_maps, spots
from feeds.map_frame import MARGIN, WIDTH, Frame, overlap


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def found(code: str, role: PlaceRole = PlaceRole.KEJADIAN, *, ambiguous: bool = False) -> FoundPlace:
    place = Place(code, code, role, "text", 0, 1, 0.9, (), ambiguous)
    return FoundPlace(place, (Sighting("text", 0, 1),))


def test_the_map_shows_the_events_province(gazetteer: Gazetteer) -> None:
    (only,) = draw_maps([found("13.71"), found("13.75", PlaceRole.LATAR)], gazetteer)
    assert only.provinces == ("13",)
    padang, bukittinggi = only.markers
    assert (padang.label, bukittinggi.label) == ("K1 Padang", "L2 Bukittinggi")
    assert bukittinggi.y < padang.y  # Bukittinggi lies north of Padang
    assert only.event_dots.count("M") == 11  # Padang has eleven kecamatan
    assert only.missing == ()


def test_what_lies_beyond_is_shown_on_a_map_of_the_country(gazetteer: Gazetteer) -> None:
    province, country = draw_maps([found("13.71"), found("73.71", PlaceRole.LATAR)], gazetteer)
    assert province.provinces == ("13",)
    assert province.missing == (2,)
    assert len(country.provinces) == 38
    assert country.missing == ()
    west, east = sorted(country.markers, key=lambda marker: marker.x)
    assert (west.numbers, east.numbers) == ((1,), (2,))


def test_without_an_event_the_map_shows_all_places(gazetteer: Gazetteer) -> None:
    (only,) = draw_maps([found("13.71", PlaceRole.LATAR), found("73.71", PlaceRole.SUMBER)], gazetteer)
    assert only.provinces == ("13", "73")


def test_places_on_one_spot_share_a_marker_named_for_the_first(gazetteer: Gazetteer) -> None:
    desa = found("13.06.09.2004")  # stands on the point of its kecamatan
    (only,) = draw_maps([desa, found("13.06.09", PlaceRole.LATAR, ambiguous=True)], gazetteer)
    (marker,) = only.markers
    assert marker.numbers == (1, 2)
    assert marker.label == "K1 L2? Kapau"
    assert marker.role is PlaceRole.KEJADIAN


def test_nothing_found_draws_nothing(gazetteer: Gazetteer) -> None:
    assert draw_maps([], gazetteer) == ()


def test_a_place_without_coordinates_is_told_as_missing() -> None:
    bare = Gazetteer(
        {"13": ("Sumatera Barat", "-0.85", "100.55", "", ""), "99": ("Pulau Baru", "", "", "", "")}, [], [], ()
    )
    (only,) = draw_maps([found("99"), found("13")], bare)
    assert only.missing == (1,)
    assert [marker.numbers for marker in only.markers] == [(2,)]
    assert draw_maps([found("99")], bare) == ()


def test_every_kabupaten_of_a_province_stays_within_the_picture(gazetteer: Gazetteer) -> None:
    (only,) = draw_maps([found(code) for code in gazetteer.children("35")], gazetteer)
    assert sorted(number for marker in only.markers for number in marker.numbers) == list(range(1, 39))
    assert all(0 <= marker.x <= WIDTH and 0 <= marker.y <= only.height for marker in only.markers)


def test_a_frame_holds_its_points_with_a_margin_and_puts_north_up() -> None:
    frame = Frame.around([(-1.0, 100.0), (-2.0, 101.0)])
    left, top = frame.project((-1.0, 100.0))
    right, bottom = frame.project((-2.0, 101.0))
    assert left < right
    assert top < bottom
    assert min(left, top, WIDTH - right, frame.height - bottom) >= MARGIN - 1
    assert frame.holds((-1.5, 100.5))
    assert not frame.holds((3.0, 100.5))


@pytest.mark.parametrize("span", [0.0, 0.3, 2.0, 40.0])
def test_the_bar_is_a_round_number_and_at_most_a_quarter_wide(span: float) -> None:
    kilometres, length = Frame.around([(-5.0, 100.0), (-5.0, 100.0 + span)]).bar()
    assert str(kilometres).rstrip("0") in {"1", "2", "5"}
    assert 20 < length <= WIDTH / 4


def test_one_degree_on_the_bar_is_what_it_is_on_the_earth() -> None:
    frame = Frame.around([(-1.0, 100.0), (-2.0, 100.0)])
    kilometres, length = frame.bar()
    pixels_per_degree = frame.project((-2.0, 100.0))[1] - frame.project((-1.0, 100.0))[1]
    assert length / kilometres * 111.32 == pytest.approx(pixels_per_degree, rel=0.01)


def test_spots_join_what_is_near_and_part_what_is_not() -> None:
    assert spots({1: (0.0, 0.0), 2: (5.0, 0.0), 3: (30.0, 0.0)}) == [(0.0, 0.0, [1, 2]), (30.0, 0.0, [3])]


def test_labels_of_three_cities_keep_off_one_another(gazetteer: Gazetteer) -> None:
    (only,) = draw_maps([found("13.71"), found("13.75"), found("13.77")], gazetteer)
    boxes = []
    for marker in only.markers:
        wide = len(marker.label) * 8.0
        left = {"start": 0.0, "middle": wide / 2, "end": wide}[marker.anchor]
        boxes.append((marker.label_x - left, marker.label_y - 12, marker.label_x - left + wide, marker.label_y))
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))


def test_where_there_is_no_room_a_label_is_left_out_and_the_events_come_first(gazetteer: Gazetteer) -> None:
    regencies = gazetteer.children("33")
    crowd = [found(code, PlaceRole.LATAR) for regency in regencies for code in gazetteer.children(regency)]
    (only,) = draw_maps([found("33.74"), *crowd], gazetteer)
    assert only.markers[0].anchor
    assert only.markers[0].label == "K1 L554 L555 L556 +5"
    assert any(not marker.anchor for marker in only.markers)
