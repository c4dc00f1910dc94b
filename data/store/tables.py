"""The tables as this program version means them; the migrations bring a database there.

Only ``data.store`` sees them. Times are ``UtcTime``, text that came from outside is ``CleanText``, what is never
searched by its inside is ``Json``: the same three on both engines, so that a value comes back as it went in. A test
compares these tables with what the migrations make.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from data.store.columns import CleanText, Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

source_states = Table(
    "source_states",
    metadata,
    Column("source_id", CleanText, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("poll_minutes", Float, nullable=False),
    Column("next_due", UtcTime),
    Column("last_run", UtcTime),
    Column("last_ok", UtcTime),
    Column("last_new", UtcTime),
    Column("blocked_until", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("verified_at", UtcTime),
    Column("last_error", CleanText, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("holder", CleanText, nullable=False),
    Column("acquired_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("canonical_url", CleanText, nullable=False, unique=True),
    Column("source_id", CleanText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("published", UtcTime),
    Column("first_seen", UtcTime, nullable=False),
    Column("revised_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    # The name under which it is read and looked at again: its canonical URL, or the alias that we know to answer.
    Column("read_url", CleanText, nullable=False),
    Column("flagged_at", UtcTime),
    # "model version/rules version" of the last assessment of the present revision; None until there is one.
    Column("assessed_with", CleanText),
    Index(None, "source_id", "first_seen"),
    Index(None, "source_id", "content_hash"),
    Index(None, "first_seen"),
    Index(None, "assessed_with", "first_seen"),
)

article_revisions = Table(
    "article_revisions",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("revised_at", UtcTime, nullable=False),
    Column("run_id", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("published", UtcTime),
    Column("modified", UtcTime),
    Column("tz_assumed", Boolean, nullable=False),
    Column("author", CleanText),
    Column("section", CleanText),
    Column("tags", Json, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("method", CleanText, nullable=False),
)

frontier = Table(
    "frontier",
    metadata,
    Column("canonical_url", CleanText, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("found_by", CleanText, nullable=False),
    Column("title", CleanText),
    Column("published", UtcTime),
    Column("offered_at", UtcTime, nullable=False),
    Column("article_id", Integer, ForeignKey("articles.id")),
    Column("last_outcome", CleanText),
    Column("last_attempt", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("next_check", UtcTime),
    Index(None, "source_id", "next_check"),
    Index(None, "article_id"),
    Index(None, "last_outcome"),
)

validators = Table(
    "validators",
    metadata,
    Column("url", CleanText, primary_key=True),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", CleanText, nullable=False),
    # Canonical for an article's page, as it was asked for a finder's.
    Column("url", CleanText, nullable=False),
    # A listing, feed or sitemap: the same URL may be an article's page in the same run.
    Column("finder", Boolean, nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("status", Integer),
    Column("fetched_at", UtcTime, nullable=False),
    Column("wire_bytes", BigInteger, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("warc_file", CleanText),
    Column("warc_offset", BigInteger),
    Column("article_id", Integer, ForeignKey("articles.id")),
    Column("revision", Integer),
    UniqueConstraint("url", "run_id", "finder"),
    Index(None, "run_id", "source_id"),
    Index(None, "outcome", "fetched_at"),
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("model_version", CleanText, nullable=False),
    Column("rules_version", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("modality", CleanText, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("urgency", CleanText, nullable=False),
    Column("record", Json, nullable=False),
    # Since when this is what the desk is shown; None for one that was made beside it (a re-scoring of what a person
    # has dealt with already).
    Column("stood_at", UtcTime),
    UniqueConstraint("article_id", "revision", "model_version", "rules_version"),
    ForeignKeyConstraint(["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]),
    Index(None, "flagged", "at"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", CleanText, nullable=False),
    Column("signals", Json, nullable=False),
    Column("modality", CleanText, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("urgency", CleanText, nullable=False),
    Column("status", CleanText, nullable=False),
    Column("places", Json, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("event_time", Json),
    Column("spread", Integer, nullable=False),
    Column("independent_sources", Integer, nullable=False),
    Column("best_tier", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("published", UtcTime),
    Column("best_article_id", Integer, ForeignKey("articles.id")),
    # Into which it was merged; it has no articles of its own from then on.
    Column("merged_into", Integer),
    # The moment under whose day it counts, and when it became known: data.moments.
    Column("counted_at", UtcTime),
    Column("known_at", UtcTime),
    # What the queue filters by, so that pages and counts are read from the index alone: a row is a hundred times wider.
    Index(
        "ix_incidents_queue", "status", "urgency", "opened_at", "id", "merged_into", "severity", "modality", "best_tier"
    ),
    Index("ix_incidents_nowhere", "id", sqlite_where=text("places = '[]'"), postgresql_where=text("places = '[]'")),
    Index(None, "last_seen"),
    Index(None, "merged_into"),
    Index(None, "counted_at"),
    Index(None, "known_at"),
)

incident_articles = Table(
    "incident_articles",
    metadata,
    # One article, one kejadian: its key.
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Index(None, "incident_id"),
)

incident_signals = Table(
    "incident_signals",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("signal", CleanText, primary_key=True),
    Index(None, "signal"),
)

incident_places = Table(
    "incident_places",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    # Every unit that a place lies in has a row too: 13.77.01 makes 13 and 13.77; "named" is True for the place itself.
    Column("code", CleanText, primary_key=True),
    Column("named", Boolean, nullable=False),
    Index(None, "code"),
)

# What persons said of two articles: that they are about one event, or not. Append-only; the last word on a pair counts.
incident_links = Table(
    "incident_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id"), nullable=False),
    Column("other_id", Integer, ForeignKey("articles.id"), nullable=False),
    Column("same", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Index(None, "article_id"),
    Index(None, "other_id"),
)

# What is kept of an article for being joined (classifiers.incidents.profiles), and where it is looked for.
join_profiles = Table(
    "join_profiles",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("profile", LargeBinary, nullable=False),
)

join_regions = Table(
    "join_regions",
    metadata,
    Column("region", String(5), primary_key=True),
    Column("moment", UtcTime, primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

incident_changes = Table(
    "incident_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("changes", Json, nullable=False),
    Index(None, "incident_id"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)

signature_bands = Table(
    "signature_bands",
    metadata,
    Column("band", Integer, primary_key=True),
    Column("hash", BigInteger, primary_key=True),
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

copy_pairs = Table(
    "copy_pairs",
    metadata,
    # The later print and the earlier one; with no delay it is not known which is which.
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("of_article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("likeness", Float, nullable=False),
    Column("delay_s", Float),
    Column("noted_at", UtcTime, nullable=False),
    Index(None, "of_article_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reviewer", CleanText, nullable=False),
    Column("verdict", CleanText),
    Column("reason", CleanText, nullable=False),
    Column("article_id", Integer, ForeignKey("articles.id")),
    Column("signals", Json),
    Column("modality", CleanText),
    Column("severity", Integer),
    Column("place_codes", Json),
    Index(None, "incident_id"),
    Index(None, "article_id"),
    Index(None, "at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("uid", CleanText, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("first_raised_at", UtcTime, nullable=False),
    # Which revision of any alert it was last, counted over all of them: feeds are in this order.
    Column("change", Integer, nullable=False, server_default="0"),
    Index(None, "change"),
)

alert_revisions = Table(
    "alert_revisions",
    metadata,
    Column("uid", CleanText, ForeignKey("alerts.uid"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("state", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("incident_revision", Integer, nullable=False),
    Index(None, "at"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("state", CleanText, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", CleanText, nullable=False),
    # What the run has to say to people, in a paragraph.
    Column("note", CleanText),
    Index(None, "kind", "started_at"),
    Index(None, "state"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("run_id", CleanText, ForeignKey("runs.id"), primary_key=True),
    Column("source_id", CleanText, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("record", Json, nullable=False),
    Index(None, "source_id", "ended_at"),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", CleanText, primary_key=True),
    Column("fetched_at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("network", CleanText, primary_key=True),
    Column("blocked_until", UtcTime, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("annotator", CleanText, nullable=False),
    # The name without case: what tells persons apart.
    Column("person", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("signals", Json, nullable=False),
    Column("optional", Json, nullable=False),
    Column("modality", CleanText, nullable=False),
    Column("severity", Integer),
    Column("negasi", Boolean, nullable=False),
    Column("historis", Boolean, nullable=False),
    Column("note", CleanText, nullable=False),
    ForeignKeyConstraint(["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]),
    Index(None, "article_id", "revision"),
    Index(None, "at"),
)

place_corrections = Table(
    "place_corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("person", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("codes", Json, nullable=False),
    Column("note", CleanText, nullable=False),
    ForeignKeyConstraint(["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]),
    Index(None, "article_id"),
)

label_tasks = Table(
    "label_tasks",
    metadata,
    Column("article_id", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("reason", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("score", Float, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("wanted", Integer, nullable=False),
    ForeignKeyConstraint(["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]),
)

label_offers = Table(
    "label_offers",
    metadata,
    Column("article_id", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("person", CleanText, primary_key=True),
    Column("offered_at", UtcTime, nullable=False),
    Column("skipped_at", UtcTime),
    ForeignKeyConstraint(["article_id", "revision"], ["label_tasks.article_id", "label_tasks.revision"]),
)

audit_rounds = Table(
    "audit_rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("since", UtcTime),
    Column("until", UtcTime, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("model_version", CleanText, nullable=False),
)

audit_draws = Table(
    "audit_draws",
    metadata,
    Column("round_id", Integer, ForeignKey("audit_rounds.id"), primary_key=True),
    Column("article_id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("inclusion", Float, nullable=False),
    Column("task_article_id", Integer, nullable=False),
    Column("task_revision", Integer, nullable=False),
    ForeignKeyConstraint(["article_id", "revision"], ["article_revisions.article_id", "article_revisions.revision"]),
    ForeignKeyConstraint(["task_article_id", "task_revision"], ["label_tasks.article_id", "label_tasks.revision"]),
)

drift_looks = Table(
    "drift_looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("alarm", Boolean, nullable=False),
    Column("record", Json, nullable=False),
    Index(None, "at"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", CleanText, nullable=False),
    # What it is about: a day, a week, an incident's id.
    Column("subject", CleanText, nullable=False),
    # Kemendagri code, "" for the whole country: NULL would be unlike itself in the key.
    Column("area", CleanText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", CleanText, nullable=False),
    # Of what it says, whoever made it and when: the same hash needs no new revision.
    Column("content_hash", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", CleanText, nullable=False),
    UniqueConstraint("kind", "subject", "area", "revision"),
    Index(None, "made_at"),
)

report_files = Table(
    "report_files",
    metadata,
    Column("report_id", Integer, ForeignKey("reports.id"), primary_key=True),
    Column("format", CleanText, primary_key=True),
    # Below the folder of reports, with slashes.
    Column("path", CleanText, nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
)

article_places = Table(
    "article_places",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    # Of a province (13) or a kabupaten/kota (13.77) that the present revision names, by the assessment that stands.
    Column("code", String(5), primary_key=True),
    Column("role", CleanText, nullable=False),
    sqlite_with_rowid=False,
)

source_hours = Table(
    "source_hours",
    metadata,
    Column("source_id", CleanText, primary_key=True),
    Column("hour", UtcTime, primary_key=True),
    # Of its tallies that ended in the hour: looks, those that were answered, and the URLs by how they ended.
    Column("looks", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("walled", Integer, nullable=False),
    Column("denied", Integer, nullable=False),
    # Of its articles first seen in the hour: without a date, without an author, sums of the logarithm of the length.
    Column("articles", Integer, nullable=False),
    Column("undated", Integer, nullable=False),
    Column("unsigned", Integer, nullable=False),
    Column("log_length", Float, nullable=False),
    Column("log_length_squared", Float, nullable=False),
    sqlite_with_rowid=False,
)

source_alarms = Table(
    "source_alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
    # None while it has not lasted long enough to be told to anybody.
    Column("raised_at", UtcTime),
    Column("seen_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("note", CleanText, nullable=False),
    Column("advice", CleanText, nullable=False),
    Index(None, "source_id", "closed_at"),
    Index(None, "closed_at"),
)

early_warnings = Table(
    "early_warnings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", CleanText, nullable=False),
    # Empty: all signals together. NULL would make two rows of one identity differ.
    Column("signal", CleanText, nullable=False),
    Column("region", CleanText, nullable=False),
    Column("scale", CleanText, nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("record", Json, nullable=False),
    UniqueConstraint("kind", "signal", "region", "scale", "start"),
    Index(None, "ended_at"),
    Index(None, "raised_at"),
)
