"""No form of a private, loopback, link-local or metadata address is ever connected to, directly or by redirect.

Every connection is led to a loopback stand-in that would answer, and is written down: what is not in the list of
connections was not reached.
"""

from __future__ import annotations

import pytest

from data.errors import FetchError, RefusedAddressError
from data.outcomes import Outcome
from scrapers.addresses import AddressBook, is_public

PUBLIC = "93.184.216.34"

HOSTILE_HOSTS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.169.254.",
    "2852039166",
    "0xa9fea9fe",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[fec0::1]",
]
HOSTILE_NAMES = {
    "localhost": "127.0.0.1",
    "localhost.": "127.0.0.1",
    "LOCALHOST": "127.0.0.1",
    "ⓛocalhost": "127.0.0.1",
    "metadata.google.internal": "169.254.169.254",
    "printer.local": "192.168.1.20",
    "intranet": "10.1.2.3",
    "127.0.0.1.nip.example": "127.0.0.1",
    "enam.example": "::1",
    "petak.example": "::ffff:10.0.0.1",
    "zona.example": "fe80::1%eth0",
}
HOSTILE_PORTS = [f"http://{PUBLIC}:{port}/" for port in (1, 22, 25, 3306, 5432, 6379, 8080, 9200, 65535)]


class Names(dict[str, list[list[str]]]):
    """A resolver that gives the answers it was told, one after the other, the last one for ever."""

    asked: list[str]

    def __init__(self, **names: object) -> None:
        super().__init__()
        self.asked = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        if host not in self:
            raise OSError(f"no such name: {host}")
        answers = self[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def names():
    names = Names()
    names["situs.example"] = [[PUBLIC]]
    for name, address in HOSTILE_NAMES.items():
        names[name.lower().rstrip(".").replace("ⓛ", "l")] = [[address]]
    return names


@pytest.fixture
def watched(web, fetcher_for, names):
    from_conftest = fetcher_for.__globals__["WatchedBackend"]
    backend = from_conftest(web.port)
    return backend, fetcher_for([], resolver=names, backend=backend)


@pytest.mark.parametrize("host", HOSTILE_HOSTS + list(HOSTILE_NAMES))
async def test_an_address_that_is_not_for_us_is_not_reached_directly(watched, source_of, host):
    backend, fetcher = watched
    for accept in ("html", "feed"):
        page = await fetcher.fetch(
            f"http://{host}/latest/meta-data/", source_of("http://situs.example/"), accept=accept
        )
        assert (page.outcome, page.status) == (Outcome.REFUSED_ADDRESS, None)
    assert backend.connected == []


@pytest.mark.parametrize("host", HOSTILE_HOSTS + list(HOSTILE_NAMES))
async def test_an_address_that_is_not_for_us_is_not_reached_by_redirect(web, watched, source_of, host):
    backend, fetcher = watched
    web.redirect("http://situs.example/berita/a", f"http://{host}/latest/meta-data/")
    web.redirect("http://situs.example/feed", f"http://{host}/feed")
    for url, accept in (("http://situs.example/berita/a", "html"), ("http://situs.example/feed", "feed")):
        page = await fetcher.fetch(url, source_of("http://situs.example/"), accept=accept)
        assert (page.outcome, page.status) == (Outcome.REFUSED_ADDRESS, 302)
    assert {address for address, _ in backend.connected} == {PUBLIC}
    assert web.targets() == ["/robots.txt", "/berita/a", "/feed"]


@pytest.mark.parametrize("url", HOSTILE_PORTS)
async def test_a_port_that_no_site_has_is_not_reached(web, watched, source_of, url):
    backend, fetcher = watched
    assert (await fetcher.fetch(url, source_of())).outcome is Outcome.BAD_URL
    web.redirect("http://situs.example/feed", url)
    page = await fetcher.fetch("http://situs.example/feed", source_of("http://situs.example/"), accept="feed")
    assert page.outcome is Outcome.BAD_URL
    assert set(backend.connected) == {(PUBLIC, 80)}


async def test_robots_txt_leads_nobody_to_a_private_address(web, watched, source_of):
    backend, fetcher = watched
    web.redirect("http://situs.example/robots.txt", "http://169.254.169.254/latest/")
    page = await fetcher.fetch("http://situs.example/a", source_of("http://situs.example/"))
    assert page.outcome is Outcome.ROBOTS_UNREACHABLE
    assert backend.connected == [(PUBLIC, 80)]


async def test_a_name_that_changes_its_mind_is_reached_where_it_was_vetted_or_not_at_all(
    web, watched, names, clock, source_of
):
    backend, fetcher = watched
    names["ganti.example"] = [[PUBLIC], ["127.0.0.1"]]
    web.answer("http://ganti.example/a")
    source = source_of("http://ganti.example/")
    assert (await fetcher.fetch("http://ganti.example/a", source)).outcome is Outcome.FETCHED
    assert names.asked == ["ganti.example"], "robots.txt and page together: looked up once"
    clock.advance(301)
    assert (await fetcher.fetch("http://ganti.example/a", source)).outcome is Outcome.REFUSED_ADDRESS
    assert {address for address, _ in backend.connected} == {PUBLIC}


async def test_one_private_address_among_public_ones_refuses_the_host(watched, names, source_of):
    backend, fetcher = watched
    names["campur.example"] = [[PUBLIC, "10.0.0.1"]]
    page = await fetcher.fetch("http://campur.example/", source_of("http://campur.example/"))
    assert page.outcome is Outcome.REFUSED_ADDRESS
    assert backend.connected == []


async def test_no_proxy_of_the_environment_is_ever_taken(web, watched, source_of, monkeypatch):
    backend, fetcher = watched
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    web.answer("http://situs.example/a")
    assert (
        await fetcher.fetch("http://situs.example/a", source_of("http://situs.example/"))
    ).outcome is Outcome.FETCHED
    assert {address for address, _ in backend.connected} == {PUBLIC}


async def test_only_a_host_that_the_operator_named_may_be_private(web, fetcher_for, source_of, names):
    web.answer("http://situs.test/a")
    fetcher = fetcher_for(["situs.test"], resolver=names)
    assert (await fetcher.fetch("http://situs.test/a", source_of())).outcome is Outcome.FETCHED
    names["lain.situs.test"] = [["127.0.0.1"]]
    page = await fetcher.fetch("http://lain.situs.test/a", source_of())
    assert page.outcome is Outcome.REFUSED_ADDRESS
    assert len(web.pages()) == 1


async def test_a_disguise_is_refused_even_of_an_address_that_is_allowed(web, fetcher_for, source_of):
    web.answer(f"http://127.0.0.1:{web.port}/a".replace(f":{web.port}", ""))
    fetcher = fetcher_for([], allow_private_hosts=frozenset({"127.0.0.1"}))
    source = source_of("http://127.0.0.1/")
    assert (await fetcher.fetch(f"http://127.0.0.1:{web.port}/a", source)).outcome is Outcome.FETCHED
    assert (await fetcher.fetch(f"http://2130706433:{web.port}/a", source)).outcome is Outcome.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("103.10.64.1", True),
        ("168.63.129.15", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("2400:cb00::1", True),
        ("172.32.0.1", True),
        ("172.31.255.255", False),
        ("192.88.99.1", False),
        ("203.0.113.9", False),
        ("2001:10::1", False),
        ("2002:5db8:d822::1", False),
        ("64:ff9b::5db8:d822", False),
        ("::ffff:93.184.216.34", False),
        ("::93.184.216.34", False),
        ("3fff::1", False),
        ("4000::1", False),
        ("2606:2800::1%eth0", False),
        ("situs.example", False),
        ("", False),
    ],
)
def test_the_public_net_is_what_is_given_out_and_nothing_that_hides_another_address(address, public):
    assert is_public(address) is public


def test_an_address_to_connect_to_is_only_for_hosts_that_may_be_private():
    with pytest.raises(ValueError, match=r"situs\.example: connect_to is for hosts in allow_private_hosts"):
        AddressBook(connect_to={"situs.example": ("127.0.0.1", 80)}, monotonic=lambda: 0.0)


async def test_a_name_without_an_address_is_a_dns_error_and_one_address_is_tried_after_the_other(
    web, fetcher_for, source_of, names
):
    backend = fetcher_for.__globals__["WatchedBackend"](web.port)
    names["dua.example"] = [["2606:2800:220:1::1", PUBLIC]]
    names["kosong.example"] = [[]]
    web.answer("http://dua.example/a")
    refusing = backend.connect_tcp

    async def only_ipv4(host, port, **options):
        stream = await refusing(host, port, **options)
        if ":" in host:
            import httpcore

            await stream.aclose()
            raise httpcore.ConnectError("Network is unreachable")
        return stream

    backend.connect_tcp = only_ipv4
    fetcher = fetcher_for([], resolver=names, backend=backend)
    assert (await fetcher.fetch("http://dua.example/a", source_of("http://dua.example/"))).outcome is Outcome.FETCHED
    assert [address for address, _ in backend.connected][:2] == ["2606:2800:220:1::1", PUBLIC]
    for host in ("kosong.example", "tiada.example"):
        page = await fetcher.fetch(f"http://{host}/", source_of(f"http://{host}/"))
        assert (page.outcome, page.status) == (Outcome.DNS_ERROR, None)


def test_a_refusal_is_an_error_of_fetching():
    assert issubclass(RefusedAddressError, FetchError)


async def test_an_ipv6_literal_that_the_operator_named_is_reached(web, fetcher_for, source_of):
    backend = fetcher_for.__globals__["WatchedBackend"](web.port)
    fetcher = fetcher_for([], backend=backend, allow_private_hosts=frozenset({"::1"}))
    page = await fetcher.fetch("http://[::1]:8123/a", source_of("http://[::1]:8123/"))
    assert (page.outcome, page.status) == (Outcome.GONE, 404)
    assert set(backend.connected) == {("::1", 8123)}
    assert web.requests[-1].headers["host"] == "[::1]:8123"
