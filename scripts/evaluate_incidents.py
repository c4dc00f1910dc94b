"""How well articles are joined into incidents: the whole way, from text through the assessor and the store.

    python scripts/evaluate_incidents.py [--misses]

The truth are the made-up articles in ``data/gold/incidents`` (copies, spun copies, own reports, follow-ups, near misses
and articles about no incident), which come into an empty store in three random orders. Every article counts: one that
is not flagged and in no incident stands for itself. The weights of a pair were learned on these incidents, too: what
they are worth on others is told by ``learn_incident_weights.py --cross``.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from data.outcomes import Outcome
from data.records import Article, Page, PageRef, Source
from data.store import Store
from flows.assess import AssessTools, assess_pending
from models.assessor import AssessItem, Assessor

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.records import Assessment

    Groups = Mapping[str, object]

GOLD = Path(__file__).resolve().parent.parent / "data" / "gold" / "incidents"
ORDERS = 3
LEAST_B_CUBED = 0.90
LEAST_PAIR_PRECISION = 0.95
LEAST_RAND = 0.98

KINDS = {"salinan": "copies", "putaran": "spun", "laporan_lain": "own_reports", "tindak_lanjut": "follow_ups"}


@dataclass(frozen=True, slots=True)
class Row:
    """One made-up article with its truth: ``event`` is its incident, or its own id where it is of none."""

    id: str
    event: str
    kind: str
    article: Article


class Remembered:
    """An assessor that judges each text once and then remembers, so that three orders cost one judging."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._known: dict[str, Assessment] = {}
        self.model_version = assessor.model_version
        self.rules_version = assessor.rules_version

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        """Return an assessment per item, in order."""
        new = [item for item in items if str(item.url) not in self._known]
        for item, assessment in zip(new, self._assessor.assess(new), strict=True):
            self._known[str(item.url)] = assessment
        return [self._known[str(item.url)] for item in items]


def evaluate(shared: Path, miss: Callable[[str], None] = lambda _: None) -> list[Figure]:
    """Return the figures; ``shared`` is not looked at. ``miss`` is told of groups that are mixed or split."""
    del shared
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rows, sources = read_gold()
    assessor = Remembered(Assessor.load())
    found = [grouped(rows, sources, assessor, seed) for seed in range(ORDERS)]
    true = {row.id: row.event for row in rows}
    figures = measures("incidents", found[0], true)
    for kind, name in KINDS.items():
        ids = [row.id for row in rows if row.kind == kind]
        figures.append(Figure(f"incidents.with_their_event.{name}", rejoined(ids, found[0], true), "share", len(ids)))
    least = min(rand_index(one, other) for one, other in combinations(found, 2))
    figures.append(Figure("incidents.orders_rand_index", least, "ARI", len(rows), least=LEAST_RAND))
    _tell(found[0], true, miss)
    return figures


def read_gold(folder: Path = GOLD) -> tuple[list[Row], dict[str, Source]]:
    """Return the made-up articles and their outlets."""
    outlets = json.loads((folder / "outlets.json").read_text(encoding="utf-8"))
    sources = {one["id"]: _source(one) for one in outlets}
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [_row(json.loads(line)) for line in lines], sources


def _source(outlet: Mapping[str, Any]) -> Source:
    return Source(
        id=outlet["id"],
        name=outlet["name"],
        home=f"http://{outlet['host']}/",
        timezone=outlet["timezone"],
        profile="wordpress",
        finders=(),
        provinces=tuple(outlet["provinces"]),
        regencies=tuple(outlet["regencies"]),
        tier=outlet["tier"],
        network=outlet["network"],
    )


def _row(line: Mapping[str, Any]) -> Row:
    url = f"http://{line['host']}/{line['id']}"
    published = datetime.fromisoformat(line["published"]).astimezone(UTC)
    article = Article(
        line["source"], url, url, line["title"], line["text"], line["id"], published=published, language="id"
    )
    return Row(line["id"], line["incident"] or line["id"], line["kind"], article)


def grouped(rows: Sequence[Row], sources: Mapping[str, Source], assessor: Remembered, seed: int) -> dict[str, object]:
    """Return the incident of each article after all came in a random order; its own id for one in none."""
    order = list(rows)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order of arrival, no secret
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/store.sqlite3") as store:
        run = store.runs.start("crawl", begin)
        for minute, row in enumerate(order):
            at, one = begin + timedelta(minutes=minute), row.article
            page = Page(one.url, one.url, one.source_id, at, Outcome.FETCHED, 200)
            ref = PageRef(one.url, one.canonical_url, one.source_id, "feed")
            store.settle(run, ref, page, Outcome.FETCHED, one, at)
        assess_pending(AssessTools(store, assessor, sources, lambda: begin + timedelta(days=1)))
        found: dict[str, object] = {}
        for row in rows:
            stored = store.articles.by_url(row.article.canonical_url)
            incident = store.incidents.of_article(stored.id) if stored else None
            found[row.id] = incident.id if incident else row.id
        return found


def measures(name: str, found: Groups, true: Groups) -> list[Figure]:
    """Return B-cubed and pairwise precision and recall of a grouping."""
    precision, recall = b_cubed(found, true)
    right, ours, theirs = pair_counts(found, true)
    f1 = 2 * precision * recall / (precision + recall)
    return [
        Figure(f"{name}.b_cubed_precision", precision, "share", len(true)),
        Figure(f"{name}.b_cubed_recall", recall, "share", len(true)),
        Figure(f"{name}.b_cubed_f1", f1, "F1", len(true), least=LEAST_B_CUBED),
        Figure(f"{name}.pair_precision", right / max(ours, 1), "share", ours, least=LEAST_PAIR_PRECISION),
        Figure(f"{name}.pair_recall", right / max(theirs, 1), "share", theirs),
    ]


def b_cubed(found: Groups, true: Groups) -> tuple[float, float]:
    """Return precision and recall of B-cubed (Bagga and Baldwin 1998): per item, what its group and class share."""
    both = Counter((found[item], true[item]) for item in true)
    groups, classes = Counter(found[item] for item in true), Counter(true.values())
    precision = sum(count * count / groups[group] for (group, _), count in both.items()) / len(true)
    recall = sum(count * count / classes[event] for (_, event), count in both.items()) / len(true)
    return precision, recall


def pair_counts(found: Groups, true: Groups) -> tuple[int, int, int]:
    """Return how many pairs are rightly together, together at all, and belong together."""
    both = Counter((found[item], true[item]) for item in true)
    groups, classes = Counter(found[item] for item in true), Counter(true.values())
    right, ours, theirs = (sum(comb(count, 2) for count in counted.values()) for counted in (both, groups, classes))
    return right, ours, theirs


def rand_index(one: Groups, other: Groups) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985) of two groupings of the same items."""
    both, ours, theirs = pair_counts(one, other)
    by_chance, most = ours * theirs / comb(len(one), 2), (ours + theirs) / 2
    return 1.0 if most == by_chance else (both - by_chance) / (most - by_chance)


def rejoined(ids: Sequence[str], found: Groups, true: Groups) -> float:
    """Return the share of articles that stand with the most of the others of their event."""
    right = 0
    for item in ids:
        others = Counter(found[other] for other in true if true[other] == true[item] and other != item)
        right += bool(others) and others[found[item]] == max(others.values())
    return right / max(len(ids), 1)


def _tell(found: Groups, true: Groups, miss: Callable[[str], None]) -> None:
    for group in sorted(set(found.values()), key=str):
        events = Counter(true[item] for item in true if found[item] == group)
        if len(events) > 1:
            miss(f"mixed: {dict(events)}")
    for event in sorted(set(true.values()), key=str):
        groups: dict[object, list[str]] = {}
        for item in true:
            if true[item] == event:
                groups.setdefault(found[item], []).append(item)
        if len(groups) > 1:
            miss(f"split: {sorted(groups.values(), key=len, reverse=True)}")


def main() -> int:
    """Measure and print; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print what is mixed and what is split")
    given = parser.parse_args()
    figures = evaluate(Path(), print if given.misses else lambda _: None)
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
