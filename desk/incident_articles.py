"""Which of an incident's articles are read for its page: all of most incidents, of a very large one the telling ones.

An incident that a whole country writes about has more than a thousand articles; to read them all took seven seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flows.joining import members_of
from flows.publish import incident_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.records import Incident
    from data.store import Store
    from feeds.items import AlertItem
    from flows.publish import PublishTools

READ: Final = 60
"""Articles up to which all are read. An article costs about a millisecond to fetch with its assessment and to compare;
a page has 150."""
EARLIEST: Final = 5
"""The first ones to come in are always among them: how it became known."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is read: ``ids`` in the order of the incident, ``more`` how many are not, ``copies`` of all of them.

    ``copies`` is None where all are read: then the timeline knows better.
    """

    ids: tuple[int, ...]
    more: int
    copies: int | None


def read_first(incident: Incident, store: Store, most: int = READ) -> Chosen:
    """Return which articles of an incident are read first, at most ``most``.

    The best one, the earliest, then the newest that are nobody's copy, then the newest copies.
    """
    ids = incident.article_ids
    if len(ids) <= most:
        return Chosen(ids, 0, None)
    # Of two prints of a text the later one, by its number, is counted as the copy.
    copies = {max(pair) for pair in store.copies.among(ids)}
    newest = sorted(ids, reverse=True)
    ranked = [
        *([incident.best_article_id] if incident.best_article_id in ids else []),
        *newest[-EARLIEST:],
        *(one for one in newest if one not in copies),
        *newest,
    ]
    kept = set(list(dict.fromkeys(ranked))[:most])
    return Chosen(tuple(one for one in ids if one in kept), len(ids) - len(kept), len(copies))


def shown_item(incident: Incident, publish: PublishTools) -> AlertItem:
    """Return an incident as it is shown, worked out from what is read first of it."""
    read = replace(incident, article_ids=read_first(incident, publish.store).ids)
    return incident_item(incident, publish, members_of(read, publish.store, publish.sources))


def page_of(ids: Sequence[int], number: int, size: int) -> tuple[tuple[int, ...], int]:
    """Return the articles of one page of a list, the newest first, and how many pages there are (at least one)."""
    newest = sorted(ids, reverse=True)
    return tuple(newest[(number - 1) * size : number * size]), max(1, -(-len(newest) // size))
