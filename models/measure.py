"""How well a reading agrees with labels: every figure with a bootstrap interval, and the difference of two readings.

The counting is that of the labelled material: an optional signal is neither hit nor miss; macro means run over labels
with at least `LEAST_GOLD` articles; an article that has optional signals only counts neither way where it is flagged;
equal scores of the flag are taken together. Pure: records in, records out, the seed is handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.errors import InputError
from data.records import Modality, Severity
from models.measurement import UNKNOWN, Bin, Interval, LabelFigures, Measurement, Said, Truth
from models.resampling import Calibration, Figure, Hits, Ranking, draws, interval, mean_of_known, per_story, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.resampling import Floats

__all__ = [
    "FIGURES",
    "LEAST_GOLD",
    "RESAMPLES",
    "Bin",
    "Interval",
    "LabelFigures",
    "Measurement",
    "Said",
    "Truth",
    "measure",
    "paired_difference",
]

LEAST_GOLD = 7
"""Labels with fewer gold articles say nothing by themselves and stay out of the macro mean; so the law has it."""

RESAMPLES = 1000
"""Efron & Tibshirani (1993, section 14.3): enough for percentile intervals."""

FIGURES = (
    "signals_micro_f1",
    "signals_macro_f1",
    "signals_ece",
    "modality_accuracy",
    "modality_macro_f1",
    "severity_exact",
    "severity_within_one",
    "flag_precision",
    "flag_recall",
    "flag_f1",
    "flag_ap",
    "flag_p_at_r90",
    "flag_p_at_r95",
    "flag_ece",
)
KINDS = tuple(Modality)
LEVELS = len(Severity)
CURVE_POINTS = 200
"""Points of the flag's curve that are kept: more than a plot can show."""


def measure(
    truth: Sequence[Truth], said: Sequence[Said], *, resamples: int = RESAMPLES, seed: int = 0, note: str = ""
) -> Measurement:
    """Return every figure of what was said of articles, in the order of their truths.

    ``resamples`` 0 gives figures without intervals (NaN). Raises InputError where there is no article or a probability
    is none, ValueError where the two have other lengths.
    """
    tables = Tables(truth, said)
    found = _with_intervals(tables, tables.figures, resamples, seed)
    return Measurement(
        n=len(truth),
        stories=tables.stories,
        figures={name: found[name] for name in FIGURES},
        signals={slug: tables.label_figures(f"signals.{slug}", found) for slug in tables.slugs},
        modalities={kind: tables.label_figures(f"modalities.{kind}", found) for kind in KINDS},
        confusion=tables.confusion(),
        severity_confusion=tables.severity_confusion(),
        flag_reliability=tables.flag_calibration.bins(),
        signals_reliability=tables.signals_calibration.bins(),
        flag_curve=_thinned(tables.flag_ranking),
        resamples=resamples,
        seed=seed,
        note=note,
    )


def paired_difference(
    truth: Sequence[Truth],
    champion: Sequence[Said],
    challenger: Sequence[Said],
    figure: str,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Return a figure of the challenger minus that of the champion, both on the same resamples of the same articles.

    ``figure`` is one of `FIGURES`, or ``signals.<slug>.f1``, ``modalities.<modality>.recall`` and the like
    (``precision``, ``recall``, ``f1``, for signals ``average_precision``). Raises ValueError for another, InputError as
    `measure` does.
    """
    known = frozenset(slug for one in (*champion, *challenger) for slug in one.asserted.union(one.signals))
    old, new = (Tables(truth, said, known) for said in (champion, challenger))
    if figure not in old.figures:
        raise ValueError(f"no such figure: {figure}")
    before, after = old.figures[figure], new.figures[figure]
    samples = [after.of(weights) - before.of(weights) for weights in draws(old.stories, len(truth), resamples, seed)]
    return interval(
        after.point(old.stories) - before.point(old.stories),
        np.concatenate(samples) if samples else np.zeros(0),
        min(before.n, after.n),
    )


def _with_intervals(tables: Tables, figures: Mapping[str, Figure], resamples: int, seed: int) -> dict[str, Interval]:
    samples: dict[str, list[Floats]] = {name: [] for name in figures}
    for weights in draws(tables.stories, tables.articles, resamples, seed):
        for name, figure in figures.items():
            samples[name].append(figure.of(weights))
    return {
        name: interval(
            figure.point(tables.stories),
            np.concatenate(samples[name]) if samples[name] else np.zeros(0),
            figure.n,
        )
        for name, figure in figures.items()
    }


class Tables:
    """Truths and answers as arrays, and the figures that can be had of them; ``signals`` are counted in any case."""

    def __init__(self, truth: Sequence[Truth], said: Sequence[Said], signals: frozenset[str] = frozenset()) -> None:
        if len(truth) != len(said):
            raise ValueError(f"{len(truth)} truths and {len(said)} answers")
        if not truth:
            raise InputError("there is no labelled article to measure with")
        self.articles = len(truth)
        names, self.story = np.unique([one.story for one in truth], return_inverse=True)
        self.stories = len(names)
        self._read_signals(truth, said, signals)
        self._read_flags(truth, said)
        self.gold_kind = np.array([KINDS.index(one.modality) for one in truth])
        self.said_kind = np.array([KINDS.index(one.modality) for one in said])
        self._read_severity(truth, said)
        self.figures = self._figures()

    def _read_signals(self, truth: Sequence[Truth], said: Sequence[Said], signals: frozenset[str]) -> None:
        known = signals.union(*(one.signals | one.optional for one in truth))
        self.slugs = tuple(sorted(known.union(*(one.asserted | set(one.signals) for one in said))))
        self.gold = np.array([[slug in one.signals for slug in self.slugs] for one in truth], bool)
        optional = np.array([[slug in one.optional for slug in self.slugs] for one in truth], bool)
        self.counted = self.gold | ~optional
        self.asserted = np.array([[slug in one.asserted for slug in self.slugs] for one in said], bool) & self.counted
        self.probabilities = _probabilities([[one.signals.get(slug, 0.0) for slug in self.slugs] for one in said])
        pairs = np.nonzero(self.counted)
        self.signals_calibration = Calibration.of(
            self.probabilities[pairs], self.gold[pairs], self.story[pairs[0]], self.stories
        )

    def _read_flags(self, truth: Sequence[Truth], said: Sequence[Said]) -> None:
        gold = np.array([one.flagged for one in truth])
        counted = gold | np.array([not one.optional for one in truth])
        flagged = np.array([one.flagged for one in said]) & counted
        scores = _probabilities([one.flag_score for one in said])
        self.flag_hits = self._hits(gold, flagged)
        self.flag_ranking = Ranking.of(scores[counted], gold[counted], self.story[counted])
        self.flag_calibration = Calibration.of(scores[counted], gold[counted], self.story[counted], self.stories)

    def _read_severity(self, truth: Sequence[Truth], said: Sequence[Said]) -> None:
        for level in [one.severity for one in truth] + [one.severity for one in said]:
            if level is not None and not 0 <= level < LEVELS:
                raise InputError(f"severity {level} is not one of 0 to {LEVELS - 1}")
        judged = any(one.severity is not None for one in said)
        pairs = [
            (at, one.severity, answer.severity)
            for at, (one, answer) in enumerate(zip(truth, said, strict=True))
            if judged and one.severity is not None
        ]
        self.severity_pairs = [(gold, answer) for _, gold, answer in pairs]
        off = [abs(gold - answer) if answer is not None else LEVELS for gold, answer in self.severity_pairs]
        rows = np.array([[True, distance == 0, distance <= 1] for distance in off], np.float64).reshape(-1, 3)
        self.severity_table = per_story(rows, self.story[[at for at, _, _ in pairs]], self.stories)

    def _hits(self, gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> Hits:
        cells = np.column_stack([gold & said, ~gold & said, gold & ~said]).astype(np.float64)
        return Hits(per_story(cells, self.story, self.stories))

    def _figures(self) -> dict[str, Figure]:
        labels = {
            f"signals.{slug}": self._hits(self.gold[:, n], self.asserted[:, n]) for n, slug in enumerate(self.slugs)
        }
        kinds = {
            f"modalities.{kind}": self._hits(self.gold_kind == n, self.said_kind == n) for n, kind in enumerate(KINDS)
        }
        self.hits = labels | kinds
        whole = Hits(sum((hits.table for hits in labels.values()), np.zeros((self.stories, 3))))
        enough = [hits for hits in labels.values() if _gold(hits) >= LEAST_GOLD]
        there = [hits for hits in kinds.values() if _gold(hits)]
        right = per_story(
            np.column_stack([self.gold_kind == self.said_kind, np.ones(self.articles, bool)]).astype(np.float64),
            self.story,
            self.stories,
        )
        flags, ranked, severity = self.flag_hits, self.flag_ranking, self.severity_table
        said_flags, flags_there = flags.totals[0] + flags.totals[1], _gold(flags)
        levels = int(severity[:, 0].sum())
        found = {
            "signals_micro_f1": Figure(_gold(whole), whole.f1),
            "signals_macro_f1": Figure(len(enough), lambda weights: _macro(enough, weights)),
            "signals_ece": Figure(self.signals_calibration.n, self.signals_calibration.error),
            "modality_accuracy": Figure(self.articles, lambda weights: _share(right, 0, 1, weights)),
            "modality_macro_f1": Figure(len(there), lambda weights: _macro(there, weights)),
            "severity_exact": Figure(levels, lambda weights: _share(severity, 1, 0, weights)),
            "severity_within_one": Figure(levels, lambda weights: _share(severity, 2, 0, weights)),
            "flag_precision": Figure(said_flags, flags.precision),
            "flag_recall": Figure(flags_there, flags.recall),
            "flag_f1": Figure(flags_there, flags.f1),
            "flag_ap": Figure(flags_there, ranked.average_precision),
            "flag_p_at_r90": Figure(flags_there, ranked.precision_at(0.90)),
            "flag_p_at_r95": Figure(flags_there, ranked.precision_at(0.95)),
            "flag_ece": Figure(self.flag_calibration.n, self.flag_calibration.error),
        }
        for name, hits in self.hits.items():
            found |= {
                f"{name}.precision": Figure(hits.totals[0] + hits.totals[1], hits.precision),
                f"{name}.recall": Figure(_gold(hits), hits.recall),
                f"{name}.f1": Figure(_gold(hits), hits.f1),
            }
        for n, slug in enumerate(self.slugs):
            chosen = self.counted[:, n]
            ranking = Ranking.of(self.probabilities[chosen, n], self.gold[chosen, n], self.story[chosen])
            found[f"signals.{slug}.average_precision"] = Figure(int(self.gold[:, n].sum()), ranking.average_precision)
        return found

    def label_figures(self, name: str, found: Mapping[str, Interval]) -> LabelFigures:
        """Return what one label's figures are, of those by name."""
        hit, wrong, missed = self.hits[name].totals
        return LabelFigures(
            precision=found[f"{name}.precision"],
            recall=found[f"{name}.recall"],
            f1=found[f"{name}.f1"],
            average_precision=found.get(f"{name}.average_precision", UNKNOWN),
            calibration_error=self._calibration_error(name),
            n=hit + missed,
            predicted=hit + wrong,
        )

    def _calibration_error(self, name: str) -> float:
        slug = name.removeprefix("signals.")
        if slug not in self.slugs:
            return float("nan")
        n = self.slugs.index(slug)
        chosen = self.counted[:, n]
        pairs = Calibration.of(self.probabilities[chosen, n], self.gold[chosen, n], self.story[chosen], self.stories)
        return float(pairs.error(np.ones((1, self.stories)))[0])

    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """Return modalities against modalities, gold by said."""
        table = np.zeros((len(KINDS), len(KINDS)), np.int64)
        np.add.at(table, (self.gold_kind, self.said_kind), 1)
        return tuple(tuple(row) for row in table.tolist())

    def severity_confusion(self) -> tuple[tuple[int, ...], ...]:
        """Return severities against severities, gold by said, where both are there."""
        table = [[0] * LEVELS for _ in range(LEVELS)]
        for gold, answer in self.severity_pairs:
            if answer is not None:
                table[gold][answer] += 1
        return tuple(tuple(row) for row in table)


def _gold(hits: Hits) -> int:
    return hits.totals[0] + hits.totals[2]


def _macro(labels: Sequence[Hits], weights: Floats) -> Floats:
    if not labels:
        return np.full(len(weights), np.nan)
    return mean_of_known(np.column_stack([hits.f1(weights) for hits in labels]))


def _share(table: Floats, part: int, whole: int, weights: Floats) -> Floats:
    counts = weights @ table
    return ratio(counts[:, part], counts[:, whole])


def _probabilities(values: Sequence[object]) -> Floats:
    found = np.asarray(values, np.float64)
    if not ((found >= 0) & (found <= 1)).all():
        raise InputError("a probability or score is not in [0, 1]")
    return found


def _thinned(ranking: Ranking) -> tuple[tuple[float, float], ...]:
    """Return the flag's curve at evenly spaced recalls, at each the best precision of that recall or more."""
    if not len(ranking.ends) or not ranking.truth.any():
        return ()
    recall, precision = (row[0] for row in ranking.curve(np.ones((1, int(ranking.story.max()) + 1))))
    step = np.ceil(recall * CURVE_POINTS).astype(np.int64)
    return tuple(
        (float(recall[chosen].max()), float(precision[chosen].max()))
        for chosen in (step == at for at in np.unique(step))
    )
