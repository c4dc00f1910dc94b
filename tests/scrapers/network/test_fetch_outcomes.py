"""What becomes of a page, by what its server answers."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from data.outcomes import Outcome
from data.records import Validators

URL = "http://situs.test/berita/banjir-di-nagari"
CLOUDFLARE = b"<html><head><title>Just a moment...</title><script>window._cf_chl_opt={}</script></head></html>"


async def test_a_page_comes_with_its_bytes_untouched_and_its_headers(web, fetcher_for, source_of):
    body = "<html><meta charset=x-bogus><p>Padang – “aman”</p>".encode("cp1252")
    web.answer(
        URL, body, content_type="text/html; charset=x-bogus", etag='"a1"', last_modified="Tue, 24 Nov 2026 01:00:00 GMT"
    )
    page = await fetcher_for().fetch(URL, source_of())
    assert (page.outcome, page.status, page.body) == (Outcome.FETCHED, 200, body)
    assert (page.url, page.final_url, page.redirects) == (URL, URL, ())
    assert page.content_type == "text/html; charset=x-bogus"
    assert page.validators == Validators('"a1"', "Tue, 24 Nov 2026 01:00:00 GMT")
    assert page.wire_bytes > len(body)


async def test_the_server_is_told_who_asks_and_no_cookie_ever_comes_back(web, fetcher_for, source_of):
    web.answer(URL, set_cookie="id=1; Path=/")
    fetcher = fetcher_for()
    await fetcher.fetch(URL, source_of())
    await fetcher.fetch(URL, source_of())
    headers = web.requests[-1].headers
    assert headers["user-agent"] == "Kentongan/0.1.0 (+https://kentongan.example/)"
    assert headers["host"] == "situs.test"
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("status", "headers", "body", "outcome"),
    [
        (404, {}, b"<h1>Halaman tidak ditemukan</h1>", Outcome.GONE),
        (410, {}, b"", Outcome.GONE),
        (400, {}, b"", Outcome.CLIENT_ERROR),
        (403, {}, b"<title>403 Forbidden</title>", Outcome.CLIENT_ERROR),
        (451, {}, b"", Outcome.CLIENT_ERROR),
        (401, {"www_authenticate": "Basic"}, b"", Outcome.LOGIN),
        (402, {}, b"", Outcome.PAYWALL),
        (500, {}, b"", Outcome.SERVER_ERROR),
        (502, {}, b"<html><title>502 Bad Gateway</title></html>", Outcome.SERVER_ERROR),
        (503, {}, b"", Outcome.SERVER_ERROR),
        (522, {"server": "cloudflare"}, b'<div id="cf-error-details">Connection timed out</div>', Outcome.SERVER_ERROR),
        (503, {"retry_after": "120"}, b"", Outcome.THROTTLED),
        (429, {}, b"", Outcome.THROTTLED),
        (429, {"server": "cloudflare"}, b"<div id='cf-error-details'>error code: 1015</div>", Outcome.THROTTLED),
        (403, {"cf_mitigated": "challenge"}, b"", Outcome.CHALLENGE),
        (429, {"cf_mitigated": "challenge"}, b"", Outcome.CHALLENGE),
        (200, {}, CLOUDFLARE, Outcome.CHALLENGE),
        (503, {"retry_after": "60"}, CLOUDFLARE, Outcome.CHALLENGE),
        (200, {}, b"", Outcome.PROTOCOL_ERROR),
        (204, {}, b"", Outcome.PROTOCOL_ERROR),
        (206, {}, b"<p>half", Outcome.PROTOCOL_ERROR),
        (302, {}, b"", Outcome.PROTOCOL_ERROR),
        (304, {}, b"", Outcome.PROTOCOL_ERROR),
    ],
)
async def test_a_status_means_an_outcome(web, fetcher_for, source_of, status, headers, body, outcome):
    web.answer(URL, body, status=status, **headers)
    page = await fetcher_for().fetch(URL, source_of())
    assert (page.outcome, page.status, page.body) == (outcome, status, None)
    assert page.detail, "one sentence says why"


async def test_a_conditional_question_is_answered_without_a_body(web, fetcher_for, source_of):
    web.answer(URL, b"", status=304)
    asked = Validators('W/"a1"', "Tue, 24 Nov 2026 01:00:00 GMT")
    page = await fetcher_for().fetch(URL, source_of(), validators=asked)
    assert (page.outcome, page.body, page.validators) == (Outcome.NOT_MODIFIED, None, asked)
    assert web.requests[-1].headers["if-none-match"] == 'W/"a1"'
    assert web.requests[-1].headers["if-modified-since"] == "Tue, 24 Nov 2026 01:00:00 GMT"


async def test_validators_that_cannot_stand_in_a_header_are_not_sent(web, fetcher_for, source_of):
    web.answer(URL)
    page = await fetcher_for().fetch(URL, source_of(), validators=Validators('"a"\r\nX-Evil: 1', "kemarin ü"))
    assert page.outcome is Outcome.FETCHED
    assert not {"if-none-match", "if-modified-since", "x-evil"} & web.requests[-1].headers.keys()


@pytest.mark.parametrize(
    ("content_type", "body", "outcome"),
    [
        ("application/xhtml+xml", b"<?xml version='1.0'?><html/>", Outcome.FETCHED),
        ("text/plain", b"  <!-- situs --><!DOCTYPE html><p>Kabar", Outcome.FETCHED),
        ("application/octet-stream", b"\xef\xbb\xbf<html><p>Kabar", Outcome.FETCHED),
        ("text/plain", b"Kabar dari nagari", Outcome.NOT_HTML),
        ("text/xml", b"<?xml version='1.0'?><rss version='2.0'/>", Outcome.NOT_HTML),
        ("text/html", b"%PDF-1.7 ...", Outcome.NOT_HTML),
        ("application/pdf", b"%PDF-1.7 ...", Outcome.NOT_HTML),
        ("image/jpeg", b"\xff\xd8\xff\xe0", Outcome.NOT_HTML),
        ("application/json", b"{}", Outcome.NOT_HTML),
    ],
)
async def test_what_is_no_page_by_type_and_bytes_is_told(web, fetcher_for, source_of, content_type, body, outcome):
    web.answer(URL, body, content_type=content_type)
    assert (await fetcher_for().fetch(URL, source_of())).outcome is outcome


async def test_a_video_is_not_read_to_know_that_it_is_none_of_ours(web, fetcher_for, source_of):
    web.answer(URL, b"\0" * 4_000_000, content_type="video/mp4")
    page = await fetcher_for().fetch(URL, source_of())
    assert page.outcome is Outcome.NOT_HTML
    assert page.wire_bytes < 1000


async def test_a_feed_is_taken_as_it_is_and_out_of_its_gzip_file(web, fetcher_for, source_of):
    import gzip

    rss = b"<rss version='2.0'/>"
    web.answer("http://situs.test/feed", rss, content_type="application/rss+xml")
    web.answer("http://situs.test/sitemap.xml.gz", gzip.compress(rss), content_type="application/x-gzip")
    fetcher = fetcher_for()
    assert (await fetcher.fetch("http://situs.test/feed", source_of(), accept="feed")).body == rss
    assert (await fetcher.fetch("http://situs.test/sitemap.xml.gz", source_of(), accept="xml")).body == rss


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("/berita/banjir-di-nagari/", Outcome.FETCHED),
        ("http://SITUS.test/berita/banjir-di-nagari/?a=1#isi", Outcome.FETCHED),
        ("//m.situs.test/banjir", Outcome.FETCHED),
        ("/", Outcome.SOFT_404),
        ("/?utm_source=404", Outcome.SOFT_404),
        ("/index.php", Outcome.SOFT_404),
        ("http://m.situs.test", Outcome.SOFT_404),
        ("/login?next=/berita", Outcome.LOGIN),
        ("/register", Outcome.LOGIN),
        ("https://sso.raksasa.test/masuk", Outcome.LOGIN),
        ("http://lain.test/banjir-di-nagari", Outcome.OFF_SITE),
        ("http://lain.test/", Outcome.OFF_SITE),
        ("file:///etc/passwd", Outcome.BAD_URL),
        ("data:text/html,x", Outcome.BAD_URL),
        ("ftp://situs.test/x", Outcome.BAD_URL),
        ("http://u:p@situs.test/x", Outcome.BAD_URL),
        ("http://[situs/", Outcome.BAD_URL),
    ],
)
async def test_where_a_redirect_leads_decides(web, fetcher_for, source_of, target, outcome):
    web.redirect(URL, target)
    web.answer("http://situs.test/berita/banjir-di-nagari/")
    web.answer("http://situs.test/berita/banjir-di-nagari/?a=1")
    web.answer("http://m.situs.test/banjir")
    fetcher = fetcher_for(["situs.test", "m.situs.test"], resolver=_nowhere)
    page = await fetcher.fetch(URL, source_of())
    assert page.outcome is outcome
    assert len(web.pages()) == (2 if outcome is Outcome.FETCHED else 1)
    assert page.status == (200 if outcome is Outcome.FETCHED else 302)


async def _nowhere(host):
    raise OSError(f"no such name: {host}")


async def test_a_redirect_within_the_network_that_a_source_names_is_followed(web, fetcher_for, source_of):
    web.redirect(URL, "http://induk.test/banjir")
    web.answer("http://induk.test/banjir")
    page = await fetcher_for(["situs.test", "induk.test"]).fetch(URL, source_of(network="induk.test"))
    assert (page.outcome, page.final_url, page.redirects) == (Outcome.FETCHED, "http://induk.test/banjir", (URL,))


async def test_a_feed_may_move_to_another_site(web, fetcher_for, source_of):
    web.redirect("http://situs.test/feed", "http://umpan.test/situs")
    web.answer("http://umpan.test/situs", b"<rss/>", content_type="text/xml")
    page = await fetcher_for(["situs.test", "umpan.test"]).fetch("http://situs.test/feed", source_of(), accept="feed")
    assert (page.outcome, page.final_url) == (Outcome.FETCHED, "http://umpan.test/situs")


async def test_the_home_page_itself_may_redirect_to_the_home_page(web, fetcher_for, source_of):
    web.redirect("http://situs.test/", "http://www.situs.test/")
    web.answer("http://www.situs.test/")
    page = await fetcher_for(["situs.test", "www.situs.test"]).fetch("http://situs.test/", source_of())
    assert page.outcome is Outcome.FETCHED


async def test_five_redirects_are_followed_and_no_sixth(web, fetcher_for, source_of):
    for step in range(6):
        web.redirect(f"http://situs.test/r{step}", f"/r{step + 1}")
    web.answer("http://situs.test/r6")
    fetcher = fetcher_for()
    long_way = await fetcher.fetch("http://situs.test/r0", source_of())
    assert long_way.outcome is Outcome.TOO_MANY_REDIRECTS
    assert web.pages() == [f"/r{step}" for step in range(6)]
    assert (await fetcher.fetch("http://situs.test/r1", source_of())).final_url == "http://situs.test/r6"


async def test_a_circle_of_redirects_is_seen_the_first_time_round(web, fetcher_for, source_of):
    web.redirect("http://situs.test/a", "/b")
    web.redirect("http://situs.test/b", "/a")
    page = await fetcher_for().fetch("http://situs.test/a", source_of())
    assert page.outcome is Outcome.TOO_MANY_REDIRECTS
    assert web.pages() == ["/a", "/b"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "berita/banjir",
        "mailto:redaksi@situs.test",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http://u:p@situs.test/",
        "http://situs.test:99999/",
        "http://situs..test/",
        "http://situs.test/" + "/kalender" * 3 + "/2026",
        "http://situs.test/" + "a" * 2100,
        "http://situs.test/\ud800" + "/x" * 20,
    ],
)
async def test_a_url_that_nobody_may_ask_is_not_asked(web, fetcher_for, source_of, url):
    page = await fetcher_for().fetch(url, source_of())
    assert (page.outcome, page.status, page.url) == (Outcome.BAD_URL, None, url)
    assert web.requests == []


async def test_control_characters_of_the_web_never_reach_the_log(web, fetcher_for, source_of):
    web.redirect(URL, "ftp://x/\u202e\x1b[31m")
    page = await fetcher_for().fetch(URL, source_of())
    assert page.detail.isprintable()


async def test_the_home_of_a_section_is_a_home_page_too(web, fetcher_for, source_of):
    web.redirect("http://situs.test/sumut/d-1/a", "/sumut")
    page = await fetcher_for().fetch("http://situs.test/sumut/d-1/a", source_of("http://situs.test/sumut/"))
    assert page.outcome is Outcome.SOFT_404


async def test_a_source_without_a_usable_home_is_still_fetched(web, fetcher_for, source_of):
    web.answer(URL)
    assert (await fetcher_for().fetch(URL, source_of("situs"))).outcome is Outcome.FETCHED


async def test_a_refused_address_is_told_to_the_log(fetcher_for, source_of):
    with capture_logs() as lines:
        await fetcher_for([]).fetch("http://127.0.0.1/admin", source_of())
    assert "address_refused" in {line["event"] for line in lines}
