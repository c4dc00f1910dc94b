"""Reading in processes of their own: a page that kills or holds its process costs that page only."""

from __future__ import annotations

import asyncio
import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import UnknownItemError
from data.outcomes import Outcome
from scrapers.workers import ExtractionPool

GOOD = (Path(__file__).parent / "pages" / "varient_3.html").read_bytes()
BAD_READERS = """
import os, signal
from dataclasses import replace

def misbehaving(page, source, now):
    from scrapers.extract import read_page
    if b"bunuh" in page.body:
        os.kill(os.getpid(), signal.SIGKILL)
    while b"lama" in page.body:
        pass
    if b"rakus" in page.body:
        return bytearray(64_000_000_000)
    if b"salah" in page.body:
        raise RecursionError("terlalu dalam")
    return read_page(page, source, now)
"""


@pytest.fixture
def misbehaving(tmp_path, monkeypatch):
    """A reader that dies, hangs, eats memory or raises, as the page says; importable in worker processes."""
    (tmp_path / "kentongan_bad_readers.py").write_text(BAD_READERS, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("kentongan_bad_readers").misbehaving
    sys.modules.pop("kentongan_bad_readers", None)


async def test_many_pages_are_read_side_by_side(page_of, source, now):
    async with ExtractionPool(2) as pool:
        found = await asyncio.gather(*(pool.read(page_of(GOOD), source, now) for _ in range(6)))

    assert [each.outcome for each in found] == [Outcome.FETCHED] * 6


@pytest.mark.parametrize("fault", ["bunuh", "lama", "rakus", "salah"])
async def test_a_page_that_ends_its_process_is_quarantined_and_the_pool_goes_on(
    fault, misbehaving, page_of, source, now
):
    async with ExtractionPool(1, deadline_s=6.0, reader=misbehaving) as pool:
        bad = await pool.read(page_of(f"<p>{fault}</p>"), source, now)
        after = await pool.read(page_of(GOOD), source, now)

    assert (bad.outcome, after.outcome) == (Outcome.QUARANTINED, Outcome.FETCHED)
    assert bad.reason


async def test_in_process_a_failing_reader_costs_its_page_only(misbehaving, page_of, source, now):
    pool = ExtractionPool(0, reader=misbehaving)

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


@pytest.mark.parametrize("workers", [0, 1])
async def test_a_profile_that_is_not_there_is_an_error_of_the_catalogue(workers, page_of, source, now):
    async with ExtractionPool(workers) as pool:
        with pytest.raises(UnknownItemError, match="varient"):
            await pool.read(page_of(GOOD), replace(source, profile="varien"), now)
