"""Alerts as RSS 2.0 (rssboard.org/rss-specification), for readers that know no Atom.

Titles are plain text, descriptions are HTML that is escaped (the RSS Advisory Board's profile). Nothing in the document
tells one from the other, and a reader that takes a title for HTML would show markup in it as markup; so a title has
none: its angle brackets leave as ‹ and ›.
"""

from __future__ import annotations

from email.utils import format_datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from feeds import changed_last
from feeds.atom import point, terms
from feeds.clean import address_of, line_of
from feeds.markup import DECLARATION, attribute, batches, element, escape, link, stamp, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from feeds import Channel
    from feeds.items import AlertItem, Told

NAMES: Final = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:georss="http://www.georss.org/georss"'
)
MEDIA_TYPE: Final = "application/rss+xml"
MINUTES_BETWEEN: Final = 5
"""How often a reader may ask: a publish pass runs about that often, and an unchanged feed costs next to nothing."""
_NO_MARKUP: Final = str.maketrans("<>", "‹›")


def rss(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the feed as UTF-8 XML, in the order of the items.

    A guid stays over all revisions; atom:updated dates the last one.
    """
    updated, items = changed_last(items, channel)
    return document(
        (_item(item.told(), channel) for item in items), channel, "rss", updated, channel.heading, channel.statement
    )


def document(
    entries: Iterable[str], channel: Channel, name: str, updated: datetime, title: str, description: str
) -> Iterator[bytes]:
    """Yield an RSS document of the format ``name`` around entries that are written already."""
    contact = element("managingEditor", f"{channel.email} (Kentongan)") if channel.email else ""
    head: Sequence[str] = [
        DECLARATION + f'<rss version="2.0" {NAMES}>',
        f"<channel><title>{plain(line_of(title))}</title>",
        element("link", address_of(channel.home) or channel.home),
        f"<description>{words(escape(description))}</description>",
        "<language>id</language>",
        f"<copyright>{words(channel.rights)}</copyright>",
        contact,
        element("pubDate", date(updated)),
        element("lastBuildDate", date(updated)),
        "<generator>Kentongan</generator>",
        "<docs>https://www.rssboard.org/rss-specification</docs>",
        element("ttl", str(MINUTES_BETWEEN)),
        _atom_link(channel.url_of(name), "self"),
        *(_atom_link(address, relation) for relation, address in (channel.page.links if channel.page else ())),
    ]
    return batches(chain(["\n".join(filter(None, head))], entries, ["\n</channel></rss>\n"]))


def date(moment: datetime) -> str:
    """Return a moment by RFC 822 as RSS has it: four digits of a year, the zone as an offset."""
    return format_datetime(moment)


def plain(title: str) -> str:
    """Return a title as the content of an element, without angle brackets, which readers may take for markup.

    Ampersands are written as the RSS Advisory Board's profile has them in plain text (data types: character data).
    """
    return title.translate(_NO_MARKUP).replace("&", "&#x26;")


def _atom_link(address: str, relation: str) -> str:
    return link(address, relation, type=MEDIA_TYPE).replace("<link", "<atom:link", 1)


def _item(told: Told, channel: Channel) -> str:
    # Lines of text as HTML, and that escaped once more: RSS knows no other way to say which of the two it is.
    html = "<p>" + "<br>".join(escape(line) for line in told.body.split("\n")) + "</p>"
    categories = "".join(
        f'<category domain="{attribute(channel.tag(kind))}">{plain(term)}</category>' for kind, term, _ in terms(told)
    )
    place = told.point
    return (
        f"\n<item><title>{plain(told.headline)}</title>{element('link', told.link) if told.link else ''}"
        f"<description>{escape(html)}</description><dc:creator>Kentongan</dc:creator>{categories}"
        f'<guid isPermaLink="false">{escape(told.uid)}</guid><pubDate>{date(told.raised_at)}</pubDate>'
        f"<atom:updated>{stamp(told.at)}</atom:updated>{point(place.point) if place and place.point else ''}</item>"
    )
