"""Drift: seen when it is there, and next to never when it is not."""

from __future__ import annotations

import numpy as np
import pytest

from data.records import Modality
from models.drift import Measure, Windows, benjamini_hochberg, compare, dispersion, findings, joined, psi, windows
from models.judge import BASELINE
from models.observe import Observation, Week, measures, newcomers, strangeness

SHAPES = {"panjang_teks": 6, "campuran_sumber": 9, "kata_asing": 5, "modalitas": 7, "skor_tanda": 6}
COPIES = 2.5
"""How often each story of the made-up news is printed."""


def printed(generator, shares, articles, wander):
    """Return a week's counts: stories by shares that wander from week to week, each printed a few times."""
    drifted = generator.dirichlet(np.asarray(shares) * wander)
    stories = generator.multinomial(round(articles / COPIES), drifted)
    return (stories + generator.poisson(stories * (COPIES - 1))).astype(float)


def news(generator, articles=1000, wander=300, shares=None, recent=None, since=1):
    """Return the measures of one look at made-up news; ``recent`` replaces shares by name, for ``since`` weeks now."""

    def measure(name, kind, unit, bins, usual, size):
        now = (recent or {}).get(name, usual)
        weeks = [printed(generator, usual, size, wander) for _ in range(12)]
        month = [printed(generator, now if week < since else usual, size, wander) for week in range(4)]
        ordered = name not in {"modalitas", "campuran_sumber"}
        return Measure(name, kind, unit, bins, np.array(weeks), month[0], ordered, sum(month))

    found = []
    for name, size in SHAPES.items():
        usual = (shares or {}).get(name, generator.dirichlet(np.full(size, 3.0)))
        kind = "skor" if name == "skor_tanda" else "masukan"
        found.append(measure(name, kind, "psi", tuple(map(str, range(size))), usual, articles))
    found.append(measure("laju_tanda", "skor", "rasio", ("tidak", "ya"), [0.9, 0.1], articles))
    found.append(measure("laju_koreksi", "label", "rasio", ("tidak", "ya"), [0.85, 0.15], 150))
    return found


def alarms(found):
    return [finding.name.removesuffix("_sebulan") for finding in findings(found) if finding.alarm]


@pytest.mark.parametrize(("articles", "wander"), [(100, 300), (400, 300), (400, 150), (1500, 1000)])
def test_news_that_has_not_changed_raises_less_than_one_alarm_in_a_hundred_looks(articles, wander):
    generator = np.random.default_rng(2024)
    looks = 250
    assert sum(bool(alarms(news(generator, articles, wander))) for _ in range(looks)) < looks / 100


def test_without_the_bursts_in_mind_every_tenth_look_would_have_been_an_alarm():
    # The same news, judged by chi-square alone: what the correction by dispersion is for.
    from scipy.stats import chi2

    generator = np.random.default_rng(2024)
    wrong = 0
    for _ in range(100):
        one = news(generator)[1]
        table = np.vstack([one.reference.sum(axis=0), one.recent])
        expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
        wrong += chi2.sf(((table - expected) ** 2 / expected).sum(), len(one.bins) - 1) < 0.002
    assert wrong > 10


SHIFTS = {
    # A model that flags twice as much: what lay above one half doubles.
    "a model that flags twice as much": (
        {"skor_tanda": [0.6, 0.2, 0.06, 0.04, 0.05, 0.05], "laju_tanda": [0.9, 0.1]},
        {"skor_tanda": [0.54, 0.18, 0.05, 0.03, 0.1, 0.1], "laju_tanda": [0.8, 0.2]},
    ),
    "a new outlet that makes up a quarter of the news": (
        {"campuran_sumber": [0.2, 0.2, 0.15, 0.15, 0.1, 0.1, 0.05, 0.04, 0.01]},
        {"campuran_sumber": [0.15, 0.15, 0.11, 0.11, 0.08, 0.07, 0.04, 0.03, 0.26]},
    ),
    "pages that are read to the teaser only": (
        {"panjang_teks": [0.15, 0.15, 0.2, 0.2, 0.15, 0.15]},
        {"panjang_teks": [0.4, 0.12, 0.14, 0.13, 0.1, 0.11]},
    ),
    "a desk that corrects three times as much": ({}, {"laju_koreksi": [0.55, 0.45]}),
}


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_real_shift_is_found_within_four_looks(shift):
    generator = np.random.default_rng(7)
    before, after = SHIFTS[shift]
    trials, found = 40, 0
    for _ in range(trials):
        looks = (news(generator, shares=before, recent=after, since=weeks) for weeks in (1, 2, 3, 4))
        found += any(set(alarms(look)) & set(after) for look in looks)
    assert found >= 0.95 * trials


def test_a_difference_that_is_real_but_small_is_no_alarm():
    reference = np.tile([5000.0, 5000.0, 5000.0], (12, 1))
    one = Measure("modalitas", "masukan", "psi", ("a", "b", "c"), reference, np.array([5500.0, 5000.0, 4500.0]))
    [finding] = findings([one])
    assert finding.p_value < 1e-6
    assert not finding.alarm


def test_the_stability_index_is_that_of_the_textbook():
    # (0.6-0.5)*ln(0.6/0.5) + (0.4-0.5)*ln(0.4/0.5) = 0.0405
    assert psi(np.array([5e6, 5e6]), np.array([6e6, 4e6])) == pytest.approx(0.04055, abs=1e-4)
    assert psi(np.array([10.0, 0.0]), np.array([0.0, 10.0])) < 10


def test_weeks_that_differ_only_by_chance_have_no_dispersion_and_bursts_have():
    assert dispersion(np.array([[50.0, 50.0], [50.0, 50.0]])) == 1.0
    # Each week 80:20 or 20:80 of 100: chi-square 36 per week, one degree of freedom each.
    assert dispersion(np.array([[80.0, 20.0], [20.0, 80.0]])) == pytest.approx(72.0)


def test_the_procedure_of_benjamini_and_hochberg():
    # Sorted: 0.001 <= 0.05/5, 0.012 <= 0.02, 0.03 <= 0.03; 0.2 > 0.04. The third counts, so do those before it.
    assert benjamini_hochberg([0.2, 0.03, 0.001, None, 0.012, 0.9], 0.05) == [False, True, True, False, True, False]
    assert benjamini_hochberg([None], 0.05) == [False]


def test_thin_bins_join_their_neighbours_and_thin_outlets_a_rest():
    reference = np.array([[1.0, 1.0, 90.0, 108.0]] * 6)
    ordered = joined(
        Measure("panjang_teks", "masukan", "psi", ("a", "b", "c", "d"), reference, np.array([1, 0, 9, 10.0]))
    )
    assert ordered.bins == ("a … c", "d")
    assert ordered.recent.tolist() == [10, 10]
    loose = joined(Measure("campuran_sumber", "masukan", "psi", ("a", "b", "c", "d"), reference, np.array([3, 4, 9, 10.0]), ordered=False))  # fmt: skip
    assert loose.bins == ("c", "d", "lain")
    assert loose.recent.tolist() == [9, 10, 7]


def test_what_was_nowhere_before_does_not_vanish_in_the_rest():
    reference = np.array([[50.0, 50.0, 0.0]] * 12)
    one = Measure("campuran_sumber", "masukan", "psi", ("a", "b", "lain"), reference, np.array([40.0, 40.0, 20.0]), ordered=False)  # fmt: skip
    [finding] = findings([one])
    assert finding.recent[-1] == ("lain", 0.2)
    assert finding.alarm


def test_too_little_is_not_tested_and_says_so():
    few = Measure("laju_tanda", "skor", "rasio", ("tidak", "ya"), np.array([[90.0, 10.0]] * 5), np.array([10.0, 90.0]))
    thin = Measure("laju_tanda", "skor", "rasio", ("tidak", "ya"), np.array([[90.0, 10.0]] * 12), np.array([4.0, 40.0]))
    none = Measure("laju_koreksi", "label", "rasio", ("tidak", "ya"), np.zeros((12, 2)), np.zeros(2))
    for one in (few, thin, none):
        [finding] = findings([one])
        assert (finding.p_value, finding.alarm, finding.note) == (None, False, "belum cukup data")
    assert compare(none).effect == 1.0


def test_an_alarm_says_what_moved_and_a_change_of_stage_excuses_all_but_the_desks_corrections():
    shift = (np.array([[90.0, 10.0]] * 12) * 10, np.array([600.0, 400.0]))
    flags = Measure("laju_tanda", "skor", "rasio", ("tidak ditandai", "ditandai"), *shift)
    desk = Measure("laju_koreksi", "label", "rasio", ("dibiarkan", "dikoreksi"), *shift)
    calm = findings([flags, desk])
    assert [(one.alarm, one.note) for one in calm] == [
        (True, "terutama ditandai: 10% menjadi 40%"),
        (True, "terutama dikoreksi: 10% menjadi 40%"),
    ]
    changed = findings([flags, desk], stage_changed=True)
    assert [one.alarm for one in changed] == [False, True]
    assert changed[0].note == "terutama ditandai: 10% menjadi 40%; tahapan berganti, dapat wajar"


def test_the_reference_is_of_the_same_stage_with_a_gap_where_enough_is_there():
    assert windows([None] * 30, None) == Windows((0, 1, 2), tuple(range(4, 16)), changed=False)
    assert windows([None] * 8, None) == Windows((), tuple(range(2, 8)), changed=False)
    campaign = ["kampanye"] * 7 + [None] * 20
    assert windows(campaign, "kampanye") == Windows((), tuple(range(1, 7)), changed=False)
    # The second week of a campaign: there are not enough of them yet.
    assert windows(["kampanye", *[None] * 20], "kampanye") == Windows((0, 1, 2), tuple(range(4, 16)), changed=True)
    assert windows([], None) == Windows((), (), changed=False)


def test_the_month_is_looked_at_beside_the_week():
    reference = np.array([[90.0, 10.0]] * 12)
    one = Measure("laju_tanda", "skor", "rasio", ("tidak", "ya"), reference, np.array([85.0, 15.0]), month=np.array([300.0, 100.0]))  # fmt: skip
    assert [(found.name, found.n_recent, found.alarm) for found in findings([one])] == [
        ("laju_tanda", 100, False),
        ("laju_tanda_sebulan", 400, True),
    ]


def article(source="kabar", words=200, modality=Modality.TIDAK_RELEVAN, score=0.01, flagged=False, strange=0.1):
    return Observation(source, words, modality, score, flagged, strange)


def test_articles_are_counted_into_tables_of_weeks():
    week = Week((article(), article(words=179), article("radar", 400, Modality.KEJADIAN, 0.9, flagged=True)), 4, 1)
    now = Week((article("baru", 180, score=0.02),), 2, 2)
    tables = {one.name: one for one in measures([week, week], now)}
    assert tables["panjang_teks"].bins[0] == "di bawah 180 kata"
    assert tables["panjang_teks"].reference.tolist() == [[1, 1, 0, 0, 0, 1]] * 2
    assert tables["panjang_teks"].recent.tolist() == [0, 1, 0, 0, 0, 0]
    assert tables["campuran_sumber"].bins == ("kabar", "radar", "lain")
    assert tables["campuran_sumber"].recent.tolist() == [0, 0, 1], "an outlet that was not there before"
    assert tables["skor_tanda"].recent.tolist() == [0, 1, 0, 0, 0, 0]
    assert tables["laju_tanda"].reference.tolist() == [[2, 1]] * 2
    assert tables["laju_koreksi"].reference.tolist() == [[3, 1]] * 2
    assert tables["laju_koreksi"].recent.tolist() == [0, 2]
    assert sum(tables["modalitas"].recent) == 1
    assert tables["modalitas"].month is None
    monthly = {one.name: one for one in measures([week, week], now, [week, week, now])}
    assert monthly["laju_tanda"].month.tolist() == [6, 2]


def test_outlets_that_hardly_were_there_before_are_named_with_their_share():
    before = Week(tuple(article(name) for name in ["kabar"] * 95 + ["radar"] * 5))
    now = Week(tuple(article(name) for name in ["kabar"] * 40 + ["radar"] * 25 + ["baru"] * 32 + ["kecil"] * 3))
    assert newcomers([before], now) == (("baru", 0.32), ("radar", 0.25))
    assert newcomers([], Week(())) == ()


def test_words_that_the_model_hardly_met_are_strange():
    share = strangeness(BASELINE)
    usual = "Massa pendukung pasangan calon bentrok di depan kantor KPU, polisi mengamankan enam orang."
    odd = " ".join(f"xqzv{chr(97 + number % 26)}{chr(97 + number // 26)}wuk" for number in range(300))
    assert share("Bentrok di Kantor KPU", usual) < 0.05
    assert share("Zyx", odd) > 0.2
    assert 0.05 < share("", "The committee adopted recommendations regarding international shipping regulations.") < 0.5
    assert share("", "") == 0.0
