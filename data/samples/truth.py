"""What is true of the sample network: every article that can be had at a moment, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.samples.network import posts

if TYPE_CHECKING:
    from datetime import datetime

    from data.samples.network import Kind, Labels, Post


@dataclass(frozen=True, slots=True)
class TruthArticle:
    """One article as it should be read, stored and judged.

    ``url`` is canonical. ``text`` is the body without sign-off, caption, "Baca juga" and other furniture; look-alike
    letters of the faulty site stand as plain ones. ``published`` and ``updated`` are UTC. ``places`` are Kemendagri
    codes of event places, the finest that the text gives. ``incident`` joins pieces about one event (None: no
    incident, or one that nobody else tells of: then ``piece_id`` is its name where the piece is flagged). ``copy_of``
    is the URL of the first printing, None for that one itself.
    """

    url: str
    host: str
    source_id: str
    piece_id: str
    kind: Kind
    title: str
    text: str
    author: str
    published: datetime
    updated: datetime | None
    section: str
    tags: tuple[str, ...]
    labels: Labels
    places: tuple[str, ...]
    incident: str | None
    copy_of: str | None

    @property
    def event(self) -> str | None:
        """The name of the event that a flagged article tells of; two articles of one event are one incident."""
        return (self.incident or self.piece_id) if self.labels.flagged else None


def truth(at: datetime | None = None) -> tuple[TruthArticle, ...]:
    """Return every article that stands at a moment, newest first; None is the end of time.

    A withdrawn article is left out from then on, a revised one has its second text. Faulty addresses that end as no
    article are listed in ``galat.FAULTS``.
    """
    return tuple(_article(post) for post in posts(at))


def _article(post: Post) -> TruthArticle:
    return TruthArticle(
        url=post.url,
        host=post.host.name,
        source_id=post.host.source_id,
        piece_id=post.piece_id,
        kind=post.kind,
        title=post.title,
        text=post.text,
        author=post.author,
        published=post.published,
        updated=post.updated,
        section=post.section,
        tags=post.tags,
        labels=post.labels,
        places=post.places,
        incident=post.incident,
        copy_of=post.copy_of,
    )
