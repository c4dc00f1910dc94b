"""How well articles are judged, whole: every figure of the labelled material's own ``score.py``, severity, the seed.

    python scripts/evaluate_assess.py --shared ../shared [--misses FILE]

``cases`` are hard pieces that nothing was trained on; ``dev`` trained the model and is marked as seen. Severity is also
measured with the labelled signals and modality given, which is what its own rules answer for.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import re
import sys
import tempfile
from collections import defaultdict
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from classifiers.event_time import find_event_time
from classifiers.severity import judge_severity
from classifiers.stages import load_calendar, zone_of
from classifiers.text import read_document
from data.records import Modality, PlaceRole
from desk.terminal.assess_lines import Line, line_of
from models.assessor import KABKOTA, AssessItem, Assessor, stage_window

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from data.records import Assessment

    Row = Mapping[str, Any]
    Miss = Callable[[str], None]

WIB = ZoneInfo("Asia/Jakarta")
BATCH = 100
GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"

# The figures of score.py that are kept, as path in its output, name and number of things counted.
SCORES = (
    (("signals_micro", "f1"), "signals_micro_f1"),
    (("signals_macro_f1",), "signals_macro_f1"),
    (("modality_accuracy",), "modality_accuracy"),
    (("modality_macro_f1",), "modality_macro_f1"),
    (("severity_exact",), "severity_exact"),
    (("severity_within_one",), "severity_within_one"),
    (("flag", "p"), "flag_precision"),
    (("flag", "r"), "flag_recall"),
    (("flag", "ap"), "flag_average_precision"),
    (("flag", "p_at_r90"), "flag_precision_at_recall_90"),
    (("flag", "p_at_r95"), "flag_precision_at_recall_95"),
    (("event_place_kabkota", "p"), "event_place_precision"),
    (("event_place_kabkota", "r"), "event_place_recall"),
    (("event_place_kabkota", "f1"), "event_place_f1"),
    (("event_place_exact_recall",), "event_place_exact_recall"),
    (("any_place_kabkota", "f1"), "any_place_f1"),
)


def evaluate(shared: Path, miss: Miss = lambda _: None) -> list[Figure]:
    """Return every figure of the assessment; ``miss`` is told of each article of another severity."""
    folder = shared / "eval"
    score = _score_module(folder / "score.py")
    cases, dev = _rows(folder / "cases.jsonl"), _rows(folder / "dev.jsonl")
    assessor = Assessor.load()
    return [
        *_severity(dev, miss),
        *_severity(cases, miss, name="cases"),
        *_severity(_made_up(GOLD), miss, name="made_up"),
        *_seed(shared / "data" / "seed", assessor),
        *_scored("cases", folder / "cases.jsonl", cases, assessor, score),
        *_scored("dev_seen", folder / "dev.jsonl", dev, assessor, score),
    ]


def _made_up(folder: Path) -> list[Row]:
    """Return our own labelled pieces that carry a severity."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path) if "severity" in row]


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _score_module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score_of_the_labels", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _published(row: Row) -> datetime | None:
    text = row.get("published")
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if len(text) <= len("2024-11-05"):
        moment = datetime.combine(moment.date(), time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def _severity(rows: Iterable[Row], miss: Miss, name: str = "dev") -> Iterator[Figure]:
    """Yield severity with the labelled signals and modality given: all, relevant, whole, torn, by dataset."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        document = read_document(row["title"], row["text"])
        published, modality = _published(row), Modality(row["modality"])
        codes = tuple(place["code"] for place in row["event_places"])
        event = find_event_time(document, published, zone_of(codes), modality=modality)
        judged = judge_severity(
            document,
            row["signals"],
            modality,
            negasi=row["negasi"],
            historis=row["historis"],
            window=stage_window(load_calendar(), published, event, modality, codes),
            narrow_place=any(len(code) > KABKOTA for code in codes) if codes else None,
            year=published.year if published else None,
        )
        off = abs(judged.level - row["severity"])
        if off:
            what = f"{row['modality']} {row['signals']} {row['title']}"
            miss(f"{row['severity']} not {judged.level}: {what} {judged.points}")
        groups["all"].append(off)
        if row["signals"] and row["modality"] != Modality.TIDAK_RELEVAN:
            groups["relevant"].append(off)
        if name == "dev":
            groups["torn" if row["torn"] else "whole"].append(off)
            groups[row["dataset"]].append(off)
    for group, offs in groups.items():
        head = f"assess.severity_given_gold.{name}.{group}"
        whole = group == "all" and name == "dev"
        exact, near = sum(not off for off in offs) / len(offs), sum(off <= 1 for off in offs) / len(offs)
        yield Figure(f"{head}.exact", round(exact, 4), "share", len(offs), least=0.90 if whole else None)
        yield Figure(f"{head}.within_one", round(near, 4), "share", len(offs), least=0.98 if whole else None)


def _scored(name: str, gold: Path, rows: list[Row], assessor: Assessor, score: Any) -> Iterator[Figure]:
    """Yield the figures of score.py over the whole assessor's lines."""
    out, timed = io.StringIO(), 0
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder) / "predicted.jsonl"
        with predicted.open("wb") as lines:
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                items = [_item(row) for row in batch]
                for number, (item, answer) in enumerate(zip(items, assessor.assess(items), strict=True)):
                    timed += answer.event_time is not None
                    lines.write(line_of(Line(number, item.id, item), answer))
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            score.main([str(gold), str(predicted), "--json"])
    result = json.loads(out.getvalue())
    for path, figure in SCORES:
        value: Any = result
        for key in path:
            value = value[key]
        if value is not None:
            yield Figure(f"assess.{name}.{figure}", value, "share", len(rows))
    yield Figure(f"assess.{name}.event_time_told", round(timed / len(rows), 4), "share", len(rows))


def _item(row: Row) -> AssessItem:
    return AssessItem(row["id"], row["title"], row["text"], _published(row), row.get("url"), row.get("source"))


def _seed(folder: Path, assessor: Assessor) -> Iterator[Figure]:
    """Yield what the article must be that the product starts from: a meeting, no alarm, at the right place."""
    page = next(folder.glob("0*.txt"))
    item = _seed_item(page.read_text(encoding="utf-8"))
    answer = assessor.assess([item])[0]
    wanted = {
        "modality": answer.modality is Modality.PENCEGAHAN_KEGIATAN,
        "severity_0": answer.severity == 0,
        "not_flagged": not answer.flagged,
        "event_kota_pariaman": _has(answer, "13.77", PlaceRole.KEJADIAN),
        "dateline_bukittinggi": _has(answer, "13.75", PlaceRole.SUMBER),
        "scope_sumatera_barat": _has(answer, "13", PlaceRole.CAKUPAN),
        "event_day": answer.event_time is not None
        and answer.event_time.start.astimezone(WIB).date().isoformat() == "2024-11-05",
    }
    for name, right in wanted.items():
        yield Figure(f"assess.seed.{name}", float(right), "right", 1, least=1.0)


def _seed_item(page: str) -> AssessItem:
    """Return the seed as extraction leaves it: the second heading is the title, the caption in italics is dropped."""
    title = re.search(r"^## (.+)$", page, re.MULTILINE)
    if title is None:
        raise ValueError("the seed has no second heading")
    body = page[page.rindex(f"*{title.group(1)}*") + len(title.group(1)) + 2 :]
    text = "\n".join(line.strip() for line in body.replace("\\*", "*").splitlines() if line.strip())
    return AssessItem("seed", title.group(1), text, datetime(2024, 11, 5, 22, 13, tzinfo=WIB), provinces=("13",))


def _has(answer: Assessment, code: str, role: PlaceRole) -> bool:
    return any(place.code == code and place.role is role for place in answer.places)


def main() -> int:
    """Measure and print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--misses", type=Path, help="write the articles of another severity than labelled to this file")
    given = parser.parse_args()
    misses: list[str] = []
    figures = evaluate(given.shared, misses.append)
    print(table(figures))
    if given.misses is not None:
        given.misses.write_text("\n".join(misses) + "\n", encoding="utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
