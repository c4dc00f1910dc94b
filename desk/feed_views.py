"""A saved view of the queue as the filter of a feed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from data.store.alert_feed import AlertFilter
from data.store.incident_queue import QueueFilter
from desk.pages.queue_filters import asked_of, filter_of
from flows.sla import SHIFTS_KEY, shifts_of

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.store import Store
    from data.taxonomy import Taxonomy
    from data.work import SavedView
    from desk.permissions import Actor


def view_filter(
    kept: SavedView, actor: Actor, store: Store, taxonomy: Taxonomy, now: datetime, zone: ZoneInfo
) -> AlertFilter:
    """Return which alerts a view is of, for the person who asks: place, signal and level as they ever were said.

    Open or closed does not count: that is how the queue is worked through, and an alert stays told of when its
    incident is closed. One single status does.
    """
    asked = asked_of(dict(parse_qsl(kept.query)), taxonomy)
    found = filter_of(asked, actor, now, shifts_of(store.desk_settings.get(SHIFTS_KEY)), zone)
    plain = QueueFilter()
    every = asked.status in {"terbuka", "tertutup", "semua"} or bool(asked.terverifikasi)
    rest = replace(
        found, statuses=plain.statuses if every else found.statuses, urgencies=plain.urgencies, regions=(), place=None,
        signal=None, min_severity=0,
    )  # fmt: skip
    return AlertFilter(
        places=(found.place,) if found.place else (),
        signals=(found.signal,) if found.signal else (),
        from_level=found.min_severity,
        urgencies=found.urgencies if asked.urgensi else (),
        verified={"ya": True, "belum": False}.get(asked.terverifikasi),
        view=None if rest == QueueFilter(now=now) else store.queue.prepared(rest),
    )
