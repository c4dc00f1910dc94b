"""One page, one name; and what is no URL that we may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import FetchError
from data.outcomes import Outcome
from data.records import Source
from scrapers.urls import askable_url, canonical_url, is_trap, network_of, parse_url, printable, registrable_domain

BANJIR = "https://langgam.id/banjir-di-agam/"


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        # one name for one page
        ("http://langgam.id/banjir-di-agam/", BANJIR),
        ("HTTPS://LANGGAM.ID/banjir-di-agam/", BANJIR),
        ("http://langgam.id:80/banjir-di-agam/", BANJIR),
        ("https://langgam.id:443/banjir-di-agam/", BANJIR),
        ("https://langgam.id./banjir-di-agam/", BANJIR),
        ("  https://langgam.id/banjir-di-agam/\n", BANJIR),
        ("https://langgam.id/banjir-di-agam/#komentar", BANJIR),
        ("https://langgam.id/banjir-di-agam/?", BANJIR),
        ("https://langgam.id/banjir-di-agam/?&", BANJIR),
        ("https://langgam.id//banjir-di-agam//", BANJIR),
        ("https://langgam.id/x/../banjir-di-agam/./", BANJIR),
        ("https://langgam.id/%62anjir%2Ddi-agam/", BANJIR),
        ("https:\\\\langgam.id\\banjir-di-agam\\", BANJIR),
        # who sent the reader
        ("https://langgam.id/banjir-di-agam/?utm_source=wa&utm_medium=x&UTM_Campaign=y", BANJIR),
        ("https://langgam.id/banjir-di-agam/?fbclid=1&gclid=2&_ga=3&ref=beranda&share=facebook", BANJIR),
        ("https://langgam.id/banjir-di-agam/;jsessionid=0A1B?PHPSESSID=2", "https://langgam.id/banjir-di-agam/"),
        ("https://langgam.id/banjir-di-agam/?replytocom=17#respond", BANJIR),
        # another dress
        ("https://langgam.id/banjir-di-agam/amp/", BANJIR),
        ("https://langgam.id/banjir-di-agam/?amp=1", BANJIR),
        ("https://langgam.id/banjir-di-agam/?amp", BANJIR),
        ("https://langgam.id/banjir-di-agam/?noamp=mobile", BANJIR),
        ("https://langgam.id/amp/banjir-di-agam/", BANJIR),
        ("https://amp.langgam.id/banjir-di-agam/", BANJIR),
        ("https://langgam-id.cdn.ampproject.org/c/s/langgam.id/banjir-di-agam/amp/", BANJIR),
        ("https://www.google.com/amp/s/langgam.id/banjir-di-agam/", BANJIR),
        ("https://langgam.id/slug/amp", "https://langgam.id/slug"),
        ("https://langgam.id/amp.amp", "https://langgam.id/"),
        ("https://langgam.id/slug.amp.html", "https://langgam.id/slug.html"),
        (
            "https://regional.kompas.com/read/2024/11/05/221300678/x?page=all",
            "https://regional.kompas.com/read/2024/11/05/221300678/x",
        ),
        (
            "https://padang.tribunnews.com/2024/11/05/x?page=all&s=paging_new",
            "https://padang.tribunnews.com/2024/11/05/x",
        ),
        ("https://x.id/?s=pilkada", "https://x.id/?s=pilkada"),
        ("https://www.detik.com/sumut/berita/d-7/x?single=1", "https://www.detik.com/sumut/berita/d-7/x"),
        ("http://contoh.blogspot.com/2024/11/x.html?m=1", "https://contoh.blogspot.com/2024/11/x.html"),
        ("http://contoh.blogspot.com/2024/11/x.html?m=0", "https://contoh.blogspot.com/2024/11/x.html"),
        # what means something stays
        ("https://x.id/desa?page=2", "https://x.id/desa?page=2"),
        ("https://x.id/desa?page=1", "https://x.id/desa?page=1"),
        ("https://x.id/?p=123&utm_source=rss", "https://x.id/?p=123"),
        ("https://x.id/?z=2&a=1&m=5", "https://x.id/?a=1&m=5&z=2"),
        ("https://x.id/cari?q=a%20b+c%2Bd", "https://x.id/cari?q=a%20b+c%2Bd"),
        ("https://x.id/a?t[]=2&t[]=1", "https://x.id/a?t%5B%5D=2&t%5B%5D=1"),
        ("https://x.id/amp", "https://x.id/"),
        ("https://x.id/ampas-kopi", "https://x.id/ampas-kopi"),
        ("https://x.id/stamp/", "https://x.id/stamp/"),
        ("https://amp.id/a", "https://amp.id/a"),
        ("https://www.x.id/a", "https://www.x.id/a"),
        ("https://X.id/Berita/KPU", "https://x.id/Berita/KPU"),
        # spelling
        ("https://x.id/berita/é", "https://x.id/berita/%C3%A9"),
        ("https://x.id/a%2fb", "https://x.id/a%2Fb"),
        ("https://x.id/100%", "https://x.id/100%25"),
        ("https://x.id/a%zz", "https://x.id/a%25zz"),
        ("https://x.id/a b", "https://x.id/a%20b"),
        ("https://x.id", "https://x.id/"),
        ("https://x.id?p=1", "https://x.id/?p=1"),
        ("https://bücher.example/x", "http://xn--bcher-kva.example/x"),
        ("https://my_blog.blogspot.com/", "https://my_blog.blogspot.com/"),
        # hosts without certificates, and ports of their own
        ("https://wartadesa.test/a", "http://wartadesa.test/a"),
        ("http://BUKITTINGGI.WARTADESA.TEST/a", "http://bukittinggi.wartadesa.test/a"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://2130706433/a", "http://127.0.0.1/a"),
        ("https://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
        ("https://x.id:8443/a", "https://x.id:8443/a"),
        ("http://x.id:8080/a", "http://x.id:8080/a"),
    ],
)
def test_all_names_of_a_page_have_one_identity(url, identity):
    assert canonical_url(url) == identity
    assert canonical_url(identity) == identity


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "berita/a",
        "//x.id/a",
        "/a",
        "http:x.id",
        "http:/x.id",
        "http://",
        "http:///",
        "http://?a",
        "ftp://x.id/",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:alert(1)",
        "mailto:a@x.id",
        "http://user@x.id/",
        "http://user:pass@x.id/",
        "http://x.id:port/",
        "http://x.id:0/",
        "http://x.id:65536/",
        "http://x.id:99999999999999999999/",
        "http://[::1/",
        "http://[zz::1]/",
        "http://[fe80::1%25eth0]/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://4294967296/",
        "http://0x1.0x2.0x3.0xffff/",
        "http://a..b/",
        "http://./",
        "http://a b.id/",
        "http://a\x00b.id/",
        "http://<x>.id/",
        "http://-/",
        "http://" + "a" * 64 + ".id/",
        "http://" + "a." * 130 + "id/",
        "http://xn--\u0130.id/\ud800".replace("\u0130", "é€"),
        "http://x.id/" + "a" * 9000,
    ],
)
def test_what_is_no_url_that_we_may_ask_is_told_as_bad(url):
    with pytest.raises(FetchError) as caught:
        canonical_url(url)
    assert caught.value.outcome is Outcome.BAD_URL
    assert caught.value.detail
    assert str(caught.value).isprintable()


_SPELLINGS = """
    x.id amp. X.TEST /amp /amp/ / // .. . %2e %2F % %zz ? & = # a B é + ; : @ [ ] \\ utm_source=1 page=all m=1 page=2 127.1 0x7f
    .amp .html ;jsessionid=1 /amp/s/ /c/s/ :80 :443 :8080
"""
_URLS = st.builds(
    lambda scheme, host, rest: scheme + host + rest,
    st.sampled_from(["http://", "https://", "HTTP:\\\\", "http:"]),
    st.sampled_from(
        [
            "",
            "x.id",
            "X.test",
            "amp.x.id",
            "www.google.com",
            "x.cdn.ampproject.org",
            "127.1",
            "[::1]",
            "é.id",
            "x.id:80",
        ]
    ),
    st.lists(st.sampled_from([*_SPELLINGS.split(), "\u3002", "\ud800", " ", "\t", "\0"]), max_size=14).map("".join)
    | st.text(max_size=60),
)


@given(_URLS)
def test_the_identity_of_an_identity_is_itself(text):
    try:
        identity = canonical_url(text)
    except FetchError:
        return
    assert canonical_url(identity) == identity
    assert identity.isascii()
    assert identity.isprintable()
    assert "#" not in identity


@given(_URLS)
def test_what_can_be_asked_is_what_httpx_would_ask(text):
    import httpx

    try:
        url = askable_url(text)
    except FetchError:
        return
    assert str(httpx.URL(str(url))) == str(url)
    assert str(askable_url(str(url))) == str(url)
    is_trap(text)


@given(
    st.sampled_from(["", "?a=1", "?utm_source=x", "?page=2"]),
    st.sampled_from(["/a", "/a/b/", "/"]),
    st.text(max_size=5),
)
def test_scheme_and_fragment_are_never_part_of_an_identity(query, path, fragment):
    https = canonical_url(f"https://langgam.id{path}{query}")
    assert canonical_url(f"http://langgam.id{path}{query}#{fragment}") == https
    assert canonical_url(f"http://kabar.test{path}{query}") == canonical_url(f"https://kabar.test{path}{query}")


def test_what_is_asked_is_what_was_offered_and_not_its_identity():
    url = askable_url("http://X.id/read/1/x?page=all&utm_source=rss#isi")
    assert str(url) == "http://x.id/read/1/x?page=all&utm_source=rss"


@pytest.mark.parametrize(
    ("url", "trap"),
    [
        ("https://x.id/berita/daerah/sumbar/padang/2024/11/05/banjir", False),
        ("https://x.id/2011/11/11/pernikahan-11-11-11", False),
        ("https://x.id/desa/desa/panen", False),
        ("https://x.id/?a=1&b=2&c=3&d=4&e=5&f=6", False),
        ("https://x.id/a?utm_source=1&utm_medium=2&utm_campaign=3&utm_term=4&utm_content=5&fbclid=6&gclid=7", False),
        ("https://x.id/a/b/a/b", True),
        ("https://x.id/css/css/css/x", True),
        ("https://x.id/berita/a/b/c/berita/a/b/c", True),
        ("https://x.id/1/2/3/4/5/6/7/8/9/10/11/12/13", True),
        ("https://x.id/?a=1&b=2&c=3&d=4&e=5&f=6&g=7", True),
        ("https://x.id/" + "a" * 2000, True),
        ("mailto:a@x.id", False),
    ],
)
def test_urls_that_a_site_could_make_up_for_ever_are_traps(url, trap):
    assert is_trap(url) is trap


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("sumbar.kpu.go.id", "kpu.go.id"),
        ("kpu.go.id", "kpu.go.id"),
        ("padang.tribunnews.com", "tribunnews.com"),
        ("www.radarbanten.co.id", "radarbanten.co.id"),
        ("a.nagari.desa.id", "nagari.desa.id"),
        ("sub.kabar.web.id", "kabar.web.id"),
        ("sub.kabar.my.id", "kabar.my.id"),
        ("langgam.id", "langgam.id"),
        ("satu.blogspot.com", "satu.blogspot.com"),
        ("pariaman.wartadesa.test", "wartadesa.test"),
        ("wartadesa.test", "wartadesa.test"),
        ("LANGGAM.ID.", "langgam.id"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
    ],
)
def test_the_registrable_domain_knows_indonesian_suffixes(host, domain):
    assert registrable_domain(host) == domain


def test_a_network_is_what_the_catalogue_says_or_the_registrable_domain():
    source = Source("a", "A", "http://BUKITTINGGI.WARTADESA.CO.ID/", "Asia/Jakarta", "varient", ())
    assert network_of(source) == "wartadesa.co.id"
    named = Source("a", "A", "https://a.id/", "Asia/Jakarta", "varient", (), network="grup-a")
    assert network_of(named) == "grup-a"


def test_text_of_the_web_is_shown_without_what_could_fool_a_reader():
    assert printable("a\r\nb\u202ec\x1b[0m") == "a\\r\\nb\\u202ec\\x1b[0m"
    assert printable("x" * 400) == "x" * 300 + "…"


def test_a_url_knows_its_origin():
    assert parse_url("http://X.id:8080/a").origin == "http://x.id:8080"
    assert parse_url("https://[::1]/a").origin == "https://[::1]"
