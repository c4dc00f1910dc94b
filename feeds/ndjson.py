"""Alerts as lines of JSON (ndjson, application/x-ndjson): one alert a line, each of which stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.facts import terms_of
from feeds.jsonfeed import entry_of
from feeds.lines import encoded
from feeds.markup import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feeds import Channel
    from feeds.items import AlertItem


def ndjson(items: Iterable[AlertItem], channel: Channel) -> Iterator[bytes]:
    """Yield the alerts as JSON Feed items, one a line; each states terms and corrections, for lines are taken apart."""
    terms = {"ketentuan": terms_of(channel)}
    return batches(encoded(entry_of(item.told()) | terms) + "\n" for item in items)
