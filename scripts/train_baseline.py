#!/usr/bin/env python3
"""Rebuild what ships: the matrix of labelled real articles, and the model learned from it and the made-up examples.

    python scripts/train_baseline.py [--shared ../shared] [--out models/baseline] [--jobs 2]

The labels are those of ``eval/dev.jsonl`` and our own of articles in ``data/news`` (``models/labels/news.jsonl``: id,
signals, signals_optional, modality, severity, negasi, historis, part). Texts are read here and nowhere else; the model
learns from the matrix as it lies on disk, so that ``kentongan train`` without other labels gives the same model. The
same inputs on the locked versions give the same two digests.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from classifiers.cues import CueFinder
from classifiers.text import read_document
from data.errors import InputError
from data.taxonomy import load_taxonomy
from models.challenger import Trainer
from models.embedding import learn_embedding
from models.examples import GOLD, Example, Learned, example_from, learn, read_examples
from models.features import read_row
from models.judge import Judge, cue_labels
from models.matrix import write_matrix
from models.splits import with_stories

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from models.features import Row

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "models" / "labels" / "news.jsonl"
WORDS = 350
"""Words of an article that were labelled, as in ``dev.jsonl``."""

TORN = frozenset({"clickid_2019"})
"""Sets whose texts lost the words inside their links."""

_HEAD = re.compile(rf"(?:\S+\s+){{0,{WORDS - 1}}}\S+")


def unlabelled_rows(articles: Path, without: Collection[str]) -> list[Row]:
    """Return the rows of the articles of ``data/news`` but for ``without``: the space is learned from their words."""
    taxonomy = load_taxonomy()
    finder, labels = CueFinder(taxonomy), cue_labels(taxonomy)
    rows = []
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            if article["id"] in without:
                continue
            head = _HEAD.search(article["body"] or "")
            document = read_document(article["title"] or "", head.group() if head else "")
            rows.append(read_row(document, finder.find(document), labels))
    return rows


def news_examples(labels: Path, articles: Path) -> Iterator[Example]:
    """Yield our labelled articles of ``data/news`` in the order of the labels. InputError: a label of no article."""
    wanted: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), 1):
        entry = json.loads(line)
        wanted[entry["id"]] = (number, entry)
    texts: dict[str, dict[str, Any]] = {}
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            if article["id"] in wanted:
                texts[article["id"]] = article
    for name, (number, entry) in wanted.items():
        if name not in texts:
            raise InputError(f'there is no article "{name}"', where=f"{labels}:{number}")
        article = texts[name]
        head = _HEAD.search(article["body"] or "")
        whole = {
            **{key: entry.get(key) for key in LABEL_FIELDS},
            "id": name,
            "title": article["title"] or "",
            "text": head.group() if head else "",
            "dataset": article["dataset"],
            "published": article["date"],
            "torn": article["dataset"] in TORN,
        }
        yield example_from(whole, f"{labels}:{number}")


LABEL_FIELDS = ("signals", "signals_optional", "modality", "severity", "negasi", "historis", "part")


def one_side(rows: Sequence[Learned]) -> list[Learned]:
    """Return the rows with whole stories held out: what is a copy of a held-out article may not train."""
    held_out = {one.story for one in rows if one.part == "holdout"}
    return [replace(one, part="holdout") if one.story in held_out else one for one in rows]


def main(argv: list[str]) -> int:
    """Build both, check that the model reads its golden texts, and print digests, sizes and times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--gold", type=Path, default=ROOT / "data" / "gold")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "baseline")
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args(argv)
    start = time.monotonic()
    examples = read_examples(wanted.shared / "eval" / "dev.jsonl")
    labelled = len(examples)
    examples += news_examples(wanted.labels, wanted.shared / "data" / "news" / "articles.jsonl.gz")
    rows = one_side(with_stories(learn(examples)))
    digest = write_matrix(wanted.out, rows)
    size = (wanted.out / "matrix.npz").stat().st_size / 1e6
    held = sum(one.part == "holdout" for one in rows)
    spent = time.monotonic() - start
    print(f"matrix: {len(rows)} articles, {held} held out, {size:.1f} MB, {digest} ({spent:.0f} s)")
    start = time.monotonic()
    gold = [one for path in sorted(wanted.gold.glob("*.jsonl")) for one in read_examples(path, group=GOLD)]
    dev = {one.id for one in examples[:labelled]}
    known = [*learn(gold), *(one for one in rows if one.id in dev)]
    held_out = {one.id for one in rows if one.part == "holdout"}
    news = unlabelled_rows(wanted.shared / "data" / "news" / "articles.jsonl.gz", held_out)
    space = learn_embedding([*(one.row for one in known if one.part == "train"), *news])
    print(f"space: {len(space.buckets)} stems in {space.dimensions} dimensions ({time.monotonic() - start:.0f} s)")
    start = time.monotonic()
    trainer = Trainer(matrix=wanted.out, gold=wanted.gold, jobs=wanted.jobs, name="baseline", space=space)
    made = trainer.challenge((), {}, wanted.out, replace=True)
    spent = time.monotonic() - start
    print(f"model: {len(made.parts.train)} examples, {len(made.parts.holdout)} held out, {made.digest} ({spent:.0f} s)")
    for name, measured in (("held out", made.measured), ("cross-validated", made.cross_validated)):
        for figure, found in measured.figures.items() if measured else ():
            if found.known:
                print(f"  {name} {figure}: {found.value:.3f} ({found.low:.3f} to {found.high:.3f}, n {found.n})")
    Judge.load(wanted.out)  # a model that misreads its golden texts ends here, with the text's title
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
