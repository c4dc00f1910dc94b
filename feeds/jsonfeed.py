"""Alerts as JSON Feed 1.1 (jsonfeed.org/version/1.1), machine fields under ``_kentongan``."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from feeds.facts import facts_of, terms_of
from feeds.lines import array, encoded, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feeds import Channel
    from feeds.items import AlertItem, Told


def jsonfeed(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the feed as UTF-8 JSON, a line per item, in the order of the items."""
    author = {"name": "Kentongan", "url": channel.home}
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.heading,
        "home_page_url": channel.home,
        "feed_url": channel.url_of("jsonfeed"),
        "description": channel.statement,
        "language": "id",
        "authors": [author],
        "_kentongan": terms_of(channel),
    }
    if channel.page is not None and channel.page.next and not channel.page.complete:
        feed["next_url"] = channel.page.next
    return array(head_of(feed, "items"), (encoded(entry_of(item.told())) for item in items))


def entry(item: AlertItem) -> dict[str, Any]:
    """Return an alert as a JSON Feed item, names masked."""
    return entry_of(item.told())


def entry_of(told: Told) -> dict[str, Any]:
    """Return an alert that is told already as a JSON Feed item: what feeds hold and webhooks bring."""
    entry: dict[str, Any] = {
        "id": told.uid,
        "title": told.headline,
        "content_text": told.body,
        "date_published": told.raised_at.isoformat(),
        "date_modified": told.at.isoformat(),
        "tags": list(dict.fromkeys(chain(told.signals, [f"tingkat:{told.severity}", f"urgensi:{told.urgency}"]))),
        "language": "id",
        "_kentongan": facts_of(told),
    }
    if told.link:
        entry["url"] = told.link
    return entry
