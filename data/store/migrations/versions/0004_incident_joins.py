"""How articles are joined: what is kept of each for comparing, what persons said of pairs, what was merged away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_incidents_merged_into"), "incidents", ["merged_into"], unique=False)
    op.create_table(
        "incident_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_incident_links_article_id_articles")),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name=op.f("fk_incident_links_other_id_articles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_links")),
    )
    op.create_index(op.f("ix_incident_links_article_id"), "incident_links", ["article_id"], unique=False)
    op.create_index(op.f("ix_incident_links_other_id"), "incident_links", ["other_id"], unique=False)
    op.create_table(
        "join_profiles",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_join_profiles_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_join_profiles")),
    )
    op.create_table(
        "join_regions",
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_join_regions_article_id_articles")),
        sa.PrimaryKeyConstraint("region", "moment", "article_id", name=op.f("pk_join_regions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_join_regions_article_id"), "join_regions", ["article_id"], unique=False)
