"""The tables behind the feeds: what each alert was ever found by, in which order alerts changed, and who reads them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from data.store.columns import CleanText, UtcTime
from data.store.tables import metadata

# Everything that any revision of an alert said which feeds choose by: wilayah:13.77, sinyal:perusakan, tingkat:3,
# urgensi:P1, status:terverifikasi. A mark is never taken away: who got an alert must get its update and its end too.
alert_marks = Table(
    "alert_marks",
    metadata,
    Column("mark", CleanText, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
)

# How many revisions were written in all: one row, held by whoever writes one, so that their numbers come in order.
alert_head = Table(
    "alert_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("changes", Integer, nullable=False),
)

# Who fetched which feed: a row per consumer, feed and day, however often it was.
feed_reads = Table(
    "feed_reads",
    metadata,
    # A day of UTC, as 2024-11-26.
    Column("day", String(10), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    # 0: in a browser that is logged in.
    Column("token_id", Integer, primary_key=True),
    Column("feed", CleanText, primary_key=True),
    Column("times", Integer, nullable=False),
    # Of these: how often nothing had changed (304).
    Column("unchanged", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Index(None, "token_id"),
)
