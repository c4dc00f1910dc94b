"""The made-up network of news sites: its hosts, and the posts that stand on each of them at a given moment.

Pieces are data (``pieces/*.toml``, one ``[[piece]]`` each). A piece stands on one host, and its declared copies on
others; a copy has its own dateline, byline and time and may be lightly edited. People and events are invented, places
are real. Nothing here knows HTML: that is ``varient``, ``wordpress``, ``blogspot`` and ``galat``.

Keys of a piece: ``id``; ``kind`` (soft, ceremony, incident); ``host`` by its first label; ``title``, ``author``,
``published`` (WIB), ``section``, ``tags``, ``dateline``, ``body`` (paragraphs with an empty line between). The truth:
``signals``, ``modality``, ``severity``, ``negasi``, ``historis``, ``places`` (codes), ``incident`` (one name for all
pieces about one event). How it is printed: ``slug``, ``byline``, ``signoff``, ``caption``, ``read_more``, ``layout``
(p, div, br, one, word), ``split`` (the paragraph that begins page 2), ``traits`` (no_time, hotlink, embed; on the
faulty host disguise, cp1252, gzip, slow, upper). What becomes of it: ``withdrawn`` (when), ``[piece.revision]``
(``at``, ``title``, ``edits`` as pairs of old and new words), ``[[piece.copies]]`` (any of these keys, and ``edits``).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.records import WATCHED, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

WIB = ZoneInfo("Asia/Jakarta")
PIECES = Path(__file__).with_name("pieces")
Kind = Literal["soft", "ceremony", "incident"]


@dataclass(frozen=True, slots=True)
class Host:
    """One site of the network; ``shape`` names what it is built like, ``source_id`` its entry in the catalogue."""

    name: str
    source_id: str
    title: str
    shape: Literal["magazine", "classic", "seedlike", "wordpress", "blogspot", "galat"]


HOSTS: Mapping[str, Host] = {
    host.name: host
    for host in (
        Host("wartadesa.test", "wartadesa", "Warta Desa", "magazine"),
        Host("bukittinggi.wartadesa.test", "wartadesa-bukittinggi", "Warta Desa Bukittinggi", "seedlike"),
        Host("pariaman.wartadesa.test", "wartadesa-pariaman", "Warta Desa Pariaman", "classic"),
        Host("kabarnagari.test", "kabarnagari", "Kabar Nagari", "wordpress"),
        Host("suararantau.test", "suararantau", "Suara Rantau", "blogspot"),
        Host("galat.test", "galat", "Galat Media", "galat"),
    )
}

# In pieces a host is named by its first label.
_SHORT: Mapping[str, str] = {name.split(".")[0]: name for name in HOSTS}


@dataclass(frozen=True, slots=True)
class Labels:
    """What a careful reader would say of a piece under the domain dossier's rules; severity is 0 to 4."""

    signals: tuple[str, ...]
    modality: Modality
    severity: int
    negasi: bool = False
    historis: bool = False

    @property
    def flagged(self) -> bool:
        """Whether the piece has a signal in a watched modality."""
        return bool(self.signals) and self.modality in WATCHED


@dataclass(frozen=True, slots=True)
class Post:
    """One piece on one host, in the revision that stands.

    ``paragraphs`` hold the dateline but no sign-off; ``published`` and ``updated`` are UTC. ``copy_of`` names the
    piece's first URL where this is a copy. ``number`` is the CMS's id of the post, unique on its host. ``split`` is
    the paragraph at which the second page begins (None: one page). ``traits`` are the faults the page is served with.
    ``byline`` is a line above the text that names the writer, as columns have it. ``read_more`` is the headline of an
    inline "Baca juga" (empty: none). ``places`` are codes of event places.
    """

    piece_id: str
    kind: Kind
    host: Host
    slug: str
    number: int
    title: str
    author: str
    published: datetime
    section: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    labels: Labels
    places: tuple[str, ...]
    incident: str | None
    byline: str = ""
    signoff: str = ""
    caption: str = ""
    read_more: str = ""
    layout: str = "p"
    split: int | None = None
    traits: frozenset[str] = frozenset()
    updated: datetime | None = None
    withdrawn: datetime | None = None
    copy_of: str | None = None

    @property
    def path(self) -> str:
        """The path of the article's own page on its host."""
        if self.host.shape == "wordpress":
            return f"/{self.slug}/"
        if self.host.shape == "blogspot":
            return f"/{self.published.astimezone(WIB):%Y/%m}/{self.slug}.html"
        return f"/{self.slug}"

    @property
    def url(self) -> str:
        """The canonical URL; hosts in ``.test`` speak plain http."""
        return f"http://{self.host.name}{self.path}"

    @property
    def text(self) -> str:
        """The body as it should be read: paragraphs joined by newlines (one paragraph where it is printed as one)."""
        return (" " if self.layout == "one" else "\n").join(self.paragraphs)

    @property
    def local(self) -> datetime:
        """The publication time on the outlet's clock (WIB)."""
        return self.published.astimezone(WIB)


def slug_of(title: str) -> str:
    """Return a title as CMSes make slugs of it: lower-case ASCII words joined by hyphens."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def posts(at: datetime | None = None) -> tuple[Post, ...]:
    """Return every post that stands at a moment, newest first; None is the end of time.

    Later pieces are not there yet, a withdrawn one is gone, a revised one shows its second text from ``updated`` on.
    """
    standing = [_as_of(versions, at) for versions in _all_posts()]
    found = [
        post for post in standing if post is not None and (post.withdrawn is None or not _past(post.withdrawn, at))
    ]
    return tuple(sorted(found, key=lambda post: (post.published, post.number), reverse=True))


def host_posts(host: Host, at: datetime | None = None) -> tuple[Post, ...]:
    """Return the posts of one host that stand at a moment, newest first."""
    return tuple(post for post in posts(at) if post.host is host)


def withdrawn_paths(host: Host, at: datetime | None = None) -> frozenset[str]:
    """Return the paths whose article the outlet has taken down by a moment."""
    return frozenset(
        versions[0].path
        for versions in _all_posts()
        if versions[0].host is host and versions[0].withdrawn is not None and _past(versions[0].withdrawn, at)
    )


def _past(moment: datetime, at: datetime | None) -> bool:
    return at is None or moment <= at


def _as_of(versions: tuple[Post, ...], at: datetime | None) -> Post | None:
    there = [post for post in versions if _past(post.updated or post.published, at)]
    return there[-1] if there else None


@cache
def _all_posts() -> tuple[tuple[Post, ...], ...]:
    """Return every post with its versions, oldest first."""
    found: list[tuple[Post, ...]] = []
    counts = dict.fromkeys(HOSTS, 100)
    for path in sorted(PIECES.glob("*.toml")):
        try:
            pieces = tomllib.loads(path.read_text("utf-8"))["piece"]
            for record in pieces:
                for versions in _posts_of(record):
                    host = versions[0].host.name
                    counts[host] += 1
                    found.append(tuple(replace(post, number=counts[host]) for post in versions))
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(f"a piece cannot be read: {error!r}", where=path) from error
    return tuple(found)


def _posts_of(record: Mapping[str, Any]) -> list[tuple[Post, ...]]:
    first = _post(record, {}, None)
    made = [_with_revision(first, record)]
    made.extend((_post(record, copy, first.url),) for copy in record.get("copies", ()))
    return made


def _post(record: Mapping[str, Any], copy: Mapping[str, Any], copy_of: str | None) -> Post:
    both = {**record, **copy}
    body = record["body"]
    for old, new in copy.get("edits", ()):
        if old not in body:
            raise ValueError(f"{record['id']}: nothing to edit: {old!r}")
        body = body.replace(old, new)
    return Post(
        piece_id=record["id"],
        kind=record["kind"],
        host=HOSTS[_SHORT[both["host"]]],
        slug=both.get("slug") or slug_of(both["title"]),
        number=0,
        title=both["title"],
        author=both["author"],
        published=both["published"].replace(tzinfo=WIB).astimezone(UTC),
        section=both["section"],
        tags=tuple(both.get("tags", ())),
        paragraphs=_paragraphs(both.get("dateline", ""), body),
        labels=Labels(
            signals=tuple(record.get("signals", ())),
            modality=Modality(record.get("modality", "tidak_relevan")),
            severity=record.get("severity", 0),
            negasi=record.get("negasi", False),
            historis=record.get("historis", False),
        ),
        places=tuple(record.get("places", ())),
        incident=record.get("incident"),
        byline=both.get("byline", ""),
        signoff=both.get("signoff", ""),
        caption=both.get("caption", ""),
        read_more=both.get("read_more", ""),
        layout=both.get("layout", "p"),
        split=both.get("split"),
        traits=frozenset(both.get("traits", ())),
        withdrawn=_moment(both.get("withdrawn")),
        copy_of=copy_of,
    )


def _with_revision(post: Post, record: Mapping[str, Any]) -> tuple[Post, ...]:
    revision = record.get("revision")
    if revision is None:
        return (post,)
    body = record["body"]
    for old, new in revision["edits"]:
        if old not in body:
            raise ValueError(f"{post.piece_id}: nothing to revise: {old!r}")
        body = body.replace(old, new)
    later = replace(
        post,
        title=revision.get("title", post.title),
        paragraphs=_paragraphs(record.get("dateline", ""), body),
        updated=_moment(revision["at"]),
    )
    return post, later


def _paragraphs(dateline: str, body: str) -> tuple[str, ...]:
    lines = [" ".join(line.split()) for line in body.strip().split("\n\n")]
    return (
        unicodedata.normalize("NFC", dateline + lines[0]),
        *(unicodedata.normalize("NFC", line) for line in lines[1:]),
    )


def _moment(local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=WIB).astimezone(UTC)
