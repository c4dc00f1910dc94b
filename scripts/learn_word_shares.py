"""Count in what share of texts each word stands, for the joining of incidents; writes data/reference/word_shares.tsv.

    python scripts/learn_word_shares.py [--shared ../shared]

Two shares are taken, of news at large (the unlabelled articles and feed items) and of election news (our own made-up
texts, and those articles that speak of an election), and the greater one is kept: a word is rare only where it is rare
in both. Words of fewer than one text in a thousand are left out: among those are the names of persons.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.incidents.words import REFERENCE, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"
WORD = re.compile(r"[^\W\d_]{3,}")
ELECTION = re.compile(
    r"\b(?:pilkada|pemilu|kpu|bawaslu|tps|paslon|panwas\w*|kpps|pilgub|pilbup|pilwako)\b", re.IGNORECASE
)
LEAST = 0.001


def at_large(shared: Path) -> Iterator[str]:
    """Yield the unlabelled texts."""
    with gzip.open(shared / "data" / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield f"{row.get('title') or ''}\n{row.get('body') or ''}"
    with gzip.open(shared / "data" / "rss_items" / "items.json.gz", "rt", encoding="utf-8") as file:
        for row in json.load(file):
            yield f"{row.get('Judul') or ''}\n{row.get('Ringkasan') or ''}"


def ours() -> Iterator[str]:
    """Yield the made-up texts that the models are trained on; those of the incidents are not looked at."""
    for path in sorted(GOLD.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield f"{row['title']}\n{row['text']}"


def counted(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """Return in how many texts each stem stands, and how many texts there are."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        counts.update({stem(word) for word in WORD.findall(text)})
    return counts, total


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    given = parser.parse_args()
    large = list(at_large(given.shared))
    election = [*ours(), *(text for text in large if ELECTION.search(text))]
    shares: Counter[str] = Counter()
    for texts in (large, election):
        counts, total = counted(texts)
        for word, count in counts.items():
            shares[word] = max(shares[word], count / total)  # type: ignore[assignment]
    kept = sorted((word, share) for word, share in shares.items() if share >= LEAST)
    lines = [f"# {len(large)} texts at large, {len(election)} of elections; share in 1/10,000"]
    lines += [f"{word}\t{round(share * 10_000)}" for word, share in kept]
    REFERENCE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept)} stems in {REFERENCE}")


if __name__ == "__main__":
    main()
