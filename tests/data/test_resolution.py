"""What several persons' labels of one text come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import InputError
from data.records import Label, Modality
from data.resolution import annotator_name, resolve

NINE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def label(who, *signals, minutes=0, **fields):
    given = {"modality": Modality.KEJADIAN} | fields
    return Label(7, 1, who, NINE + timedelta(minutes=minutes), tuple(signals), **given)


def test_no_label_comes_to_nothing_and_one_stands_alone():
    only = label("sari", "perusakan")
    assert (resolve([]).outcome, resolve([]).label) == ("open", None)
    assert (resolve([only]).outcome, resolve([only]).label, resolve([only]).persons) == ("single", only, 1)


def test_two_who_agree_are_one_label_of_two_persons():
    came = resolve([label("sari", "perusakan", severity=2), label("budi", "perusakan", severity=2, minutes=5)])
    assert (came.outcome, came.persons, came.at) == ("agreement", 2, NINE + timedelta(minutes=5))
    assert (came.label.signals, came.label.severity) == (("perusakan",), 2)


@pytest.mark.parametrize(
    "other",
    [
        {"signals": ("perusakan", "konflik_massa")},
        {"modality": Modality.DUGAAN},
        {"negasi": True},
        {"historis": True},
        {"severity": 4},
    ],
)
def test_a_disagreement_does_not_train(other):
    first = label("sari", "perusakan", severity=2)
    came = resolve([first, replace(first, annotator="budi", **other)])
    assert (came.outcome, came.label) == ("conflict", None)


def test_what_one_of_them_calls_optional_is_no_disagreement_and_stays_optional():
    came = resolve(
        [label("sari", "perusakan", "konflik_massa"), label("budi", "perusakan", optional=("konflik_massa",))]
    )
    assert came.outcome == "agreement"
    assert (came.label.signals, came.label.optional) == (("perusakan",), ("konflik_massa",))


def test_levels_next_to_each_other_agree_and_leave_the_level_open():
    came = resolve([label("sari", "perusakan", severity=2), label("budi", "perusakan", severity=3)])
    assert (came.outcome, came.label.severity) == ("agreement", None)


def test_a_third_person_decides_over_agreement_and_dispute_alike():
    decided = label("tono", "konflik_massa", kind="adjudication", minutes=9)
    for second in (label("budi", "perusakan"), label("budi", "politik_uang")):
        came = resolve([label("sari", "perusakan"), second, decided])
        assert (came.outcome, came.label, came.at) == ("adjudication", decided, NINE + timedelta(minutes=9))


def test_a_persons_last_word_counts_whatever_the_case_of_her_name():
    came = resolve([label("Sari", "politik_uang"), label("SARI", "perusakan", minutes=2)])
    assert (came.outcome, came.persons, came.label.signals) == ("single", 1, ("perusakan",))


def test_of_three_the_two_who_agree_outvote_the_third_and_three_opinions_are_a_dispute():
    two = [label("sari", "perusakan"), label("budi", "perusakan"), label("tono", "politik_uang")]
    three = [label("sari", "perusakan"), label("budi", "konflik_massa"), label("tono", "politik_uang")]
    assert (resolve(two).outcome, resolve(two).persons, resolve(two).label.signals) == ("agreement", 2, ("perusakan",))
    assert resolve(three).outcome == "conflict"


def test_two_against_two_is_a_dispute():
    words = [label("a", "perusakan"), label("b", "perusakan"), label("c", "politik_uang"), label("d", "politik_uang")]
    assert resolve(words).outcome == "conflict"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InputError, match="say who labels, like --as sari"):
        annotator_name(name)


def test_a_name_is_kept_with_single_blanks():
    assert annotator_name("  Sari   Dewi\n") == "Sari Dewi"
