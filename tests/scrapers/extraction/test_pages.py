"""Each made-up page beside what must be read from it: one page of every CMS, general layouts, and what is no article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scrapers.extract import read_page

PAGES = Path(__file__).parent / "pages"
ARTICLE_FIELDS = ("title", "author", "section", "language", "canonical_url", "tz_assumed")


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_page_is_read_as_it_was_written(path, page_of, source, now):
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    page = page_of(path.read_bytes(), expected["url"])

    found = read_page(page, replace(source, profile=expected["profile"]), now)

    assert str(found.outcome) == expected["outcome"], found.reason
    if "title" not in expected:
        assert found.article is None
        assert found.reason
        return
    article = found.article
    assert article is not None
    assert article.text.split("\n") == expected["text"]
    assert {name: getattr(article, name) for name in ARTICLE_FIELDS if name in expected} == {
        name: expected[name] for name in ARTICLE_FIELDS if name in expected
    }
    assert article.published == datetime.fromisoformat(expected["published"])
    modified = expected.get("modified")
    assert article.modified == (datetime.fromisoformat(modified) if modified else None)
    assert list(article.tags) == expected.get("tags", list(article.tags))
    assert article.method.startswith(expected.get("method", ""))
    assert list(found.more_pages) == expected.get("more_pages", [])


def test_every_page_has_its_expectation():
    assert {path.stem for path in PAGES.glob("*.html")} == {path.stem for path in PAGES.glob("*.json")}
