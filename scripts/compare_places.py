"""Side by side with the peer `id-location-ner`: event places and all places, articles a second, memory, in one run.

    python scripts/compare_places.py --peer PEER/bin/python [--shared ../shared] [--articles N]

The peer is never a dependency. A developer installs it into an environment of its own:

    python -m venv PEER && PEER/bin/pip install id-location-ner==0.1.2

It brings no gazetteer: one is made here from ours, in the columns that it wants, in a temporary folder. Both see the
same labelled articles, the 40 hard made-up pieces and the tricky cases, each in a process of its own with one thread.

The peer gives a text one location: it counts as the place of the event, and as a place that is named. What it names
besides is read as kindly as can be (``peer.mentions``): each name that it matched, at the highest level at which just
one unit is left. It is run twice, with the whole gazetteer and with provinces and kabupaten/kota only.

Our event place is judged out of fold (five folds), as in ``evaluate_places.py``: its weights were learned here.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import runpy
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.places import Locator
from data.gazetteer import Gazetteer, Level, parent_of
from data.records import Place, PlaceRole

sys.path.insert(0, str(Path(__file__).parent))

from evaluate_places import (
    count,
    held_out,
    read_rows,
    regencies,
    score,
)  # a script's neighbours are found only after this
from figures import Figure, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PEER = "id-location-ner"
LEVELS = ("province", "city", "district", "subdistrict")
TRICKY = Path(__file__).resolve().parent.parent / "tests" / "classifiers" / "places" / "test_tricky_cases.py"
HOW = f"""{PEER} is not there. It is no dependency of ours; install it into an environment of its own:
    python -m venv PEER && PEER/bin/pip install {PEER}==0.1.2
    python scripts/compare_places.py --peer PEER/bin/python"""

# Both programs answer a line per text and at last what loading and reading took. VmHWM, not ru_maxrss: the latter
# keeps the parent's peak over fork and exec. The first pass warms caches, the faster of two is told.
FRAME = """
import json, re, sys, time
from pathlib import Path
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
rows = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
started = time.process_time()
{load}
loaded = (time.process_time() - started) * 1000
spent = []
for _ in range(2):
    started = time.process_time()
    answers = [read(row) for row in rows]
    spent.append(time.process_time() - started)
for answer in answers:
    print(json.dumps(answer))
print(json.dumps({{"load_ms": loaded, "seconds": min(spent), "mb": peak()}}))
"""

LOAD_OURS = """
from classifiers.places import Locator
locator = Locator.load()
def read(row):
    return {"places": [place.code for place in locator.locate(row["title"], row["text"])]}
"""

LOAD_PEER = """
from location_ner import LocationExtractor, resolve_best_location
deepest = sys.argv[3]
extractor = LocationExtractor.from_csv(sys.argv[2], max_level=deepest)
LEVELS = ("province", "city", "district", "subdistrict")
def read(row):
    mentions = [mention.__dict__ for mention in extractor.extract(row["title"] + "\\n" + row["text"])]
    found = resolve_best_location(mentions)
    path = found.to_dict() if found is not None else {}
    codes = [path[level + "_code"] for level in LEVELS if path.get(level + "_code")]
    return {"event": codes[-1:], "mentions": sorted(set(filter(None, map(read_as, mentions))))}
def read_as(mention):
    for level in LEVELS:
        codes = {one[level + "_code"] for one in mention["candidates"] if one["level"] == level}
        if codes:
            return codes.pop() if len(codes) == 1 else None
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process answered: an object per text, and what it took (``load_ms``, ``seconds``, ``mb``)."""

    answers: tuple[Mapping[str, Any], ...]
    took: Mapping[str, float]


def run(python: Path, load: str, texts: Path, *arguments: str) -> Run:
    """Read all texts in a process of its own, with one thread; SystemExit where it fails."""
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), "-c", FRAME.format(load=load), str(texts), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **quiet},
    )
    if done.returncode:
        raise SystemExit(f"{python} failed:\n{done.stderr[-2000:]}")
    *answers, took = [json.loads(line) for line in done.stdout.splitlines()]
    return Run(tuple(answers), took)


def write_gazetteer(gazetteer: Gazetteer, path: Path) -> None:
    """Write our units as the peer wants them: a row per desa with names and codes of all four levels.

    The type word of a kabupaten/kota is part of its name there; names below it have none.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{level}_{what}" for level in LEVELS for what in ("name", "code")])
        names: dict[str, str] = {}
        for code in gazetteer.codes(Level.DESA):
            row: list[str] = []
            for at in chain_of(code):
                if at not in names:
                    unit = gazetteer.unit(at)
                    names[at] = unit.full_name if unit.level is Level.KABKOTA else unit.name
                row += [names[at], at]
            writer.writerow(row)


def chain_of(code: str) -> list[str]:
    """Return the codes from the province down to ``code``."""
    chain = [code]
    while (above := parent_of(chain[0])) is not None:
        chain.insert(0, above)
    return chain


def as_places(events: Sequence[str], others: Sequence[str]) -> list[Place]:
    """Return codes as places of the event and of the background: what scoring takes."""
    return [
        Place(code, "", role, "text", 0, 0, 1.0)
        for role, codes in ((PlaceRole.KEJADIAN, events), (PlaceRole.LATAR, others))
        for code in codes
    ]


def tricky_cases() -> list[dict[str, Any]]:
    """Return the tricky cases as articles: a sentence, and the codes that it must give."""
    cases: list[tuple[int, str, str]] = runpy.run_path(str(TRICKY))["CASES"]
    return [
        {
            "id": f"{number}",
            "title": "",
            "text": sentence,
            "event_places": [],
            "other_places": [{"code": item.rstrip("?").partition(":")[0].rstrip("?")} for item in wanted.split()],
        }
        for number, sentence, wanted in cases
    ]


def score_tricky(name: str, cases: Sequence[dict[str, Any]], answers: Sequence[Sequence[str]]) -> list[Figure]:
    """Return how often the first code answered is one of the finest that a case names, or none where it names none."""
    right = 0
    for case, codes in zip(cases, answers, strict=True):
        wanted = {place["code"] for place in case["other_places"]}
        finest = {code for code in wanted if not any(other.startswith(code + ".") for other in wanted)}
        # of a chain the finest is meant, in whichever order it was told
        told = [code for code in codes if not any(other.startswith(code + ".") for other in codes)]
        right += told[0] in finest if told else not wanted
    return [Figure(f"{name}.one_location_right", right / len(cases), "share", len(cases))]


def compare(shared: Path, peer: Path, articles: int | None) -> list[Figure]:
    """Return all figures of both sides."""
    locator = Locator.load()
    dev = read_rows(shared / "eval" / "dev.jsonl")[:articles]
    cases, tricky = read_rows(shared / "eval" / "cases.jsonl"), tricky_cases()
    whole = [index for index, row in enumerate(dev) if not row.get("torn")]
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        table_path, texts, others = (Path(folder) / name for name in ("units.csv", "dev.jsonl", "other.jsonl"))
        write_gazetteer(locator.gazetteer, table_path)
        write_texts(dev, texts)
        write_texts([*cases, *tricky], others)
        ours = Path(sys.executable)
        sides = {
            "ours": (ours, LOAD_OURS, ()),
            "peer": (peer, LOAD_PEER, (str(table_path), "subdistrict")),
            "peer_kabkota": (peer, LOAD_PEER, (str(table_path), "city")),
        }
        # the timed runs one after another, so that nothing but the rest of the machine disturbs them
        timed = {name: run(python, load, texts, *more) for name, (python, load, more) in sides.items()}
        small = {name: run(python, load, others, *more) for name, (python, load, more) in sides.items()}
    for name, side in timed.items():
        if name == "ours":
            answers: list[Sequence[Place]] = [*held_out(locator, dev)]
            hard: list[Sequence[Place]] = [locator.locate(row["title"], row["text"]) for row in cases]
            told = [[place.code for place in locator.locate("", row["text"])] for row in tricky]
            figures += accuracy(name, dev, whole, answers, cases, hard)
            sentences = [(row, as_places([], codes)) for row, codes in zip(tricky, told, strict=True)]
            figures += score("ours.tricky", sentences, quiet)[2:]
            figures += score_tricky("ours.tricky", tricky, told)
        else:
            extra = small[name].answers
            one = [as_places(answer["event"], []) for answer in side.answers]
            hard_one: list[Sequence[Place]] = [as_places(answer["event"], []) for answer in extra[: len(cases)]]
            figures += accuracy(name, dev, whole, one, cases, hard_one)
            told = [answer["event"] for answer in extra[len(cases) :]]
            figures += score_tricky(f"{name}.tricky", tricky, told)
            figures += named_at_all(name, dev, whole, side, tricky, extra[len(cases) :])
        figures += [
            Figure(f"{name}.articles_per_second", len(dev) / side.took["seconds"], "1/s", len(dev)),
            Figure(f"{name}.load_ms", side.took["load_ms"], "ms", 1),
            Figure(f"{name}.peak_mb", side.took["mb"], "MB", 1),
        ]
    return figures


def accuracy(
    name: str,
    dev: Sequence[dict[str, Any]],
    whole: Sequence[int],
    answers: Sequence[Sequence[Place]],
    cases: Sequence[dict[str, Any]],
    hard: Sequence[Sequence[Place]],
) -> list[Figure]:
    """Return the figures of places on real articles (all, and whole ones) and on the hard pieces."""
    pairs = [*zip(dev, answers, strict=True)]
    return [
        *score(f"{name}.all", pairs, quiet),
        *spread(f"{name}.all", pairs),
        *score(f"{name}.whole", [pairs[index] for index in whole], quiet),
        *score(f"{name}.hard", [*zip(cases, hard, strict=True)], quiet),
    ]


def spread(name: str, pairs: Sequence[tuple[dict[str, Any], Sequence[Place]]]) -> list[Figure]:
    """Return precision and recall of all places at kabupaten/kota, counted as F1 is."""
    counts = [0, 0, 0]
    for row, places in pairs:
        gold = {place["code"] for place in (*row["event_places"], *row["other_places"])}
        optional = regencies(place["code"] for place in row.get("locations_optional") or [])
        count(counts, regencies(gold), regencies(place.code for place in places), optional)
    right, wrong, missed = counts
    return [
        Figure(f"{name}.any_kabkota_precision", right / max(1, right + wrong), "precision", right + wrong),
        Figure(f"{name}.any_kabkota_recall", right / max(1, right + missed), "recall", right + missed),
    ]


def named_at_all(
    name: str,
    dev: Sequence[dict[str, Any]],
    whole: Sequence[int],
    side: Run,
    tricky: Sequence[dict[str, Any]],
    told: Sequence[Mapping[str, Any]],
) -> list[Figure]:
    """Return F1 of all places where every name that the peer matched counts, not only its one location."""
    pairs = [(row, as_places([], answer["mentions"])) for row, answer in zip(dev, side.answers, strict=True)]
    sentences = [(row, as_places([], answer["mentions"])) for row, answer in zip(tricky, told, strict=True)]
    return [
        score(f"{name}.mentions.all", pairs, quiet)[2],
        *spread(f"{name}.mentions.all", pairs),
        score(f"{name}.mentions.whole", [pairs[index] for index in whole], quiet)[2],
        score(f"{name}.mentions.tricky", sentences, quiet)[2],
    ]


def quiet(_: str) -> None:
    """Say nothing of a miss."""


def write_texts(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the title and text of each row as JSONL: no label leaves this process."""
    lines = [json.dumps({"title": row["title"], "text": row["text"]}) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Measure both and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, required=True, help="the interpreter of the environment with the peer")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parent.parent.parent / "shared")
    parser.add_argument("--articles", type=int, help="only the first so many articles")
    given = parser.parse_args()
    if not given.peer.exists() or subprocess.run([given.peer, "-c", "import location_ner"], check=False).returncode:
        raise SystemExit(HOW)
    print(table(compare(given.shared, given.peer, given.articles)))


if __name__ == "__main__":
    main()
