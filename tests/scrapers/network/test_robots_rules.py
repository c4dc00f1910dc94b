"""robots.txt: what each answer means, how long it holds, and that nothing is asked against it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from data.outcomes import Outcome
from data.records import RobotsRecord
from scrapers.exchange import Limits
from scrapers.robots import product_token, robots_text

URL = "http://situs.test/berita/a"
ROBOTS = "http://situs.test/robots.txt"
DENY = b"User-agent: *\nDisallow: /\n"


@pytest.fixture
def page(web):
    web.answer(URL)
    return URL


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ROBOTS_DENIED),
        (203, Outcome.ROBOTS_DENIED),
        (400, Outcome.FETCHED),
        (401, Outcome.FETCHED),
        (403, Outcome.FETCHED),
        (404, Outcome.FETCHED),
        (410, Outcome.FETCHED),
        (429, Outcome.ROBOTS_UNREACHABLE),
        (500, Outcome.ROBOTS_UNREACHABLE),
        (502, Outcome.ROBOTS_UNREACHABLE),
        (503, Outcome.ROBOTS_UNREACHABLE),
    ],
)
async def test_a_status_of_robots_txt_allows_forbids_or_says_wait(web, page, fetcher_for, source_of, status, outcome):
    web.answer(ROBOTS, DENY, status=status, content_type="text/plain")
    assert (await fetcher_for().fetch(page, source_of())).outcome is outcome
    assert web.pages() == (["/berita/a"] if outcome is Outcome.FETCHED else [])


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", Outcome.FETCHED),
        (b"User-agent: *\nDisallow:\n", Outcome.FETCHED),
        (b"User-agent: *\nDisallow: /admin\n", Outcome.FETCHED),
        (b"User-agent: *\nDisallow: /berita\n", Outcome.ROBOTS_DENIED),
        (b"User-agent: *\nDisallow: /*/a$\n", Outcome.ROBOTS_DENIED),
        (b"User-agent: *\nDisallow: /\nAllow: /berita/\n", Outcome.FETCHED),
        (b"User-agent: Kentongan\nDisallow: /\n\nUser-agent: *\nDisallow:\n", Outcome.ROBOTS_DENIED),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: kentongan\nDisallow: /x\n", Outcome.FETCHED),
        (b"User-agent: GPTBot\nDisallow: /\n", Outcome.FETCHED),
        (b"User-agent: kabar\nDisallow: /\n", Outcome.FETCHED),
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n", Outcome.ROBOTS_DENIED),
        ("User-agent: *\nDisallow: /\n".encode("utf-16"), Outcome.ROBOTS_DENIED),
        (b"\x00\xff\xfe" * 50, Outcome.FETCHED),
        (b"<!doctype html><html><title>Beranda</title><p>Disallow: /</html>", Outcome.FETCHED),
        (b"User-agent: *\n" + b"Disallow: /x\n" * 800_000, Outcome.FETCHED),
        (b"User-agent: *\n" + b"#" * 600_000 + b"\nDisallow: /\n", Outcome.FETCHED),
        (b"User-agent: *\nDisallow: /berita\n" + b"# isi\n" * 800_000, Outcome.ROBOTS_DENIED),
    ],
)
async def test_whatever_a_robots_txt_holds_is_read_as_far_as_it_makes_sense(
    web, page, fetcher_for, source_of, robots, body, outcome
):
    web.answer(ROBOTS, body, content_type="text/plain")
    assert (await fetcher_for().fetch(page, source_of())).outcome is outcome
    assert len(robots["http://situs.test"].body) <= 500 * 1024


async def test_a_rule_that_is_cut_in_two_forbids_nothing():
    line = b"Disallow: /admin\n"
    body = b"User-agent: *\n".ljust(500 * 1024 - 11, b"#") + b"\n" + line
    assert body[: 500 * 1024].endswith(b"\nDisallow: ")
    assert "Disallow" not in robots_text(body)


async def test_robots_txt_is_asked_once_a_day_and_over_a_restart(web, page, fetcher_for, source_of, clock):
    web.answer(ROBOTS, b"User-agent: *\nDisallow: /x\n", content_type="text/plain")
    await fetcher_for().fetch(page, source_of())
    fetcher = fetcher_for()
    clock.advance(23 * 3600)
    await asyncio.gather(*(fetcher.fetch(page, source_of()) for _ in range(4)))
    assert web.targets().count("/robots.txt") == 1
    clock.advance(3601)
    await asyncio.gather(*(fetcher.fetch(page, source_of()) for _ in range(4)))
    assert web.targets().count("/robots.txt") == 2


async def test_a_good_copy_holds_its_day_whatever_the_server_does_and_not_longer(
    web, page, fetcher_for, source_of, robots, clock
):
    robots.put(
        RobotsRecord("http://situs.test", clock.now - timedelta(hours=23), 200, b"User-agent: *\nDisallow: /x\n")
    )
    web.answer(ROBOTS, b"", status=503)
    fetcher = fetcher_for()
    assert (await fetcher.fetch(page, source_of())).outcome is Outcome.FETCHED
    clock.advance(2 * 3600)
    assert (await fetcher.fetch(page, source_of())).outcome is Outcome.ROBOTS_UNREACHABLE


async def test_a_server_whose_robots_txt_fails_is_asked_again_after_ten_minutes(
    web, page, fetcher_for, source_of, clock
):
    web.answer(ROBOTS, b"", status=500)
    fetcher = fetcher_for()
    for _ in range(3):
        assert (await fetcher.fetch(page, source_of())).outcome is Outcome.ROBOTS_UNREACHABLE
    assert web.targets() == ["/robots.txt"]
    web.answer(ROBOTS, b"", content_type="text/plain")
    clock.advance(601)
    assert (await fetcher.fetch(page, source_of())).outcome is Outcome.FETCHED


async def test_a_robots_txt_that_never_ends_says_wait(web, page, fetcher_for, source_of):
    async def silent(_request, _writer):
        await asyncio.sleep(30)

    web.raw(ROBOTS, silent)
    answer = await fetcher_for(limits=Limits(deadline_s=0.5)).fetch(page, source_of())
    assert (answer.outcome, answer.status) == (Outcome.ROBOTS_UNREACHABLE, None)


async def test_a_retry_after_of_robots_txt_is_honoured(web, page, fetcher_for, source_of, hosts, clock):
    web.answer(ROBOTS, b"", status=429, retry_after="900")
    assert (await fetcher_for().fetch(page, source_of())).outcome is Outcome.ROBOTS_UNREACHABLE
    assert hosts["situs.test"] == clock.now + timedelta(seconds=900)


@pytest.mark.parametrize(("hops", "outcome"), [(5, Outcome.ROBOTS_DENIED), (6, Outcome.FETCHED)])
async def test_five_redirects_of_robots_txt_are_followed_and_more_mean_no_rules(
    web, page, fetcher_for, source_of, hops, outcome
):
    web.redirect(ROBOTS, "http://www.situs.test/r1")
    for hop in range(1, hops):
        web.redirect(f"http://www.situs.test/r{hop}", f"/r{hop + 1}")
    web.answer(f"http://www.situs.test/r{hops}", DENY, content_type="text/plain")
    fetcher = fetcher_for(["situs.test", "www.situs.test"])
    assert (await fetcher.fetch(page, source_of())).outcome is outcome


async def test_the_target_of_a_redirect_is_asked_only_if_its_own_robots_txt_allows(web, fetcher_for, source_of):
    web.redirect("http://situs.test/a", "http://www.situs.test/a")
    web.answer("http://www.situs.test/robots.txt", DENY, content_type="text/plain")
    web.answer("http://www.situs.test/a")
    page = await fetcher_for(["situs.test", "www.situs.test"]).fetch("http://situs.test/a", source_of())
    assert page.outcome is Outcome.ROBOTS_DENIED
    assert web.pages() == ["/a"]
    assert web.targets("www.situs.test") == ["/robots.txt"]


async def test_feeds_and_sitemaps_are_under_robots_txt_too(web, fetcher_for, source_of):
    web.answer(ROBOTS, b"User-agent: *\nDisallow: /search\n", content_type="text/plain")
    page = await fetcher_for().fetch("http://situs.test/search?updated-max=1", source_of(), accept="feed")
    assert (page.outcome, page.status) == (Outcome.ROBOTS_DENIED, None)


async def test_a_copy_from_the_future_is_not_believed(web, page, fetcher_for, source_of, robots, clock):
    robots.put(RobotsRecord("http://situs.test", clock.now + timedelta(days=400), 404))
    web.answer(ROBOTS, DENY, content_type="text/plain")
    assert (await fetcher_for().fetch(page, source_of())).outcome is Outcome.ROBOTS_DENIED


def test_groups_are_matched_with_the_name_before_the_version():
    assert product_token("Kentongan/0.1.0 (+mailto:a@b.example)") == "Kentongan"
    assert product_token(" Kentongan (x)") == "Kentongan"
