"""A WordPress site with the Yoast plugin: permalinks, REST, feeds, both kinds of sitemap, paged posts and AMP copies.

Kept faithful, traps included: ``/slug`` goes to ``/slug/`` with a 301 and ``/?p=ID`` too; page 2 of a paged post names
itself canonical; an AMP copy names the post; REST answers 400 past its last page; titles in REST and feeds are
HTML-escaped; the theme puts "Sebarkan artikel ini", "Scroll untuk baca artikel" and a mock ad into the text.
"""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from data.samples.answers import JSON, PLAIN, RSS, XML, Answer, body_html, excerpt, redirect, render
from data.samples.network import WIB, host_posts, slug_of, withdrawn_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.samples.network import Host, Post

PER_PAGE = 10
FEED_ITEMS = 10
MOST_PER_REST_PAGE = 100
NEWS_WINDOW = timedelta(days=2)
"""Google's rule for news sitemaps: the last 48 hours, here counted back from the newest post that stands."""

_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
)
MONTHS = (*_MONTHS, "Desember")
_BLOCKS = Markup('<div class="gmr-banner-insidecontent"><div class="ads">Example 325x300</div></div>')
_SHARE = Markup('<div class="gmr-social-share"><span class="text-share">Sebarkan artikel ini</span></div>')


class WordPressSite:
    """Answers for one WordPress host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.root = f"http://{host.name}"

    def answer(self, path: str, query: Mapping[str, str], at: datetime | None) -> Answer:
        """Return the page, feed, sitemap or REST answer under a path; a real 404 where nothing is."""
        standing = host_posts(self.host, at)
        if path == "/" and query.get("p", "").isdigit():
            named = [post for post in standing if post.number == int(query["p"])]
            return redirect(named[0].url, 301) if named else self._not_found()
        fixed: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._list("Beranda", standing, "/", 1),
            "/feed/": lambda: self._rss("Kabar Nagari", standing, query),
            "/wp-json/wp/v2/posts": lambda: self._rest(standing, query),
            "/robots.txt": self._robots,
            "/redaksi/": self._about,
            "/wp-sitemap.xml": lambda: self._index(("wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-page-1.xml")),
            "/wp-sitemap-posts-post-1.xml": lambda: self._urls([(post.url, _modified(post)) for post in standing]),
            "/wp-sitemap-posts-page-1.xml": lambda: self._urls([(f"{self.root}/redaksi/", None)]),
            "/sitemap.xml": lambda: redirect(f"{self.root}/sitemap_index.xml", 301),
            "/sitemap_index.xml": lambda: self._index(("post-sitemap.xml", "page-sitemap.xml", "category-sitemap.xml")),
            "/post-sitemap.xml": lambda: self._urls([(post.url, _modified(post)) for post in standing]),
            "/page-sitemap.xml": lambda: self._urls([(f"{self.root}/redaksi/", None)]),
            "/category-sitemap.xml": lambda: self._urls(
                [(self._section_url(name), None) for name in _sections(standing)]
            ),
            "/news-sitemap.xml": lambda: self._news(standing),
        }
        if path in fixed:
            return fixed[path]()
        if not path.endswith("/") and "." not in path.rsplit("/", 1)[-1]:
            return redirect(f"{self.root}{path}/" + (f"?{urlencode(query)}" if query else ""), 301)
        if path in withdrawn_paths(self.host, at):
            return self._not_found()
        parts = path.strip("/").split("/")
        for post in standing:
            if parts[0] == post.slug:
                return self._post_page(post, parts[1:], standing)
        return self._collection(parts, standing, query)

    def _collection(self, parts: list[str], standing: Sequence[Post], query: Mapping[str, str]) -> Answer:
        number = 1
        if len(parts) >= 2 and parts[-2] == "page" and parts[-1].isdigit():
            number, parts = int(parts[-1]), parts[:-2]
        if not parts:
            return self._list("Berita Terbaru", standing, "/", number)
        by: dict[str, Callable[[Post], list[str]]] = {
            "category": lambda post: [post.section],
            "tag": lambda post: list(post.tags),
            "author": lambda post: [post.author],
        }
        if len(parts) < 2 or parts[0] not in by:
            return self._not_found()
        found = [post for post in standing if parts[1] in map(slug_of, by[parts[0]](post))]
        if not found:
            return self._not_found()
        if parts[2:] == ["feed"]:
            return self._rss(parts[1], found, query)
        return self._list(parts[1].replace("-", " ").title(), found, f"/{parts[0]}/{parts[1]}/", number)

    def _post_page(self, post: Post, rest: list[str], standing: Sequence[Post]) -> Answer:
        if rest == ["amp"]:
            return self._article(post, standing, number=0)
        if rest == ["feed"]:
            return self._rss(f"Komentar: {post.title}", (), {})
        if not rest:
            return self._article(post, standing, number=1)
        if rest == ["2"] and post.split is not None:
            return self._article(post, standing, number=2)
        return redirect(post.url, 301) if rest[0].isdigit() else self._not_found()

    def _article(self, post: Post, standing: Sequence[Post], *, number: int) -> Answer:
        """Return the post; ``number`` is its page, 0 the AMP copy, which has the whole text."""
        first, last = {0: (0, None), 1: (0, post.split), 2: (post.split or 0, None)}[number]
        others = [other for other in standing if other is not post]
        here = post.url if number < 2 else f"{post.url}2/"
        page = render(
            "wordpress_amp.html" if number == 0 else "wordpress.html",
            post=post,
            site=self.host,
            here=here,
            number=number,
            pages=1 if post.split is None else 2,
            iso=f"{post.local:%Y-%m-%dT%H:%M:%S}+07:00",
            iso_update=_modified(post),
            shown_date=f"{post.local.day} {MONTHS[post.local.month - 1]} {post.local.year}",
            summary=excerpt(post.paragraphs[0], 155),
            body=body_html(post, first=first, last=last, ads=False),
            blocks=_BLOCKS,
            share=_SHARE,
            caption=post.caption or post.title,
            section_slug=slug_of(post.section),
            author_slug=slug_of(post.author),
            tags=[(tag, slug_of(tag)) for tag in post.tags],
            graph=self._graph(post, here),
            related=others[:4],
            image=f"{self.root}/wp-content/uploads/{post.local:%Y/%m}/{post.number}-768x432.jpg",
        )
        return Answer(page.encode(), validators=True, last_modified=post.updated or post.published)

    def _graph(self, post: Post, here: str) -> Markup:
        person = f"{self.root}/#/schema/person/{slug_of(post.author)}"
        graph = [
            {
                "@type": "NewsArticle",
                "@id": f"{post.url}#article",
                "isPartOf": {"@id": here},
                "author": {"name": post.author, "@id": person},
                "headline": post.title,
                "datePublished": f"{post.local:%Y-%m-%dT%H:%M:%S}+07:00",
                "dateModified": _modified(post),
                "mainEntityOfPage": {"@id": here},
                "wordCount": len(post.text.split()),
                "keywords": list(post.tags),
                "articleSection": [post.section],
                "inLanguage": "id",
            },
            {"@type": "WebPage", "@id": here, "url": here, "name": f"{post.title} - {self.host.title}"},
            {"@type": "WebSite", "@id": f"{self.root}/#website", "url": f"{self.root}/", "name": self.host.title},
            {"@type": "Person", "@id": person, "name": post.author},
        ]
        text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False).replace(
            "<", "\\u003c"
        )
        return Markup(text)  # noqa: S704 - JSON of our own, "<" escaped

    def _list(self, title: str, found: Sequence[Post], base: str, number: int) -> Answer:
        pages = max(1, -(-len(found) // PER_PAGE))
        if number > pages:
            return self._not_found()
        page = render(
            "wordpress_list.html",
            site=self.host,
            title=title,
            base=base,
            number=number,
            pages=pages,
            cards=[(post, excerpt(post.paragraphs[0], 120)) for post in found[(number - 1) * PER_PAGE :][:PER_PAGE]],
            sections=[(name, slug_of(name)) for name in _sections(found)],
        )
        return Answer(page.encode(), validators=True)

    def _rss(self, title: str, found: Sequence[Post], query: Mapping[str, str]) -> Answer:
        number = int(query["paged"]) if query.get("paged", "").isdigit() else 1
        shown = found[(number - 1) * FEED_ITEMS :][:FEED_ITEMS]
        if not shown and number > 1:
            return self._not_found()
        items = [
            {
                "post": post,
                "date": format_datetime(post.published),
                "summary": excerpt(post.paragraphs[0], 200),
                "body": body_html(post, ads=False),
            }
            for post in shown
        ]
        feed = render("wordpress_rss.xml", site=self.host, title=title, items=items)
        newest = max((post.updated or post.published for post in found), default=None)
        return Answer(feed.encode(), content_type=RSS, validators=True, last_modified=newest)

    def _rest(self, standing: Sequence[Post], query: Mapping[str, str]) -> Answer:
        found = [post for post in standing if _after(post.local, query.get("after"))]
        found = [post for post in found if _after(_local_update(post), query.get("modified_after"))]
        size = min(_number(query.get("per_page"), 10), MOST_PER_REST_PAGE)
        number = _number(query.get("page"), 1)
        pages = -(-len(found) // size)
        if number > max(pages, 1):
            error = {
                "code": "rest_post_invalid_page_number",
                "message": "Nomor halaman terlalu besar.",
                "data": {"status": 400},
            }
            return Answer(json.dumps(error).encode(), status=400, content_type=JSON)
        ids = {name: 10 + index for index, name in enumerate(_sections(standing))}
        records = [
            {
                "id": post.number,
                "date": f"{post.local:%Y-%m-%dT%H:%M:%S}",
                "date_gmt": f"{post.published:%Y-%m-%dT%H:%M:%S}",
                "modified": f"{_local_update(post):%Y-%m-%dT%H:%M:%S}",
                "modified_gmt": f"{_local_update(post).astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
                "slug": post.slug,
                "status": "publish",
                "type": "post",
                "link": post.url,
                "title": {"rendered": _escaped(post.title)},
                "content": {"rendered": str(body_html(post, ads=False)), "protected": False},
                "excerpt": {"rendered": f"<p>{_escaped(excerpt(post.paragraphs[0], 200))}</p>\n", "protected": False},
                "author": 2,
                "categories": [ids[post.section]],
                "tags": [],
            }
            for post in found[(number - 1) * size :][:size]
        ]
        totals = (("X-WP-Total", str(len(found))), ("X-WP-TotalPages", str(pages)))
        return Answer(json.dumps(records).encode(), content_type=JSON, headers=totals, validators=True)

    def _index(self, names: Sequence[str]) -> Answer:
        body = "".join(f"<sitemap><loc>{self.root}/{name}</loc></sitemap>\n" for name in names)
        return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</sitemapindex>')

    def _urls(self, rows: Sequence[tuple[str, str | None]]) -> Answer:
        body = "".join(
            f"<url><loc>{url}</loc>" + (f"<lastmod>{moment}</lastmod>" if moment else "") + "</url>\n"
            for url, moment in rows
        )
        return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>')

    def _news(self, standing: Sequence[Post]) -> Answer:
        newest = max((post.published for post in standing), default=None)
        recent = [post for post in standing if newest is not None and post.published > newest - NEWS_WINDOW]
        body = "".join(
            f"<url><loc>{post.url}</loc><news:news><news:publication><news:name>{self.host.title}</news:name>"
            f"<news:language>id</news:language></news:publication><news:publication_date>{post.local:%Y-%m-%dT%H:%M:%S}+07:00"
            f"</news:publication_date><news:title>{html.escape(post.title)}</news:title></news:news></url>\n"
            for post in recent
        )
        spaces = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {spaces}>\n{body}</urlset>')

    def _section_url(self, name: str) -> str:
        return f"{self.root}/category/{slug_of(name)}/"

    def _robots(self) -> Answer:
        rules = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\nDisallow: /?s=\n"
        maps = f"Sitemap: {self.root}/sitemap_index.xml\nSitemap: {self.root}/news-sitemap.xml\n"
        return Answer(f"{rules}\n{maps}".encode(), content_type=PLAIN)

    def _about(self) -> Answer:
        return Answer(render("message.html", site=self.host, title="Redaksi", text=ABOUT).encode())

    def _not_found(self) -> Answer:
        page = render("message.html", site=self.host, title="Halaman tidak ditemukan", text="Ups, alamat ini kosong.")
        return Answer(page.encode(), status=404)


ABOUT = (
    "Kabar Nagari ditulis oleh orang nagari untuk orang nagari, di kampung dan di rantau. Kritik, hak jawab dan kabar "
    "dari kampung dapat dikirim ke meja redaksi. Kami tidak memungut bayaran untuk berita."
)


def _xml(body: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode(), content_type=XML, validators=True)


def _sections(found: Sequence[Post]) -> list[str]:
    return sorted({post.section for post in found})


def _local_update(post: Post) -> datetime:
    return (post.updated or post.published).astimezone(WIB)


def _modified(post: Post) -> str:
    return f"{_local_update(post):%Y-%m-%dT%H:%M:%S}+07:00"


def _after(moment: datetime, bound: str | None) -> bool:
    """Compare as WordPress does: a bound without a zone is on the site's clock."""
    if not bound:
        return True
    try:
        limit = datetime.fromisoformat(bound.replace(" ", "+"))
    except ValueError:
        return False
    return moment > (limit if limit.tzinfo else limit.replace(tzinfo=WIB))


def _number(text: str | None, default: int) -> int:
    return max(1, int(text)) if text is not None and text.isdigit() else default


def _escaped(text: str) -> str:
    """Return text as WordPress prints it: the ampersand as ``&#038;``."""
    return html.escape(text, quote=False).replace("&amp;", "&#038;").replace('"', "&quot;")
