"""The tables of the desk: who may enter, what each does there, and the chained log of it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from data.store.columns import CleanText, Json, UtcTime
from data.store.tables import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    # The name to log in with, without case: what tells persons apart.
    Column("name", CleanText, nullable=False, unique=True),
    Column("display", CleanText, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("regions", Json, nullable=False),
    Column("password", CleanText, nullable=False),
    Column("password_at", UtcTime, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("totp_secret", CleanText),
    Column("totp_on", Boolean, nullable=False),
    # The last time step whose code was taken: a code works once (RFC 6238, section 5.2).
    Column("totp_step", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    # SHA-256 of the cookie: whoever reads the database cannot log in with it.
    Column("token", CleanText, nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("csrf", CleanText, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("agent", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "user_id"),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "key", "at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", CleanText, nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("last_used", UtcTime),
    Column("revoked_at", UtcTime),
    Index(None, "user_id"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("detail", Json, nullable=False),
    Column("previous", CleanText, nullable=False),
    Column("digest", CleanText, nullable=False),
    Index(None, "subject"),
    Index(None, "at"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("digest", CleanText, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Index(None, "user_id"),
)

presence = Table(
    "presence",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("mentions", Json, nullable=False),
    Index(None, "incident_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("text", CleanText, nullable=False),
    Column("read_at", UtcTime),
    Index(None, "user_id", "read_at"),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("recipient", CleanText, nullable=False),
    Column("letter", CleanText, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("answer", CleanText),
    Column("answered_by", CleanText),
    Column("answered_at", UtcTime),
    Index(None, "incident_id"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    # benar, sebagian, tidak_benar: the truth that precision is measured on.
    Column("outcome", CleanText, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "incident_id"),
)

information_values = Table(
    "information_values",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("source_value", CleanText, nullable=False),
    Column("content_value", Integer, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "incident_id"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("query", CleanText, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "user_id"),
)

desk_settings = Table(
    "desk_settings",
    metadata,
    # Append-only: the last value of a key counts.
    Column("id", Integer, primary_key=True),
    Column("key", CleanText, nullable=False),
    # None: as installed.
    Column("value", Json),
    Column("by", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("why", CleanText, nullable=False),
    Index(None, "key"),
)

duties = Table(
    "duties",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime),
    Index(None, "until"),
)

shift_notes = Table(
    "shift_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", CleanText, nullable=False),
    Index(None, "at"),
)

# When somebody of the desk first had an incident before them: what the clock of its urgency stops at.
first_views = Table(
    "first_views",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What was erased on request, by the SHA-256 of each of its canonical URLs: so that it is not read again.
erasures = Table(
    "erasures",
    metadata,
    Column("url_hash", String(64), primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", CleanText, nullable=False),
    Index(None, "article_id"),
)
