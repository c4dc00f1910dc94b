"""A site of the Varient kind (2.2): magazine or classic theme, or the customised one of the seed.

Kept faithful, traps included: article pages at the root; canonical and og:url repeat the query string; og:locale is
en_US; ``article:published_time`` has a space and no zone; JSON-LD strings are HTML-escaped and hold raw newlines; list
cards cut titles at 55 characters; an unknown tag or subcategory goes home with a 302; the sitemap mixes everything
under one lastmod and lower-cases slugs.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from data.samples.answers import PLAIN, RSS, XML, Answer, body_html, excerpt, redirect, render
from data.samples.network import host_posts, slug_of, withdrawn_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from data.samples.network import Host, Post

PER_PAGE = 16
CARD_TITLE = 55
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INDONESIAN = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
MEMBERS_ONLY = "/laporan-khusus-anggota-di-balik-layar-hitung-cepat"
CATEGORY_IDS = {"desa": 14, "politik": 15, "daerah": 16, "ekonomi": 17, "olahraga": 18}
_SITEMAP_DAY = "2024-12-20T00:00:00+00:00"


class VarientSite:
    """Answers for one Varient host; ``feed_zone`` is the zone its RSS claims for local times (None: the true one)."""

    def __init__(self, host: Host, *, feed_zone: tzinfo | None = None) -> None:
        self.host = host
        self.feed_zone = feed_zone
        self.months = _INDONESIAN if host.shape == "classic" else _ENGLISH

    def answer(self, path: str, query: Mapping[str, str], at: datetime | None) -> Answer:
        """Return the page, feed or sitemap under a path; a real 404 with a designed page where nothing is."""
        standing = host_posts(self.host, at)
        fixed: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._list("Beranda", standing[:PER_PAGE], standing[:PER_PAGE], "/", query),
            "/posts": lambda: self._list("Semua Berita", standing, None, "/posts", query),
            "/rss/latest-posts": lambda: self._rss("Berita Terbaru", standing[:50]),
            "/rss-feeds": lambda: self._message("RSS Feeds", "Daftar umpan: /rss/latest-posts"),
            "/sitemap.xml": lambda: self._sitemap(standing),
            "/robots.txt": lambda: Answer(b"User-agent: *\nDisallow:\n", content_type=PLAIN),
            "/contact": lambda: self._message("Kontak", CONTACT),
            "/terms-conditions": lambda: self._message("Ketentuan", TERMS),
            "/register": lambda: self._message("Daftar", "Silakan masuk atau buat akun untuk melanjutkan."),
            # A post with Varient's ``need_auth``: it stands in the sitemap and leads to the door.
            MEMBERS_ONLY: lambda: redirect(f"http://{self.host.name}/register"),
            "/gnews/feed": lambda: redirect(f"http://{self.host.name}/"),
        }
        if path in fixed:
            return fixed[path]()
        if path in withdrawn_paths(self.host, at):
            return self._message("404", "Halaman yang Anda cari sudah tidak tersedia.", status=410)
        for post in standing:
            if post.path == path:
                return self._article(post, standing, query)
        return self._collection(path, standing, query)

    def _collection(self, path: str, standing: Sequence[Post], query: Mapping[str, str]) -> Answer:
        parts = path.strip("/").split("/")
        head, tail = parts[0], parts[-1]
        if path.startswith("/rss/category/"):
            return self._rss(tail, [post for post in standing if slug_of(post.section) == tail])
        if path.startswith("/rss/category-id/"):
            return self._rss(tail, [post for post in standing if str(CATEGORY_IDS.get(slug_of(post.section))) == tail])
        if path.startswith("/rss/author/"):
            return self._rss(tail, [post for post in standing if slug_of(post.author) == tail])
        if head == "tag" and len(parts) == 2:
            found = [post for post in standing if tail in map(slug_of, post.tags)]
            # The soft 404 of the kind: an unknown tag sends everybody home.
            return self._list(f"#{tail}", found, None, path, query) if found else redirect(f"http://{self.host.name}/")
        if head == "profile" and len(parts) == 2:
            found = [post for post in standing if slug_of(post.author) == tail]
            return self._list(tail, found, None, path, query) if found else redirect(f"http://{self.host.name}/")
        if len(parts) == 1:
            found = [post for post in standing if slug_of(post.section) == head]
            if found:
                return self._list(found[0].section, found, None, path, query)
        if len(parts) == 2 and any(slug_of(post.section) == head for post in standing):
            return redirect(f"http://{self.host.name}/")
        return self._message("404", "Halaman yang Anda cari tidak ditemukan.", status=404)

    def _date(self, moment: datetime, *, with_time: bool) -> str:
        day = f"{self.months[moment.month - 1]} {moment.day}, {moment.year}"
        return f"{day}\u00a0-\u00a0{moment:%H:%M}" if with_time else day

    def _article(self, post: Post, standing: Sequence[Post], query: Mapping[str, str]) -> Answer:
        others = [other for other in standing if other is not post]
        at = standing.index(post)
        here = post.url + (f"?{urlencode(query)}" if query else "")
        local_update = (post.updated or post.published).astimezone(post.local.tzinfo)
        page = render(
            f"{self.host.shape}.html",
            post=post,
            site=self.host,
            here=here,
            summary=excerpt(post.paragraphs[0], 150),
            sql_time="" if "no_time" in post.traits else f"{post.local:%Y-%m-%d %H:%M:%S}",
            sql_update=f"{local_update:%Y-%m-%d %H:%M:%S}",
            shown_date=self._date(post.local, with_time=True),
            shown_update=self._date(local_update, with_time=True) if post.updated else "",
            body=body_html(post),
            caption=post.caption or post.title,
            section_slug=slug_of(post.section),
            author_slug=slug_of(post.author),
            tags=[(tag, slug_of(tag)) for tag in post.tags],
            jsonld=self._jsonld(post, here),
            before=standing[at + 1] if at + 1 < len(standing) else None,
            after=standing[at - 1] if at else None,
            related=[other for other in others if other.section == post.section][:3],
            popular=others[:5],
            image=_image(post, "870x580"),
            inline_image=_image(post, "870x"),
            cut=excerpt,
        )
        return Answer(page.encode(), validators=True)

    def _jsonld(self, post: Post, here: str) -> Markup:
        """Return the two scripts as Varient prints them: escaped strings between quotes, newlines left raw."""

        def quoted(text: str) -> str:
            return html.escape(text, quote=True)

        stamp = "%Y-%m-%dT%H:%M:%S+0700"
        updated = (post.updated or post.published).astimezone(post.local.tzinfo)
        published = "" if "no_time" in post.traits else f"{post.local:{stamp}}"
        return Markup(  # noqa: S704 - the fixture's own text, escaped just as the CMS does it
            '<script type="application/ld+json">[{"@context":"http://schema.org","@type":"Organization","url":"http://'
            f'{self.host.name}","logo":{{"@type":"ImageObject","width":190,"height":60}}}},{{"@context":"http://schema.org",'
            f'"@type":"WebSite","url":"http://{self.host.name}","potentialAction":{{"@type":"SearchAction","target":"http://'
            f'{self.host.name}/search?q={{search_term_string}}","query-input":"required name=search_term_string"}}}}]'
            "</script>\n"
            '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","mainEntityOfPage":'
            f'{{"@type":"WebPage","@id":"{here}"}},"headline":"{quoted(post.title)}","name":"{quoted(post.title)}",'
            f'"articleSection":"{quoted(post.section)}","image":{{"@type":"ImageObject",'
            f'"url":"{_image(post, "870x580")}",'
            f'"width":750,"height":500}},"datePublished":"{published}","dateModified":"{updated:{stamp}}","inLanguage":"id",'
            f'"keywords":"{quoted(", ".join(post.tags))}","author":{{"@type":"Person","name":"{quoted(post.author)}"}},'
            f'"publisher":{{"@type":"Organization","name":"{quoted(self.host.title)}"}},"description":"'
            f'{quoted(excerpt(post.paragraphs[0], 150))}\n"}}</script>'
        )

    def _list(
        self, title: str, found: Sequence[Post], shown: Sequence[Post] | None, path: str, query: Mapping[str, str]
    ) -> Answer:
        number = max(1, int(query["page"])) if query.get("page", "").isdigit() else 1
        cards = shown if shown is not None else found[(number - 1) * PER_PAGE : number * PER_PAGE]
        page = render(
            "varient_list.html",
            site=self.host,
            title=title,
            path=path,
            cards=[
                {
                    "post": post,
                    "title": excerpt(post.title, CARD_TITLE),
                    "date": self._date(post.local, with_time=False),
                    "description": excerpt(post.paragraphs[0], 80),
                    "image": _image(post, "430x256"),
                    "author_slug": slug_of(post.author),
                }
                for post in cards
            ],
            number=number,
            pages=-(-len(found) // PER_PAGE),
            sections=sorted({(post.section, slug_of(post.section)) for post in found}),
        )
        return Answer(page.encode(), validators=True)

    def _rss(self, title: str, found: Sequence[Post]) -> Answer:
        items = [
            {
                "post": post,
                "date": format_datetime(post.local.replace(tzinfo=self.feed_zone) if self.feed_zone else post.local),
                "summary": excerpt(post.paragraphs[0], 150),
                "image": _image(post, "870x580"),
            }
            for post in found
        ]
        feed = render("varient_rss.xml", site=self.host, title=title, items=items)
        return Answer(feed.encode(), content_type=RSS, validators=True)

    def _sitemap(self, standing: Sequence[Post]) -> Answer:
        sections = sorted({slug_of(post.section) for post in standing})
        tags = sorted({slug_of(tag) for post in standing for tag in post.tags})
        paths = ["/", "/contact", "/terms-conditions", *(f"/{section}" for section in sections)]
        paths += [MEMBERS_ONLY] + [post.path.lower() for post in standing] + [f"/tag/{tag}" for tag in tags]
        urls = "".join(
            f"<url><loc>http://{self.host.name}{path}</loc><lastmod>{_SITEMAP_DAY}</lastmod><changefreq>daily</changefreq>"
            "<priority>0.8</priority></url>\n"
            for path in paths
        )
        start = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        return Answer(f"{start}{urls}</urlset>\n".encode(), content_type=XML, validators=True)

    def _message(self, title: str, text: str, *, status: int = 200) -> Answer:
        page = render("message.html", site=self.host, title=title, text=text)
        return Answer(page.encode(), status=status)


def _image(post: Post, size: str) -> str:
    """Return the upload's address; the name carries the publish time in hexadecimal, as PHP's uniqid does."""
    stamp = format(int(post.published.astimezone(UTC).timestamp()), "x")
    return f"http://{post.host.name}/uploads/images/{post.local:%Y%m}/image_{size}_{stamp}a1b2c.jpg"


CONTACT = (
    "Redaksi Warta Desa beralamat di Jalan Pasar Baru nomor 12. Pembaca dapat mengirim rilis, hak jawab dan keluhan "
    "ke meja redaksi setiap hari kerja. Kami akan menjawab selambatnya tiga hari. Untuk pemasangan iklan hubungi "
    "bagian usaha."
)
TERMS = (
    "Seluruh isi situs ini boleh dibaca untuk keperluan pribadi. Komentar pembaca menjadi tanggung jawab penulisnya. "
    "Redaksi berhak menyunting atau menghapus komentar yang mengandung fitnah, hoaks, ujaran kebencian, SARA dan "
    "ancaman."
)
