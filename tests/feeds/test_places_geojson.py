"""Places as GeoJSON: RFC 7946, honest about whose point it is, many texts in one collection."""

from __future__ import annotations

import json
from typing import Any

import pytest
from geojson_pydantic import FeatureCollection

from data.gazetteer import Gazetteer
from data.records import FoundPlace, Place, PlaceRole, Sighting
from feeds.places import NO_POINT, collection, full_name, geojson_of, place_features, point_of

TITLE = "Banjir di Talawi"
TEXT = "Banjir melanda Kecamatan Talawi, kata warga Talawi."


@pytest.fixture
def gazetteer() -> Gazetteer:
    return Gazetteer(
        {
            "13": ("Sumatera Barat", "-0.85", "100.55", "Asia/Jakarta", "Padang"),
            "99": ("Pulau Baru", "", "", "Asia/Jakarta", ""),
            "13.73": ("Kota Sawahlunto", "-0.61234567", "100.75000049", "", "Sawahlunto"),
            "99.01": ("Kabupaten Baru", "", "", "", ""),
            "13.73.04": ("Talawi", "", "", "", ""),
        },
        ["13.73.04.2001"],
        ["Kumbayau"],
        (),
    )


def found(code: str, **more: Any) -> FoundPlace:
    place = Place(code, "Kecamatan Talawi", PlaceRole.KEJADIAN, "text", 25, 31, 0.98, **more)
    return FoundPlace(
        place,
        (
            Sighting("title", 10, 16, (("preposition", "di"),)),
            Sighting("text", 25, 31, (("admin", "kecamatan"), ("day", ""))),
        ),
    )


def features(*places: FoundPlace, gazetteer: Gazetteer, article: str | int | None = None) -> list[dict[str, Any]]:
    document = geojson_of(list(place_features(places, TITLE, TEXT, gazetteer, article=article)))
    FeatureCollection.model_validate_json(document)
    read: list[dict[str, Any]] = json.loads(document)["features"]
    return read


def test_a_feature_tells_place_role_certainty_and_every_mention(gazetteer: Gazetteer) -> None:
    place = found("13.73", alternatives=(("13", 0.25),), ambiguous=True)
    (feature,) = features(place, gazetteer=gazetteer)
    assert feature["id"] == "13.73"
    assert feature["properties"] == {
        "code": "13.73",
        "name": "Kecamatan Talawi",
        "full_name": "Kota Sawahlunto, Sumatera Barat",
        "level": "kabkota",
        "bps": None,
        "role": "kejadian",
        "confidence": 0.98,
        "ambiguous": True,
        "alternatives": [{"code": "13", "name": "Sumatera Barat", "weight": 0.25}],
        "zone": "text",
        "start": 25,
        "end": 31,
        "mentions": [
            {"zone": "title", "start": 10, "end": 16, "text": "Talawi", "why": ["preposition: di"]},
            {"zone": "text", "start": 25, "end": 31, "text": "Talawi", "why": ["admin: kecamatan", "day"]},
        ],
        "point_of": "13.73",
    }


def test_longitude_comes_first_with_six_decimals(gazetteer: Gazetteer) -> None:
    (feature,) = features(found("13.73"), gazetteer=gazetteer)
    assert feature["geometry"] == {"type": "Point", "coordinates": [100.75, -0.612346]}


def test_a_unit_without_a_point_stands_on_the_one_above_and_says_so(gazetteer: Gazetteer) -> None:
    (feature,) = features(found("13.73.04.2001"), gazetteer=gazetteer)
    assert feature["geometry"]["coordinates"] == [100.75, -0.612346]
    assert feature["properties"]["point_of"] == "13.73"
    assert feature["properties"]["level"] == "desa"


def test_without_any_coordinates_the_geometry_is_null_and_the_reason_told(gazetteer: Gazetteer) -> None:
    (feature,) = features(found("99.01"), gazetteer=gazetteer)
    assert feature["geometry"] is None
    assert feature["properties"]["point_of"] is None
    assert feature["properties"]["no_point"] == NO_POINT
    assert point_of("99.01", gazetteer) is None


@pytest.mark.parametrize(("article", "name"), [("a-1", "a-1/13.73"), (7, "7/13.73")])
def test_features_of_many_texts_carry_the_articles_id(gazetteer: Gazetteer, article: str | int, name: str) -> None:
    (feature,) = features(found("13.73"), gazetteer=gazetteer, article=article)
    assert feature["id"] == name
    assert feature["properties"]["article"] == article


def test_two_places_of_one_code_have_ids_of_their_own(gazetteer: Gazetteer) -> None:
    two = features(found("13"), found("13.73"), found("13", ambiguous=True), gazetteer=gazetteer)
    assert [feature["id"] for feature in two] == ["13", "13.73", "13~2"]


def test_nothing_found_is_a_collection_without_features() -> None:
    assert json.loads(geojson_of([])) == {"type": "FeatureCollection", "features": []}


def test_a_collection_is_written_feature_by_feature(gazetteer: Gazetteer) -> None:
    pieces = list(collection(place_features([found("13"), found("13.73")], TITLE, TEXT, gazetteer)))
    assert len(pieces) == 4
    assert all(json.loads(piece.lstrip(b",\n"))["type"] == "Feature" for piece in pieces[1:3])


def test_a_full_name_goes_up_to_the_province(gazetteer: Gazetteer) -> None:
    named = full_name("13.73.04.2001", gazetteer)
    assert named == "Desa Kumbayau, Kecamatan Talawi, Kota Sawahlunto, Sumatera Barat"
