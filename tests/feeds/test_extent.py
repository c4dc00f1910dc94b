"""How far a unit reaches around its point: by the points of the units beside and below it."""

from __future__ import annotations

import pytest

from data.gazetteer import Gazetteer, Level, load_gazetteer
from feeds.extent import distance_km, radius_km


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def test_a_degree_of_latitude_is_111_km_and_one_of_longitude_less_away_from_the_equator() -> None:
    assert distance_km((0.0, 100.0), (1.0, 100.0)) == pytest.approx(111.32)
    assert distance_km((-6.0, 106.0), (-6.0, 107.0)) == pytest.approx(110.7, abs=0.1)


def test_a_kecamatan_reaches_as_far_as_the_nearest_one_beside_it(gazetteer: Gazetteer) -> None:
    here = gazetteer.point("13.77.01")
    others = [gazetteer.point(code) for code in gazetteer.children("13.77") if code != "13.77.01"]
    nearest = min(distance_km(here, other) for other in others if here and other)
    assert nearest <= (radius_km("13.77.01", gazetteer) or 0) < nearest + 0.1


def test_a_desa_has_the_reach_of_its_kecamatan(gazetteer: Gazetteer) -> None:
    assert radius_km("13.77.01.1005", gazetteer) == radius_km("13.77.01", gazetteer)


def test_the_circle_of_a_kabupaten_holds_every_kecamatan_of_it(gazetteer: Gazetteer) -> None:
    for code in list(gazetteer.codes(Level.KABKOTA))[::60]:
        middle, reach = gazetteer.point(code), radius_km(code, gazetteer)
        assert middle is not None
        assert reach is not None
        for part in gazetteer.children(code):
            point = gazetteer.point(part)
            assert point is not None
            assert distance_km(middle, point) <= reach, part


def test_every_unit_that_has_a_point_has_a_reach(gazetteer: Gazetteer) -> None:
    for code in list(gazetteer.codes(Level.KECAMATAN))[::50]:
        assert (radius_km(code, gazetteer) is None) == (gazetteer.point(code) is None), code
