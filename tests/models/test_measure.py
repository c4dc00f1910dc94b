from __future__ import annotations

import json
import math
import random
from collections import Counter

import pytest

from data.errors import InputError, ModelError
from data.records import WATCHED, Modality
from models.measure import FIGURES, Interval, Measurement, Said, Truth, measure, paired_difference

EVENT, CLAIM, LAW, NOTHING = (
    Modality.KEJADIAN,
    Modality.DUGAAN,
    Modality.PENANGANAN_HUKUM,
    Modality.TIDAK_RELEVAN,
)


def truth(
    id: str,  # noqa: A002 - the record's own word
    signals: str = "",
    modality: Modality = NOTHING,
    severity: int | None = 0,
    *,
    optional: str = "",
    story: int | None = None,
) -> Truth:
    return Truth(
        id=id,
        signals=frozenset(signals.split()),
        optional=frozenset(optional.split()),
        modality=modality,
        severity=severity,
        negasi=False,
        historis=False,
        story=int(id) if story is None else story,
        group="buatan",
    )


def said(
    asserted: str = "", modality: Modality = NOTHING, score: float = 0.0, severity: int | None = 0, **signals: float
) -> Said:
    over = frozenset(asserted.split())
    return Said(signals, over, modality, score, bool(over) and modality in WATCHED, severity)


SIX = [
    # truth, what was said of it: the figures below are counted from this table by hand
    (truth("1", "hoaks", EVENT, 2), said("hoaks", EVENT, 0.9, 2, hoaks=0.95)),
    (truth("2", "hoaks sara", CLAIM, 2), said("hoaks", EVENT, 0.8, 3, hoaks=0.85, sara=0.15)),
    (truth("3", "sara", LAW, 1), said("", LAW, 0.3, 0, sara=0.25)),
    (truth("4", "", NOTHING, 0), said("sara", LAW, 0.8, 2, sara=0.75)),
    (truth("5", "", NOTHING, 0, optional="hoaks"), said("hoaks", CLAIM, 0.7, 0, hoaks=0.65)),
    (truth("6", "", NOTHING, 0), said("", NOTHING, 0.1, 0)),
]
# signals: hoaks hit 1, 2 (5 is optional); sara hit none, wrong 4, missed 2, 3: micro 2*2 / (2*2 + 1 + 2)
# flag: gold 1, 2, 3; said 1, 2, 4 (5 counts neither way): hit 2, wrong 1, missed 1
# ranking: 1 | 2 and 4 at 0.8 together | 3 | 6: recall 1/3, 2/3, 1; precision 1, 2/3, 3/4
BY_HAND = {
    "signals_micro_f1": 4 / 7,
    "modality_accuracy": 3 / 6,
    # kejadian 1 hit 1 wrong; dugaan 1 missed 1 wrong; hukum 1 hit 1 wrong; tidak_relevan 1 hit 2 missed; in gold: 4
    "modality_macro_f1": (2 / 3 + 0 + 2 / 3 + 1 / 2) / 4,
    "severity_exact": 3 / 6,
    "severity_within_one": 5 / 6,
    "flag_precision": 2 / 3,
    "flag_recall": 2 / 3,
    "flag_f1": 2 / 3,
    "flag_ap": 1 / 3 * 1 + 1 / 3 * 2 / 3 + 1 / 3 * 3 / 4,
    "flag_p_at_r90": 3 / 4,
    "flag_p_at_r95": 3 / 4,
    # bins: 0.9 (true), 0.8 twice (one true), 0.3 (true), 0.1 (false)
    "flag_ece": (0.1 + 0.6 + 0.7 + 0.1) / 5,
    # 11 pairs, as hoaks of 5 does not count; hoaks 0.95 true, 0.85 true, 0 three times; sara 0 three times, 0.15 true,
    # 0.25 true, 0.75 false: each of them alone in its bin but the six at 0
    "signals_ece": (0.05 + 0.15 + 0 + 0.85 + 0.75 + 0.75) / 11,
}


def parts(table: list[tuple[Truth, Said]]) -> tuple[list[Truth], list[Said]]:
    return [one for one, _ in table], [one for _, one in table]


@pytest.mark.parametrize("name", BY_HAND)
def test_a_figure_is_what_counting_by_hand_gives(name: str) -> None:
    found = measure(*parts(SIX), resamples=0).figures[name]
    assert found.value == pytest.approx(BY_HAND[name])


def test_labels_are_counted_one_by_one() -> None:
    found = measure(*parts(SIX), resamples=0)
    hoaks, sara = found.signals["hoaks"], found.signals["sara"]
    assert (hoaks.n, hoaks.predicted, hoaks.precision.value, hoaks.recall.value, hoaks.f1.value) == (2, 2, 1, 1, 1)
    assert (sara.n, sara.predicted, sara.precision.value, sara.recall.value, sara.f1.value) == (2, 1, 0, 0, 0)
    assert hoaks.average_precision.value == 1
    # sara by score: 4 (wrong), 3 (right), 2 (right), the rest
    assert sara.average_precision.value == pytest.approx(1 / 2 * 1 / 2 + 1 / 2 * 2 / 3)
    assert sara.calibration_error == pytest.approx((0.85 + 0.75 + 0.75) / 6)
    law = found.modalities[LAW]
    assert (law.n, law.predicted, law.precision.value, law.recall.value) == (1, 2, 0.5, 1)
    assert not law.average_precision.known
    assert math.isnan(law.calibration_error)


def test_confusions_have_gold_in_rows_and_what_was_said_in_columns() -> None:
    found = measure(*parts(SIX), resamples=0)
    order = list(Modality)
    cells = {
        (gold, answer): count
        for gold, row in zip(order, found.confusion, strict=True)
        for answer, count in zip(order, row, strict=True)
        if count
    }
    assert cells == {
        (EVENT, EVENT): 1,
        (CLAIM, EVENT): 1,
        (LAW, LAW): 1,
        (NOTHING, LAW): 1,
        (NOTHING, CLAIM): 1,
        (NOTHING, NOTHING): 1,
    }
    assert found.severity_confusion == (
        (2, 0, 1, 0, 0),
        (1, 0, 0, 0, 0),
        (0, 0, 1, 1, 0),
        (0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0),
    )


def test_reliability_leaves_empty_bins_out() -> None:
    found = measure(*parts(SIX), resamples=0).flag_reliability
    assert [(one.low, one.high, one.n, one.true) for one in found] == [
        (0.1, 0.2, 1, 0),
        (0.3, 0.4, 1, 1),
        (0.8, 0.9, 2, 0.5),
        (0.9, 1.0, 1, 1),
    ]
    assert [one.said for one in found] == pytest.approx([0.1, 0.3, 0.8, 0.9])


def test_the_curve_of_the_flag_is_kept() -> None:
    found = measure(*parts(SIX), resamples=0).flag_curve
    assert [recall for recall, _ in found] == pytest.approx([1 / 3, 2 / 3, 1])
    assert [precision for _, precision in found] == pytest.approx([1, 2 / 3, 3 / 4])


def test_the_macro_mean_takes_only_labels_with_seven_gold_articles() -> None:
    table = [(truth(str(n), "hoaks", EVENT), said("hoaks", EVENT, 0.9, hoaks=0.9)) for n in range(7)]
    table += [(truth(str(n), "sara", EVENT), said("", EVENT, 0.4)) for n in range(7, 13)]
    assert measure(*parts(table), resamples=0).figures["signals_macro_f1"] == Interval(
        1.0, pytest.approx(math.nan, nan_ok=True), pytest.approx(math.nan, nan_ok=True), 1
    )
    table.append((truth("13", "sara", EVENT), said("", EVENT, 0.4)))
    assert measure(*parts(table), resamples=0).figures["signals_macro_f1"].value == 0.5


def test_what_nobody_could_measure_is_not_a_number() -> None:
    quiet = [(truth(str(n), severity=None), said(severity=None)) for n in range(3)]
    found = measure(*parts(quiet), resamples=20)
    unknown = {name for name, one in found.figures.items() if not one.known}
    assert unknown == set(FIGURES) - {"modality_accuracy", "modality_macro_f1", "flag_ece"}
    assert all(math.isnan(found.figures[name].low) for name in unknown)


def test_severity_that_was_not_judged_is_wrong_only_where_others_were() -> None:
    golds = [truth("1", severity=0), truth("2", severity=0)]
    none = measure(golds, [said(severity=None)] * 2, resamples=0)
    half = measure(golds, [said(severity=None), said(severity=0)], resamples=0)
    assert not none.figures["severity_exact"].known
    assert (half.figures["severity_exact"].value, half.figures["severity_within_one"].value) == (0.5, 0.5)


def made_up(count: int, seed: int, stories: int | None = None) -> list[tuple[Truth, Said]]:
    """Return articles with answers that are right more often than not; scores have two digits, so that many are equal."""
    dice = random.Random(seed)
    slugs, kinds = ["a", "b", "c", "d"], list(Modality)
    table = []
    for n in range(count):
        gold = " ".join(slug for slug in slugs[: 3 if n % 50 else 4] if dice.random() < 0.3)
        optional = " ".join(slug for slug in slugs if slug not in gold and dice.random() < 0.1)
        kind = dice.choice(kinds)
        near = {slug: round(min(1, max(0, dice.gauss(0.7 if slug in gold else 0.2, 0.2))), 2) for slug in slugs}
        over = " ".join(slug for slug in slugs if near[slug] >= 0.5)
        one = truth(str(n), gold, kind, dice.randrange(5), optional=optional, story=n % stories if stories else n)
        score = round(min(1, max(0, dice.gauss(0.7 if one.flagged else 0.3, 0.25))), 2)
        guess = kind if dice.random() < 0.7 else dice.choice(kinds)
        table.append((one, said(over, guess, score, dice.randrange(5), **near)))
    return table


def by_the_law(table: list[tuple[Truth, Said]]) -> dict[str, float]:
    """Count as the labelled material's rules say it, article by article: another way than the one under test."""
    per: dict[str, Counter[str]] = {slug: Counter() for slug in "abcd"}
    kinds: dict[str, Counter[str]] = {kind: Counter() for kind in Modality}
    flag: Counter[str] = Counter()
    right = exact = near = 0
    scored = []
    for gold, answer in table:
        for slug, counts in per.items():
            if slug in gold.signals:
                counts["hit" if slug in answer.asserted else "missed"] += 1
            elif slug in answer.asserted and slug not in gold.optional:
                counts["wrong"] += 1
        if gold.modality is answer.modality:
            right += 1
            kinds[gold.modality]["hit"] += 1
        else:
            kinds[gold.modality]["missed"] += 1
            kinds[answer.modality]["wrong"] += 1
        assert gold.severity is not None
        assert answer.severity is not None
        exact += gold.severity == answer.severity
        near += abs(gold.severity - answer.severity) <= 1
        if gold.flagged:
            flag["hit" if answer.flagged else "missed"] += 1
        elif answer.flagged and not gold.optional:
            flag["wrong"] += 1
        if gold.flagged or not gold.optional:
            scored.append((answer.flag_score, gold.flagged))

    def f1(counts: Counter[str]) -> float:
        return 2 * counts["hit"] / max(1, 2 * counts["hit"] + counts["wrong"] + counts["missed"])

    total, average, before, points = sum(is_so for _, is_so in scored), 0.0, 0.0, []
    for score in sorted({score for score, _ in scored}, reverse=True):
        over = [is_so for other, is_so in scored if other >= score]
        points.append((sum(over) / total, sum(over) / len(over)))
        average += (points[-1][0] - before) * points[-1][1]
        before = points[-1][0]
    macro = [f1(counts) for counts in per.values() if counts["hit"] + counts["missed"] >= 7]
    there = [f1(counts) for counts in kinds.values() if counts["hit"] + counts["missed"]]
    return {
        "signals_micro_f1": f1(sum(per.values(), Counter())),
        "signals_macro_f1": sum(macro) / len(macro),
        "modality_accuracy": right / len(table),
        "modality_macro_f1": sum(there) / len(there),
        "severity_exact": exact / len(table),
        "severity_within_one": near / len(table),
        "flag_precision": flag["hit"] / (flag["hit"] + flag["wrong"]),
        "flag_recall": flag["hit"] / (flag["hit"] + flag["missed"]),
        "flag_f1": f1(flag),
        "flag_ap": average,
        "flag_p_at_r90": max(precision for recall, precision in points if recall >= 0.90),
        "flag_p_at_r95": max(precision for recall, precision in points if recall >= 0.95),
    }


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_agrees_with_the_law_counted_another_way(seed: int) -> None:
    table = made_up(160, seed)
    found = measure(*parts(table), resamples=0).figures
    assert {name: found[name].value for name in by_the_law(table)} == pytest.approx(by_the_law(table))


def test_a_resample_is_what_the_law_counts_of_the_articles_drawn() -> None:
    # Weights stand for copies: the figures under weights are those of the articles written down so many times.
    import numpy as np

    from models.measure import Tables

    table = made_up(90, 7, stories=30)
    times = np.random.default_rng(3).multinomial(30, [1 / 30] * 30).astype(float)
    drawn = [pair for pair in table for _ in range(int(times[pair[0].story]))]
    tables = Tables(*parts(table))
    expected = by_the_law(drawn)
    # Which labels make the macro means is decided once, by all articles.
    for name in set(expected) - {"signals_macro_f1", "modality_macro_f1"}:
        assert tables.figures[name].of(times[None, :])[0] == pytest.approx(expected[name]), name


def test_an_interval_of_a_share_is_as_wide_as_theory_has_it() -> None:
    # 400 articles, 300 right: 0.75 ± 1.96 * sqrt(0.75 * 0.25 / 400) = 0.75 ± 0.0424
    table = [(truth(str(n)), said(modality=NOTHING if n % 4 else EVENT)) for n in range(400)]
    found = measure(*parts(table), resamples=2000, seed=1).figures["modality_accuracy"]
    assert (found.value, found.n) == (0.75, 400)
    assert (found.low, found.high) == pytest.approx((0.7076, 0.7924), abs=0.004)


def test_copies_of_a_story_do_not_make_an_interval_narrower() -> None:
    # The same 400, each hundred times: every story is drawn whole, so the interval stays that of 4 stories.
    table = [(truth(str(n), story=n // 100), said(modality=NOTHING if n >= 100 else EVENT)) for n in range(400)]
    found = measure(*parts(table), resamples=500)
    assert found.stories == 4
    assert found.figures["modality_accuracy"].high - found.figures["modality_accuracy"].low >= 0.5


def test_the_same_seed_gives_the_same_intervals_and_another_gives_others() -> None:
    table = parts(made_up(60, 0))
    first, again, other = (measure(*table, resamples=50, seed=seed).figures["flag_ap"] for seed in (4, 4, 5))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_a_difference_is_taken_on_the_same_resamples() -> None:
    # The challenger mends one of forty articles: never worse, whatever is drawn.
    golds = [truth(str(n), "hoaks", EVENT) for n in range(40)]
    worse = [said("hoaks" if n > 3 else "", EVENT, 0.5) for n in range(40)]
    better = [said("hoaks" if n > 2 else "", EVENT, 0.5) for n in range(40)]
    found = paired_difference(golds, worse, better, "flag_recall", resamples=400, seed=0)
    assert found.value == pytest.approx(1 / 40)
    assert found.low == 0
    assert 0.05 <= found.high <= 0.1
    assert found.n == 40
    same = paired_difference(golds, worse, worse, "signals.hoaks.f1", resamples=50, seed=0)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_a_difference_of_a_figure_that_does_not_exist_is_refused() -> None:
    golds, answers = parts(SIX)
    with pytest.raises(ValueError, match="no such figure: flag_beauty"):
        paired_difference(golds, answers, answers, "flag_beauty")
    with pytest.raises(ValueError, match=r"no such figure: signals\.hoaks\.beauty"):
        paired_difference(golds, answers, answers, "signals.hoaks.beauty")


def test_a_signal_that_only_one_reading_knows_counts_as_missed_by_the_other() -> None:
    golds = [truth("1", "", NOTHING), truth("2", "", NOTHING)]
    wrong = [said("hoaks", EVENT, 0.5), said("", NOTHING, 0.1)]
    right = [said("", NOTHING, 0.5), said("", NOTHING, 0.1)]
    assert not paired_difference(golds, wrong, right, "signals.hoaks.f1", resamples=10).known


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (said(score=1.2), "not in"),
        (said(score=math.nan), "not in"),
        (said(hoaks=-0.1), "not in"),
        (said(severity=5), "severity 5"),
    ],
)
def test_impossible_answers_are_refused(broken: Said, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        measure([truth("1")], [broken])


def test_nothing_to_measure_is_said() -> None:
    with pytest.raises(InputError, match="no labelled article"):
        measure([], [])
    with pytest.raises(ValueError, match="1 truths and 0 answers"):
        measure([truth("1")], [])


def test_a_measurement_comes_back_from_its_json() -> None:
    found = measure(*parts(made_up(60, 2)), resamples=30, note="uji")
    text = json.dumps(found.to_json(), allow_nan=False)
    back = Measurement.from_json(json.loads(text))
    assert json.dumps(back.to_json()) == text
    assert back.figures["flag_ap"].value == pytest.approx(found.figures["flag_ap"].value, abs=1e-6)
    assert list(back.figures) == list(FIGURES)
    assert (back.confusion, back.n, back.note) == (found.confusion, 60, "uji")
    assert not back.modalities[EVENT].average_precision.known


@pytest.mark.parametrize("broken", [{}, {"format": 99}, [], None])
def test_a_foreign_measurement_is_refused(broken: object) -> None:
    with pytest.raises(ModelError, match="not one of this program"):
        Measurement.from_json(broken)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["figures", "signals", "confusion", "flag_reliability", "n"])
def test_a_broken_measurement_is_refused(key: str) -> None:
    plain = measure(*parts(SIX), resamples=0).to_json()
    for other in ("x", [[1]], {"a": 1}):
        with pytest.raises(ModelError, match="is broken"):
            Measurement.from_json(plain | {key: other if other != [[1]] or key != "confusion" else [[1, 2]]})
