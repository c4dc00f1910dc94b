"""A crawl of the sample network: everything found once, politely, counted once, and the second time only what is new."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from data.outcomes import Outcome
from data.samples.network import HOSTS
from data.samples.truth import truth
from flows.tools import load_sources
from scrapers.urls import canonical_url
from scrapers.warc import read_warc

if TYPE_CHECKING:
    from typing import Any as Crawled  # tests/flows/conftest.py has it; conftest modules cannot be imported


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_every_article_is_found_once_and_nothing_else_is_taken_for_one(crawled: Crawled) -> None:
    with crawled.store as store:
        found = Counter(stored.article.canonical_url for stored in store.articles.recent(limit=10_000))
    expected = {article.url for article in truth()}
    assert set(found) == expected
    assert max(found.values()) == 1


def test_articles_say_what_the_sites_printed(crawled: Crawled) -> None:
    with crawled.store as store:
        by_url = {stored.article.canonical_url: stored.article for stored in store.articles.recent(limit=10_000)}
    for true in truth():
        article = by_url[true.url]
        assert article.title == true.title, true.url
        assert words(article.text) == words(true.text), true.url
        assert article.published == true.published, true.url


def test_tallies_add_up_to_what_was_offered(crawled: Crawled) -> None:
    for tally in (*crawled.first, *crawled.second):
        assert tally.adds_up(), tally
    new = sum(tally.counts.get(Outcome.BARU, 0) for tally in crawled.first)
    assert new == len(truth())


def test_every_kind_of_fault_ends_in_its_own_outcome(crawled: Crawled) -> None:
    faulty = next(tally for tally in crawled.first if tally.source_id == "galat")
    assert {
        Outcome.ROBOTS_DENIED,
        Outcome.CHALLENGE,
        Outcome.PAYWALL,
        Outcome.LOGIN,
        Outcome.GONE,
        Outcome.THROTTLED,
        Outcome.SOFT_404,
        Outcome.TOO_LARGE,
        Outcome.TOO_MANY_REDIRECTS,
        Outcome.REFUSED_ADDRESS,
    } <= set(faulty.counts)


def test_nothing_is_asked_against_robots(crawled: Crawled) -> None:
    from data.samples.galat import DISALLOWED

    asked = [request.path for request in crawled.first_requests if request.host == "galat.test"]
    assert asked
    assert [path for path in asked if path.startswith(DISALLOWED)] == []
    blogspot = [request.path for request in crawled.first_requests if request.host == "suararantau.test"]
    assert [path for path in blogspot if path.startswith("/search")] == []


def test_robots_are_asked_for_before_anything_else_and_once(crawled: Crawled) -> None:
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for request in crawled.first_requests:
        seen[request.host].append(request.path)
    assert set(seen) == set(HOSTS)
    for host, paths in seen.items():
        assert paths[0] == "/robots.txt", host
        assert paths.count("/robots.txt") == 1, host


def test_no_host_or_network_is_asked_above_its_budget(crawled: Crawled) -> None:
    delays = {source.network: source.delay_s for source in load_sources(crawled.settings)}
    by_network: defaultdict[str, list[float]] = defaultdict(list)
    for request in crawled.first_requests:
        network = next(name for name in delays if name and request.host.endswith(name))
        by_network[network].append(request.at_s)
    for network, moments in by_network.items():
        delay = delays[network]
        assert delay is not None
        # As many as fit into the time that passed, each at its distance; the server's clock reads a little late.
        most = (max(moments) - min(moments)) / delay + 2
        assert len(moments) <= most, network


def test_we_say_who_we_are(crawled: Crawled) -> None:
    agents = {request.user_agent for request in crawled.first_requests}
    assert agents == {crawled.settings.user_agent}
    assert agents.pop().startswith("Kentongan/")


def test_a_second_crawl_asks_only_whether_something_is_new(crawled: Crawled) -> None:
    assert sum(tally.counts.get(Outcome.BARU, 0) for tally in crawled.second) == 0
    healthy = [request for request in crawled.second_requests if request.host != "galat.test"]
    assert healthy
    assert {request.status for request in healthy} == {304}
    assert all(request.conditional for request in healthy)
    assert sum(tally.requests_not_modified for tally in crawled.second) == len(healthy)


def test_the_archive_holds_every_page_that_was_read(crawled: Crawled) -> None:
    pages = [page for path in crawled.settings.warc_dir.glob("*.warc.gz") for page in read_warc(path)]
    # One article is offered by a short address only; the page then answers under its own.
    archived = {canonical_url(page.final_url) for page in pages}
    assert {canonical_url(article.url) for article in truth()} <= archived
