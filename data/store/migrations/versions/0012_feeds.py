"""Feeds: what alerts are found by, the order in which they changed, and who reads them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("change", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "alert_marks",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_alert_marks_incident_id_incidents")),
        sa.PrimaryKeyConstraint("mark", "incident_id", name=op.f("pk_alert_marks")),
    )
    op.create_table(
        "alert_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_head")),
    )
    op.create_table(
        "feed_reads",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feed_reads_user_id_users")),
        sa.PrimaryKeyConstraint("day", "user_id", "token_id", "feed", name=op.f("pk_feed_reads")),
    )
    op.create_index(op.f("ix_feed_reads_token_id"), "feed_reads", ["token_id"], unique=False)
    _fill()
    op.create_index(op.f("ix_alerts_change"), "alerts", ["change"], unique=False)


def _fill() -> None:
    """Number the alerts that there are by their last revision, and mark them with what their incidents are now."""
    op.execute(
        "UPDATE alerts SET change = ordered.number FROM ("
        "SELECT alerts.uid AS uid, row_number() OVER (ORDER BY said.at, alerts.incident_id) AS number "
        "FROM alerts JOIN alert_revisions AS said ON said.uid = alerts.uid AND said.revision = alerts.revision"
        ") AS ordered WHERE ordered.uid = alerts.uid"
    )
    op.execute("INSERT INTO alert_head (id, changes) SELECT 1, coalesce(max(change), 0) FROM alerts")
    marks = (
        ("'wilayah:' || part.code", "incident_places"),
        ("'sinyal:' || part.signal", "incident_signals"),
    )
    for mark, table in marks:
        op.execute(
            f"INSERT INTO alert_marks (mark, incident_id) SELECT {mark}, part.incident_id "  # noqa: S608 - our own words
            f"FROM {table} AS part JOIN alerts ON alerts.incident_id = part.incident_id"
        )
    for mark in ("'tingkat:' || CAST(part.severity AS TEXT)", "'urgensi:' || part.urgency"):
        op.execute(
            f"INSERT INTO alert_marks (mark, incident_id) SELECT {mark}, part.id "  # noqa: S608 - our own words
            "FROM incidents AS part JOIN alerts ON alerts.incident_id = part.id"
        )
    op.execute(
        "INSERT INTO alert_marks (mark, incident_id) SELECT DISTINCT "
        "CASE WHEN said.verified THEN 'status:terverifikasi' ELSE 'status:belum_terverifikasi' END, "
        "alerts.incident_id FROM alerts JOIN alert_revisions AS said ON said.uid = alerts.uid"
    )
