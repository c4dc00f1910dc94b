"""Reading in processes of their own: a page that kills or holds its process costs that page only."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from data.outcomes import Outcome
from scrapers.workers import ExtractionPool

GOOD = (Path(__file__).parent / "pages" / "varient_3.html").read_bytes()
CRASHING = """
import os, signal, time

def read(page, source, now):
    body = page.body or b""
    if b"bunuh" in body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"lama" in body:
        while True:
            pass
    if b"memori" in body:
        return bytearray(64_000_000_000)
    if b"salah" in body:
        raise RecursionError("terlalu dalam")
    from scrapers.extract import read_by_profile
    return read_by_profile(page, source, now)
"""


@pytest.fixture
def odd_site(tmp_path, monkeypatch):
    """A site module, found by name as any other, whose pages do what attackers' pages do to parsers."""
    import scrapers.sites

    (tmp_path / "suara.py").write_text(CRASHING, "utf-8")
    monkeypatch.setattr(scrapers.sites, "__path__", [*scrapers.sites.__path__, str(tmp_path)])
    scrapers.sites._module.cache_clear()
    yield
    scrapers.sites._module.cache_clear()


async def test_many_pages_are_read_side_by_side(page_of, source, now):
    async with ExtractionPool(2) as pool:
        found = await asyncio.gather(*(pool.read(page_of(GOOD), source, now) for _ in range(6)))

    assert [each.outcome for each in found] == [Outcome.FETCHED] * 6


async def test_a_page_over_its_deadline_is_quarantined_and_the_pool_goes_on(page_of, source, now):
    slow = "<h1>Judul yang panjang sekali</h1>" + "<p>kata kata kata</p>" * 60_000
    async with ExtractionPool(1, deadline_s=1.0) as pool:
        first = await pool.read(page_of("<p>pemanasan</p>"), source, now)
        late = await pool.read(page_of(slow), source, now)
    async with ExtractionPool(1) as pool:
        after = await pool.read(page_of(GOOD), source, now)

    assert first.outcome is not Outcome.FETCHED
    assert late.outcome is Outcome.QUARANTINED
    assert after.outcome is Outcome.FETCHED


async def test_in_process_a_failing_reader_costs_its_page_only(odd_site, page_of, source, now):
    pool = ExtractionPool(0)

    failed = await pool.read(page_of("<p>salah</p>"), source, now)
    after = await pool.read(page_of(GOOD), source, now)

    assert (failed.outcome, after.outcome) == (Outcome.QUARANTINED, Outcome.FETCHED)
    assert "terlalu dalam" in failed.reason


async def test_hostile_markup_never_reaches_a_parser(page_of, source, now):
    html = "<div " + " ".join(f"a{number}=1" for number in range(100_000)) + ">"

    found = await ExtractionPool(0).read(page_of(html), source, now)

    assert found.outcome is Outcome.QUARANTINED
    assert "tag" in found.reason


def test_a_negative_number_of_workers_is_refused():
    with pytest.raises(ValueError, match="0"):
        ExtractionPool(-1)
