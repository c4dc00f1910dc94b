"""Roles of places measured: what counts as right, as missed and as said too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.errors import InputError
from data.records import Place, PlaceRole
from models.measure_places import GoldPlace, RoleText, measure_roles, read_role_texts

if TYPE_CHECKING:
    from pathlib import Path

EVENT, ROUTE, BACK = PlaceRole.KEJADIAN, PlaceRole.RUTE, PlaceRole.LATAR
TEXT = "Truk terguling di Kecamatan Kinali. Sopirnya, Agam Putra, berangkat dari Padang dan makan nasi Padang."


def found(code: str, role: PlaceRole, name: str, **more: object) -> Place:
    start = TEXT.index(name)
    return Place(code, name, role, "text", start, start + len(name), 0.9, **more)  # type: ignore[arg-type]


def labelled(*places: GoldPlace, optional: frozenset[str] = frozenset(), names: tuple[str, ...] = ()) -> RoleText:
    return RoleText("one", "looked_at", "", TEXT, places, optional, names)


KINALI = GoldPlace(("13.12.05",), (EVENT,))
PADANG = GoldPlace(("13.71",), (ROUTE, BACK))


def test_places_with_their_roles_are_right() -> None:
    said = [found("13.12.05", EVENT, "Kinali"), found("13.71", ROUTE, "Padang")]
    measured = measure_roles([(labelled(KINALI, PADANG), said)])
    assert measured.confusion == {(EVENT, EVENT): 1, (ROUTE, ROUTE): 1}
    assert measured.accuracy == 1.0
    assert (measured.role(EVENT).f1, measured.role(EVENT).n) == (1.0, 1)


def test_a_second_role_that_the_label_allows_is_right_too() -> None:
    measured = measure_roles([(labelled(PADANG), [found("13.71", BACK, "Padang")])])
    assert measured.confusion == {(BACK, BACK): 1}


def test_a_wrong_role_is_counted_against_the_likeliest_right_one() -> None:
    measured = measure_roles([(labelled(KINALI, PADANG), [found("13.71", EVENT, "Padang")])])
    assert measured.confusion == {(ROUTE, EVENT): 1, (EVENT, None): 1}
    assert measured.accuracy == 0.0
    assert (measured.role(EVENT).precision, measured.role(EVENT).recall) == (0.0, 0.0)


def test_the_address_around_a_place_and_optional_units_count_neither_way_and_others_count_as_too_much() -> None:
    said = [found("13.12", EVENT, "Kinali"), found("13.71", BACK, "Padang"), found("13.06", BACK, "Agam")]
    measured = measure_roles([(labelled(KINALI, optional=frozenset({"13.71"})), said)])
    assert measured.confusion == {(EVENT, None): 1, (None, BACK): 1}


def test_an_ambiguous_place_is_right_when_one_of_its_alternatives_is() -> None:
    both = GoldPlace(("13.02", "13.72"), (BACK,))
    said = found("13", BACK, "Padang", alternatives=(("13.72", 0.6), ("13.02", 0.4)), ambiguous=True)
    assert measure_roles([(labelled(both), [said])]).confusion == {(BACK, BACK): 1}


def test_a_place_found_inside_a_name_that_is_none_is_told_with_its_text() -> None:
    said = [found("13.06", BACK, "Agam"), found("13.71", BACK, "Padang")]
    measured = measure_roles(
        [(labelled(PADANG, optional=frozenset({"13.06"}), names=("agam putra", "nasi Padang")), said)]
    )
    assert (measured.false_names, measured.names) == ([("one", "agam putra")], 2)


def test_nothing_measured_is_zero_and_no_error() -> None:
    assert (measure_roles([]).accuracy, measure_roles([]).macro_f1) == (0.0, 0.0)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "x"}',
        '{"id": "x", "part": "unseen", "title": "", "text": "", "places": [{"codes": ["13"], "roles": ["x"]}], "optional": [], "not_places": []}',
    ],
)
def test_a_line_that_is_no_labelled_text_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "roles.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"roles\.jsonl:1"):
        read_role_texts(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tidak-ada\.jsonl"):
        read_role_texts(tmp_path / "tidak-ada.jsonl")
