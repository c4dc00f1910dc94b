"""The made-up texts with labelled places: known codes and roles, every province, no near copies, names that stand there."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

from data.gazetteer import Gazetteer, Level, load_gazetteer
from data.records import PlaceRole
from models.measure_places import RoleText, read_role_texts

RUN = 5
COPY = 0.3
ENOUGH = 15
"""How many places each role has at least."""


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="module")
def texts() -> tuple[RoleText, ...]:
    return read_role_texts()


def runs(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_every_code_is_a_units(texts: tuple[RoleText, ...], gazetteer: Gazetteer) -> None:
    codes = {code for text in texts for place in text.places for code in place.codes}
    assert [code for code in sorted(codes.union(*(text.optional for text in texts))) if code not in gazetteer] == []


def test_every_province_and_every_role_is_there(texts: tuple[RoleText, ...], gazetteer: Gazetteer) -> None:
    provinces = {code[:2] for text in texts for place in text.places for code in place.codes}
    assert provinces == set(gazetteer.codes(Level.PROVINCE))
    counted = Counter(place.roles[0] for text in texts for place in text.places)
    assert {role: counted[role] for role in PlaceRole if counted[role] < ENOUGH} == {}


def test_a_text_is_short_news_with_places_each_labelled_once(texts: tuple[RoleText, ...]) -> None:
    for text in texts:
        assert text.part in {"looked_at", "unseen"}, text.id
        assert 30 <= len(text.text.split()) <= 120, text.id
        codes = [code for place in text.places for code in place.codes]
        assert codes, text.id
        assert len(codes) == len(set(codes)), text.id
        assert all(len(place.roles) == len(set(place.roles)) > 0 for place in text.places), text.id
    assert len({text.id for text in texts}) == len(texts)


def test_what_is_no_place_stands_in_its_text(texts: tuple[RoleText, ...]) -> None:
    missing = [
        (t.id, name) for t in texts for name in t.not_places if name.lower() not in f"{t.title}\n{t.text}".lower()
    ]
    assert missing == []


def test_no_two_are_near_copies(texts: tuple[RoleText, ...]) -> None:
    cut = [(text.id, runs(f"{text.title}\n{text.text}")) for text in texts]
    assert [(one, two) for (one, a), (two, b) in combinations(cut, 2) if len(a & b) > COPY * min(len(a), len(b))] == []
