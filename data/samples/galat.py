"""A site with faults: every way in which a page can go wrong, beside articles that can be read in spite of theirs.

``FAULTS`` says of each faulty address what a crawler may make of it. Articles with faults are ordinary pieces whose
``traits`` say how they are served: ``cp1252`` (Windows bytes labelled UTF-8), ``disguise`` (look-alike letters and
zero-width spaces), ``gzip`` (compressed whether asked for or not), ``slow`` (the body drips), ``upper`` (offered only
by a short link that leads to an upper-case host). Nothing on this site may be asked under ``DISALLOWED``.
"""

from __future__ import annotations

import base64
import gzip
import html
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

from data.outcomes import Outcome
from data.samples.answers import PLAIN, RSS, XML, Answer, body_html, redirect, render
from data.samples.network import WIB, host_posts, withdrawn_paths
from data.samples.wordpress import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.samples.network import Host, Post

CRAWL_DELAY_S = 0.1
"""What robots.txt asks for: long enough to be told from the catalogue's 0.02 s, short enough for a quick run."""

RETRY_AFTER_S = 120
DISALLOWED = ("/internal/", "/cetak/", "/cari")
ROBOTS = (
    "# Galat Media\nUser-agent: *\nDisallow: /internal/\nAllow: /internal/umum\nDisallow: /cetak/\nDisallow: /cari\n"
    f"Crawl-delay: {CRAWL_DELAY_S}\nSitemap: http://galat.test/sitemap.xml\n\n"
    "User-agent: RobotRakus\nDisallow: /\n"
)
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
# Cyrillic letters that look like these Latin ones; and a zero-width space goes into "Pilkada".
_DISGUISE = str.maketrans({"o": "о", "e": "е", "c": "с"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty address as the feed offers it: ``path`` begins with / or is a whole URL elsewhere.

    ``outcomes`` are the ends that are right for it; ``asked`` is False where not even one request may go out. An
    address on another host may also be left out by the finder.
    """

    path: str
    title: str
    published: datetime | None
    outcomes: frozenset[Outcome]
    asked: bool = True

    @property
    def url(self) -> str:
        """The address as it is offered."""
        return f"http://galat.test{self.path}" if self.path.startswith("/") else self.path


def _day(day: int, hour: int) -> datetime:
    return datetime(2024, 11, day, hour, 5, tzinfo=WIB)


_NO_ARTICLE = frozenset({Outcome.NOT_ARTICLE, Outcome.TOO_SHORT})

# The times keep failures of the host apart (three in a row and a crawler rightly gives up), and the 503, which has
# none, comes last: after it the host is left alone.
FAULTS: tuple[Fault, ...] = (
    Fault("/internal/catatan-rapat", "Catatan rapat", _day(28, 9), frozenset({Outcome.ROBOTS_DENIED}), asked=False),
    Fault("/cek-peramban", "Debat terakhir berlangsung seru", _day(28, 8), frozenset({Outcome.CHALLENGE})),
    Fault("/khusus-pelanggan", "Di balik layar tim sukses", _day(27, 9), frozenset({Outcome.PAYWALL})),
    Fault("/anggota", "Arsip untuk anggota", _day(27, 8), frozenset({Outcome.LOGIN})),
    Fault("/berat", "Tabel lengkap hasil per TPS", _day(26, 9), _NO_ARTICLE | {Outcome.TOO_LARGE}),
    Fault("/bom", "Data mentah", _day(26, 8), frozenset({Outcome.TOO_LARGE})),
    Fault("/rusak", "Peta interaktif", _day(25, 9), frozenset({Outcome.SERVER_ERROR})),
    Fault("/putar", "Kembali ke awal", _day(25, 8), frozenset({Outcome.TOO_MANY_REDIRECTS})),
    Fault("/hilang", "Warga temukan prasasti", _day(24, 9), frozenset({Outcome.SOFT_404, Outcome.NOT_ARTICLE})),
    Fault("/pulang", "Festival layang-layang", _day(24, 8), frozenset({Outcome.SOFT_404, Outcome.NOT_ARTICLE})),
    Fault("/dicabut", "Berita yang ditarik", _day(23, 9), frozenset({Outcome.GONE})),
    Fault("/video-rekap", "VIDEO: Rekap sepekan", _day(23, 8), _NO_ARTICLE),
    Fault("/kalender/2024/11/23", "Agenda hari ini", _day(22, 9), _NO_ARTICLE),
    Fault("/ke-dalam", "Pengumuman lelang", _day(22, 8), frozenset({Outcome.REFUSED_ADDRESS})),
    Fault("/ke-metadata", "Pengumuman penting", _day(21, 9), frozenset({Outcome.REFUSED_ADDRESS})),
    Fault("http://169.254.169.254/latest/meta-data/", "Info layanan", _day(21, 8),
          frozenset({Outcome.REFUSED_ADDRESS, Outcome.OFF_SITE}), asked=False),
    Fault("http://10.11.12.13/berita", "Kabar jaringan", _day(20, 9),
          frozenset({Outcome.REFUSED_ADDRESS, Outcome.OFF_SITE}), asked=False),
    Fault("/unduhan/daftar.pdf", "Daftar calon tetap (PDF)", _day(12, 8), frozenset({Outcome.NOT_HTML})),
    Fault("/cetak/berita-lama", "Versi cetak", _day(11, 9), frozenset({Outcome.ROBOTS_DENIED}), asked=False),
    Fault("/terpotong", "Laporan yang terputus", _day(10, 8), frozenset({Outcome.PROTOCOL_ERROR})),
    Fault("/zona-sibuk", "Server sedang sibuk", None, frozenset({Outcome.THROTTLED})),
)  # fmt: skip


class GalatSite:
    """Answers for the faulty host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.root = f"http://{host.name}"

    def answer(self, path: str, query: Mapping[str, str], at: datetime | None) -> Answer:  # noqa: ARG002 - as all sites
        """Return the page, fault, feed or sitemap under a path; a real 404 where nothing is."""
        standing = host_posts(self.host, at)
        fixed: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._list("Galat Media", standing),
            "/terkini": lambda: self._list("Terkini", standing),
            "/umpan.xml": lambda: self._feed(standing),
            "/sitemap.xml": lambda: self._sitemap(standing),
            "/robots.txt": lambda: Answer(ROBOTS.encode(), content_type=PLAIN),
            "/internal/umum": lambda: self._message("Pengumuman umum", "Kantor redaksi tutup pada hari libur."),
            **self._faults(),
        }
        if path in fixed:
            return fixed[path]()
        if path in withdrawn_paths(self.host, at):
            return self._message("410", "Berita ini ditarik oleh redaksi.", status=410)
        for post in standing:
            if path == post.path:
                return self._article(post)
            if path == short_path(post):
                return redirect(f"http://{self.host.name.upper()}{post.path}", 301)
        if path.startswith("/kalender/"):
            return self._calendar(path)
        return self._message("404", "Halaman tidak ditemukan.", status=404)

    def _faults(self) -> dict[str, Callable[[], Answer]]:
        return {
            "/internal/catatan-rapat": lambda: self._message("Catatan rapat", "Bukan untuk umum."),
            "/cetak/berita-lama": lambda: self._message("Cetak", "Versi cetak."),
            "/cari": lambda: self._message("Cari", "Hasil pencarian."),
            "/cek-peramban": lambda: Answer(
                _static("challenge"), headers=(("Server", "cloudflare"), ("CF-RAY", "8e0f00-CGK"))
            ),
            "/khusus-pelanggan": lambda: Answer(_static("paywall")),
            "/anggota": lambda: redirect(f"{self.root}/masuk?kembali=/anggota"),
            "/masuk": lambda: Answer(_static("login")),
            "/berat": lambda: Answer(_heavy()),
            "/bom": lambda: Answer(_bomb(), headers=(("Content-Encoding", "gzip"),)),
            "/rusak": lambda: self._message("500", "Terjadi kesalahan pada server.", status=500),
            "/putar": lambda: redirect(f"{self.root}/putar-balik"),
            "/putar-balik": lambda: redirect(f"{self.root}/putar"),
            "/hilang": lambda: self._message("Halaman Tidak Ditemukan", "Maaf, berita yang Anda cari tidak ditemukan."),
            "/pulang": lambda: redirect(f"{self.root}/"),
            "/dicabut": lambda: self._message("410", "Berita ini sudah ditarik.", status=410),
            "/video-rekap": lambda: Answer(_static("video")),
            "/ke-dalam": lambda: redirect("http://127.0.0.1/panel"),
            "/ke-metadata": lambda: redirect("http://169.254.169.254/latest/meta-data/iam/"),
            "/unduhan/daftar.pdf": lambda: Answer(
                b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", content_type="application/pdf"
            ),
            "/terpotong": lambda: Answer(b"<html><body><h1>Laporan yang", declared_length=9_000),
            "/zona-sibuk": lambda: Answer(
                b"Layanan sedang penuh, coba lagi nanti.",
                status=503,
                content_type=PLAIN,
                headers=(("Retry-After", str(RETRY_AFTER_S)),),
            ),
        }

    def _article(self, post: Post) -> Answer:
        page = render(
            "galat.html",
            site=self.host,
            post=post,
            shown_date=_shown_date(post),
            body=body_html(post, ads=False),
            caption=post.caption or post.title,
        )
        if "disguise" in post.traits:
            page = _disguised(page, post)
        if "cp1252" in post.traits:
            return Answer(page.encode("cp1252", errors="xmlcharrefreplace"), validators=True)
        if "gzip" in post.traits:
            return Answer(
                gzip.compress(page.encode(), mtime=0), headers=(("Content-Encoding", "gzip"),), validators=True
            )
        return Answer(page.encode(), validators=True, drip="slow" in post.traits)

    def _list(self, title: str, standing: Sequence[Post]) -> Answer:
        links = [(offered_path(post), post.title) for post in standing]
        page = render("galat_list.html", site=self.host, title=title, links=links)
        return Answer(page.encode(), validators=True)

    def _feed(self, standing: Sequence[Post]) -> Answer:
        rows = [(f"{self.root}{offered_path(post)}", post.title, post.published) for post in standing]
        faults = [(fault.url, fault.title, fault.published) for fault in FAULTS]
        items = "".join(
            f"<item><title>{html.escape(title)}</title><link>{url}</link><guid>{url}</guid>"
            + (f"<pubDate>{format_datetime(moment)}</pubDate>" if moment else "")
            + "</item>\n"
            for url, title, moment in [*rows, *faults]
        )
        start = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Galat Media</title>'
        body = f"{start}<link>{self.root}/</link><description>Semua berita</description>\n{items}</channel></rss>\n"
        return Answer(body.encode(), content_type=RSS, validators=True)

    def _sitemap(self, standing: Sequence[Post]) -> Answer:
        urls = "".join(f"<url><loc>{self.root}{offered_path(post)}</loc></url>" for post in standing)
        start = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return Answer(f"{start}{urls}</urlset>".encode(), content_type=XML, validators=True)

    def _calendar(self, path: str) -> Answer:
        """Return a day's empty page with links to the days before and after: there is always one more."""
        try:
            year, month, number = map(int, path.removeprefix("/kalender/").split("/"))
            day = datetime(year, month, number, tzinfo=WIB)
            near = [day - timedelta(days=1), day + timedelta(days=1)]
        except (ValueError, OverflowError):
            return self._message("404", "Tanggal itu tidak ada.", status=404)
        links = [(f"/kalender/{other:%Y/%m/%d}", f"{other:%d/%m/%Y}") for other in near]
        page = render("galat_list.html", site=self.host, title=f"Agenda {day:%d/%m/%Y}", links=links)
        return Answer(page.encode())

    def _message(self, title: str, text: str, *, status: int = 200) -> Answer:
        return Answer(render("message.html", site=self.host, title=title, text=text).encode(), status=status)


def short_path(post: Post) -> str | None:
    """Return the path of the short link of a post that is offered by it; None where it has none."""
    return f"/s/{post.number}" if "upper" in post.traits else None


def offered_path(post: Post) -> str:
    """Return the path under which the site offers a post."""
    return short_path(post) or post.path


def _disguised(page: str, post: Post) -> str:
    """Return the page with look-alike letters at the end of paragraph one, and a zero-width space in Pilkada."""
    first = str(html.escape(post.paragraphs[0]))
    head, tail = first[:-40], first[-40:]
    return page.replace(first, head.replace("Pilkada", "Pil\u200bkada") + tail.translate(_DISGUISE))


def _shown_date(post: Post) -> str:
    day = f"{_DAYS[post.local.weekday()]}, {post.local.day} {MONTHS[post.local.month - 1]}"
    return f"{day} {post.local:%Y %H:%M} WIB"


def _static(name: str) -> bytes:
    return render(f"galat_{name}.html").encode()


@cache
def _heavy() -> bytes:
    """Return 5 MB: a table of results, and the scan of another one written into the page."""
    rows = "".join(f"<tr><td>TPS {number}</td><td>{number * 7 % 311}</td></tr>\n" for number in range(2_000))
    scan = base64.b64encode(bytes(range(256)) * 14_000).decode()
    page = f'<table>{rows}</table><img alt="" src="data:image/png;base64,{scan}">'
    return f"<html><head><title>Tabel</title></head><body>{page}</body></html>".encode()


@cache
def _bomb() -> bytes:
    return gzip.compress(b"<p>0</p>" * 10_000_000, compresslevel=9, mtime=0)
