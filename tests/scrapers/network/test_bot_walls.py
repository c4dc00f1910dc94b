"""Bot walls are known by what they say of themselves, and pages that merely look like them are pages."""

from __future__ import annotations

import pytest

from scrapers.challenge import challenge_reason

SCRIPT = b"<script>1</script>"
ARTICLE = (
    b"<html><head><title>Banjir di Agam</title></head><body><article><p>Padang - Hujan.</p></article></body></html>"
)


def _page(title: str, body: bytes = SCRIPT) -> bytes:
    return b"<!doctype html><html><head><title>" + title.encode() + b"</title></head><body>" + body + b"</body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"cf-mitigated": "challenge"}, b""),
        (200, {"cf-mitigated": "challenge"}, ARTICLE),
        (403, {}, _page("Just a moment...")),
        (503, {}, _page("Just a moment...")),
        (200, {}, _page("Just a moment...")),
        (403, {}, _page("Sebentar...")),
        (403, {}, _page("Tunggu sebentar…")),
        (403, {}, _page("Attention Required! | Cloudflare", b"<div id='cf-error-details'>blocked</div>")),
        (200, {}, _page("x", b"<script>window._cf_chl_opt={cvId:'3'}</script>")),
        (403, {"x-datadome": "protected"}, b""),
        (403, {}, _page("kabar.id", b"<script src='https://ct.captcha-delivery.com/c.js'></script>")),
        (200, {}, b"<script>var dd={'host':'geo.captcha-delivery.com'}</script>"),
        (403, {"x-sucuri-block": "12"}, b""),
        (403, {}, b"<title>Sucuri WebSite Firewall - Access Denied</title>"),
        (200, {}, b"<html><script>var sucuri_cloudproxy_js='';S='...'</script></html>"),
        (200, {}, b"<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 1</iframe>"),
        (202, {"x-amzn-waf-action": "challenge"}, b""),
        (403, {}, b"<h1>Access Denied</h1><p>Reference #18.1 https://errors.edgesuite.net/18.1</p>"),
        (200, {}, _page("Bot Verification")),
        (200, {}, _page("One moment, please...")),
        (200, {}, _page("Making sure you're not a bot!")),
        (200, {}, _page("Memeriksa browser Anda sebelum mengakses kabar.id")),
        (200, {}, _page("You are being redirected...")),
        (405, {}, b"<div id='px-captcha'></div>"),
    ],
)
def test_a_wall_is_known(status, headers, body):
    assert challenge_reason(status, headers, body)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, ARTICLE),
        (200, {"server": "cloudflare", "cf-ray": "1"}, ARTICLE),
        (200, {}, ARTICLE + b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
        (200, {"x-datadome": "protected"}, ARTICLE),
        (
            200,
            {},
            ARTICLE
            + b"<div class='cf-turnstile'></div><script src='https://www.google.com/recaptcha/api.js'></script>",
        ),
        (200, {}, _page("Just a moment: kisah seorang petugas TPS")),
        (200, {}, _page("Sebentar Lagi Pilkada, KPU Siapkan Logistik")),
        (200, {}, _page("Kabar Nagari", b"<p>Situs KPU diserang, muncul tulisan Just a moment...</p>" + SCRIPT)),
        (200, {}, _page("x", b"_cf_chl_opt" + b" " * 150_000)),
        (403, {}, b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"),
        (403, {}, b"<html><head><title>Access Denied</title></head><body>no directory listing</body></html>"),
        (404, {}, _page("Just a moment...")),
        (500, {}, b"_cf_chl_opt"),
        (503, {}, _page("Situs dalam perbaikan")),
        (522, {"server": "cloudflare"}, b"<div id='cf-error-details'>Connection timed out</div>"),
        (200, {}, b""),
        (403, {}, b"<title>\xff\xfe</title>"),
    ],
)
def test_what_is_no_wall_is_left_to_its_status(status, headers, body):
    assert challenge_reason(status, headers, body) is None
