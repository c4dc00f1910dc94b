"""How far persons agree who labelled the same texts."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.records import Label, Modality
from models.agreement import agreement, cohen, kappa, krippendorff

NINE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SLUGS = ("perusakan", "politik_uang")
K, D, O = Modality.KEJADIAN, Modality.DUGAAN, Modality.OPINI  # noqa: E741


def label(text, who, modality, *signals, minutes=0, **fields):
    return Label(text, 1, who, NINE + timedelta(minutes=minutes), signals, modality, **fields)


def test_kappa_is_that_of_the_handbook():
    # Cohen's own kind of example: 20 + 15 of 50 agree, chance alone gives 0.5 -> 0.4.
    assert cohen(np.array([[20.0, 5.0], [10.0, 15.0]])) == pytest.approx(0.4)


def test_kappa_is_one_where_all_agree_and_unknown_where_only_one_thing_was_said():
    assert cohen(np.array([[10.0, 0.0], [0.0, 10.0]])) == 1.0
    assert math.isnan(cohen(np.array([[20.0, 0.0], [0.0, 0.0]])))
    assert math.isnan(kappa(np.zeros((2, 2))).value)


def test_the_interval_of_kappa_lies_around_it_and_is_that_of_the_theory():
    found = kappa(np.array([[20.0, 5.0], [10.0, 15.0]]), resamples=4000)
    # Fleiss, Cohen & Everitt (1969): standard error 0.127 -> 0.15 to 0.65.
    assert found.low == pytest.approx(0.15, abs=0.03)
    assert found.high == pytest.approx(0.65, abs=0.03)
    assert found.n == 50


def test_alpha_is_that_of_krippendorffs_own_example():
    # Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: 4 observers, 12 units, nominal 0.743.
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = [
        [value for value in unit if value != "."] for unit in zip(*(one.split() for one in observers), strict=True)
    ]
    assert krippendorff(units).value == pytest.approx(0.743, abs=0.0005)
    assert krippendorff(units).n == 11


def test_alpha_without_two_labels_of_one_text_is_unknown():
    assert not krippendorff([["a"], ["b"]]).known
    assert math.isnan(krippendorff([["a", "a"], ["a", "a"]]).value)


def test_two_persons_are_compared_over_the_texts_that_both_labelled():
    texts = [
        [label(1, "Sari", K, "perusakan"), label(1, "budi", K, "perusakan")],
        [label(2, "Sari", K, "perusakan"), label(2, "budi", D)],
        [label(3, "Sari", O), label(3, "budi", O)],
        [label(4, "Sari", O)],
    ]
    found = agreement(texts, SLUGS)
    assert (found.persons, found.texts, found.alpha) == (("budi", "Sari"), 3, {})
    [pair] = found.pairs
    assert (pair.first, pair.second, pair.n) == ("budi", "Sari", 3)
    assert pair.modality.raw == pytest.approx(2 / 3)
    at = {kind: number for number, kind in enumerate(Modality)}
    assert pair.confusion[at[D]][at[K]] == 1, "budi said dugaan where Sari said kejadian"
    assert pair.confusion[at[K]][at[D]] == 0
    assert list(pair.signals) == ["perusakan"], "nobody named the other one"
    assert (pair.signals["perusakan"].first, pair.signals["perusakan"].second) == (1, 2)
    # 2 of 3 agree; chance: 1/3 * 2/3 + 2/3 * 1/3 = 4/9.
    assert pair.signals["perusakan"].kappa.value == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))


def test_what_either_calls_optional_is_left_out_for_that_text():
    texts = [
        [label(1, "sari", K, "perusakan"), label(1, "budi", K, optional=("perusakan",))],
        [label(2, "sari", K, "perusakan"), label(2, "budi", K, "perusakan")],
    ]
    [pair] = agreement(texts, SLUGS).pairs
    assert (pair.signals["perusakan"].n, pair.signals["perusakan"].raw) == (1, 1.0)


def test_an_adjudication_is_nobodys_blind_label_and_the_last_word_counts():
    texts = [
        [
            label(1, "sari", K),
            label(1, "budi", D),
            label(1, "BUDI", K, minutes=2),
            label(1, "tono", O, kind="adjudication", minutes=3),
        ]
    ]
    found = agreement(texts, SLUGS)
    assert found.persons == ("BUDI", "sari")
    assert found.pairs[0].modality.raw == 1.0


def test_of_three_persons_alpha_says_how_all_agree():
    texts = [[label(number, who, kind) for who in ("a", "b", "c")] for number, kind in enumerate([K, D, O, K])]
    found = agreement(texts, SLUGS)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found.alpha["modality"].value == 1.0


def test_nobody_is_compared_where_nobody_labelled_twice():
    assert agreement([[label(1, "sari", K)], []], SLUGS).pairs == ()
