"""Which articles a person should label next, and how much the unlabelled ones hide."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from classifiers.copies import EMPTY, signature
from data.records import Modality
from models.audit import Stratum, missed
from models.sampling import Candidate, choose, disagreement, draw, rarity, uncertainty

COUNTS = {"perusakan": 100, "politik_uang": 200, "sara_kebencian": 10}


def candidate(number=1, **fields):
    given = {
        "article_id": number, "revision": 1, "source": f"media{number}", "province": None, "mark": EMPTY, "signals": {},
        "asserted": frozenset(), "modalities": {}, "flag_score": 0.0, "cues": {},
    }  # fmt: skip
    return Candidate(**given | fields)


@pytest.mark.parametrize(("score", "unsure"), [(0.5, 1.0), (0.9, 0.2), (0.1, 0.2), (0.0, 0.0), (1.0, 0.0)])
def test_the_model_is_least_sure_at_a_score_of_one_half(score, unsure):
    assert uncertainty(candidate(flag_score=score))[0] == pytest.approx(unsure)
    assert uncertainty(candidate(flag_score=0.5))[1] == "model ragu: skor tanda 0,50"


def test_two_modalities_next_to_each_other_are_unsure_too():
    kinds = {Modality.KEJADIAN: 0.45, Modality.DUGAAN: 0.41, Modality.OPINI: 0.14}
    found = uncertainty(candidate(flag_score=0.9, modalities=kinds))
    assert found == (pytest.approx(0.96), "modalitas hampir sama kuat: kejadian 0,45, dugaan 0,41")


def test_strong_cues_that_the_model_denies_are_a_disagreement():
    score, why = disagreement(candidate(cues={"politik_uang": 6.0}, signals={"politik_uang": 0.1}))
    assert score == pytest.approx(0.9)
    assert why == "isyarat kuat untuk politik_uang (6,0 poin), tetapi model tidak menyatakannya (0,10)"


def test_a_signal_without_a_cue_is_a_disagreement():
    found = disagreement(candidate(asserted=frozenset({"perusakan"}), signals={"perusakan": 0.7}))
    assert found == (0.7, "model menyatakan perusakan tanpa satu pun isyarat (0,70)")


@pytest.mark.parametrize(
    "fields",
    [
        {"cues": {"perusakan": 2.0}},
        {"cues": {"perusakan": 5.0}, "asserted": frozenset({"perusakan"}), "signals": {"perusakan": 0.9}},
        {"asserted": frozenset({"perusakan"}), "signals": {"perusakan": 0.2}},
        {},
    ],
)
def test_weak_cues_and_cues_that_the_model_heeds_are_none(fields):
    assert disagreement(candidate(**fields))[0] == 0.0


def test_the_fewer_examples_a_signal_has_the_more_a_likely_one_is_worth():
    rare = candidate(signals={"sara_kebencian": 0.36})
    assert rarity(rare, COUNTS) == (
        pytest.approx(0.9 * 0.6),
        "mungkin sara_kebencian (0,36), yang baru punya 10 contoh",
    )
    assert rarity(candidate(signals={"politik_uang": 0.9}), COUNTS)[0] == 0.0
    assert rarity(candidate(signals={"sara_kebencian": 0.1}), COUNTS)[0] == 0.0
    assert rarity(rare, {})[0] == 0.0


def test_a_queue_has_every_reason_in_its_share_and_nobody_twice():
    unsure = [candidate(number, flag_score=0.5) for number in range(1, 41)]
    denied = [candidate(number, cues={"perusakan": 6.0}) for number in range(41, 81)]
    rare = [candidate(number, signals={"sara_kebencian": 0.5}) for number in range(81, 121)]
    chosen = choose([*unsure, *denied, *rare], 16, COUNTS)
    assert len({one.candidate.article_id for one in chosen}) == 16
    assert {reason: sum(one.reason == reason for one in chosen) for reason in ("ragu", "beda_isyarat", "sinyal_langka")} == {
        "ragu": 7,
        "beda_isyarat": 5,
        "sinyal_langka": 4,
    }  # fmt: skip


def test_what_one_reason_cannot_fill_the_others_do_and_what_teaches_nothing_is_not_asked_for():
    sure = [candidate(number, flag_score=0.01) for number in range(1, 10)]
    unsure = [candidate(number, flag_score=0.5) for number in range(10, 14)]
    assert sorted(one.candidate.article_id for one in choose([*sure, *unsure], 8, COUNTS)) == [10, 11, 12, 13]


def test_no_two_copies_are_in_one_queue_nor_one_of_what_is_queued():
    words = [f"kata{number}" for number in range(80)]
    one = signature("Judul", " ".join(words))
    other = signature("Judul lain", " ".join(reversed(words)))
    copies = [candidate(number, flag_score=0.5, mark=one) for number in (1, 2, 3)]
    fresh = candidate(4, flag_score=0.45, mark=other)
    assert [got.candidate.article_id for got in choose([*copies, fresh], 4, COUNTS)] == [1, 4]
    assert [got.candidate.article_id for got in choose([*copies, fresh], 4, COUNTS, taken=[one])] == [4]


def test_short_texts_are_copies_of_nothing():
    assert len(choose([candidate(number, flag_score=0.5) for number in (1, 2)], 2, COUNTS)) == 2


def test_a_queue_is_spread_over_sources_and_provinces():
    loud = [candidate(number, flag_score=0.5, source="ramai", province="13") for number in range(1, 9)]
    quiet = [candidate(9, flag_score=0.35, source="sepi", province="81"), candidate(10, flag_score=0.3, source="lain")]
    chosen = choose([*loud, *quiet], 4, COUNTS)
    assert [one.candidate.source for one in chosen] == ["ramai", "sepi", "ramai", "lain"]


def test_the_same_seed_draws_the_same_and_every_article_has_its_chance():
    frame = list(range(100, 150))
    assert draw(frame, 10, 7) == draw(reversed(frame), 10, 7)
    assert draw(frame, 10, 7).inclusion == 0.2
    seen = dict.fromkeys(frame, 0)
    for seed in range(2_000):
        for number in draw(frame, 10, seed).ids:
            seen[number] += 1
    # 2000 draws at 0.2: 400 each, standard deviation 18.
    assert 320 < min(seen.values()) <= max(seen.values()) < 480


def test_a_small_frame_is_drawn_whole_and_an_empty_one_not_at_all():
    assert draw([3, 1], 10, 0) == replace(draw([1, 3], 2, 5), ids=(1, 3), inclusion=1.0)
    assert draw([], 10, 0).ids == ()


def test_nothing_is_estimated_before_a_label_is_there():
    assert missed([]) is None
    assert missed([Stratum(frame=400, drawn=20, labelled=0, missed=0, flagged=10)]) is None


def test_each_drawing_is_weighted_by_its_chance():
    # 3 of 30 in 600, 1 of 20 in 100: 60 + 5 of 700.
    found = missed([Stratum(600, 30, 30, 3, 50), Stratum(100, 20, 20, 1, 30), Stratum(500, 20, 0, 0, 40)])
    assert found.count.value == pytest.approx(65)
    assert found.share.value == pytest.approx(65 / 700)
    assert (found.covered, found.frame, found.drawn, found.labelled, found.missed) == (700, 1200, 70, 50, 4)
    assert found.recall.value == pytest.approx(80 / 145)
    assert found.share.low < 65 / 700 < found.share.high
    assert found.recall.low < 80 / 145 < found.recall.high


def test_nothing_found_is_not_nothing_missed():
    found = missed([Stratum(10_000, 60, 60, 0, 200)])
    # The rule of three: 3.7 / 60 at 97.5 %.
    assert (found.share.value, found.share.low) == (0.0, 0.0)
    assert found.share.high == pytest.approx(0.0596, abs=0.0005)
    assert found.recall.value == 1.0
    assert found.recall.low == pytest.approx(200 / (200 + 596), abs=0.01)


def test_a_frame_that_was_looked_at_whole_is_known_exactly():
    found = missed([Stratum(12, 12, 12, 3, 6)])
    assert (found.share.low, found.share.value, found.share.high) == (0.25, 0.25, 0.25)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_the_interval_holds_the_truth_19_times_in_20(share):
    generator = random.Random(11)
    held = 0
    for _ in range(300):
        strata = []
        truth = whole = 0
        for frame, size in ((400, 12), (900, 15), (250, 20)):
            wrong = [generator.random() < share for _ in range(frame)]
            truth, whole = truth + sum(wrong), whole + frame
            strata.append(Stratum(frame, size, size, sum(generator.sample(wrong, size)), 60))
        found = missed(strata)
        held += found.share.low <= truth / whole <= found.share.high
    assert held >= 0.93 * 300
