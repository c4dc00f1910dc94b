"""The CAP messages as an RSS 2.0 listing, as BMKG has one: an item per message, with the address of its file.

Its guid is the message's identifier, so a new revision is a new item to readers that fetch messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds import changed_last
from feeds.cap import headline_of, identifier_of
from feeds.clean import address_of
from feeds.markup import element, escape, stamp
from feeds.rss import date, document, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feeds import Channel
    from feeds.items import AlertItem, Told


def cap_index(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the listing as UTF-8 XML, in the order of the items."""
    updated, items = changed_last(items, channel)
    entries = (_item(item.told(), channel) for item in items)
    return document(entries, channel, "cap-index", updated, f"{channel.heading} (CAP 1.2)", channel.statement)


def _item(told: Told, channel: Channel) -> str:
    address = address_of(channel.message_url(told.incident_id)) or ""
    text = f"{told.place_names}. Status: {told.status}. Revisi {told.revision}."
    return (
        f"\n<item><title>{plain(headline_of(told))}</title>{element('link', address)}"
        f"<description>{escape(escape(text))}</description><dc:creator>Kentongan</dc:creator>"
        f'<guid isPermaLink="false">{escape(identifier_of(told))}</guid><pubDate>{date(told.at)}</pubDate>'
        f"<atom:updated>{stamp(told.at)}</atom:updated></item>"
    )
