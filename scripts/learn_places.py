#!/usr/bin/env python3
"""Learn which place of a text is the event's: ``python scripts/learn_places.py LABELLED.jsonl``.

Reads articles with ``title``, ``text`` and ``event_places`` (Kemendagri codes), has the locator resolve their names
and fits two logistic regressions: one over kabupaten/kota and provinces, one over kecamatan and desa within a right
group. Writes ``event_place.toml``; prints the figures of five-fold cross-validation at the thresholds written.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from classifiers.places import Locator
from classifiers.places.cues import group_features, group_of
from classifiers.places.event import EventWeights, all_unit_features, choose
from classifiers.places.lexicon import load_lexicon
from data.gazetteer import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifiers.places.cues import Reading

THRESHOLDS = {"group": 0.4, "alone": 0.34, "unit": 0.3, "scope": 0.3}
"""Swept over 0.28 to 0.55 in cross-validation: F1 of the group is flat from 0.36 to 0.47.

A unit from 0.30 costs 1 point of precision against 0.40 and gains 3 of exact recall.
A province around the event is its scope from 0.30 (swept from 0.2 to 0.4: flat).
"""

Table = list[tuple[dict[str, float], bool]]


def learn(rows: Table, strength: float) -> dict[str, float]:
    """Return the weights of a logistic regression over named features; ``strength`` is scikit-learn's C."""
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform([features for features, _ in rows])
    model = LogisticRegression(C=strength, max_iter=5000, fit_intercept=False)
    model.fit(matrix, np.array([label for _, label in rows]))
    names = vectorizer.get_feature_names_out()
    return {str(name): round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}


def tables(readings: Sequence[tuple[Reading, set[str]]]) -> tuple[Table, Table]:
    """Return the labelled features of groups and finer units; a province above a right kabupaten counts neither way."""
    groups: Table = []
    units: Table = []
    for reading, gold in readings:
        right = {group_of(code) for code in gold}
        above = {code[:2] for code in right} - right
        groups.extend(
            (features, group in right) for group, features in group_features(reading).items() if group not in above
        )
        units.extend(
            (features, code in gold) for code, features in all_unit_features(reading).items() if group_of(code) in right
        )
    return groups, units


def learn_weights(readings: Sequence[tuple[Reading, set[str]]]) -> EventWeights:
    """Return both tables' weights."""
    groups, units = tables(readings)
    return EventWeights(
        learn(groups, 0.08),
        learn(units, 0.5),
        THRESHOLDS["group"],
        THRESHOLDS["alone"],
        THRESHOLDS["unit"],
        THRESHOLDS["scope"],
    )


def figures(pairs: Sequence[tuple[set[str], set[str]]]) -> tuple[float, float]:
    """Return F1 at group level and exact recall of (gold, predicted) codes."""
    right = wrong = missed = exact = total = 0
    for gold, predicted in pairs:
        want, got = {code[:5] for code in gold}, {code[:5] for code in predicted}
        right += len(want & got)
        missed += len(want - got)
        wrong += len(got - want - {code[:2] for code in want})
        total += len(gold)
        exact += sum(any(other == code or other.startswith(code + ".") for other in predicted) for code in gold)
    return 2 * right / max(1, 2 * right + wrong + missed), exact / max(1, total)


def cross_validate(
    readings: Sequence[tuple[Reading, set[str]]], folds: np.ndarray[Any, Any]
) -> list[tuple[set[str], set[str]]]:
    """Return (gold, predicted) of every article, predicted by weights that have not seen its fold."""
    pairs: list[tuple[set[str], set[str]]] = [(set(), set())] * len(readings)
    for fold in sorted(set(folds.tolist())):
        weights = learn_weights([pair for pair, own in zip(readings, folds, strict=True) if own != fold])
        for index in np.flatnonzero(folds == fold).tolist():
            reading, gold = readings[index]
            pairs[index] = (gold, choose(reading, weights).codes)
    return pairs


def write_weights(path: Path, weights: EventWeights, note: str) -> None:
    """Write the table with how it was learned."""
    lines = [f"# {line}" for line in note.splitlines()]
    for name, table in (("thresholds", THRESHOLDS), ("groups", weights.groups), ("units", weights.units)):
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in sorted(table.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Read, cross-validate, learn from all and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labelled", type=Path, help="JSONL of articles with title, text, event_places")
    parser.add_argument("--out", type=Path, default=FOLDER / "event_place.toml")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.labelled.read_text(encoding="utf-8").splitlines()]
    locator = Locator(load_lexicon(), EventWeights({}, {}, 1.0, 1.0, 1.0, 1.0))
    readings = [
        (locator.read(row["title"], row["text"]), {place["code"] for place in row["event_places"]}) for row in rows
    ]
    torn = [bool(row.get("torn")) for row in rows]
    note = (
        "Where it happened: log-odds of the cues of classifiers/places/cues.py, learned by scripts/learn_places.py\n"
        f"from {len(rows):,} "
        "hand-labelled articles (weights only; no text). L2 logistic regression, C 0.08 (groups) and 0.5 (units)."
    )
    names = [row.get("dataset", "") for row in rows]
    by_dataset = np.array([sorted(set(names)).index(name) for name in names])
    for how, folds in (
        ("5 random folds", np.random.default_rng(0).integers(0, 5, len(rows))),
        ("one dataset held out", by_dataset),
    ):
        pairs = cross_validate(readings, folds)
        for which, kept in (
            ("all", pairs),
            ("whole", [pair for pair, hole in zip(pairs, torn, strict=True) if not hole]),
        ):
            f1, exact = figures(kept)
            line = f"{how}, {which} articles: F1 at kabupaten/kota {f1:.3f}, exact recall {exact:.3f} (n {len(kept):,})"
            print(line)
            note += "\n" + line
    write_weights(arguments.out, learn_weights(readings), note)


if __name__ == "__main__":
    main()
