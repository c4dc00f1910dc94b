#!/usr/bin/env python3
"""Learn which place of a text is the event's: ``python scripts/learn_places.py LABELLED.jsonl``.

Reads articles with ``title``, ``text`` and ``event_places`` (Kemendagri codes), has the locator resolve their names and
fits logistic regressions: over single words, over kabupaten/kota and provinces by themselves, over the same against the
others, and over kecamatan and desa within a right group. Each one learns from what the one before says of articles that
it has not seen (four inner folds). Writes ``event_place.toml`` and ``event_words.tsv``; prints the figures of five-fold
cross-validation at the thresholds written. Copies of one story are never on both sides of a fold, inner or outer.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from classifiers.places import Locator
from classifiers.places.cues import group_of
from classifiers.places.event import (
    EventWeights,
    add_rivals,
    all_unit_features,
    choose,
    first_features,
    weigh,
)
from classifiers.places.lexicon import load_lexicon
from classifiers.places.wording import BIAS, Wording, joined, words_near, words_of
from data.gazetteer import FOLDER, PROVINCE
from models.stories import stories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from classifiers.places.cues import Reading

THRESHOLDS = {"group": 0.42, "alone": 0.36, "unit": 0.3, "scope": 0.3}
"""Swept over 0.34 to 0.50 in cross-validation: F1 of the group moves by less than 0.005.

A unit from 0.30 costs 1 point of precision against 0.40 and gains 3 of exact recall.
A province around the event is its scope from 0.30 (swept from 0.2 to 0.4: flat).
"""

WHOLE = 2.0
"""How much more an article counts that is as pages are read than one that lost the words of its links."""
INNER = 4
RARE = {"near": 3, "happens": 6, "wide": 6}
"""Articles (groups) that must have a word for it to be learned."""
FREQUENT = 0.5
"""Share of the articles above which a word tells nothing."""
SHORTEST = 3
STRENGTH = {"near": 0.3, "happens": 1.0, "wide": 1.0, "groups": 0.08, "again": 0.08, "units": 0.5}
"""scikit-learn's C; those of words were swept from 0.1 to 10 (flat)."""
LEAST = 0.02
"""Weights of words nearer to nothing than this are left out of the table."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article as the locator read it, its labelled codes, its story and how much it counts."""

    reading: Reading
    gold: frozenset[str]
    story: int
    weight: float

    @property
    def right(self) -> set[str]:
        """The groups that are the event's."""
        return {group_of(code) for code in self.gold}


@dataclass(slots=True)
class Table:
    """Named features, labels and weights of what is learned from."""

    features: list[Mapping[str, float]]
    labels: list[bool]
    weights: list[float]


def read_labelled(locator: Locator, rows: Sequence[Mapping[str, Any]]) -> list[Labelled]:
    """Return the articles of a file."""
    numbers = stories([f"{row['title']} {row['text']}" for row in rows]).tolist()
    return [
        Labelled(
            locator.read(row["title"], row["text"]),
            frozenset(place["code"] for place in row["event_places"]),
            number,
            1.0 if row.get("torn") else WHOLE,
        )
        for row, number in zip(rows, numbers, strict=True)
    ]


def story_folds(articles: Sequence[Labelled], count: int, seed: int) -> NDArray[np.int64]:
    """Return a fold for each article; those of one story share it."""
    of_story: dict[int, int] = {}
    generator = np.random.default_rng(seed)
    return np.array([of_story.setdefault(one.story, int(generator.integers(0, count))) for one in articles], np.int64)


def learn(table: Table, strength: float) -> dict[str, float]:
    """Return the weights of a logistic regression over named features; ``strength`` is scikit-learn's C."""
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform(table.features)
    model = LogisticRegression(C=strength, max_iter=5000, fit_intercept=False)
    model.fit(matrix, np.array(table.labels), sample_weight=np.array(table.weights))
    names = vectorizer.get_feature_names_out()
    return {str(name): round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}


def own_words(articles: Sequence[Labelled]) -> list[set[str]]:
    """Return the words of each article that are mostly written in lower case, of at least `SHORTEST` letters."""
    lower: dict[str, int] = {}
    for one in articles:
        for tokens in one.reading.tokens.values():
            for low, small in zip(tokens.low, tokens.small, strict=True):
                lower[low] = lower.get(low, 0) + (1 if small else -1)
    return [{word for word in words_of(one.reading) if len(word) >= SHORTEST and lower[word] > 0} for one in articles]


def learn_words(rows: Sequence[set[str]], labels: Sequence[bool], name: str) -> dict[str, float]:
    """Return the weights of words; of a text's own, each row has length one, as `wording.subject` has it."""
    counts: dict[str, int] = {}
    for row in rows:
        for word in row:
            counts[word] = counts.get(word, 0) + 1
    most = len(rows) if name == "near" else FREQUENT * len(rows)
    known = {word for word, count in counts.items() if RARE[name] <= count <= most}
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform([dict.fromkeys(sorted(row & known), 1.0) for row in rows])
    if name != "near":
        matrix = normalize(matrix)
    model = LogisticRegression(C=STRENGTH[name], max_iter=3000)
    model.fit(matrix, np.array(labels))
    names = vectorizer.get_feature_names_out()
    weights = {str(word): round(float(w), 2) for word, w in zip(names, model.coef_[0], strict=True)}
    return {BIAS: round(float(model.intercept_[0]), 2)} | {
        word: weight for word, weight in weights.items() if name != "near" or abs(weight) >= LEAST
    }


def learn_wording(articles: Sequence[Labelled]) -> Wording:
    """Return the tables of words."""
    near_rows: list[set[str]] = []
    near_labels: list[bool] = []
    for one in articles:
        near = words_near(one.reading)
        for group in groups_that_count(one):
            near_rows.append(near[group])
            near_labels.append(group in one.right)
    own = own_words(articles)
    wide = [bool(one.right) and all(len(code) == PROVINCE for code in one.right) for one in articles]
    return Wording(
        learn_words(near_rows, near_labels, "near"),
        joined(
            learn_words(own, [bool(one.gold) for one in articles], "happens"),
            learn_words(own, wide, "wide"),
        ),
    )


def groups_that_count(one: Labelled) -> Iterator[str]:
    """Yield the groups of an article; a province above a right kabupaten counts neither way."""
    above = {code[:PROVINCE] for code in one.right} - one.right
    for group in dict.fromkeys(group_of(place.code) for place in one.reading.places):
        if group not in above:
            yield group


def inner_folds(articles: Sequence[Labelled]) -> Iterator[tuple[NDArray[np.int64], list[Labelled]]]:
    """Yield the indices of each inner fold with the articles outside of it."""
    folds = story_folds(articles, INNER, 55)
    for fold in range(INNER):
        inside = np.flatnonzero(folds == fold)
        yield inside, [articles[index] for index in np.flatnonzero(folds != fold).tolist()]


def group_table(articles: Sequence[Labelled], tables: Sequence[Mapping[str, Mapping[str, float]]]) -> Table:
    """Return what groups are learned from; ``tables`` are the features of each article's groups."""
    made = Table([], [], [])
    for one, features in zip(articles, tables, strict=True):
        for group in groups_that_count(one):
            made.features.append(dict(features[group]))
            made.labels.append(group in one.right)
            made.weights.append(one.weight)
    return made


def unit_table(articles: Sequence[Labelled]) -> Table:
    """Return what kecamatan and desa within a right group are learned from."""
    made = Table([], [], [])
    for one in articles:
        for code, features in all_unit_features(one.reading).items():
            if group_of(code) in one.right:
                made.features.append(features)
                made.labels.append(code in one.gold)
                made.weights.append(1.0)
    return made


def learn_weights(articles: Sequence[Labelled]) -> EventWeights:
    """Return all weights, each table learned from what the ones before say of articles that they have not seen."""
    tables: list[dict[str, dict[str, float]]] = [{}] * len(articles)
    for inside, outside in inner_folds(articles):
        wording = learn_wording(outside)
        for index in inside.tolist():
            tables[index] = first_features(articles[index].reading, wording)
    groups = learn(group_table(articles, tables), STRENGTH["groups"])
    for inside, _ in inner_folds(articles):
        kept = set(range(len(articles))).difference(inside.tolist())
        without = learn(
            group_table([articles[index] for index in sorted(kept)], [tables[index] for index in sorted(kept)]),
            STRENGTH["groups"],
        )
        for index in inside.tolist():
            add_rivals(tables[index], {group: weigh(found, without) for group, found in tables[index].items()})
    return EventWeights(
        groups,
        learn(unit_table(articles), STRENGTH["units"]),
        THRESHOLDS["group"],
        THRESHOLDS["alone"],
        THRESHOLDS["unit"],
        THRESHOLDS["scope"],
        learn(group_table(articles, tables), STRENGTH["again"]),
        learn_wording(articles),
    )


def figures(pairs: Sequence[tuple[frozenset[str], set[str]]]) -> tuple[float, float]:
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


def held_out_weights(
    articles: Sequence[Labelled], folds: NDArray[np.int64]
) -> Iterator[tuple[list[int], EventWeights]]:
    """Yield the indices of each fold with weights that have not seen its articles nor copies of them."""
    for fold in sorted(set(folds.tolist())):
        inside = np.flatnonzero(folds == fold).tolist()
        seen = {articles[index].story for index in inside}
        others = [one for one, own in zip(articles, folds.tolist(), strict=True) if own != fold]
        yield inside, learn_weights([one for one in others if one.story not in seen])


def cross_validate(articles: Sequence[Labelled], folds: NDArray[np.int64]) -> list[tuple[frozenset[str], set[str]]]:
    """Return (gold, predicted) of every article, predicted by weights that have not seen its fold."""
    pairs: list[tuple[frozenset[str], set[str]]] = [(frozenset(), set())] * len(articles)
    for inside, weights in held_out_weights(articles, folds):
        for index in inside:
            pairs[index] = (articles[index].gold, choose(articles[index].reading, weights).codes)
    return pairs


def write_weights(path: Path, weights: EventWeights, note: str) -> None:
    """Write the table with how it was learned, and beside it that of words."""
    lines = [f"# {line}" for line in note.splitlines()]
    for name, table in (
        ("thresholds", THRESHOLDS),
        ("groups", weights.groups),
        ("again", weights.again),
        ("units", weights.units),
    ):
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in sorted(table.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    subject = sorted(weights.wording.subject.items())
    words = [f"near\t{word}\t{weight}" for word, weight in sorted(weights.wording.near.items())]
    words += [f"happens\t{word}\t{weight}" for word, (weight, _) in subject]
    words += [f"wide\t{word}\t{weight}" for word, (_, weight) in subject]
    path.with_name("event_words.tsv").write_text("\n".join(words) + "\n", encoding="utf-8")


def main() -> None:
    """Read, cross-validate, learn from all and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labelled", type=Path, help="JSONL of articles with title, text, event_places")
    parser.add_argument("--out", type=Path, default=FOLDER / "event_place.toml")
    parser.add_argument("--quick", action="store_true", help="without cross-validation: the head tells no figures")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.labelled.read_text(encoding="utf-8").splitlines()]
    locator = Locator(load_lexicon(), EventWeights({}, {}, 1.0, 1.0, 1.0, 1.0))
    articles = read_labelled(locator, rows)
    torn = [bool(row.get("torn")) for row in rows]
    note = (
        "Where it happened: log-odds of the cues of classifiers/places/cues.py, learned by scripts/learn_places.py\n"
        f"from {len(rows):,} "
        "hand-labelled articles (weights only; no text). L2 logistic regressions; event_words.tsv belongs to it."
    )
    names = [row.get("dataset", "") for row in rows]
    by_dataset = np.array([sorted(set(names)).index(name) for name in names], np.int64)
    for how, folds in (
        ("5 folds of stories", story_folds(articles, 5, 0)),
        ("one dataset held out", by_dataset),
    ):
        if arguments.quick:
            break
        pairs = cross_validate(articles, folds)
        for which, kept in (
            ("all", pairs),
            ("whole", [pair for pair, hole in zip(pairs, torn, strict=True) if not hole]),
        ):
            f1, exact = figures(kept)
            line = f"{how}, {which} articles: F1 at kabupaten/kota {f1:.3f}, exact recall {exact:.3f} (n {len(kept):,})"
            print(line)
            note += "\n" + line
    write_weights(arguments.out, learn_weights(articles), note)


if __name__ == "__main__":
    main()
