#!/usr/bin/env python3
"""What each part of the reading is worth: the same five folds with parts left out, and with fewer examples.

    python scripts/ablation.py [--shared ../shared] [--jobs 2] [--no-curve]

Prints two Markdown tables, of ``eval/dev.jsonl`` and of the made-up examples. Everything is judged out of fold and has
passed the guard rails. The row *space without the fold* learns the space of subjects without the texts that it is
measured on; the others use the shipped one, which knows these texts without their labels.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models.embedding import STEMS, Embedding, learn_embedding, read_embedding
from models.exam import said_of_scores, truth_of
from models.examples import GOLD, Learned, learn, read_examples
from models.features import BLOCKS
from models.judge import BASELINE
from models.kernel import learn_first
from models.measure import measure
from models.splits import split, with_stories
from models.train import Corpus, corpus_of, fit_second, folds, targets
from models.weights import read_model
from scripts.evaluate_reading import our_labels
from scripts.train_baseline import unlabelled_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from models.features import Row
    from models.measurement import Said

ROOT = Path(__file__).resolve().parent.parent
SHOWN = (
    "signals_micro_f1",
    "signals_macro_f1",
    "modality_accuracy",
    "modality_macro_f1",
    "flag_ap",
    "flag_p_at_r90",
    "flag_p_at_r95",
)
CUES = BLOCKS.index("cues")
RUNS = BLOCKS.index("runs")
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)


def kept(row: Row, keep: Callable[[NDArray[np.int8]], NDArray[np.bool_]], *, cues: bool = True) -> Row:
    """Return a row with the entries of some blocks only, and without the cue points unless ``cues``."""
    mask = keep(row.blocks)
    dense = row.dense.copy()
    if not cues:
        dense[:-1] = 0
    return replace(
        row,
        buckets=row.buckets[mask],
        values=row.values[mask],
        blocks=row.blocks[mask],
        positions=row.positions[mask],
        dense=dense,
    )


def nowhere(space: Embedding) -> Embedding:
    """Return a space that knows no word: what is left of the Gaussian likeness is that of the cue points."""
    return Embedding.of_parts(space.buckets[:0], space.weights[:0], space.vectors[:0])


def judged(
    corpus: Corpus,
    learned: Sequence[Learned],
    space_of: Callable[[NDArray[np.bool_]], Embedding],
    rows: Sequence[Row],
    trains: NDArray[np.bool_],
    jobs: int,
) -> list[Said]:
    """Return what is said of each example out of fold, by stages that learned from ``trains`` only."""
    fold, wanted, slugs = folds(corpus), targets(corpus), corpus.taxonomy.slugs
    wanted = replace(wanted, weights=wanted.weights * trains, label_weights=wanted.label_weights * trains[:, None])
    scores = np.zeros((len(rows), wanted.wanted().shape[1]))
    spaces = {number: space_of(fold != number) for number in np.unique(fold).tolist()}
    if len({id(space) for space in spaces.values()}) == 1:
        scores = learn_first(rows, wanted, fold, space=next(iter(spaces.values())), jobs=jobs)[1]
    else:
        for number, space in spaces.items():
            alone = np.where(fold == number, 0, 1)
            own = learn_first(rows, wanted, alone, space=space, jobs=jobs)[1]
            scores[fold == number] = own[fold == number]
    said: dict[int, Said] = {}
    for number in np.unique(fold):
        others = (fold != number) & trains
        second = fit_second(scores[others], targets(corpus).part(others), len(slugs))
        for at in np.flatnonzero(fold == number).tolist():
            said[at] = said_of_scores(scores[at], second, learned[at].rails, slugs)
    return [said[at] for at in range(len(rows))]


def cells(corpus: Corpus, learned: Sequence[Learned], said: Sequence[Said], mask: NDArray[np.bool_]) -> str:
    """Return one table row's figures of the chosen examples."""
    at = np.flatnonzero(mask).tolist()
    truth = [truth_of(learned[n], int(corpus.stories[n])) for n in at]
    found = measure(truth, [said[n] for n in at], resamples=0)
    return " | ".join(f"{found.figures[name].value:.3f}" for name in SHOWN)


def slices(learned: Sequence[Learned], real: Iterable[str]) -> dict[str, NDArray[np.bool_]]:
    """Return which examples are measured: real ones, whole ones among them, made-up ones."""
    names = set(real)
    mine = np.array([one.id in names for one in learned])
    torn = np.array([one.torn for one in learned])
    return {"real": mine, "whole": mine & ~torn, "made up": np.array([one.group == GOLD for one in learned])}


def main(argv: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-curve", action="store_true")
    asked = parser.parse_args(argv)
    dev = read_examples(asked.shared / "eval" / "dev.jsonl")
    gold = [e for path in sorted((ROOT / "data" / "gold").glob("*.jsonl")) for e in read_examples(path, group=GOLD)]
    learned = split(with_stories(learn([*dev, *our_labels(asked.shared), *gold]))).train
    corpus = corpus_of(learned)
    rows, everything = list(corpus.rows), np.ones(len(learned), bool)
    parts = slices(learned, (one.id for one in dev))
    ours = ~parts["real"] & ~parts["made up"]
    space = read_embedding(read_model(BASELINE).arrays)
    empty = nowhere(space)
    news = unlabelled_rows(asked.shared / "data" / "news" / "articles.jsonl.gz", {one.id for one in learned})

    def apart(seen: NDArray[np.bool_]) -> Embedding:
        return learn_embedding([*(row for row, take in zip(rows, seen, strict=True) if take), *news])

    def always(one: Embedding) -> Callable[[NDArray[np.bool_]], Embedding]:
        return lambda _seen: one

    variants = {
        "all": (always(space), rows, everything),
        "space without the fold": (apart, rows, everything),
        "no unlabelled news (no space)": (always(empty), rows, everything),
        "cues alone": (always(empty), [kept(row, lambda blocks: blocks == CUES) for row in rows], everything),
        "no cues": (always(space), [kept(row, lambda blocks: blocks != CUES, cues=False) for row in rows], everything),
        "no runs of letters": (always(space), [kept(row, lambda blocks: blocks != RUNS) for row in rows], everything),
        "no words but the space's stems": (
            always(space),
            [kept(row, lambda blocks: (blocks == STEMS) | (blocks == CUES)) for row in rows],
            everything,
        ),
        "no made-up examples": (always(space), rows, ~parts["made up"]),
        "no labels of our own": (always(space), rows, ~ours),
    }
    answers = {
        name: judged(corpus, learned, space_of, own, trains, asked.jobs)
        for name, (space_of, own, trains) in variants.items()
    }
    for part, mask in parts.items():
        print(f"\n**{part}** ({int(mask.sum())})\n")
        print(f"| | {' | '.join(SHOWN)} |\n|---|{'---:|' * len(SHOWN)}")
        for name, said in answers.items():
            print(f"| {name} | {cells(corpus, learned, said, mask)} |", flush=True)
    if asked.no_curve:
        return 0
    print(f"\n**learning curve, real**\n\n| share of stories | examples | {' | '.join(SHOWN)} |")
    print(f"|---|---:|{'---:|' * len(SHOWN)}")
    draw = np.array(
        [
            int(hashlib.sha256(f"curve {learned[int(n)].id}".encode()).hexdigest()[:8], 16) / 2**32
            for n in corpus.stories
        ]
    )
    for share in SHARES:
        chosen = draw < share
        said = judged(corpus, learned, always(space), rows, chosen, asked.jobs)
        print(f"| {share} | {int(chosen.sum())} | {cells(corpus, learned, said, parts['real'])} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
