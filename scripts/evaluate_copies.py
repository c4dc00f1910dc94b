"""How well copies are told: on pairs of real articles checked by hand, and on made-up releases with their spun copies.

    python scripts/evaluate_copies.py --shared ../shared [--misses] [--sample FILE]

Looks through the material as the watch does (the bands of the signatures, then the comparison of the texts) and counts
the pairs of each kind. Precision is that of the pairs that a person has read: their numbers and verdicts lie in
``data/gold/copies/pairs.jsonl``, the texts stay where they are. ``--sample`` writes pairs yet unread, drawn by lot
within each kind and likeness, with both texts, to a file outside the project.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.copies import BANDS, signature
from classifiers.sameness import Print, Verdict, compare, print_of, worth_a_look
from data.copying import Sameness

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from classifiers.copies import Signature

ROOT = Path(__file__).resolve().parent.parent
VERDICTS = ROOT / "data" / "gold" / "copies" / "pairs.jsonl"
SPUN = ROOT / "data" / "gold" / "copies" / "spun.jsonl"
INCIDENTS = ROOT / "data" / "gold" / "incidents" / "articles.jsonl"

WITHIN_DAYS = 14
MOST_OF_BAND = 64
"""As in data/store/signatures.py."""

Z = 1.959963984540054
LEAST_PRECISION, LEAST_NEAR_RECALL = 0.95, 0.95


@dataclass(frozen=True)
class Text:
    """An article of the material."""

    id: str
    publisher: str
    day: datetime | None
    title: str
    text: str


@dataclass(frozen=True)
class Pair:
    """Two texts as the program sees them; ids in alphabetical order."""

    corpus: str
    one: Text
    other: Text
    verdict: Verdict

    @property
    def key(self) -> tuple[str, str, str]:
        """What a verdict is kept under."""
        first, second = sorted((self.one.id, self.other.id))
        return self.corpus, first, second


def evaluate(shared: Path, miss: Callable[[str], None] = lambda _: None) -> list[Figure]:
    """Return every figure of copies; ``miss`` is told of each pair that is not right."""
    pairs = [
        *find_pairs("news", read_news(shared / "data" / "news" / "articles.jsonl.gz")),
        *find_pairs("rss_items", read_items(shared / "data" / "rss_items" / "items.json.gz")),
    ]
    return [*counts(pairs), *checked(pairs, miss), *made_up(miss)]


def read_news(path: Path) -> list[Text]:
    """Return the articles of the news file that have a body."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Text(row["id"], row["publisher"] or "", day_of(row["date"]), row["title"], row["body"])
        for row in rows
        if row["body"]
    ]


def day_of(written: str | None) -> datetime | None:
    """Return the day of an ISO date; None where there is none."""
    try:
        return datetime.fromisoformat((written or "")[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None


def read_items(path: Path) -> list[Text]:
    """Return feed items, title and summary as their text, under a hash of their link."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = json.load(file)
    found: dict[str, Text] = {}
    for row in rows:
        number = hashlib.sha256(row["Link"].encode()).hexdigest()[:12]
        day = parsedate_to_datetime(row["Tanggal Terbit"]) if row["Tanggal Terbit"] else None
        found[number] = Text(number, row["Media"], day, row["Judul"], f"{row['Judul']}. {row['Ringkasan'] or ''}")
    return list(found.values())


def find_pairs(corpus: str, texts: Sequence[Text]) -> list[Pair]:
    """Return the pairs that the index finds and the comparison calls copies, or nearly; in order of their finding.

    A pair whose verdict is NONE is given where its likeness is 0.3 and more, so that what is left out can be looked at.
    """
    marks = [signature(text.title, text.text) for text in texts]
    bands: dict[tuple[int, int], list[int]] = defaultdict(list)
    prints: dict[int, Print] = {}
    found = []
    for number, mark in enumerate(marks):
        for other in partners(mark, number, bands):
            if not near_in_time(texts[number], texts[other]) or not worth_a_look(mark, marks[other]):
                continue
            for index in (number, other):
                if index not in prints:
                    prints[index] = print_of(texts[index].title, texts[index].text, marks[index])
            own = texts[number].publisher == texts[other].publisher
            verdict = compare(prints[number], prints[other], one_outlet=own)
            if verdict.is_copy or verdict.likeness >= 0.3:
                found.append(Pair(corpus, texts[other], texts[number], verdict))
    return found


def partners(mark: Signature, number: int, bands: dict[tuple[int, int], list[int]]) -> list[int]:
    """Return the earlier texts that share a strong band or two weak ones, and put this one into the index."""
    worth: Counter[int] = Counter()
    for key in enumerate(mark.bands):
        for other in bands[key][-MOST_OF_BAND:]:
            worth[other] += 2 if key[0] < BANDS else 1
        bands[key].append(number)
    return sorted(other for other, points in worth.items() if points > 1)


def near_in_time(one: Text, other: Text) -> bool:
    """Return whether two texts came out within a fortnight; a text without a day is near to any."""
    return one.day is None or other.day is None or abs((one.day - other.day).total_seconds()) <= WITHIN_DAYS * 86400


def counts(pairs: Iterable[Pair]) -> list[Figure]:
    """Return how many pairs of each kind there are, and how many of them between two publishers."""
    all_of: Counter[tuple[str, Sameness]] = Counter()
    across: Counter[tuple[str, Sameness]] = Counter()
    for pair in pairs:
        all_of[pair.corpus, pair.verdict.kind] += 1
        across[pair.corpus, pair.verdict.kind] += pair.one.publisher != pair.other.publisher
    return [
        Figure(f"copies.{corpus}.{kind}.{what}", count[corpus, kind], "pairs", all_of[corpus, kind])
        for corpus in ("news", "rss_items")
        for kind in (Sameness.EXACT, Sameness.NEAR, Sameness.SPUN)
        for what, count in (("pairs", all_of), ("across_publishers", across))
    ]


def checked(pairs: Iterable[Pair], miss: Callable[[str], None]) -> list[Figure]:
    """Return the precision over the pairs that were read: all, and by kind; one no longer found is left out."""
    verdicts = {
        (row["corpus"], row["first"], row["second"]): row["verdict"]
        for row in map(json.loads, VERDICTS.read_text(encoding="utf-8").splitlines())
    }
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for pair in pairs:
        said = verdicts.get(pair.key)
        if said is None:
            continue
        if not pair.verdict.is_copy:
            refused[said] += 1
            if said == "copy":
                miss(f"{pair.key} is a copy, {pair.verdict}: {pair.one.title} | {pair.other.title}")
            continue
        for name in (str(pair.verdict.kind), "all"):
            of[name] += 1
            right[name] += said == "copy"
        if said != "copy":
            miss(f"{pair.key} is {said}, {pair.verdict}: {pair.one.title} | {pair.other.title}")
    figures = []
    for name in ("all", *map(str, (Sameness.EXACT, Sameness.NEAR, Sameness.SPUN))):
        low, high = wilson(right[name], of[name])
        figures.append(
            Figure(
                f"copies.checked.{name}.precision",
                right[name] / max(1, of[name]),
                "share",
                of[name],
                low=low,
                high=high,
            )
        )
    not_copies = sum(refused.values())
    return [*figures, Figure("copies.checked.refused_rightly", not_copies - refused["copy"], "pairs", not_copies)]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, Z * Z
    middle, reach = share + z2 / (2 * of), Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + z2 / of)), min(1.0, (middle + reach) / (1 + z2 / of))


def made_up(miss: Callable[[str], None]) -> list[Figure]:
    """Return recall and precision on the made-up incidents and releases, every pair of whose texts is compared."""
    figures = []
    for name, path in (("incidents", INCIDENTS), ("releases", SPUN)):
        if not path.is_file():
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        figures += made_up_set(name, rows, miss)
    return figures


def made_up_set(name: str, rows: Sequence[dict[str, Any]], miss: Callable[[str], None]) -> list[Figure]:
    """Return the figures of one set: recall of near and spun copies, and precision of each verdict."""
    prints = {row["id"]: print_of(row["title"], row["text"]) for row in rows}
    origin = {row["id"]: origin_of(row) for row in rows}
    found: Counter[str] = Counter()
    of: Counter[str] = Counter()
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for at, row in enumerate(rows):
        for other in rows[:at]:
            verdict = compare(prints[row["id"]], prints[other["id"]])
            one_text = origin[row["id"]] == origin[other["id"]]
            is_spun = "putaran" in {row["kind"], other["kind"]}
            if one_text:
                true = "spun" if is_spun else "near"
                of[true] += 1
                found[true] += verdict.is_copy
            if verdict.is_copy:
                kind = "spun" if verdict.kind is Sameness.SPUN else "near"
                said[kind] += 1
                right[kind] += one_text
            if one_text != verdict.is_copy:
                miss(f"{name} {other['id']} {row['id']} one text: {one_text}, {verdict}")
    figures = []
    for kind, least in (("near", LEAST_NEAR_RECALL), ("spun", None)):
        if of[kind]:
            low, high = wilson(found[kind], of[kind])
            share = found[kind] / of[kind]
            figures.append(Figure(f"copies.{name}.{kind}.recall", share, "share", of[kind], least, low=low, high=high))
        if said[kind]:
            low, high = wilson(right[kind], said[kind])
            share = right[kind] / said[kind]
            figure = Figure(
                f"copies.{name}.{kind}.precision", share, "share", said[kind], LEAST_PRECISION, low=low, high=high
            )
            figures.append(figure)
    return figures


def origin_of(row: dict[str, Any]) -> str:
    """Return the number of the text that an article is a print of: its own where it is the first."""
    if "family" in row:
        return f"{row['family']}-rilis" if row["kind"] == "putaran" else str(row["id"])
    return str(row["copy_of"] or row["id"])


def draw(pairs: Sequence[Pair], wanted: int) -> list[Pair]:
    """Return pairs by lot, as many of each kind and tenth of likeness as there are, until ``wanted`` are drawn."""
    strata: dict[tuple[str, int], list[Pair]] = defaultdict(list)
    for pair in pairs:
        strata[str(pair.verdict.kind), int(pair.verdict.likeness * 10)].append(pair)
    chance = random.Random(1)  # noqa: S311  # nothing secret
    for some in strata.values():
        chance.shuffle(some)
    drawn: list[Pair] = []
    while len(drawn) < wanted and any(strata.values()):
        for key in sorted(strata):
            if strata[key] and len(drawn) < wanted:
                drawn.append(strata[key].pop())
    return drawn


def main() -> None:
    """Measure and print, or draw pairs to be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--misses", action="store_true", help="print each pair that is not right")
    parser.add_argument("--sample", type=Path, metavar="FILE", help="write pairs to be read")
    parser.add_argument("--wanted", type=int, default=100)
    given = parser.parse_args()
    if given.sample is None:
        print(table(evaluate(given.shared, print if given.misses else lambda _: None)))
        return
    pairs = [
        *find_pairs("news", read_news(given.shared / "data" / "news" / "articles.jsonl.gz")),
        *find_pairs("rss_items", read_items(given.shared / "data" / "rss_items" / "items.json.gz")),
    ]
    with given.sample.open("w", encoding="utf-8") as file:
        for pair in draw([pair for pair in pairs if pair.verdict.is_copy], given.wanted):
            row = {
                "key": pair.key, "kind": str(pair.verdict.kind), "likeness": round(pair.verdict.likeness, 3),
                "texts": [[text.publisher, str(text.day), text.title, text.text] for text in (pair.one, pair.other)],
            }  # fmt: skip
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
