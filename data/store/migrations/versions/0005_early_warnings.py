"""When incidents count, and the early warnings over regions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLDEST_EVENT = timedelta(days=30)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("incidents", sa.Column("counted_at", TIME, nullable=True))
    op.add_column("incidents", sa.Column("known_at", TIME, nullable=True))
    _fill()
    op.create_index(op.f("ix_incidents_counted_at"), "incidents", ["counted_at"], unique=False)
    op.create_index(op.f("ix_incidents_known_at"), "incidents", ["known_at"], unique=False)
    op.create_table(
        "early_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_warnings")),
        sa.UniqueConstraint(
            "kind", "signal", "region", "scale", "start", name=op.f("uq_early_warnings_kind_signal_region_scale_start")
        ),
    )
    op.create_index(op.f("ix_early_warnings_ended_at"), "early_warnings", ["ended_at"], unique=False)
    op.create_index(op.f("ix_early_warnings_raised_at"), "early_warnings", ["raised_at"], unique=False)


def _fill() -> None:
    """Say of every incident that is there already when it counts, by the rule of data.moments at that time."""
    connection = op.get_bind()
    incidents = sa.table(
        "incidents",
        sa.column("id", sa.Integer),
        sa.column("event_time", sa.Text),
        sa.column("published", TIME),
        sa.column("first_seen", TIME),
        sa.column("counted_at", TIME),
        sa.column("known_at", TIME),
    )
    wanted = sa.select(incidents.c.id, incidents.c.event_time, incidents.c.published, incidents.c.first_seen)
    rows = []
    for row in connection.execute(wanted).all():
        known = min(row.published or row.first_seen, row.first_seen)
        counted = known
        if row.event_time is not None:
            start = datetime.fromisoformat(json.loads(row.event_time)["start"]).astimezone(UTC)
            start = start if known.tzinfo is not None else start.replace(tzinfo=None)
            counted = start if known - OLDEST_EVENT <= start <= known else known
        rows.append({"number": row.id, "counted": counted, "known": known})
    if rows:
        change = sa.update(incidents).where(incidents.c.id == sa.bindparam("number"))
        change = change.values(counted_at=sa.bindparam("counted"), known_at=sa.bindparam("known"))
        connection.execute(change, rows)
