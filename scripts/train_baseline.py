#!/usr/bin/env python3
"""Rebuild the shipped model from the labelled real articles and the made-up examples of data/gold.

    OPENBLAS_NUM_THREADS=1 python scripts/train_baseline.py [--shared ../shared] [--out models/baseline]

The same inputs on the locked versions give the same digest: nothing is random, and one BLAS thread keeps sums in one
order.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# Sums over several threads end in another last digit from run to run; must be set before NumPy is imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

GOLD_WEIGHT = 1.0
"""Say of a made-up example beside a real article."""


def main(argv: list[str]) -> int:
    """Train, write the model, and print its digest and the number of examples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--gold", type=Path, default=ROOT / "data" / "gold")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "baseline")
    wanted = parser.parse_args(argv)
    from models.golden import GOLDEN
    from models.judge import Judge
    from models.train import counts, folds, prepare, read_examples, save, train
    from scripts.evaluate_reading import GOLD, figures_of_folds

    examples = read_examples(wanted.shared / "eval" / "dev.jsonl")
    for path in sorted(wanted.gold.glob("*.jsonl")):
        examples += read_examples(path, group=GOLD, weight=GOLD_WEIGHT)
    corpus = prepare(examples)
    linear, second, scores = train(corpus)
    card = {
        "name": "baseline",
        "description": "Logistic signals, softmax modality, a small second stage; hashed words, stems and cues.",
        "data": "Hand-labelled real Indonesian news (2018-2025; no text ships) and made-up examples of data/gold.",
        "per_label": counts(examples),
        "limits": "Labels by language models; election signals are learned mostly from made-up examples.",
        "figures": {
            figure.name: [round(figure.value, 3), figure.n]
            for figure in figures_of_folds("cv", corpus, scores, folds(corpus))
        },
        "golden": GOLDEN,
    }
    digest = save(wanted.out, corpus, linear, second, card)
    Judge.load(wanted.out)  # a model that misreads its golden texts ends here, with the text's title
    print(f"{wanted.out}: {len(examples)} examples, weights {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
