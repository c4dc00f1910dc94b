"""Each site of the network answers as the anatomy of its kind says, traps included."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from data.catalogue import load_catalogue
from data.outcomes import Outcome
from data.samples import galat
from data.samples.network import HOSTS, host_posts
from data.samples.truth import truth

SOURCES = load_catalogue([Path(galat.__file__).with_name("sources.toml")])
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FAULTY = {fault.url: fault for fault in galat.FAULTS}


def links_of_rss(text: str) -> list[str]:
    return [item.findtext("link") or "" for item in ET.fromstring(text).iter("item")]


def links_of_atom(text: str) -> list[str]:
    entries = ET.fromstring(text).iter(f"{ATOM}entry")
    return [
        link.get("href") or ""
        for entry in entries
        for link in entry.iter(f"{ATOM}link")
        if link.get("rel") == "alternate"
    ]


def links_of_sitemap(text: str) -> list[str]:
    return [url.text or "" for url in ET.fromstring(text).iter(f"{SITEMAP}loc")]


def follow(ask: Any, url: str) -> Any:
    for _ in range(5):
        answer = ask(url)
        if answer.status not in {301, 302}:
            return answer
        url = urljoin(url, answer.headers["location"])
    raise AssertionError(f"{url} leads in circles")


def all_lists(ask: Any) -> dict[str, list[str]]:
    """Return what every feed, sitemap and REST page of the network offers, by address."""
    found: dict[str, list[str]] = {}
    for host in (name for name in HOSTS if "wartadesa" in name):
        for feed in ("/rss/latest-posts", "/rss/category/politik", "/rss/category-id/14", "/rss/author/redaksi"):
            found[f"http://{host}{feed}"] = links_of_rss(ask(f"http://{host}{feed}").text)
        found[f"http://{host}/sitemap.xml"] = links_of_sitemap(ask(f"http://{host}/sitemap.xml").text)
    for page in range(1, 5):
        url = f"http://kabarnagari.test/feed/?paged={page}"
        found[url] = links_of_rss(ask(url).text)
    for index in ("wp-sitemap.xml", "sitemap_index.xml"):
        for sitemap in links_of_sitemap(ask(f"http://kabarnagari.test/{index}").text):
            found[sitemap] = links_of_sitemap(ask(sitemap).text)
    news = "http://kabarnagari.test/news-sitemap.xml"
    found[news] = links_of_sitemap(ask(news).text)
    rest = "http://kabarnagari.test/wp-json/wp/v2/posts?per_page=100"
    found[rest] = [record["link"] for record in json.loads(ask(rest).text)]
    found["rantau"] = links_of_atom(ask("http://suararantau.test/feeds/posts/default?max-results=150").text)
    for path in ("/sitemap.xml", "/sitemap-pages.xml"):
        found[f"http://suararantau.test{path}"] = links_of_sitemap(ask(f"http://suararantau.test{path}").text)
    found["rantau rss"] = links_of_rss(ask("http://suararantau.test/rss.xml").text)
    found["galat"] = links_of_rss(ask("http://galat.test/umpan.xml").text)
    found["galat sitemap"] = links_of_sitemap(ask("http://galat.test/sitemap.xml").text)
    return found


@pytest.fixture(scope="module")
def lists(ask: Any) -> dict[str, list[str]]:
    return all_lists(ask)


def test_every_address_in_a_feed_or_sitemap_resolves_but_the_declared_faults(ask: Any, lists: dict[str, list[str]]):
    urls = {url for offered in lists.values() for url in offered}
    assert len(urls) > 250
    assert [url for url in sorted(urls - set(FAULTY)) if follow(ask, url).status != 200] == []


def test_every_list_offers_something(lists: dict[str, list[str]]):
    empty = [name for name, offered in lists.items() if not offered]
    # No outlet but Bukittinggi's files its posts under category 14, and that one has no politics of "Redaksi".
    assert all("/category-id/" in name or "/author/" in name for name in empty), empty


def test_no_list_offers_what_robots_forbid_but_where_that_is_the_fault(lists: dict[str, list[str]]):
    urls = {url for offered in lists.values() for url in offered}
    forbidden = {url for url in urls if urlsplit(url).path.startswith((*galat.DISALLOWED, "/search", "/wp-admin"))}
    assert forbidden == {url for url, fault in FAULTY.items() if fault.outcomes == {Outcome.ROBOTS_DENIED}}


def test_every_article_answers_under_its_own_address_with_its_title_and_last_words(ask: Any):
    for article in truth():
        if article.host == "galat.test":
            continue
        page = unescape(ask(article.url).text)
        assert article.title in page, article.url
        if article.url.startswith("http://kabarnagari.test") and "/2/" in page:
            page += unescape(ask(f"{article.url}2/").text)
        assert article.text.split("\n")[-1][-60:] in page, article.url


def test_the_catalogue_names_every_host_with_its_identity_and_a_short_pause():
    assert {source.id: urlsplit(source.home).hostname for source in SOURCES} == {
        host.source_id: name for name, host in HOSTS.items()
    }
    assert all(source.delay_s is not None and source.delay_s <= 0.05 for source in SOURCES)
    assert {source.network for source in SOURCES if "wartadesa" in source.id} == {"wartadesa.test"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_the_declared_finders_answer(ask: Any, source: Any):
    for finder in source.finders:
        assert ask(finder.url).status == 200, finder.url


# Varient


def test_varient_lists_hold_16_cards_with_cut_titles_and_end_in_an_empty_page(ask: Any):
    first, beyond = ask("http://wartadesa.test/posts").text, ask("http://wartadesa.test/posts?page=99")
    titles = re.findall(r'<h3 class="title"><a href="[^"]+">([^<]+)</a>', first)
    assert len(titles) == 16
    assert any(title.endswith("...") for title in titles)
    assert (beyond.status, '<div class="post-item">' in beyond.text) == (200, False)


def test_all_posts_of_the_main_site_lie_on_five_pages(ask: Any):
    found: set[str] = set()
    for page in range(1, 6):
        found |= set(
            re.findall(r'<h3 class="title"><a href="([^"]+)">', ask(f"http://wartadesa.test/posts?page={page}").text)
        )
    assert found == {post.url for post in host_posts(HOSTS["wartadesa.test"])}


@pytest.mark.parametrize("path", ["/tag/tidak-ada", "/politik/tidak-ada", "/gnews/feed"])
def test_varient_sends_those_who_ask_for_an_unknown_tag_home(ask: Any, path: str):
    answer = ask(f"http://wartadesa.test{path}")
    assert (answer.status, answer.headers["location"]) == (302, "http://wartadesa.test/")


def test_varient_answers_404_for_an_unknown_slug_and_410_for_what_was_withdrawn(ask: Any):
    assert ask("http://wartadesa.test/tidak-ada").status == 404
    withdrawn = "oknum-kepala-puskesmas-di-dharmasraya-dituding-kumpulkan-kader-untuk-paslon"
    assert ask(f"http://wartadesa.test/{withdrawn}").status == 410


def test_varient_repeats_the_query_in_canonical_and_claims_english(ask: Any):
    page = ask("http://wartadesa.test/harga-cabai-naik-lagi?utm_source=x").text
    assert '<link rel="canonical" href="http://wartadesa.test/harga-cabai-naik-lagi?utm_source=x"/>' in page
    assert '<meta property="og:locale" content="en_US"/>' in page
    assert '<meta property="article:published_time" content="2024-10-08 09:15:00"/>' in page


def test_varient_json_ld_holds_raw_newlines_and_escaped_quotes(ask: Any):
    page = ask("http://wartadesa.test/sapi-bernama-presiden-jadi-juara-kontes-ternak-lima-puluh-kota").text
    script = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(script)
    assert json.loads(script, strict=False)["datePublished"] == "2024-10-13T15:25:00+0700"


def test_one_article_names_no_time_but_on_the_page(ask: Any):
    (article,) = [a for a in truth() if a.piece_id == "dkpp-kpu-limapuluh"]
    page = ask(article.url).text
    assert '<meta property="article:published_time" content=""/>' in page
    assert '"datePublished":""' in page
    assert "Oct 22, 2024\u00a0-\u00a018:25" in page


def test_the_seedlike_site_has_the_category_as_h1_the_title_as_h2_and_the_caption_repeats_it(ask: Any):
    (article,) = [a for a in truth() if a.piece_id == "rakor-pariaman" and a.copy_of is None]
    page = ask(article.url).text
    assert "<h1>DESA</h1>" in page
    assert f"<h2>{article.title}</h2>" in page
    assert f"<p><em>{article.title}</em></p>" in page
    assert 'Lidia Sartika - <a href="http://BUKITTINGGI.WARTADESA.TEST">BUKITTINGGI.WARTADESA.TEST</a>' in page
    assert "Nov 6, 2024\u00a0-\u00a021:47" in page
    assert "pungkasnya.(**)" in page


def test_the_classic_site_writes_indonesian_months_and_its_feed_claims_new_york(ask: Any):
    assert (
        "Agu 8, 2024"
        in ask(
            "http://pariaman.wartadesa.test/bikin-tabuik-mini-dari-kardus-siswa-pariaman-pamerkan-di-balai-kota"
        ).text
    )
    assert "Thu, 08 Aug 2024 13:25:00 -0400" in ask("http://pariaman.wartadesa.test/rss/latest-posts").text


def test_varient_shows_members_the_door(ask: Any):
    answer = ask("http://wartadesa.test/laporan-khusus-anggota-di-balik-layar-hitung-cepat")
    assert (answer.status, answer.headers["location"]) == (302, "http://wartadesa.test/register")


# WordPress


def test_rest_gives_totals_pages_and_400_beyond_the_last(ask: Any):
    posts = host_posts(HOSTS["kabarnagari.test"])
    answer = ask("http://kabarnagari.test/wp-json/wp/v2/posts?per_page=10&page=2")
    assert answer.headers["x-wp-total"] == str(len(posts))
    assert answer.headers["x-wp-totalpages"] == str(-(-len(posts) // 10))
    assert [record["link"] for record in json.loads(answer.text)] == [post.url for post in posts[10:20]]
    assert ask("http://kabarnagari.test/wp-json/wp/v2/posts?per_page=10&page=9").status == 400


def test_rest_gives_only_what_came_after_a_moment_on_the_sites_clock(ask: Any):
    url = "http://kabarnagari.test/wp-json/wp/v2/posts?per_page=100&after=2024-12-01T08:15:00"
    records = json.loads(ask(url).text)
    assert [record["date"] for record in records] == ["2024-12-19T10:40:00", "2024-12-03T16:30:00"]
    assert records[1]["date_gmt"] == "2024-12-03T09:30:00"
    assert records[1]["modified"] == "2024-12-03T21:10:00"


def test_a_paged_post_has_a_second_page_that_names_itself_canonical(ask: Any):
    (article,) = [a for a in truth() if a.piece_id == "kopi-solok-selatan"]
    first, second = unescape(ask(article.url).text), unescape(ask(f"{article.url}2/").text)
    paragraphs = article.text.split("\n")
    assert [text in first for text in paragraphs[1:]] == [True, True, False, False, False]
    assert [text in second for text in paragraphs[1:]] == [False, False, True, True, True]
    assert f'<a href="{article.url}2/" class="post-page-numbers">2</a>' in first
    assert f'<link rel="canonical" href="{article.url}2/">' in second
    assert ask(f"{article.url}3/").status == 301


def test_an_amp_copy_has_the_whole_text_and_names_the_post(ask: Any):
    (article,) = [a for a in truth() if a.piece_id == "kopi-solok-selatan"]
    page = ask(f"{article.url}amp/").text
    assert f'<link rel="canonical" href="{article.url}">' in page
    assert article.text.split("\n")[-1] in page


@pytest.mark.parametrize("path", ["/redaksi", "/?p=101"])
def test_wordpress_sends_short_and_slashless_addresses_to_the_right_one(ask: Any, path: str):
    answer = ask(f"http://kabarnagari.test{path}")
    assert answer.status == 301
    assert ask(answer.headers["location"]).status == 200


def test_wordpress_lists_end_in_a_404(ask: Any):
    assert ask("http://kabarnagari.test/page/4/").status == 200
    assert ask("http://kabarnagari.test/page/5/").status == 404
    assert ask("http://kabarnagari.test/category/politik/").status == 200


def test_the_news_sitemap_has_the_last_two_days_only(ask: Any, lists: dict[str, list[str]]):
    posts = host_posts(HOSTS["kabarnagari.test"])
    assert lists["http://kabarnagari.test/news-sitemap.xml"] == [
        post.url for post in posts if (posts[0].published - post.published).days < 2
    ]
    assert "<news:publication_date>2024-12-19T10:40:00+07:00<" in ask("http://kabarnagari.test/news-sitemap.xml").text


# Blogspot


def test_blogspot_feeds_are_paged_and_lead_on(ask: Any):
    url = "http://suararantau.test/feeds/posts/default?alt=json&max-results=6"
    links: list[str] = []
    while url:
        feed = json.loads(ask(url).text)["feed"]
        links += [entry["link"][0]["href"] for entry in feed["entry"]]
        following = [link["href"] for link in feed["link"] if link["rel"] == "next"]
        url = f"{following[0]}&alt=json" if following else ""
    assert links == [post.url for post in host_posts(HOSTS["suararantau.test"])]
    assert feed["openSearch$totalResults"]["$t"] == str(len(links))


def test_blogspot_writes_pacific_time_and_has_a_mobile_copy_of_each_page(ask: Any):
    (article,) = [a for a in truth() if a.piece_id == "kotak-dibakar-rambah"]
    assert article.url.startswith("http://suararantau.test/2024/11/")
    page, mobile = ask(article.url).text, ask(f"{article.url}?m=1").text
    assert "title='2024-11-27T15:30:00-08:00'" in page
    assert f"<link href='{article.url}' rel='canonical'/>" in mobile
    assert mobile != page


def test_blogspot_forbids_search_which_it_links_to(ask: Any):
    assert "Disallow: /search\n" in ask("http://suararantau.test/robots.txt").text
    assert "/search?updated-max=" in ask("http://suararantau.test/").text


# The faulty site


def test_robots_of_the_faulty_site_ask_for_a_delay_and_forbid_three_places(ask: Any):
    robots = ask("http://galat.test/robots.txt").text
    assert "Crawl-delay: 0.1\n" in robots
    assert re.findall(r"^Disallow: (/\S+)", robots, re.MULTILINE) == list(galat.DISALLOWED)


@pytest.mark.parametrize(
    ("path", "status", "header", "value"),
    [
        ("/zona-sibuk", 503, "retry-after", "120"),
        ("/cek-peramban", 200, "server", "cloudflare"),
        ("/anggota", 302, "location", "http://galat.test/masuk?kembali=/anggota"),
        ("/putar", 302, "location", "http://galat.test/putar-balik"),
        ("/putar-balik", 302, "location", "http://galat.test/putar"),
        ("/pulang", 302, "location", "http://galat.test/"),
        ("/ke-dalam", 302, "location", "http://127.0.0.1/panel"),
        ("/ke-metadata", 302, "location", "http://169.254.169.254/latest/meta-data/iam/"),
        ("/dicabut", 410, "content-type", "text/html; charset=utf-8"),
        ("/rusak", 500, "content-type", "text/html; charset=utf-8"),
        ("/hilang", 200, "content-type", "text/html; charset=utf-8"),
        ("/unduhan/daftar.pdf", 200, "content-type", "application/pdf"),
    ],
)
def test_a_fault_is_what_it_says(ask: Any, path: str, status: int, header: str, value: str):
    answer = ask(f"http://galat.test{path}")
    assert (answer.status, answer.headers[header]) == (status, value)


def test_the_heavy_page_has_five_megabytes_and_the_bomb_a_thousandfold_of_its_size(ask: Any):
    assert 4_700_000 < len(ask("http://galat.test/berat").body) < 5_300_000
    bomb = ask("http://galat.test/bom").body
    assert len(gzip.decompress(bomb)) > 500 * len(bomb)


def test_the_calendar_always_has_one_more_day(ask: Any):
    assert "/kalender/2024/11/24" in ask("http://galat.test/kalender/2024/11/23").text
    assert "/kalender/1999/12/31" in ask("http://galat.test/kalender/2000/01/01").text
    assert ask("http://galat.test/kalender/2024/13/45").status == 404


def test_articles_with_faults_are_served_with_them(ask: Any):
    by_piece = {article.piece_id: article for article in truth() if article.host == "galat.test"}
    mislabelled = ask(by_piece["galat-apel-siaga"].url)
    assert mislabelled.headers["content-type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        mislabelled.body.decode("utf-8")
    assert "“Siap Tempur”" in mislabelled.body.decode("cp1252")
    disguised = ask(by_piece["imbauan-masa-tenang-galat"].url).text
    assert "Pil\u200bkada" in disguised
    assert re.search("[\u0430-\u044f]", disguised), "letters that only look Latin"
    zipped = ask(by_piece["bank-sampah-galat"].url)
    assert zipped.headers["content-encoding"] == "gzip"
    assert by_piece["bank-sampah-galat"].title in zipped.text
    short = next(p for p in host_posts(HOSTS["galat.test"]) if "upper" in p.traits)
    answer = ask(f"http://galat.test{galat.short_path(short)}")
    assert (answer.status, answer.headers["location"]) == (301, f"http://GALAT.TEST{short.path}")
