"""How well pages are read, measured on other people's pages: titles, dates, text, listings, date strings, the seed.

    python scripts/evaluate_extraction.py --shared ../shared [--misses]

The material is never copied into the project; without it there is nothing to measure.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import sys
import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.outcomes import Outcome
from data.records import Page, Source
from scrapers.dates import parse_date
from scrapers.extract import read_page

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, table  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from data.records import Article
    from scrapers.extract import Extraction

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NEUTRAL_URL = "https://kabar.example/daerah/warga-desa-menolak-tambang"
"""An address that says nothing: a listing has to be known by what it shows."""

SHINGLE = 4
"""Words per shingle of the article extraction benchmark (Scrapinghub)."""


def evaluate(shared: Path, miss: Callable[[str], None] = lambda _: None) -> list[Figure]:
    """Return every figure of extraction; ``miss`` is told of each case that is not right."""
    data = shared / "data"
    return [
        *_pages(data / "pages", miss),
        *_listings(data / "listings", miss),
        *_english(data / "extraction_en", miss),
        *_dates(data / "dates", miss),
        *_seed(data / "seed", miss),
    ]


def _source(profile: str = "auto") -> Source:
    return Source(
        id="evaluation", name="", home="https://kabar.example/", timezone="Asia/Jakarta", profile=profile, finders=()
    )


def _read(body: bytes, url: str) -> Extraction:
    page = Page(
        url=url,
        final_url=url,
        source_id="evaluation",
        fetched_at=NOW,
        outcome=Outcome.FETCHED,
        status=200,
        body=body,
        content_type="text/html",
    )
    return read_page(page, _source(), NOW)


def _bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _f1(found: Counter[Any], gold: Counter[Any]) -> float:
    same = sum((found & gold).values())
    return 2 * same / (sum(found.values()) + sum(gold.values())) if found or gold else 1.0


def _pages(folder: Path, miss: Callable[[str], None]) -> list[Figure]:
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    titles = dates = 0
    scores = []
    for case in gold:
        article = _read(_bytes(folder / case["file"]), case["url"]).article
        title, published, text = (article.title, article.published, article.text) if article else ("", None, "")
        wanted = datetime.fromisoformat(case["published"])
        titles += title == case["title"]
        # Pages print minutes; a claim in the head may add seconds.
        right_time = published is not None and abs(published - wanted) < timedelta(minutes=1)
        dates += right_time
        if title != case["title"]:
            miss(f"title of {case['file']}: {title!r} for {case['title']!r}")
        if not right_time:
            miss(f"time of {case['file']}: {published} for {wanted}")
        if not case.get("short_gold"):
            scores.append(_f1(_words(text), _words(case["text"])))
            if scores[-1] < 0.95:
                miss(f"text of {case['file']}: F1 {scores[-1]:.3f}")
    fundus = [*_media_indonesia(folder, miss)]
    return [
        Figure("pages.title_right", titles, "pages", len(gold), least=len(gold)),
        Figure("pages.time_right", dates, "pages", len(gold), least=len(gold)),
        Figure("pages.text_f1_words", sum(scores) / len(scores), "F1", len(scores), least=0.93),
        *fundus,
    ]


def _media_indonesia(folder: Path, miss: Callable[[str], None]) -> Iterable[Figure]:
    right, scores = Counter[str](), []
    for html_name, json_name in (
        ("MediaIndonesia_2026_01_20", "MediaIndonesia_latest"),
        ("MediaIndonesia_2026_01_08", "MediaIndonesia_older1"),
    ):
        gold = json.loads((folder / f"{json_name}.json").read_text("utf-8"))["V1"]
        article = _read(_bytes(folder / f"{html_name}.html.gz"), NEUTRAL_URL).article
        if article is None:
            miss(f"{html_name}: no article")
            continue
        body = [*gold["body"]["summary"]]
        for part in gold["body"]["sections"]:
            body += [*part["headline"], *part["paragraphs"]]
        right["title"] += article.title == gold["title"]
        right["author"] += article.author == ", ".join(gold["authors"])
        scores.append(_f1(_words(article.text), _words("\n".join(body))))
        miss(
            f"{html_name}: {article.published} for {gold.get('publishing_date')}, {article.author} for "
            f"{gold['authors']}, F1 {scores[-1]:.3f}"
        )
    yield Figure("pages_fundus.title_right", right["title"], "pages", 2)
    yield Figure("pages_fundus.author_right", right["author"], "pages", 2)
    yield Figure("pages_fundus.text_f1_words", sum(scores) / 2, "F1", 2)


def _listings(folder: Path, miss: Callable[[str], None]) -> list[Figure]:
    paths = sorted(folder.glob("*.html"))
    taken = 0
    for path in paths:
        found = _read(path.read_bytes(), NEUTRAL_URL)
        taken += found.article is not None
        if found.article is not None:
            miss(f"listing {path.name} taken for an article: {found.article.title!r}")
    return [Figure("listings.taken_for_articles", taken, "pages", len(paths), most=0)]


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text, re.UNICODE)
    if len(words) < SHINGLE:
        return Counter([tuple(words)])
    return Counter(zip(*(words[start:] for start in range(SHINGLE)), strict=False))


def _benchmark_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return F1 of mean precision and mean recall over the pages, as the benchmark's own script does."""
    precisions, recalls = [], []
    for found, gold in pairs:
        ours, true = _shingles(found), _shingles(gold)
        same = sum((ours & true).values())
        if sum(ours.values()) and found.strip():
            precisions.append(same / sum(ours.values()))
        recalls.append(same / sum(true.values()))
    precision, recall = sum(precisions) / max(1, len(precisions)), sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _english(folder: Path, miss: Callable[[str], None]) -> list[Figure]:
    from trafilatura import extract

    gold = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    ours, alone, read = [], [], 0
    for name, case in sorted(gold.items()):
        body = _bytes(folder / "html" / f"{name}.html.gz")
        found = _read(body, case.get("url") or NEUTRAL_URL)
        read += found.article is not None
        text = found.article.text if found.article else ""
        base = extract(body.decode("utf-8", "replace"), include_comments=False) or ""
        ours.append((text, case["articleBody"]))
        alone.append((base, case["articleBody"]))
        mine, theirs = (
            _f1(_shingles(text), _shingles(case["articleBody"])),
            _f1(_shingles(base), _shingles(case["articleBody"])),
        )
        if mine < theirs - 0.05:
            why = f"{found.outcome} {found.reason}" if found.article is None else found.article.method
            miss(f"english {name[:10]}: {mine:.3f}, trafilatura alone {theirs:.3f} ({why})")
    base_f1 = _benchmark_f1(alone)
    return [
        Figure("english.text_f1_4grams", _benchmark_f1(ours), "F1", len(gold), least=round(base_f1 - 0.01, 4)),
        Figure("english.trafilatura_alone_f1_4grams", base_f1, "F1", len(gold)),
        Figure("english.read_as_articles", read, "pages", len(gold)),
    ]


def _dates(folder: Path, miss: Callable[[str], None]) -> list[Figure]:
    import dateparser

    cases = json.loads((folder / "dateparser_id_cases.json").read_text("utf-8"))
    right = 0
    local = NOW.astimezone().replace(tzinfo=None) + (timedelta(hours=7) - (NOW.astimezone().utcoffset() or timedelta()))
    for case in cases:
        wanted = dateparser.parse(
            case["english"],
            languages=["en"],
            settings={"RELATIVE_BASE": local, "DATE_ORDER": "DMY", "RETURN_AS_TIMEZONE_AWARE": False},
        )
        found = parse_date(case["text"], "Asia/Jakarta", NOW)
        right += found is not None and found.wall == wanted
        if found is None or found.wall != wanted:
            miss(f"date {case['text']!r}: {found and found.wall} for {wanted}")
    strings = [
        line.split("\t")[1]
        for line in (folder / "real_date_strings.tsv").read_text("utf-8").splitlines()
        if line.strip()
    ]
    sane = 0
    for text in strings:
        moment = parse_date(text, "Asia/Jakarta", NOW)
        printed = (
            re.search(r"(?:20)?(\d\d)\b(?!:)(?!.*20\d\d)", text.split(" 2")[0])
            if "20" not in text
            else re.search(r"20(\d\d)", text)
        )
        ok = (
            moment is not None
            and printed is not None
            and moment.wall.year == 2000 + int(text[-2:] if "20" not in text else printed[1])
        )
        sane += ok
        if not ok:
            miss(f"date string {text!r}: {moment}")
    return [
        Figure("dates.dateparser_cases_right", right, "cases", len(cases), least=len(cases)),
        Figure("dates.real_strings_read_in_their_year", sane, "strings", len(strings), least=len(strings)),
    ]


def seed_html(text: str) -> str:
    """Return the page that the seed's converted text came from: h1 = section, h2 = title, caption = title."""
    blocks = [" ".join(block.split()) for block in text.replace("\\*", "*").split("\n\n") if block.strip()]
    section, title, byline, date, caption, *paragraphs = blocks
    section, title, caption = section.lstrip("# "), title.lstrip("# "), caption.strip("*")
    link = re.sub(r"\[(.*?)\]\((.*?)\)", r'<a href="\2">\1</a>', html.escape(byline, quote=False))
    body = "".join(f"<p>{html.escape(each, quote=False)}</p>\n" for each in paragraphs)
    shown = html.escape(title)
    return "\n".join(
        (
            '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">',
            f'<title>{shown} - Warta Desa</title><meta property="og:title" content="{shown}"></head>',
            '<body><header><nav><a href="/">Beranda</a> <a href="/desa">Desa</a></nav></header>',
            f'<div class="container"><h1>{section}</h1><h2>{shown}</h2>',
            f"<p>{link}</p><p>{date.replace(' - ', '&nbsp;-&nbsp;')}</p><p><em>{html.escape(caption)}</em></p>",
            f"{body}</div><footer><p>Hak cipta</p></footer></body></html>",
        )
    )


def _seed(folder: Path, miss: Callable[[str], None]) -> list[Figure]:
    text = next(path for path in sorted(folder.glob("*.txt")) if path.name != "SOURCE.txt").read_text("utf-8")
    title = re.search(r"^## (.+)$", text, re.MULTILINE)
    found = _read(
        seed_html(text).encode(), "http://BUKITTINGGI.WARTADESA.CO.ID/pjs-wako-bukittinggi-hadiri-rakor"
    ).article
    wanted = datetime(2024, 11, 5, 15, 13, tzinfo=UTC)
    checks: dict[str, bool] = {
        "title": found is not None and title is not None and found.title == title[1].strip(),
        "author": found is not None and found.author == "Linda Sari",
        "published": found is not None and found.published == wanted and found.tz_assumed,
        "caption_dropped": found is not None and found.title not in found.text,
        "sign_off_dropped": found is not None and found.text.rstrip().endswith("pungkasnya."),
        "starts_with_dateline": found is not None and found.text.startswith("Bukittinggi-Pjs"),
        "host_lower_cased": found is not None
        and found.canonical_url.startswith("https://bukittinggi.wartadesa.co.id/"),
        "language": found is not None and found.language == "id",
    }
    for name, holds in checks.items():
        if not holds:
            miss(f"seed: {name} is not right: {_shown(found)}")
    return [Figure("seed.right", sum(checks.values()), "checks", len(checks), least=len(checks))]


def _shown(article: Article | None) -> str:
    return (
        "no article"
        if article is None
        else f"{article.title!r} {article.author!r} {article.published} {article.text[-60:]!r}"
    )


def main() -> int:
    """Print the figures as a table; exit code 1 where the material is not there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--misses", action="store_true", help="print each case that is not right")
    given = options.parse_args()
    if not (given.shared / "data" / "pages").is_dir():
        print(
            f"{given.shared}: no data/pages there; say where the evaluation material is with --shared", file=sys.stderr
        )
        return 1
    warnings.simplefilter("ignore")
    misses: list[str] = []
    print(table(evaluate(given.shared, misses.append)))
    if given.misses:
        print(*misses, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
