"""What finders offer before it becomes a `PageRef`: tidied, on the site, and not plainly something else.

Two questions are asked of a URL. ``may_be_article`` only rules out what cannot be one (used for feeds, which list
articles); ``looks_like_article`` wants a sign of one (used for listings and plain sitemaps, which mix everything).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from scrapers.urls import LONGEST_URL, is_trap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from data.records import Source
    from scrapers.finders.moments import Moment

LONGEST_TITLE = 500
"""Characters of a title that are kept; a longer one is a body in the wrong element."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry of a list: ``url`` absolute, ``title`` tidied or None, ``moment`` as written or None."""

    url: str
    title: str | None = None
    moment: Moment | None = None


NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|zip|rar|gz|7z|mp3|m4a|mp4|webm|avi|mov|m3u8|apk|css|js"
    r"|json|xml|rss|atom|txt|csv|woff2?|ttf|eot)$",
    re.IGNORECASE,
)

_LISTS = """
tag tags topik topic topics topik-pilihan tagar label labels category categories kategori kanal channel channels
author authors penulis reporter user users member members search cari pencarian indeks index
login masuk register daftar signin signup logout lupa-password forgot-password reset-password wp-admin
wp-login.php wp-content wp-includes wp-json xmlrpc.php feed feeds rss rss-feeds atom cdn-cgi amp-search
redaksi kontak contact contact-us hubungi hubungi-kami kontak-kami about about-us tentang tentang-kami
pedoman-media-siber pedoman-pemberitaan-media-siber pedoman privacy privacy-policy kebijakan-privasi
terms terms-conditions terms-of-service syarat-dan-ketentuan disclaimer copyright
info-iklan iklan advertise tarif-iklan sitemap site-map peta-situs kode-etik kode-etik-jurnalistik
video videos foto photo photos gallery galeri live-streaming epaper e-paper
share sharer intent print cetak comments komentar bookmark bookmarks reading-list subscribe berlangganan
page hal
"""
NOT_ARTICLES = frozenset(_LISTS.split())
"""Path segments that name lists, people, services and the house's own pages, wherever in the path they stand. Also
"page": /page/2/ is a list; an article's second page is found by reading its first."""

GALLERY_HOSTS = frozenset({"foto", "photo", "video", "tv", "20"})
"""First labels of hosts that hold pictures and films (20.detik.com), not texts."""

HOUSE_PAGES = re.compile(
    r"^(?:pedoman|kebijakan|syarat|ketentuan|tentang|kode-etik|standar|privacy|terms|disclaimer|hak-jawab|struktur|"
    r"susunan|kontak|hubungi|info-iklan|panduan-pengguna|visi-)"
)
"""Beginnings of the slugs of pages about the house, which menus and footers link to: up to six words long."""

LIST_SLUGS = frozenset({"index", "home", "beranda", "terkini", "terbaru", "terpopuler", "populer", "posts", "latest"})
"""Last path segments that are lists, whatever stands before them."""

OFTEN_LISTS = frozenset(
    [
        "profile",
        "profil",
        "live",
        "tv",
        "karir",
        "career",
        "archive",
        "archives",
        "arsip",
        "podcast",
        "infografis",
        "daftar",
    ]
)
"""Path segments that are lists on one site (/profile/linda-sari) and a section of articles on another (/profil/…)."""

_DATED = re.compile(r"/(?:19|20)\d{2}/(?:0?[1-9]|1[0-2])/")
_CALENDAR = re.compile(r"/(?:19|20)\d{2}(?:/\d{1,2}){0,2}$")
_REGION = re.compile(r"(?:kabupaten|kab|provinsi)-")
_NUMBERED = re.compile(r"^(?:[a-z]{1,4}-?)?\d{5,}$|^\d{3,}$")
_SERIAL = re.compile(r"(?<!\d)\d{1,4}$(?<!-(?:19|20)\d\d)")
"""A slug's number at its end, no year: /berita/kebakaran-12, but /berita/pemilu-2024 is a section."""

ARTICLE_FOLDERS = frozenset(
    {"berita", "news", "artikel", "article", "articles", "read", "baca", "post", "detail", "story", "kabar"}
)
"""Path segments under which a CMS keeps articles: a numbered slug in one needs no headline to be looked at."""

NUMBER_KEYS = frozenset({"id", "berita", "idberita", "id_berita", "artikel", "read", "news", "nid", "no"})
"""Query keys under which home-made systems give an article's number: /detail.php?id=7 below a headline."""

_WORDS = re.compile(r"[a-z0-9]+")
_TAGS = re.compile(r"<[^<>]{0,2000}>")
REGION_SLUG_WORDS = 6
"""Words where a slug begins like a region's name, whose section it may be: "kabupaten-ogan-komering-ulu-timur"."""

LEAST_SLUG_WORDS = 4
"""Words of a slug that make it a headline: sections and static pages have up to three ("hukum-dan-kriminal")."""


def tidy_title(text: str | None) -> str | None:
    """Return a title as plain NFC text on one line; None where nothing is left. Escaped twice is common."""
    if not text:
        return None
    plain = html.unescape(_TAGS.sub(" ", html.unescape(text[: 4 * LONGEST_TITLE])))
    plain = " ".join(unicodedata.normalize("NFC", _TAGS.sub(" ", plain)).split())
    return plain[:LONGEST_TITLE] or None


def absolute(base: str, link: str | None) -> str | None:
    """Return ``link`` as an absolute http(s) URL without its fragment; None where it is none."""
    if not link:
        return None
    cleaned = re.sub(r"[\t\r\n]", "", link.strip())
    if not cleaned or cleaned.startswith("#"):
        return None
    try:
        # Nearly all links of feeds and sitemaps are absolute, and joining costs more than all the rest.
        whole = cleaned if cleaned.startswith(("https://", "http://")) else urljoin(base, cleaned)
        url = whole.partition("#")[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or len(url) > LONGEST_URL:
        return None
    return url


def offered(base: str, link: str | None) -> str | None:
    """Return ``link`` as `absolute` does, and as it stands where nobody could ask for it: it was offered all the same.

    None where there is no link at all.
    """
    return absolute(base, link) or (link or "").strip()[: LONGEST_URL + 1] or None


def bare_host(host: str | None) -> str:
    """Return a host without the labels under which the same site also answers (www, m, amp)."""
    name = (host or "").lower().rstrip(".")
    first, _, rest = name.partition(".")
    return rest if first in {"www", "m", "amp", "mobile"} and "." in rest else name


def own_hosts(source: Source, options: Mapping[str, str]) -> frozenset[str]:
    """Return the hosts whose articles are the source's: its home's and those that a finder's ``hosts`` option adds."""
    more = (word.strip() for word in options.get("hosts", "").split(","))
    return frozenset({bare_host(urlsplit(source.home).hostname), *(bare_host(host) for host in more if host)})


def on_site(url: str, hosts: frozenset[str]) -> bool:
    """Return whether a URL lies on one of ``hosts`` or below it."""
    host = bare_host(urlsplit(url).hostname)
    return any(host == own or host.endswith(f".{own}") for own in hosts)


def may_be_article(url: str) -> bool:
    """Return False for what cannot be an article: files, lists, tags, searches, the front page, crawler traps."""
    parts = urlsplit(url)
    segments = _segments(parts)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not segments or segments in (["index.php"], ["index.html"]):
        # WordPress without pretty links: /?p=1234. Smaller numbers are those of a pager.
        return re.fullmatch(r"\d{3,}", query.get("p", "")) is not None
    if NOT_PAGES.search(segments[-1]) or "s" in query or "q" in query or is_trap(url):
        return False
    if (parts.hostname or "").partition(".")[0].lower() in GALLERY_HOSTS:
        return False
    if len(segments) > 1 and segments[0].startswith("foto-"):  # detik's sections of pictures, /foto-news/
        return False
    return not any(segment in NOT_ARTICLES for segment in segments)


def looks_like_article(url: str, *, text: str = "", in_furniture: bool = False) -> bool:
    """Return whether a URL has a sign of an article: a dated path, a number with a slug, or a headline as its slug.

    ``text`` is that of the link, if it has one: a headline of five words or more speaks for a short slug. Of links
    that stand ``in_furniture`` (menus, footers, boxes at the side) more is asked: a page about the house, or a
    section, has a slug of three or four words too.
    """
    if not may_be_article(url):
        return False
    parts = urlsplit(url)
    segments = _segments(parts)
    if not segments:
        return True
    slug = re.sub(r"\.(?:html?|php|aspx?)$", "", segments[-1])
    if slug in LIST_SLUGS or _CALENDAR.search(f"/{'/'.join(segments)}"):
        return False
    words = _WORDS.findall(slug)
    wordy = [word for word in words if not word.isdecimal()]
    if in_furniture and HOUSE_PAGES.search(slug):
        return False
    in_furniture = in_furniture or not OFTEN_LISTS.isdisjoint(segments)
    least = REGION_SLUG_WORDS if _REGION.match(slug) else LEAST_SLUG_WORDS + in_furniture
    if len(words) >= least and len(wordy) > 1:
        return True
    if _DATED.search(parts.path) and wordy:
        return True
    if any(_NUMBERED.match(segment) for segment in segments) and (wordy or len(segments) > 1):
        return True
    if in_furniture:
        return False
    headline = len(text.split()) >= 5
    if headline and any(name.lower() in NUMBER_KEYS and value.isdecimal() for name, value in parse_qsl(parts.query)):
        return True
    if _SERIAL.search(slug) and len(segments) > 1 and (headline or (wordy and segments[-2] in ARTICLE_FOLDERS)):
        return True
    return len(wordy) >= 2 and headline and _overlaps(wordy, text)


def _overlaps(words: list[str], text: str) -> bool:
    """Return whether a slug is made of a headline's words: /kapal-karam of "Kapal Karam di Selat Mentawai"."""
    said = set(_WORDS.findall(unicodedata.normalize("NFKD", text.lower())))
    return all(word in said for word in words)


def _segments(parts: SplitResult) -> list[str]:
    return [unquote(segment).lower() for segment in parts.path.split("/") if segment]


def wanted(url: str, options: Mapping[str, str]) -> bool:
    """Return whether a finder's ``include`` and ``exclude`` patterns let a URL pass."""
    include, exclude = options.get("include"), options.get("exclude")
    return (include is None or re.search(include, url) is not None) and (
        exclude is None or re.search(exclude, url) is None
    )
