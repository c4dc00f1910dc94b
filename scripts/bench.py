"""Speed and memory, as ratios within one run so that they travel between machines; writes ``out/bench.json``.

    python scripts/bench.py [--rounds 5] [--only assess|locate]

Everything is measured on the bundled sample sites: their pages are our own. CPU seconds of one process are counted, not
the wall's: the machine may be busy. Each figure is the median over the rounds; the yardstick is a bare lxml parse of
the same pages in the same round.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench_copies import small as copies_at_two_sizes
from bench_feeds import feeds
from figures import Figure, table, write
from lxml import html as lxml_html

from data.outcomes import Outcome
from data.records import Page
from data.samples.network import HOSTS
from data.samples.server import site_of
from data.samples.truth import truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Article, Source
    from data.store import Store
    from models.assessor import AssessItem

NOW = datetime(2024, 12, 20, tzinfo=UTC)
HELP_RUNS = 7
COLD_RUNS = 5
WORDS = 300
"""Of the articles by which the finding of places is measured."""

TEXTS = 2
"""Sample articles that make one nearly as long as news is: theirs are of 750 characters, regional papers' of 1,800, but
not as full of incidents."""


def sample_pages() -> list[tuple[Page, str]]:
    """Return the article pages of the sample sites that stand on one page, and whose they are."""
    found = []
    for article in truth():
        if article.host == "galat.test":
            continue
        path = article.url.removeprefix(f"http://{article.host}")
        answer = site_of(HOSTS[article.host]).answer(path, {}, None)
        found.append(
            (
                Page(article.url, article.url, article.source_id, NOW, Outcome.FETCHED, 200, answer.body),
                article.source_id,
            )
        )
    return found


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that ``work`` took in this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def sample_sources() -> dict[str, Source]:
    """Return the sample sites' entries of the catalogue by id."""
    from data.catalogue import load_catalogue

    root = Path(__file__).resolve().parent.parent
    return {source.id: source for source in load_catalogue([root / "data/samples/sources.toml"])}


def sample_articles(pages: list[tuple[Page, str]], sources: dict[str, Source]) -> list[Article]:
    """Return the articles that are read from pages."""
    from scrapers.extract import read_page

    found = [read_page(page, sources[source_id], NOW).article for page, source_id in pages]
    return [article for article in found if article is not None]


def assess_items(articles: list[Article], sources: dict[str, Source]) -> list[AssessItem]:
    """Return articles as the assessor takes them."""
    from models.assessor import AssessItem

    return [
        AssessItem(
            id=str(number),
            title=article.title,
            text=article.text,
            published=article.published,
            url=article.url,
            source=article.source_id,
            provinces=sources[article.source_id].provinces,
            regencies=sources[article.source_id].regencies,
            timezone=sources[article.source_id].timezone,
        )
        for number, article in enumerate(articles)
    ]


def stages(rounds: int) -> list[Figure]:
    """Return the rate of each stage against a bare parse of the same pages."""
    from classifiers.copies import signature
    from classifiers.places import Locator
    from data.store import Store
    from models.assessor import Assessor
    from scrapers.extract import read_page

    sources = sample_sources()
    pages = sample_pages()
    articles = sample_articles(pages, sources)
    items = assess_items(articles, sources)
    locator, assessor = Locator.load(), Assessor.load()
    work: dict[str, Callable[[], object]] = {
        "parse": lambda: [lxml_html.fromstring(page.body or b"") for page, _ in pages],
        "extract": lambda: [read_page(page, sources[source_id], NOW) for page, source_id in pages],
        "locate": lambda: [locator.locate(article.title, article.text) for article in articles],
        "assess": lambda: assessor.assess(items),
        "signature": lambda: [signature(article.title, article.text) for article in articles],
        "store": lambda: _store(Store, articles),
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, job in work.items():
            taken[name].append(cpu(job))
    figures = []
    for name, seconds in taken.items():
        if name == "parse":
            continue
        ratios = [one / yardstick for one, yardstick in zip(seconds, taken["parse"], strict=True)]
        count = len(pages) if name == "extract" else len(articles)
        figures.append(Figure(f"bench.{name}.cost_to_parse", statistics.median(ratios), "x lxml parse", count))
        figures.append(Figure(f"bench.{name}.ms", statistics.median(seconds) / count * 1000, "ms CPU/item", count))
    return figures


def _store(store_class: type[Store], articles: list[Article]) -> None:
    from data.records import PageRef

    with tempfile.TemporaryDirectory() as folder, store_class.open(f"sqlite:///{folder}/bench.sqlite3") as store:
        run = store.runs.start("crawl", NOW)
        for article in articles:
            ref = PageRef(article.url, article.canonical_url, article.source_id, "manual")
            page = Page(article.url, article.url, article.source_id, NOW, Outcome.FETCHED, 200)
            store.settle(run, ref, page, Outcome.FETCHED, article, NOW)


def help_time() -> list[Figure]:
    """Return how long ``kentongan --help`` takes, in seconds of wall time and against a bare Python start."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}

    def wall(command: list[str]) -> float:
        started = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - started

    ours = [wall([sys.executable, "-m", "kentongan", "--help"]) for _ in range(HELP_RUNS)]
    bare = [wall([sys.executable, "-c", "pass"]) for _ in range(HELP_RUNS)]
    return [
        Figure("bench.help.s", statistics.median(ours), "s wall", HELP_RUNS, most=0.4),
        Figure("bench.help.cost_to_python", statistics.median(ours) / statistics.median(bare), "x python", HELP_RUNS),
    ]


def locating(rounds: int) -> list[Figure]:
    """Return how many articles of 300 words a core reads for their places in a second of processor time.

    The fastest round counts: what else the machine does only slows it. The articles are the sample sites', one after
    another and cut anew: they name more places than real ones do (``bench.locating.places``; real ones about six).
    """
    from classifiers.places import Locator

    articles = sample_articles(sample_pages(), sample_sources())
    running = " ".join(article.text for article in articles).split(" ")
    cuts = range(0, len(running) - WORDS, WORDS)
    texts = [(articles[n % len(articles)].title, " ".join(running[at : at + WORDS])) for n, at in enumerate(cuts)]
    locator = Locator.load()
    places = sum(len(locator.locate(title, text)) for title, text in texts) / len(texts)
    seconds = [cpu(lambda: [locator.locate(title, text) for title, text in texts]) for _ in range(max(rounds, 5) * 3)]
    return [
        Figure("bench.locating.per_second", len(texts) / min(seconds), "articles of 300 words/s CPU", len(texts), 1000),
        Figure("bench.locating.places", places, "per article", len(texts)),
    ]


def gazetteer() -> list[Figure]:
    """Return what loading the gazetteer takes, in a process of its own."""
    program = (
        "import resource, time; from data.gazetteer import load_gazetteer as load;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; t = time.process_time(); load();"
        "print((time.process_time() - t) * 1000, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)"
    )
    command = [sys.executable, "-c", program]
    lines = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(5)]
    times, sizes = zip(*(map(float, line.split()) for line in lines), strict=True)
    return [
        Figure("bench.gazetteer.load_ms", statistics.median(times), "ms CPU", 5, most=300),
        Figure("bench.gazetteer.memory_mb", statistics.median(sizes), "MB", 5, most=120),
    ]


def assess_alone(rounds: int) -> None:
    """Print as JSON what assessing takes in this process, of which nothing else was asked.

    ``first`` is the pass in which every word is new; in the later ones none is. A watch stands between the two: of its
    words one in twenty is new.
    """
    from models.assessor import Assessor

    sources = sample_sources()
    short = sample_articles(sample_pages(), sources)
    articles = [
        replace(one, text="\n".join([one.text, *(other.text for other in short[at + 1 : at + TEXTS])]))
        for at, one in enumerate(short[: 1 - TEXTS])
    ]
    items = assess_items(articles, sources)
    assessor = Assessor.load()
    first, *later = [cpu(lambda: assessor.assess(items)) / len(items) for _ in range(rounds + 1)]
    found = {
        "first": first,
        "later": statistics.median(later),
        "items": len(items),
        "characters": sum(len(item.text) for item in items) / len(items),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))


def assessing(rounds: int) -> list[Figure]:
    """Return how many articles a core assesses in a second, and what a process takes before its first."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).resolve()), "--rounds", str(rounds), "--alone"]
    found = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as home:
        line = Path(home) / "one.jsonl"
        line.write_text(json.dumps({"id": "1", "title": "Warga", "text": "Warga berkumpul."}) + "\n", encoding="utf-8")
        one = [sys.executable, "-m", "kentongan", "assess", "--jsonl", str(line)]
        cold = [_process(one, {**environment, "KENTONGAN_HOME": home}) for _ in range(COLD_RUNS)]
    bare = [_process([sys.executable, "-c", "pass"], environment) for _ in range(COLD_RUNS)]
    wall, seconds, memory = (statistics.median(column) for column in zip(*cold, strict=True))
    python = statistics.median(run[1] for run in bare)
    count = found["items"]
    return [
        Figure("bench.assess.per_second", 1 / found["later"], "articles/s", count, least=200),
        Figure("bench.assess.per_second_all_words_new", 1 / found["first"], "articles/s", count),
        Figure("bench.assess.characters", found["characters"], "per article", count),
        Figure("bench.assess.memory_mb", found["memory"], "MB", 1, most=600),
        Figure("bench.cold_start.s", wall, "s wall", COLD_RUNS, most=5),
        Figure("bench.cold_start.cpu_s", seconds, "s CPU", COLD_RUNS),
        Figure("bench.cold_start.cost_to_python", seconds / python, "x python", COLD_RUNS),
        Figure("bench.cold_start.memory_mb", memory, "MB", COLD_RUNS, most=600),
    ]


def _process(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Return what a command took: seconds of wall time, seconds of CPU, MB of resident memory at most."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> int:
    """Measure, print, write; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "out" / "bench.json")
    parser.add_argument("--only", choices=("assess", "locate"), help="only how fast articles are assessed, or located")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)  # how it calls itself
    given = parser.parse_args()
    if given.alone:
        assess_alone(given.rounds)
        return 0
    figures = assessing(given.rounds) if given.only != "locate" else []
    if given.only != "assess":
        figures += locating(given.rounds)
    if given.only is None:
        figures += help_time() + gazetteer() + stages(given.rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures.append(Figure("bench.peak_memory_mb", peak, "MB", 1, most=700))
        figures += copies_at_two_sizes()
        figures += feeds()
    write(figures, given.out)
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
