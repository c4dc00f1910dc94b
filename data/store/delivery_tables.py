"""The tables of what is sent: recipients, outbox, what is known of the other sides, acknowledgements, escalations."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from data.store.columns import CleanText, Json, UtcTime
from data.store.tables import metadata

recipients = Table(
    "recipients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", CleanText, nullable=False),
    # The name without case: what tells recipients apart. A removed one's may be taken again.
    Column("known_as", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("target", CleanText, nullable=False),
    Column("secret", CleanText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("rule", Json, nullable=False),
    Column("timezone", CleanText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    Index(
        "ix_recipients_known_as",
        "known_as",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
)

recipient_versions = Table(
    "recipient_versions",
    metadata,
    Column("recipient_id", Integer, ForeignKey("recipients.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("by", CleanText, nullable=False),
    # What it was from then on, without target and secret.
    Column("record", Json, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("alert_uid", CleanText, ForeignKey("alerts.uid")),
    Column("revision", Integer, nullable=False),
    Column("incident_id", Integer, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "alert_uid", "revision"),
    Index(None, "incident_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    # The idempotency key: one row for one message to one recipient, whoever puts it how often.
    Column("key", CleanText, nullable=False, unique=True),
    Column("recipient_id", Integer, ForeignKey("recipients.id"), nullable=False),
    # None for what was not wanted: nothing was written for it.
    Column("message_id", Integer, ForeignKey("messages.id")),
    Column("kind", CleanText, nullable=False),
    Column("alert_uid", CleanText, ForeignKey("alerts.uid")),
    Column("revision", Integer, nullable=False),
    Column("state", CleanText, nullable=False),
    # Why it is held back or was not wanted: a slug; "" for what goes out as soon as it can.
    Column("why", CleanText, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("due", UtcTime),
    Column("attempts", Integer, nullable=False),
    # True from the first attempt on, unless that was refused: the other side may have it.
    Column("may_have", Boolean, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("ended_at", UtcTime),
    # The digest or summary that tells of it.
    Column("carried_by", Integer, ForeignKey("outbox.id")),
    Column("claimed_by", CleanText),
    Column("claimed_until", UtcTime),
    Index(None, "recipient_id", "alert_uid", "revision"),
    Index(None, "recipient_id", "state", "due"),
    Index(None, "state", "due"),
    Index(None, "carried_by"),
    Index(None, "recipient_id", "ended_at"),
    Index(None, "alert_uid", "revision"),
)

planned = Table(
    "planned_revisions",
    metadata,
    # An alert's revision of which it was decided, once, who gets it.
    Column("alert_uid", CleanText, ForeignKey("alerts.uid"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("endpoint", CleanText, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("trips", Integer, nullable=False),
    Column("open_until", UtcTime),
    Column("detail", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    # SHA-256 of the token: whoever reads the database cannot acknowledge with it.
    Column("token_hash", String(64), primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("recipient_id", Integer, ForeignKey("recipients.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("acknowledged_at", UtcTime),
    Column("note", CleanText, nullable=False),
    Index(None, "incident_id"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("due", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("told", Integer, nullable=False),
)
