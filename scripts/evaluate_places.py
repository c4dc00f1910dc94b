"""How well places are found: event places and all places of labelled articles, roles, datelines, speed, memory.

    python scripts/evaluate_places.py --shared ../shared [--misses]

The weights of the event place were learned from the development articles; their figures here are therefore those of
five-fold cross-validation, in which each article is judged by weights that have seen neither it nor a copy of it. The
material is never
copied into the project.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.places import Locator
from classifiers.places.event import choose
from classifiers.places.roles import make_places
from data.records import PlaceRole
from models.measure_places import RoleMeasurement, measure_roles, read_role_texts

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this
from learn_places import held_out_weights, read_labelled, story_folds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from data.records import Place

EVENT = frozenset({PlaceRole.KEJADIAN, PlaceRole.CAKUPAN})
FOLDS = 5
TIMED_ARTICLES = 500

DATELINE = re.compile(
    r"^(?:SURYA\.?CO\.ID|Bisnis\.com)\s*[,|]\s*((?:KOTA |KABUPATEN |KAB\.? )?[A-Z][A-Z ]{3,25}?)\s*[-–—]", re.IGNORECASE
)
"""The datelines of two publishers, which name a kabupaten or kota nearly always: silver, not gold."""

# VmHWM, not ru_maxrss: the latter keeps the parent's peak over fork and exec
LOAD = """
import re, time
from pathlib import Path
from {module} import {name}
started = time.process_time()
kept = {call}
spent = (time.process_time() - started) * 1000
print(spent, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def evaluate(shared: Path, miss: Callable[[str], None] = lambda _: None) -> list[Figure]:
    """Return every figure of places; ``miss`` is told of each article that is not right."""
    locator = Locator.load()
    dev = read_rows(shared / "eval" / "dev.jsonl")
    cases = read_rows(shared / "eval" / "cases.jsonl")
    predicted = held_out(locator, dev)
    found = [*zip(dev, predicted, strict=True)]
    return [
        *score("places.dev", found, miss),
        *score("places.dev_whole", [pair for pair in found if not pair[0].get("torn")], lambda _: None),
        *score("places.dev_torn", [pair for pair in found if pair[0].get("torn")], lambda _: None),
        *score("places.cases", [(row, locator.locate(row["title"], row["text"])) for row in cases], miss),
        *roles(locator, miss),
        *datelines(locator, shared / "data" / "news" / "articles.jsonl.gz", miss),
        *speed(locator, dev),
        *loading(),
    ]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def held_out(locator: Locator, rows: Sequence[dict[str, Any]]) -> list[tuple[Place, ...]]:
    """Return the places of every article, its event found by weights learned from the other folds."""
    articles = read_labelled(locator, rows)
    found: list[tuple[Place, ...]] = [()] * len(rows)
    for inside, weights in held_out_weights(articles, story_folds(articles, FOLDS, 0)):
        for index in inside:
            reading = articles[index].reading
            found[index] = make_places(reading, choose(reading, weights), locator.gazetteer)
    return found


def regencies(codes: Iterable[str]) -> set[str]:
    """Return codes cut to the kabupaten/kota."""
    return {code[:5] for code in codes}


def score(
    name: str, pairs: Sequence[tuple[dict[str, Any], Sequence[Place]]], miss: Callable[[str], None]
) -> list[Figure]:
    """Return F1 of event places and of all places at kabupaten/kota, and the exact recall of event places.

    Naming the province of a right kabupaten is no error, nor is a place that the labels call optional.
    """
    event, every = [0, 0, 0], [0, 0, 0]
    exact = total = 0
    for row, places in pairs:
        gold = {place["code"] for place in row.get("event_places", [])}
        others = {place["code"] for place in row.get("other_places", [])}
        optional = regencies(place["code"] for place in row.get("locations_optional") or [])
        chosen = {place.code for place in places if place.role in EVENT}
        count(event, regencies(gold), regencies(chosen), optional)
        count(every, regencies(gold | others), regencies(place.code for place in places), optional)
        total += len(gold)
        exact += sum(any(code == other or other.startswith(code + ".") for other in chosen) for code in gold)
        if regencies(gold) != regencies(chosen):
            miss(f"{row['id']} {sorted(gold)} but {sorted(chosen)}: {row['title'][:90]}")
    return [
        Figure(f"{name}.event_kabkota_f1", f1(event), "F1", event[0] + event[2]),
        Figure(f"{name}.event_exact_recall", exact / max(1, total), "recall", total),
        Figure(f"{name}.any_kabkota_f1", f1(every), "F1", every[0] + every[2]),
    ]


def count(into: list[int], gold: set[str], found: set[str], optional: set[str]) -> None:
    """Add right, wrong and missed codes to ``into``."""
    into[0] += len(gold & found)
    into[1] += len(found - gold - optional - {code[:2] for code in gold})
    into[2] += len(gold - found)


def f1(counts: Sequence[int]) -> float:
    """Return F1 of (right, wrong, missed)."""
    right, wrong, missed = counts
    return 2 * right / max(1, 2 * right + wrong + missed)


def roles(locator: Locator, miss: Callable[[str], None]) -> list[Figure]:
    """Return how well each role is told on the project's own made-up texts, those never looked at apart."""
    figures: list[Figure] = []
    for part in ("looked_at", "unseen"):
        texts = [text for text in read_role_texts() if text.part == part]
        measured = measure_roles((text, locator.locate(text.title, text.text)) for text in texts)
        name = f"places.roles.{part}"
        placed = sum(count for pair, count in measured.confusion.items() if None not in pair)
        figures += [
            Figure(f"{name}.accuracy", measured.accuracy, "share", placed),
            Figure(f"{name}.macro_f1", measured.macro_f1, "F1", len(texts)),
            Figure(f"{name}.false_names", len(measured.false_names), "names", measured.names),
        ]
        for role in PlaceRole:
            one = measured.role(role)
            figures += [
                Figure(f"{name}.{role}.{what}", value, what, one.n)
                for what, value in (("precision", one.precision), ("recall", one.recall), ("f1", one.f1))
            ]
        if part == "looked_at":
            for line in confusion(measured):
                miss(line)
    return figures


def confusion(measured: RoleMeasurement) -> list[str]:
    """Return the confusion of roles as lines: a row per labelled role, a column per said one."""
    kinds: list[PlaceRole | None] = [*PlaceRole, None]
    names = [str(kind) if kind is not None else "-" for kind in kinds]
    lines = ["labelled \\ said".ljust(16) + "".join(name.rjust(11) for name in names)]
    for kind, name in zip(kinds, names, strict=True):
        lines.append(name.ljust(16) + "".join(f"{measured.confusion[kind, said]:11}" for said in kinds))
    return lines


def datelines(locator: Locator, path: Path, miss: Callable[[str], None]) -> list[Figure]:
    """Return how often the name in a dateline is given the right code.

    For names that a kabupaten and a kota share, silver is what the text itself says: *Kota X*, *Pemkab X*, *Polresta
    X* … where only one of the two is said.
    """
    by_name: dict[str, list[str]] = {}
    for code, name in locator.gazetteer.names():
        if len(code) == 5:
            by_name.setdefault(name.lower(), []).append(code)
    right = total = right_pair = total_pair = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        body = row.get("body") or row.get("text") or ""
        match = DATELINE.match(body)
        if match is None:
            continue
        kind, name = split_kind(match[1].lower().strip())
        codes = by_name.get(name, [])
        if not codes:
            continue
        if len(codes) > 1:
            kind = kind or said_kind(name, row["title"] + "\n" + body)
            codes = [code for code in codes if (code[3] == "7") == (kind == "kota")] if kind else []
            if not codes:
                continue
        found = {place.code[:5] for place in locator.read(row["title"], body).places if place.mention.dateline}
        hit = not found.isdisjoint(codes)
        pair = len(by_name[name]) > 1
        right_pair, total_pair = right_pair + (hit and pair), total_pair + pair
        right, total = right + hit, total + 1
        if not hit:
            miss(f"{row['id']} dateline {match[1]} {codes}, found {sorted(found)}")
    return [
        Figure("places.datelines.right", right / max(1, total), "share", total),
        Figure("places.datelines.homonyms_right", right_pair / max(1, total_pair), "share", total_pair),
    ]


def split_kind(name: str) -> tuple[str, str]:
    """Return ``kab``, ``kota`` or an empty string, and the bare name."""
    for prefix, kind in (("kota ", "kota"), ("kabupaten ", "kab"), ("kab. ", "kab"), ("kab ", "kab")):
        if name.startswith(prefix):
            return kind, name.removeprefix(prefix)
    return "", name


def said_kind(name: str, text: str) -> str:
    """Return which of kabupaten and kota a text says explicitly of a name; empty where it says neither or both."""
    low = text.lower()
    kab = re.search(rf"\b(?:kabupaten|kab\.?|bupati|pemkab) {re.escape(name)}\b", low)
    kota = re.search(rf"\b(?:kota|wali ?kota|pemkot|polresta) {re.escape(name)}\b", low)
    return ("kab" if kab else "kota") if bool(kab) != bool(kota) else ""


def speed(locator: Locator, rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """Return processor time per article."""
    sample = rows[:TIMED_ARTICLES]
    started = time.process_time()
    for row in sample:
        locator.locate(row["title"], row["text"])
    spent = (time.process_time() - started) * 1000 / len(sample)
    return [Figure("places.ms_per_article", spent, "ms", len(sample), most=5.0)]


def loading() -> list[Figure]:
    """Return how long gazetteer and locator take to load in a process of their own, and the memory it then has."""
    figures = []
    for part, module, name, call, most_ms, most_mb in (
        ("gazetteer", "data.gazetteer", "load_gazetteer", "load_gazetteer()", 300.0, 120.0),
        ("locator", "classifiers.places", "Locator", "Locator.load()", 1000.0, 250.0),
    ):
        program = LOAD.format(module=module, name=name, call=call)
        answers = [
            [
                float(item)
                for item in subprocess.run(
                    [sys.executable, "-c", program], capture_output=True, check=True
                ).stdout.split()
            ]
            for _ in range(3)
        ]
        figures += [
            Figure(f"places.{part}_load_ms", min(ms for ms, _ in answers), "ms", len(answers), most=most_ms),
            Figure(f"places.{part}_mb", max(mb for _, mb in answers), "MB", len(answers), most=most_mb),
        ]
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parent.parent.parent / "shared")
    parser.add_argument("--misses", action="store_true", help="print each article that is not right")
    given = parser.parse_args()
    print(table(evaluate(given.shared, print if given.misses else lambda _: None)))


if __name__ == "__main__":
    main()
