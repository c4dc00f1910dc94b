"""Which articles are prints of one text, and which came first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_pairs",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("of_article_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("delay_s", sa.Float(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_copy_pairs_article_id_articles")),
        sa.ForeignKeyConstraint(["of_article_id"], ["articles.id"], name=op.f("fk_copy_pairs_of_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", "of_article_id", name=op.f("pk_copy_pairs")),
    )
    op.create_index(op.f("ix_copy_pairs_of_article_id"), "copy_pairs", ["of_article_id"], unique=False)
