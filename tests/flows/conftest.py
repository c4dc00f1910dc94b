"""The sample sites, crawled once for all tests that look at what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from data.samples.server import SampleServer
from data.store import Store
from desk.terminal.sample import sample_settings
from flows.crawl import crawl_pass
from flows.settings import Settings
from flows.tools import crawl_tools, load_sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.records import Tally
    from data.samples.server import Request


async def crawl_samples(settings: Settings) -> tuple[Tally, ...]:
    async with crawl_tools(settings) as tools:
        return await crawl_pass(load_sources(settings), tools)


@dataclass(frozen=True)
class Crawled:
    """Two crawls of the whole network, one after the other, and what was asked of the sites in each."""

    settings: Settings
    first: tuple[Tally, ...]
    second: tuple[Tally, ...]
    first_requests: tuple[Request, ...]
    second_requests: tuple[Request, ...]

    @property
    def store(self) -> Store:
        return Store.open(self.settings.database_url)


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home: Path = tmp_path_factory.mktemp("crawled")
    with SampleServer() as server:
        settings = sample_settings(Settings.from_environ({"KENTONGAN_HOME": str(home)}), server)
        first = asyncio.run(crawl_samples(settings))
        first_requests = server.requests
        server.forget()
        second = asyncio.run(crawl_samples(settings))
        yield Crawled(settings, first, second, first_requests, server.requests)
