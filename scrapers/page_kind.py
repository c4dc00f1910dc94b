"""What kind of page this is, when it is not an article: home, listing, tag, search, error, login, paywall, video.

Decided by several signs together, never by the URL alone: Varient articles, sections and static pages share one
namespace, and og:type says "article" on many a listing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from data.outcomes import Outcome
from scrapers.cleaning import key
from scrapers.markup import text_of
from scrapers.metadata import LIST_TYPES, MEDIA_TYPES
from scrapers.paging import is_further_page

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

    from scrapers.body import Body
    from scrapers.headline import Headline
    from scrapers.metadata import Metadata
    from scrapers.profiles import Profile

MIN_WORDS = 40
"""Fewer words are no article: a video's or photo's line. The shortest real reports seen have 55."""

PAYWALL_WORDS = 120
"""A page marked as not free that shows fewer words shows its first paragraphs only."""

_LIST_PATH = re.compile(
    r"^/(?:(?:id|en|amp|m)/)?(?:"
    r"(?:tags?|topik|topic|label|author|penulis|search|cari|pencarian|indeks|index|archives?|arsip|search-result|indeks-berita|"
    r"indeksberita|news-index|rss-feeds|page|user|users|profile|kategori|category|categories)(?:/.*|\.html?|\.php)?|"
    r"\d{4}(?:/\d{1,2}){0,2}/?|(?:kanal|rubrik|profil|posts|terkini|terbaru|terpopuler|populer|trending|latest|feed|rss|"
    r"berita-terkini|halaman|latest-news|news|berita)(?:/(?:[a-z]+/?|page/\d+/?)?)?"
    r")?/?$",
    re.IGNORECASE,
)
_LIST_TITLE = re.compile(
    r"^kumpulan (?:artikel|berita|foto|video)|^(?:indeks|index|arsip|archives?)(?:$| (?:berita|artikel|of|for)\b|"
    r"\s*[:|-])|"
    r"^(?:tag|topik|topic|kategori|category|penulis|author|label)\s*[:|-]|^(?:hasil pencarian|search results?)\b|"
    r"^berita (?:terkini|terbaru|terpopuler)\b|\b(?:terkini|terbaru)\b.*\bhari ini\b|\bterkini dan ter\w+|"
    r"\bhalaman \d+$",
    re.IGNORECASE,
)
_LIST_INSIDE = re.compile(
    r"/(?:page|halaman)/\d+/?$|/(?:tag|label|author|category|kategori|indeks)/[^/]+/?$", re.IGNORECASE
)
_STATIC_PATH = re.compile(
    r"^/(?:page/|p/|pages/|statis/|info/|halaman/)?(?:contact(?:-us)?|kontak(?:-kami)?|hubungi(?:-kami)?|about(?:-us)?|tentang(?:-kami)?|"
    r"redaksi|(?:susunan|box|struktur|tim)-redaksi|privacy(?:-policy)?|kebijakan(?:-privasi|-cookie)?|terms(?:-conditions|-of-service|"
    r"-and-conditions)?|syarat(?:-dan)?-ketentuan|disclaimer|pedoman(?:-media-siber|-pemberitaan-media-siber|-pemberitaan)?|"
    r"kode-etik(?:-jurnalistik)?|karir|karier|advertise|(?:info|pasang)-iklan|login|register|masuk|daftar|sitemap|copyright|media-kit|"
    r"visi-misi|profil-perusahaan|sop-perlindungan-wartawan)(?:\.html?|\.php)?/?$",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"^/(?:[\w-]+/)?(?:login|log-in|signin|sign-in|register|signup|sign-up|masuk|auth|wp-login\.php|daftar)(?:/.*)?$",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:^|\W)(?:404|page not found|not found|halaman (?:yang (?:anda|kamu) (?:cari|tuju) )?(?:tidak|tak) "
    r"(?:ditemukan|ada|tersedia)|"
    r"(?:artikel|berita|konten|post(?:ingan)?|data) (?:yang (?:anda|kamu) (?:cari|tuju) )?(?:tidak|tak|telah|"
    r"sudah) (?:ditemukan|ada|tersedia|dihapus)|"
    r"tidak ditemukan|page (?:can(?:'|’)?t|cannot) be found|nothing (?:was )?found|oops+[!,.]?|error 404|internal "
    r"server error|service unavailable|"
    r"bad gateway|database error|error establishing a database connection|sedang (?:dalam )?(?:perbaikan|"
    r"pemeliharaan)|maintenance|"
    r"account suspended|situs (?:sedang|ini) (?:dalam|tidak))(?:$|\W)",
    re.IGNORECASE,
)
_PAYWALL_WORDS = re.compile(
    r"(?:berlangganan|langganan|subscribe|login|masuk|daftar)\s+(?:sekarang |dulu |untuk |agar |to "
    r")+.{0,40}(?:membaca|baca|lanjut|melanjutkan|read|akses)|"
    r"(?:artikel|konten|berita) (?:ini )?(?:khusus|eksklusif|hanya|premium)\s+(?:\w+\s+){0,3}(?:pelanggan|"
    r"berlangganan|subscriber|member|premium)|"
    r"untuk (?:melanjutkan )?membaca (?:\w+\s+){0,4}(?:silakan|silahkan|anda harus) (?:berlangganan|login|masuk|"
    r"daftar)|"
    r"subscribers? only|this (?:article|content) is for (?:subscribers|members)",
    re.IGNORECASE,
)
_PAYWALL_MARKS = (
    '[class*="paywall"]',
    '[id*="paywall"]',
    '[class*="premium-content"]',
    '[class*="content-lock"]',
    '[class*="subscribe-wall"]',
    ".pmpro_content_message",
)
_MEDIA_PATH = re.compile(
    r"/(?:videos?|foto|photos?|galeri|gallery|infografis|tv|live-?streaming|podcast)/|^/(?:videos?|foto|photos?|galeri|tv)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen of a page, for the decision: its own words, and where it was asked for and ended."""

    url: str
    final_url: str
    metadata: Metadata
    headline: Headline
    body: Body
    words: int
    has_date: bool
    has_profile_body: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a page is no article: the outcome that it ends in, with the reason in a few words."""

    outcome: Outcome
    reason: str


def before_reading(url: str, final_url: str) -> Verdict | None:
    """Return why an answer cannot be the article that was asked for, by where its redirects ended; None if it can."""
    asked, ended = urlsplit(url), urlsplit(final_url)
    if asked.path.rstrip("/") == ended.path.rstrip("/"):
        return None
    if _LOGIN_PATH.match(ended.path) and not _LOGIN_PATH.match(asked.path):
        return Verdict(Outcome.LOGIN, "redirected to a login page")
    if ended.path in {"", "/"} and not _names_a_post(ended.query):
        return Verdict(Outcome.SOFT_404, "redirected to the home page")
    return None


def _names_a_post(query: str) -> bool:
    return any(name in {"p", "page_id", "id", "berita", "read"} and value for name, value in parse_qsl(query))


def not_an_article(tree: LexborHTMLParser, profile: Profile, signs: Signs) -> Verdict | None:
    """Return why a page is no article, None where it is one. The tree must be whole (not pruned)."""
    return _error(signs) or _walled(tree, profile, signs) or _listing(tree, profile, signs) or _short(signs)


def _error(signs: Signs) -> Verdict | None:
    title = signs.headline.title or signs.metadata.page_title
    says_so = len(title.split()) <= 12 and bool(_GONE.search(title) or _GONE.search(signs.metadata.page_title))
    # "Jasad Korban Tidak Ditemukan" is a headline: an error page has no article below.
    if says_so and (signs.words < MIN_WORDS or not (signs.has_date or signs.metadata.has_ld_article)):
        return Verdict(Outcome.SOFT_404, "says that the page is not there")
    if signs.words < MIN_WORDS and not signs.has_date and _GONE.search(" ".join(signs.body.lines)[:400]):
        return Verdict(Outcome.SOFT_404, "says that the page is not there")
    return None


def _walled(tree: LexborHTMLParser, profile: Profile, signs: Signs) -> Verdict | None:
    if signs.words >= PAYWALL_WORDS:
        return None
    passwords = tree.css_first('input[type="password"]') is not None
    marked = any(tree.css_first(mark) is not None for mark in (*profile.paywall, *_PAYWALL_MARKS))
    said = _PAYWALL_WORDS.search(text_of(tree.body)[:20_000]) is not None if tree.body else False
    if (
        signs.metadata.free is False
        or (marked and (said or signs.words < MIN_WORDS))
        or (said and signs.words < MIN_WORDS and signs.headline.title)
    ):
        return Verdict(Outcome.PAYWALL, "shows only its beginning to readers who have not paid")
    if (
        passwords
        and signs.words < MIN_WORDS
        and (
            _LOGIN_PATH.match(urlsplit(signs.final_url).path)
            or re.search(
                r"\b(?:login|log in|masuk|sign in|register|daftar)\b",
                f"{signs.metadata.page_title} {signs.headline.title}",
                re.IGNORECASE,
            )
        )
    ):
        return Verdict(Outcome.LOGIN, "asks to log in")
    return None


def _listing(tree: LexborHTMLParser, profile: Profile, signs: Signs) -> Verdict | None:
    """Weigh the signs for and against a listing (or a static page)."""
    metadata = signs.metadata
    own = [urlsplit(url) for url in (metadata.canonical or metadata.og_url, signs.final_url) if url]
    seen = [*own, urlsplit(metadata.og_url)] if metadata.og_url else own
    paths = {parts.path for parts in seen if not _names_a_post(parts.query) and not is_further_page(parts.geturl())}
    if any(_STATIC_PATH.match(path) for path in paths) and not metadata.has_ld_article:
        return Verdict(Outcome.NOT_ARTICLE, "a static page or a form")
    home = [parts.path in {"", "/"} and not _names_a_post(parts.query) for parts in own]
    if not metadata.has_ld_article and own and (home[-1] or (home[0] and not _stands_alone(signs))):
        return Verdict(Outcome.NOT_ARTICLE, "the home page")
    score, reasons = 0.0, []

    def sign(weight: float, reason: str, holds: bool) -> None:
        nonlocal score
        if holds:
            score += weight
            if weight > 0:
                reasons.append(reason)

    cards = _cards(tree)
    sign(4, "address of a listing", any(_LIST_PATH.match(path) or _LIST_INSIDE.search(path) for path in paths))
    sign(3, "marks of a listing", any(tree.css_first(mark) is not None for mark in profile.lists))
    sign(2, "declared as a collection", bool(metadata.types & LIST_TYPES) and not metadata.has_ld_article)
    sign(1, "no article declared", not metadata.has_ld_article and metadata.og_type != "article")
    sign(1, "many cards", cards >= 12 and signs.words < 40 * cards)
    sign(1.5, "a short title", len(signs.headline.title.split()) <= 3)
    listing_title = bool(_LIST_TITLE.search(signs.headline.title or metadata.page_title))
    sign(2, "the title of a listing", listing_title)
    sign(1, "many times of day", len(tree.css("time")) >= 10 and cards >= 8)
    sign(1, "its title is not shown", not signs.headline.agreed)
    sign(1.5, "no date", not signs.has_date)
    sign(2, "text in scraps", signs.body.is_menu or _scraps(signs.body))
    sign(2, "text in links", signs.body.link_share > 0.5)
    sign(1, "little text", signs.words < MIN_WORDS and not is_further_page(signs.final_url))
    # A listing's cards carry a date each, and their headlines are links: no article looks like that.
    sign(6, "many dates", (dates := _dates(signs.body)) >= 4 and dates * 4 >= len(signs.body.lines))
    sign(
        4,
        "headlines of others",
        (linked := _linked_headlines(tree, signs.body)) >= 4 and linked * 5 >= len(signs.body.lines),
    )
    sign(-3, "", metadata.has_ld_article)
    sign(-1, "", metadata.og_type == "article" or "article:published_time" in metadata.meta)
    sign(-2, "", signs.has_profile_body)
    headline_stands = signs.headline.agreed and len(signs.headline.title.split()) >= 4 and not listing_title
    sign(-1.5, "", headline_stands and signs.has_date)
    sign(-1, "", signs.words >= 120 and not signs.body.is_menu and not _scraps(signs.body))
    if score >= 3:
        return Verdict(Outcome.NOT_ARTICLE, ", ".join(reasons))
    return None


def _stands_alone(signs: Signs) -> bool:
    """Return whether a page is plainly one article: some themes call every page's canonical address the home page's."""
    whole = signs.words >= PAYWALL_WORDS and not signs.body.is_menu and not _scraps(signs.body)
    return whole and signs.has_date and signs.headline.agreed and len(signs.headline.title.split()) >= 4


def _linked_headlines(tree: LexborHTMLParser, body: Body) -> int:
    """Return how many lines of the text are as a whole a link of at least four words: headlines of other articles."""
    links = {key(text) for node in tree.css("a")[:3000] if len((text := text_of(node)).split()) >= 4}
    return sum(1 for line in body.lines if key(line) in links)


def _cards(tree: LexborHTMLParser) -> int:
    return len(tree.css("h2 a, h3 a, h4 a, h5 a, article a h2, article a h3, li.article, .post-item, .list-news li"))


def _scraps(body: Body) -> bool:
    """Return whether the text is teasers: many lines cut with an ellipsis, or hardly a line that ends a sentence."""
    if len(body.lines) < 6:
        return False
    cut = sum(line.rstrip().endswith(("...", "…", "[...]", "[…]")) for line in body.lines)
    ended = sum(
        line.rstrip(" \"”'’)").endswith((".", "?", "!", ":")) and not line.endswith("...") for line in body.lines
    )
    return (cut >= 3 and cut * 4 >= len(body.lines)) or ended * 4 < len(body.lines)


_STAMPED = re.compile(r"\d{1,2} [A-Za-z]{3,9} \d{4},? (?:\| |- )?\d{1,2}[:.]\d{2}")
_DATED = re.compile(
    r"\b\d{1,2}[/ -](?:\d{1,2}|[A-Z][a-z]{2,8})[/ -]\d{4}\b|\b[A-Z][a-z]{2} \d{1,2}, \d{4}\b|\b\d+ (?:jam|menit|"
    r"hari) (?:yang )?lalu\b"
)


def _dates(body: Body) -> int:
    """Return how many lines are little more than a date, as under the cards of a listing."""
    return sum(1 for line in body.lines if (len(line.split()) <= 10 and _DATED.search(line)) or _STAMPED.search(line))


def _short(signs: Signs) -> Verdict | None:
    if signs.words >= MIN_WORDS or (signs.words and is_further_page(signs.final_url)):
        return None  # an article's last page may be a few sentences
    media = (
        bool(signs.metadata.types & MEDIA_TYPES)
        or signs.metadata.og_type.startswith("video")
        or _MEDIA_PATH.search(urlsplit(signs.final_url).path)
    )
    if not signs.headline.title and not media:
        return Verdict(
            Outcome.NOT_ARTICLE if not signs.metadata.has_ld_article else Outcome.EXTRACTION_FAILED,
            "neither title nor text",
        )
    if signs.words == 0 and not media:
        return Verdict(Outcome.EXTRACTION_FAILED, "no text was found")
    return Verdict(Outcome.TOO_SHORT, f"{signs.words} words" + (" beside a video or photo" if media else ""))
