"""What each place has to do with the event, on the project's own labelled texts: no role falls below its floor.

The floors lie some two places of a role below what was measured; ``scripts/evaluate_places.py`` tells the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.records import PlaceRole
from models.measure_places import RoleMeasurement, measure_roles, read_role_texts

if TYPE_CHECKING:
    from classifiers.places import Locator

LEAST_F1 = {
    PlaceRole.KEJADIAN: 0.90,
    PlaceRole.PENANGANAN: 0.93,
    PlaceRole.SUMBER: 0.91,
    PlaceRole.CAKUPAN: 0.86,
    PlaceRole.RUTE: 0.79,
    PlaceRole.PERBATASAN: 0.91,
    PlaceRole.LATAR: 0.94,
}
LEAST_ACCURACY = 0.94
MOST_FALSE_NAMES = 2


@pytest.fixture(scope="module")
def measured(locator: Locator) -> RoleMeasurement:
    return measure_roles((text, locator.locate(text.title, text.text)) for text in read_role_texts())


@pytest.mark.parametrize("role", PlaceRole)
def test_a_role_is_told_as_well_as_before(measured: RoleMeasurement, role: PlaceRole) -> None:
    assert measured.role(role).f1 >= LEAST_F1[role], measured.confusion


def test_the_roles_of_the_places_found_are_right_as_often_as_before(measured: RoleMeasurement) -> None:
    assert measured.accuracy >= LEAST_ACCURACY


def test_names_of_people_goods_and_firms_are_seldom_places(measured: RoleMeasurement) -> None:
    assert len(measured.false_names) <= MOST_FALSE_NAMES, measured.false_names
