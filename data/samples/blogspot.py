"""A Blogspot site: Atom, RSS and JSON feeds with ``start-index``, whole articles on index pages, mobile copies.

Kept faithful, traps included: robots forbids ``/search`` (and with it label pages and "older posts"); the owner never
set a time zone, so every time is given in Pacific time; there is no author or time in ``<head>``; the title is an h3.
"""

from __future__ import annotations

import html
import json
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data.samples.answers import HTML, JSON, PLAIN, RSS, XML, Answer, body_html, excerpt, render
from data.samples.network import host_posts, withdrawn_paths
from data.samples.wordpress import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from data.samples.network import Host, Post

PACIFIC = ZoneInfo("America/Los_Angeles")
ON_HOME = 7
FEED_DEFAULT, FEED_MOST = 25, 150
ATOM = "application/atom+xml; charset=utf-8"
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


class BlogspotSite:
    """Answers for one Blogspot host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.root = f"http://{host.name}"

    def answer(self, path: str, query: Mapping[str, str], at: datetime | None) -> Answer:
        """Return the page, feed or sitemap under a path; a real 404 where nothing is."""
        standing = host_posts(self.host, at)
        fixed: dict[str, Callable[[], Answer]] = {
            "/": lambda: self._index(self.host.title, standing[:ON_HOME], query),
            "/robots.txt": self._robots,
            "/feeds/posts/default": lambda: self._feed(standing, query),
            "/feeds/posts/summary": lambda: self._feed(standing, query),
            "/rss.xml": lambda: self._feed(standing, {**query, "alt": "rss"}),
            "/atom.xml": lambda: self._feed(standing, query),
            "/sitemap.xml": lambda: self._sitemap(standing),
            "/sitemap-pages.xml": lambda: self._urls([(f"{self.root}/p/tentang-kami.html", None)]),
            "/p/tentang-kami.html": self._about,
            "/search": lambda: self._index("Arsip", standing, query),
        }
        if path in fixed:
            return fixed[path]()
        if path in withdrawn_paths(self.host, at):
            return self._not_found()
        for post in standing:
            if post.path == path:
                return self._article(post, query)
        parts = path.strip("/").split("/")
        if path.startswith("/search/label/"):
            found = [
                post for post in standing if parts[-1].lower() in {tag.lower() for tag in (post.section, *post.tags)}
            ]
            return self._index(parts[-1], found, query)
        if path.startswith("/feeds/posts/default/-/"):
            found = [
                post for post in standing if parts[-1].lower() in {tag.lower() for tag in (post.section, *post.tags)}
            ]
            return self._feed(found, query)
        months = [post for post in standing if post.path.startswith(f"{path.rstrip('/')}/")]
        return self._index("Arsip", months, query) if months else self._not_found()

    def _shown(self, post: Post) -> dict[str, Any]:
        local = post.published.astimezone(PACIFIC)
        return {
            "post": post,
            "iso": local.isoformat(),
            "clock": f"{local:%H.%M}",
            "day": f"{_DAYS[local.weekday()]}, {local.day:02d} {MONTHS[local.month - 1]} {local.year}",
            "body": body_html(post, ads=False),
            "labels": [post.section, *post.tags],
            "image": f"{self.root}/img/s640/{post.local:%Y%m}-{post.number}.jpg",
        }

    def _article(self, post: Post, query: Mapping[str, str]) -> Answer:
        page = render(
            "blogspot.html",
            site=self.host,
            shown=self._shown(post),
            post=post,
            mobile=query.get("m") == "1",
            summary=excerpt(post.paragraphs[0], 140),
        )
        return Answer(page.encode(), validators=True, last_modified=post.updated or post.published)

    def _index(self, title: str, found: Sequence[Post], query: Mapping[str, str]) -> Answer:
        page = render(
            "blogspot_index.html",
            site=self.host,
            title=title,
            mobile=query.get("m") == "1",
            shown=[self._shown(post) for post in found],
            older=found[-1].published.astimezone(PACIFIC).isoformat() if found else "",
        )
        return Answer(page.encode(), content_type=HTML, validators=True)

    def _feed(self, standing: Sequence[Post], query: Mapping[str, str]) -> Answer:
        start = max(1, _number(query.get("start-index"), 1))
        size = min(_number(query.get("max-results"), FEED_DEFAULT), FEED_MOST)
        found = standing[start - 1 : start - 1 + size]
        newest = max((post.updated or post.published for post in standing), default=None)
        more = f"{self.root}/feeds/posts/default?start-index={start + size}&max-results={size}"
        following = more if start - 1 + size < len(standing) else ""
        if query.get("alt") == "json":
            body = json.dumps(self._json(found, len(standing), start, size, following), ensure_ascii=False)
            return Answer(body.encode(), content_type=JSON, validators=True, last_modified=newest)
        if query.get("alt") == "rss":
            items = [{"post": post, "date": format_datetime(post.published), "body": body_html(post)} for post in found]
            rss = render("blogspot_rss.xml", site=self.host, items=items)
            return Answer(rss.encode(), content_type=RSS, validators=True, last_modified=newest)
        entries = [
            {
                "post": post,
                "iso": post.published.astimezone(PACIFIC).isoformat(timespec="milliseconds"),
                "updated": (post.updated or post.published).astimezone(PACIFIC).isoformat(timespec="milliseconds"),
                "content": str(body_html(post, ads=False)),
                "labels": [post.section, *post.tags],
            }
            for post in found
        ]
        atom = render(
            "blogspot_atom.xml",
            site=self.host,
            entries=entries,
            updated=newest.astimezone(PACIFIC).isoformat() if newest else "",
            total=len(standing),
            start=start,
            size=size,
            following=following,
        )
        return Answer(atom.encode(), content_type=ATOM, validators=True, last_modified=newest)

    def _json(self, found: Sequence[Post], total: int, start: int, size: int, following: str) -> dict[str, Any]:
        links = [{"rel": "self", "type": "application/atom+xml", "href": f"{self.root}/feeds/posts/default"}]
        if following:
            links.append({"rel": "next", "type": "application/atom+xml", "href": following})
        entries = [
            {
                "id": {"$t": f"tag:blogger.com,1999:blog-77.post-{post.number}"},
                "published": {"$t": post.published.astimezone(PACIFIC).isoformat(timespec="milliseconds")},
                "updated": {
                    "$t": (post.updated or post.published).astimezone(PACIFIC).isoformat(timespec="milliseconds")
                },
                "category": [
                    {"scheme": "http://www.blogger.com/atom/ns#", "term": term} for term in (post.section, *post.tags)
                ],
                "title": {"type": "text", "$t": post.title},
                "content": {"type": "html", "$t": str(body_html(post, ads=False))},
                "link": [{"rel": "alternate", "type": "text/html", "href": post.url, "title": post.title}],
                "author": [{"name": {"$t": post.author}, "email": {"$t": "noreply@blogger.com"}}],
            }
            for post in found
        ]
        feed = {
            "id": {"$t": "tag:blogger.com,1999:blog-77"},
            "title": {"type": "text", "$t": self.host.title},
            "link": links,
            "openSearch$totalResults": {"$t": str(total)},
            "openSearch$startIndex": {"$t": str(start)},
            "openSearch$itemsPerPage": {"$t": str(size)},
            "entry": entries,
        }
        return {"version": "1.0", "encoding": "UTF-8", "feed": feed}

    def _sitemap(self, standing: Sequence[Post]) -> Answer:
        return self._urls(
            [(post.url, (post.updated or post.published).strftime("%Y-%m-%dT%H:%M:%SZ")) for post in standing]
        )

    def _urls(self, rows: Sequence[tuple[str, str | None]]) -> Answer:
        body = "".join(
            f"<url><loc>{html.escape(url)}</loc>" + (f"<lastmod>{moment}</lastmod>" if moment else "") + "</url>"
            for url, moment in rows
        )
        start = "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        return Answer(f"{start}{body}</urlset>".encode(), content_type=XML, validators=True)

    def _robots(self) -> Answer:
        rules = "User-agent: Mediapartners-Google\nDisallow:\n\nUser-agent: *\nDisallow: /search\nAllow: /\n"
        return Answer(f"{rules}\nSitemap: {self.root}/sitemap.xml\n".encode(), content_type=PLAIN)

    def _about(self) -> Answer:
        return Answer(render("message.html", site=self.host, title="Tentang Kami", text=ABOUT).encode())

    def _not_found(self) -> Answer:
        text = "Maaf, halaman yang dicari di blog ini tidak ada."
        return Answer(render("message.html", site=self.host, title=self.host.title, text=text).encode(), status=404)


ABOUT = (
    "Suara Rantau dikelola perantau yang rindu kampung. Isinya kabar dari mana saja orang awak bermukim. Tulisan boleh "
    "dikutip dengan menyebut sumber."
)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default
