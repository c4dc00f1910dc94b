"""How often a network is asked, and how long it is left alone: with a clock that only moves when somebody waits."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from data.outcomes import Outcome
from scrapers.budget import BlockedError, Budget, Rest, retry_after_wait

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture
def starts(web, clock):
    """Note the made-up time of each request, as the server sees it."""
    times: list[tuple[str, str, float]] = []

    def site(*urls: str, body: bytes = b"<html>", status: int = 200) -> list[tuple[str, str, float]]:
        for url in urls:

            async def answer(request, writer):
                times.append((request.host, request.target, clock.elapsed - 1000.0))
                head = f"HTTP/1.1 {status} X\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n"
                writer.write(f"{head}connection: close\r\n\r\n".encode() + body)
                await writer.drain()

            web.raw(url, answer)
        return times

    return site


async def _fetch_all(fetcher, source, *urls):
    return await asyncio.gather(*(fetcher.fetch(url, source) for url in urls))


async def test_by_default_a_network_is_asked_once_in_two_seconds(fetcher_for, source_of, starts):
    urls = [f"http://situs.test/{name}" for name in "abc"]
    times = starts("http://situs.test/robots.txt", *urls, body=b"<html>")
    pages = await _fetch_all(fetcher_for(default_delay_s=2.0), source_of(), *urls)
    assert {page.outcome for page in pages} == {Outcome.FETCHED}
    assert [time for _, _, time in times] == [0.0, 2.0, 4.0, 6.0]


async def test_the_pause_is_counted_from_when_a_request_leaves_not_from_its_connecting(
    web, fetcher_for, source_of, starts, clock
):
    class SlowToConnect(fetcher_for.__globals__["WatchedBackend"]):
        async def connect_tcp(self, *given, **more):
            await clock.sleep(0.5)
            return await super().connect_tcp(*given, **more)

    times = starts("http://situs.test/robots.txt", "http://situs.test/a")  # each answer closes its connection
    fetcher = fetcher_for(backend=SlowToConnect(web.port), default_delay_s=2.0)
    await fetcher.fetch("http://situs.test/a", source_of())
    assert [time for _, _, time in times] == [0.5, 3.0]


async def test_robots_txt_and_redirects_count_as_requests_too(web, fetcher_for, source_of, starts, clock):
    times = starts("http://situs.test/robots.txt", "http://situs.test/b")
    web.redirect("http://situs.test/a", "/b")
    await fetcher_for(default_delay_s=2.0).fetch("http://situs.test/a", source_of())
    assert times == [("situs.test", "/robots.txt", 0.0), ("situs.test", "/b", 4.0)]


async def test_subdomains_of_a_network_share_its_budget_and_its_one_connection(web, fetcher_for, source_of, starts):
    hosts = ["wartadesa.test", "pariaman.wartadesa.test", "bukittinggi.wartadesa.test"]
    urls = [f"http://{host}/a" for host in hosts]
    times = starts(*(f"http://{host}/robots.txt" for host in hosts), *urls)
    fetcher = fetcher_for(hosts, default_delay_s=2.0)
    await asyncio.gather(
        *(fetcher.fetch(url, source_of(f"http://{host}/")) for host, url in zip(hosts, urls, strict=True))
    )
    assert [time for _, _, time in times] == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert web.open_most == 1


async def test_hosts_of_a_network_that_the_catalogue_names_share_its_budget(fetcher_for, source_of, starts):
    hosts = ["satu.test", "dua.test"]
    times = starts(*(f"http://{host}/{path}" for host in hosts for path in ("robots.txt", "a")))
    fetcher = fetcher_for(hosts, default_delay_s=2.0)
    await asyncio.gather(*(fetcher.fetch(f"http://{h}/a", source_of(f"http://{h}/", network="grup")) for h in hosts))
    assert [time for _, _, time in times] == [0.0, 2.0, 4.0, 6.0]


async def test_strangers_on_one_address_share_its_budget(web, fetcher_for, source_of, starts):
    addresses = {"satu.example": ["93.184.216.34"], "dua.example": ["93.184.216.34", "93.184.216.35"]}

    async def resolve(host):
        return addresses[host]

    backend = fetcher_for.__globals__["WatchedBackend"](web.port)
    times = starts(*(f"http://{host}/{path}" for host in addresses for path in ("robots.txt", "a")))
    fetcher = fetcher_for([], resolver=resolve, backend=backend, default_delay_s=2.0)
    await asyncio.gather(*(fetcher.fetch(f"http://{host}/a", source_of(f"http://{host}/")) for host in addresses))
    assert [time for _, _, time in times] == [0.0, 2.0, 4.0, 6.0]


async def test_two_networks_are_asked_side_by_side(web, fetcher_for, source_of):
    both_here = asyncio.Barrier(2)

    async def meet(_request, writer):
        await asyncio.wait_for(both_here.wait(), 5)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")

    web.raw("http://satu.test/a", meet)
    web.raw("http://dua.test/a", meet)
    fetcher = fetcher_for(["satu.test", "dua.test"], default_delay_s=2.0)
    pages = await asyncio.gather(
        *(fetcher.fetch(f"http://{host}/a", source_of(f"http://{host}/")) for host in ("satu.test", "dua.test"))
    )
    assert [page.outcome for page in pages] == [Outcome.FETCHED, Outcome.FETCHED]


@pytest.mark.parametrize(
    ("rules", "delay_s", "expected"),
    [
        (b"User-agent: *\nCrawl-delay: 7\n", None, [0.0, 7.0, 14.0]),
        (b"User-agent: *\nCrawl-delay: 1\n", None, [0.0, 2.0, 4.0]),
        (b"User-agent: lain\nCrawl-delay: 9\n", None, [0.0, 2.0, 4.0]),
        (b"User-agent: kentongan\nCrawl-delay: 5\n\nUser-agent: *\nCrawl-delay: 9\n", None, [0.0, 5.0, 10.0]),
        (b"User-agent: *\nCrawl-delay: cepat\n", None, [0.0, 2.0, 4.0]),
        (b"", 0.5, [0.0, 0.5, 1.0]),
        (b"User-agent: *\nCrawl-delay: 3\n", 0.5, [0.0, 3.0, 6.0]),
    ],
)
async def test_a_crawl_delay_makes_us_slower_and_never_faster(fetcher_for, source_of, starts, rules, delay_s, expected):
    starts("http://situs.test/robots.txt", body=rules)
    times = starts("http://situs.test/a", "http://situs.test/b")
    fetcher, source = fetcher_for(default_delay_s=2.0), source_of(delay_s=delay_s)
    await fetcher.fetch("http://situs.test/a", source)
    await fetcher.fetch("http://situs.test/b", source)
    assert [time for _, _, time in times] == expected


async def test_whoever_asks_for_an_hour_between_requests_is_read_in_another_run(web, fetcher_for, source_of):
    web.answer("http://situs.test/robots.txt", b"User-agent: *\nCrawl-delay: 3600\n", content_type="text/plain")
    web.answer("http://situs.test/a")
    page = await fetcher_for(default_delay_s=2.0).fetch("http://situs.test/a", source_of())
    assert (page.outcome, page.status, page.retry_after_s) == (Outcome.THROTTLED, None, 3600.0)
    assert web.pages() == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("90.5", 90.5),
        ("0", 60),
        ("-5", 60),
        ("315360000", 86_400),
        ("9" * 400, 86_400),
        ("Thu, 26 Nov 2026 03:10:00 GMT", 600),
        ("Thursday, 26-Nov-26 03:10:00 GMT", 600),
        ("Thu, 26 Nov 2026 10:10:00 +0700", 600),
        ("Wed, 25 Nov 2026 03:00:00 GMT", 60),
        ("Fri, 26 Nov 2036 03:00:00 GMT", 86_400),
        ("besok", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms_within_a_minute_and_a_day(value, seconds):
    assert retry_after_wait(value, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("status", [429, 503])
async def test_who_says_wait_is_left_alone_by_all_hosts_of_the_network_and_over_a_restart(
    web, fetcher_for, source_of, clock, hosts, status
):
    web.answer("http://a.situs.test/1", b"", status=status, retry_after="600")
    web.answer("http://b.situs.test/2")
    names = ["a.situs.test", "b.situs.test"]
    page = await fetcher_for(names).fetch("http://a.situs.test/1", source_of())
    assert (page.outcome, page.status, page.retry_after_s) == (Outcome.THROTTLED, status, 600.0)
    assert hosts["situs.test"] == clock.now + timedelta(seconds=600)

    restarted = fetcher_for(names)
    clock.advance(200)
    blocked = await restarted.fetch("http://b.situs.test/2", source_of())
    assert (blocked.outcome, blocked.status, blocked.retry_after_s) == (Outcome.THROTTLED, None, 400.0)
    assert web.pages("b.situs.test") == []
    clock.advance(401)
    assert (await restarted.fetch("http://b.situs.test/2", source_of())).outcome is Outcome.FETCHED


async def test_a_page_that_was_queueing_when_the_host_said_wait_is_not_asked(web, fetcher_for, source_of):
    web.answer("http://situs.test/a", b"", status=429, retry_after="600")
    web.answer("http://situs.test/b")
    pages = await _fetch_all(
        fetcher_for(default_delay_s=2.0), source_of(), "http://situs.test/a", "http://situs.test/b"
    )
    assert [(page.outcome, page.status) for page in pages] == [(Outcome.THROTTLED, 429), (Outcome.THROTTLED, None)]
    assert web.pages() == ["/a"]


async def test_a_block_that_a_wrong_clock_wrote_holds_nobody_for_ten_years(web, fetcher_for, source_of, hosts, clock):
    web.answer("http://situs.test/a")
    hosts["situs.test"] = clock.now + timedelta(days=3650)
    assert (await fetcher_for().fetch("http://situs.test/a", source_of())).outcome is Outcome.FETCHED


async def test_a_failing_host_is_asked_ever_more_rarely_and_forgiven_at_once(web, fetcher_for, source_of, clock, hosts):
    web.answer("http://situs.test/a", b"", status=500)
    source = source_of()
    pauses = []
    for _ in range(12):
        # A new process each time: what was learned has to be in the memory.
        fetcher = fetcher_for()
        page = await fetcher.fetch("http://situs.test/a", source)
        while page.status is not None:
            page = await fetcher.fetch("http://situs.test/a", source)
        pauses.append(page.retry_after_s)
        clock.advance(page.retry_after_s + 1)
    assert pauses[:4] == [60.0, 61.0, 123.0, 247.0]
    assert pauses[-1] == 6 * 3600.0
    assert all(later >= earlier for earlier, later in pairwise(pauses))

    web.answer("http://situs.test/a")
    fetcher = fetcher_for()
    assert (await fetcher.fetch("http://situs.test/a", source)).outcome is Outcome.FETCHED
    web.answer("http://situs.test/a", b"", status=500)
    clock.advance(60)
    again = [(await fetcher.fetch("http://situs.test/a", source)).status for _ in range(4)]
    assert again == [500, 500, 500, None], "three failures again before the first pause"


async def test_single_failures_between_good_pages_pause_nothing(web, fetcher_for, source_of, hosts):
    web.answer("http://situs.test/rusak", b"", status=500)
    web.answer("http://situs.test/baik")
    fetcher = fetcher_for()
    for _ in range(4):
        assert (await fetcher.fetch("http://situs.test/rusak", source_of())).status == 500
        assert (await fetcher.fetch("http://situs.test/baik", source_of())).status == 200
    assert "situs.test" not in hosts


async def test_a_server_that_says_wait_but_not_how_long_gets_longer_pauses(hosts, clock):
    rest = Rest(hosts, clock.utc)
    pauses = []
    for _ in range(4):
        pauses.append(rest.throttled(("situs.test",), None))
        clock.advance(pauses[-1])
    assert pauses == [60.0, 60.0, 120.0, 240.0]


async def test_turns_that_share_keys_in_any_order_never_wait_for_each_other_for_ever(clock):
    budget = Budget(monotonic=clock.monotonic, sleep=clock.sleep)
    ended = []

    async def take(*keys):
        async with budget.turn(keys, 1.0):
            await asyncio.sleep(0)
            ended.append(keys)

    async with asyncio.timeout(5):
        await asyncio.gather(*(take(*keys) for keys in [("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")] * 5))
    assert len(ended) == 20


async def test_a_turn_that_is_given_up_frees_its_place(clock):
    budget = Budget(monotonic=clock.monotonic, sleep=clock.sleep)
    with pytest.raises(RuntimeError):
        async with budget.turn(("a",), 1.0):
            raise RuntimeError
    async with asyncio.timeout(5), budget.turn(("a",), 1.0):
        pass
    with pytest.raises(BlockedError) as blocked:
        async with budget.turn(("a",), 301.0):
            pass
    assert blocked.value.seconds == 301.0
