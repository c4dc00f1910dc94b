"""What one visit to a source asks, brings and reports."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from data.outcomes import Outcome
from data.records import Validators
from scrapers.finders import Findings, find, sweep_hour, sweep_is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.records import Source

BASE = "http://kabar.example"
FEED, LIST, MAP, REST, NEWS = (
    f"{BASE}/{name}" for name in ("feed/", "posts", "sitemap.xml", "wp-json/wp/v2/posts", "n.xml")
)


def item(path: str, title: str = "Judul", time: str = "Tue, 24 Nov 2026 22:13:00 +0700") -> str:
    return f"<item><title>{title}</title><link>{BASE}{path}</link><pubDate>{time}</pubDate></item>"


def feed(*items: str) -> str:
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>"


def links(*paths: str) -> str:
    return "<body>" + "".join(f"<a href='{path}'>{path}</a>" for path in paths) + "</body>"


async def visit(
    source: Source,
    site: Any,
    now: datetime,
    *,
    known: Sequence[str] = (),
    validators: Callable[[str], Validators] = lambda _: Validators(),
    last_visit: datetime | None = None,
) -> Findings:
    known_urls = {BASE + path for path in known}
    return await find(
        source, fetch=site.fetch, known=known_urls.__contains__, validators=validators, now=now, last_visit=last_visit
    )


def paths(findings: Findings) -> list[str]:
    return [ref.canonical_url.removeprefix(BASE) for ref in findings.refs]


async def test_refs_carry_what_the_finder_knew(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED))
    findings = await visit(source, site({FEED: feed(item("/banjir?utm_source=rss", "Banjir"))}), now)
    (ref,) = findings.refs
    assert (ref.url, ref.canonical_url) == (f"{BASE}/banjir?utm_source=rss", f"{BASE}/banjir")
    assert (ref.source_id, ref.found_by, ref.title) == ("kabar", "feed", "Banjir")
    assert ref.published == datetime(2026, 11, 24, 15, 13, tzinfo=UTC)
    assert [page.url for page in findings.pages] == [FEED]
    assert findings.failed == ()


async def test_other_sites_files_lists_and_nonsense_are_left_out(source_with: Any, site: Any, now: datetime) -> None:
    def link(url: str) -> str:
        return f"<item><link>{url}</link></item>"

    body = feed(
        link("https://lain.example/berita"),
        link("http://kabar.example.lain.example/berita"),
        link("https://user:pw@kabar.example/berita"),
        link(f"{BASE}/gambar.jpg"),
        link(f"{BASE}/tag/banjir"),
        link("mailto:a@kabar.example"),
        link(f"{BASE}/{'x' * 3000}"),
        link("http://m.kabar.example/berita-seluler"),
        link("http://daerah.kabar.example/berita-anak"),
    )
    findings = await visit(source_with(("feed", FEED)), site({FEED: body}), now)
    assert [ref.canonical_url for ref in findings.refs] == [
        "http://m.kabar.example/berita-seluler",
        "http://daerah.kabar.example/berita-anak",
    ]
    # What is left out ends too, each once: credentials, mail and endless URLs; other sites; a picture and a tag.
    assert findings.left_out == {Outcome.BAD_URL: 3, Outcome.OFF_SITE: 2, Outcome.NOT_ARTICLE: 2}


async def test_a_later_part_of_an_article_is_offered_as_its_first(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED))
    offered = feed(
        item("/banjir-di-lembah-anai?page=2"),
        item("/banjir-di-lembah-anai?utm_source=rss&page=3"),
        item("/longsor-di-sitinjau-lauik/halaman/2"),
        item("/pohon-tumbang-di-agam/7"),  # its own number
    )
    findings = await visit(source, site({FEED: offered}), now)
    assert [ref.url.removeprefix(BASE) for ref in findings.refs] == [
        "/banjir-di-lembah-anai",
        "/longsor-di-sitinjau-lauik",
        "/pohon-tumbang-di-agam/7",
    ]


async def test_a_finders_own_rules_and_further_hosts_are_kept(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED, {"hosts": "pusat.example", "include": "/sumbar/", "exclude": "advertorial"}))
    body = feed(
        "<item><link>http://pusat.example/sumbar/satu</link></item>",
        item("/sumbar/dua"),
        item("/sumbar/advertorial-tiga"),
        item("/riau/empat"),
    )
    findings = await visit(source, site({FEED: body}), now)
    assert [ref.canonical_url for ref in findings.refs] == ["http://pusat.example/sumbar/satu", f"{BASE}/sumbar/dua"]


async def test_a_feed_of_another_site_only_is_told(source_with: Any, site: Any, now: datetime) -> None:
    body = feed("<item><link>https://kabarbaru.example/satu</link></item>")
    findings = await visit(source_with(("feed", FEED)), site({FEED: body}), now)
    assert findings.failed == (f"feed {FEED}: lists only articles of kabarbaru.example; has the site moved?",)


async def test_several_finders_make_one_ref_with_the_best_title_and_time(
    source_with: Any, site: Any, now: datetime
) -> None:
    source = source_with(("feed", FEED), ("news_sitemap", NEWS))
    news = (
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{BASE}/banjir</loc><n:news><n:publication_date>2026-11-24T20:00:00+07:00</n:publication_date>"
        "<n:title>Banjir Bandang di Lembah Anai</n:title></n:news></url></urlset>"
    )
    body = feed(item("/banjir", "Banjir Bandang di...", time="omong kosong"))
    findings = await visit(source, site({FEED: body, NEWS: news}), now)
    (ref,) = findings.refs
    assert ref.found_by == "feed"
    assert ref.title == "Banjir Bandang di Lembah Anai"
    assert ref.published == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


async def test_a_time_far_ahead_is_not_kept(source_with: Any, site: Any, now: datetime) -> None:
    body = feed(item("/satu", time="Tue, 24 Nov 2099 22:13:00 +0700"))
    (ref,) = (await visit(source_with(("feed", FEED)), site({FEED: body}), now)).refs
    assert ref.published is None


async def test_a_feed_that_reaches_back_to_known_articles_is_enough(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    web = site({FEED: feed(item("/baru"), item("/lama"))})
    findings = await visit(source, web, now, known=["/lama"])
    assert web.asked == [FEED]
    assert paths(findings) == ["/baru", "/lama"]


async def test_an_unchanged_feed_is_enough_and_no_failure(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    web = site({FEED: Outcome.NOT_MODIFIED})
    remembered = Validators(etag='"abc"')
    findings = await visit(source, web, now, validators=lambda _: remembered)
    assert web.asked == [FEED]
    assert web.asked_with[FEED] == remembered
    assert (findings.refs, findings.failed) == ((), ())
    assert [page.outcome for page in findings.pages] == [Outcome.NOT_MODIFIED]


async def test_a_feed_of_unknown_articles_only_sends_us_to_the_list(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    answers = {FEED: feed(item("/berita-satu-hari-ini")), LIST: links("/berita-satu-hari-ini", "/berita-dua-hari-ini")}
    web = site(answers)
    findings = await visit(source, web, now, known=["/berita-dua-hari-ini"])
    assert web.asked == [FEED, LIST], "the list reaches what is known: the sitemap would tell nothing more"
    assert paths(findings) == ["/berita-satu-hari-ini", "/berita-dua-hari-ini"]


async def test_where_the_cheap_ones_fail_the_costly_ones_are_asked(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("wp_rest", REST), ("listing", LIST))
    web = site({FEED: "<!doctype html><html></html>", LIST: links("/berita-dua-hari-ini")})
    findings = await visit(source, web, now, known=["/berita-dua-hari-ini"])
    assert paths(findings) == ["/berita-dua-hari-ini"]
    assert findings.failed == (
        f"feed {FEED}: a web page, not a feed",
        f"wp_rest {REST}: gone, HTTP 404",
    )


async def test_each_finder_that_fails_is_told_once(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    findings = await visit(source, site({}), now)
    assert Counter(reason.partition(" ")[0] for reason in findings.failed) == {"feed": 1, "listing": 1, "sitemap": 1}
    assert len(findings.pages) == 3


@pytest.mark.parametrize("outcome", [Outcome.DNS_ERROR, Outcome.THROTTLED, Outcome.ROBOTS_UNREACHABLE])
async def test_a_host_that_cannot_be_reached_is_asked_once(
    source_with: Any, site: Any, now: datetime, outcome: Outcome
) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    web = site({FEED: outcome})
    findings = await visit(source, web, now)
    assert web.asked == [FEED]
    assert findings.failed[1:] == (
        f"listing {LIST}: not asked: {outcome} just before",
        f"sitemap {MAP}: not asked: {outcome} just before",
    )


async def test_the_first_visit_of_a_day_asks_everything_afresh(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("feed", FEED), ("listing", LIST), ("sitemap", MAP))
    web = site({FEED: feed(item("/lama")), LIST: links("/berita-dua-hari-ini")})
    await visit(
        source,
        web,
        now,
        known=["/lama", "/berita-dua-hari-ini"],
        validators=lambda _: Validators("x"),
        last_visit=now - timedelta(days=1),
    )
    assert web.asked == [FEED, LIST, MAP]
    assert web.asked_with[FEED] is None


def test_a_sources_day_begins_in_its_own_hour_of_the_night(source_with: Any) -> None:
    source = source_with(("feed", FEED))
    begin = datetime(2026, 11, 25, 17, 0, tzinfo=UTC) + timedelta(hours=sweep_hour("kabar"))  # midnight in Padang
    minute = timedelta(minutes=1)
    assert sweep_is_due(source, begin - minute, begin)
    assert not sweep_is_due(source, begin, begin + timedelta(hours=23, minutes=59))
    assert not sweep_is_due(source, begin - timedelta(hours=23), begin - minute)
    assert not sweep_is_due(source, None, begin)


def test_sweeps_are_spread_over_the_quiet_hours() -> None:
    hours = Counter(sweep_hour(f"sumber-{number}") for number in range(500))
    assert set(hours) == {0, 1, 2, 3, 4}
    assert min(hours.values()) > 60


def post(number: int) -> dict[str, object]:
    return {
        "link": f"{BASE}/berita-{number}/",
        "date": "2026-11-24T22:13:00",
        "date_gmt": "2026-11-24T15:13:00",
        "title": {"rendered": f"Berita &#8220;{number}&#8221;"},
    }


async def test_rest_is_paged_until_a_known_post_and_dates_are_utc(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("wp_rest", REST, {"per_page": "2"}))
    fields = "_fields=link,date,date_gmt,title"
    web = site(
        {
            f"{REST}?per_page=2&{fields}": json.dumps([post(6), post(5)]),
            f"{REST}?per_page=2&{fields}&page=2": json.dumps([post(4), post(3)]),
        }
    )
    findings = await visit(source, web, now, known=["/berita-3/"])
    assert [parse_qs(urlsplit(url).query).get("page") for url in web.asked] == [None, ["2"]]
    assert paths(findings) == ["/berita-6/", "/berita-5/", "/berita-4/", "/berita-3/"]
    assert findings.refs[0].title == "Berita “6”"
    assert findings.refs[0].published == datetime(2026, 11, 24, 15, 13, tzinfo=UTC)


async def test_rest_past_its_last_page_is_no_failure(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("wp_rest", REST, {"per_page": "1"}))
    web = site({f"{REST}?per_page=1&_fields=link,date,date_gmt,title": json.dumps([post(1)])})
    findings = await visit(source, web, now)
    assert (paths(findings), findings.failed) == (["/berita-1/"], ())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('{"code": "rest_forbidden", "message": "x"}', "the site says rest_forbidden"),
        ("<html><body>Login</body></html>", "a web page, not JSON"),
        ("[{", "broken JSON"),
        (Outcome.CLIENT_ERROR, "client_error"),
    ],
)
async def test_a_closed_rest_is_told(source_with: Any, site: Any, now: datetime, answer: Any, reason: str) -> None:
    url = f"{REST}?per_page=50&_fields=link,date,date_gmt,title"
    findings = await visit(source_with(("wp_rest", REST)), site({url: answer}), now)
    assert reason in findings.failed[0]


BLOG = f"{BASE}/feeds/posts/default"


def entry(number: int) -> dict[str, object]:
    return {
        "title": {"$t": f"Berita {number}"},
        "published": {"$t": "2026-11-24T07:13:00.000-08:00"},
        "link": [
            {"rel": "replies", "href": f"{BASE}/feeds/{number}/comments/default"},
            {"rel": "alternate", "type": "text/html", "href": f"{BASE}/2026/11/berita-{number}.html"},
        ],
    }


async def test_a_blog_is_paged_by_start_index(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("blogspot", BLOG, {"per_page": "2"}), profile="blogspot")
    web = site(
        {
            f"{BLOG}?alt=json&max-results=2&start-index=1": json.dumps({"feed": {"entry": [entry(3), entry(2)]}}),
            f"{BLOG}?alt=json&max-results=2&start-index=3": json.dumps({"feed": {"entry": [entry(1)]}}),
            f"{BLOG}?alt=json&max-results=2&start-index=5": json.dumps({"feed": {}}),
        }
    )
    findings = await visit(source, web, now)
    assert paths(findings) == [f"/2026/11/berita-{number}.html" for number in (3, 2, 1)]
    assert findings.refs[0].published == datetime(2026, 11, 24, 15, 13, tzinfo=UTC)
    assert len(web.asked) == 3


async def test_a_blog_without_posts_and_one_that_is_a_web_page(source_with: Any, site: Any, now: datetime) -> None:
    source = source_with(("blogspot", BLOG))
    url = f"{BLOG}?alt=json&max-results=50&start-index=1"
    assert (await visit(source, site({url: '{"feed": {}}'}), now)).failed == ()
    assert "a web page" in (await visit(source, site({url: "<!doctype html><html>"}), now)).failed[0]
    assert "no Blogger feed" in (await visit(source, site({url: "[1]"}), now)).failed[0]
