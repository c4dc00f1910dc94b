"""Which units an article names, what each source did hour by hour, what was found wrong with a source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BATCH = 2000
ROLES = ("kejadian", "penanganan", "cakupan", "perbatasan", "rute", "sumber", "latar")


def upgrade() -> None:
    op.create_table(
        "article_places",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_places_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "code", name=op.f("pk_article_places")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_hours",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("looks", "answered", "new", "fetched", "read", "walled", "denied")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("articles", "undated", "unsigned")),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("log_length", "log_length_squared")),
        sa.PrimaryKeyConstraint("source_id", "hour", name=op.f("pk_source_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_alarms")),
    )
    op.create_index(op.f("ix_source_alarms_source_id_closed_at"), "source_alarms", ["source_id", "closed_at"])
    op.create_index(op.f("ix_source_alarms_closed_at"), "source_alarms", ["closed_at"])
    _fill_places(op.get_bind())


def _fill_places(connection: sa.Connection) -> None:
    """Write the places of what is judged already: of each present revision, by the assessment that stands."""
    statement = sa.text(
        "SELECT a.id AS number, s.record AS record FROM articles a JOIN assessments s"
        " ON s.article_id = a.id AND s.revision = a.revision AND s.stood_at IS NOT NULL"
        " WHERE a.id > :after AND a.id <= :until ORDER BY a.id, s.stood_at, s.id"
    )
    insert = sa.text("INSERT INTO article_places (article_id, code, role) VALUES (:article_id, :code, :role)")
    last = connection.execute(sa.text("SELECT max(id) FROM articles")).scalar() or 0
    for after in range(0, last, BATCH):
        between = {"after": after, "until": after + BATCH}
        stands = {row.number: row.record for row in connection.execute(statement, between)}
        rows = [
            {"article_id": number, "code": code, "role": role}
            for number, record in stands.items()
            for code, role in _units(json.loads(record).get("places", ()))
        ]
        if rows:
            connection.execute(insert, rows)


def _units(places: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield (code of a province or kabupaten/kota, role); what ``data.store.article_places`` did at this revision."""
    best: dict[str, str] = {}
    for place in places:
        codes = [place["code"], *(other[0] for other in place.get("alternatives", ()))]
        for length in (2, 5):
            unit = place["code"][:length]
            if len(unit) < length or (place.get("ambiguous") and any(code[:length] != unit for code in codes)):
                continue
            if unit not in best or ROLES.index(place["role"]) < ROLES.index(best[unit]):
                best[unit] = place["role"]
    yield from best.items()
