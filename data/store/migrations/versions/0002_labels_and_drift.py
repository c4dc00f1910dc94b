"""Labels, what is to be labelled, the recall audit's drawings, and the looks at drift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _revision_key(table: str, article: str = "article_id", number: str = "revision") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [article, number],
        ["article_revisions.article_id", "article_revisions.revision"],
        name=op.f(f"fk_{table}_{article}_article_revisions"),
    )


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("optional", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("negasi", sa.Boolean(), nullable=False),
        sa.Column("historis", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _revision_key("labels"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(op.f("ix_labels_article_id_revision"), "labels", ["article_id", "revision"], unique=False)
    op.create_index(op.f("ix_labels_at"), "labels", ["at"], unique=False)
    op.create_table(
        "label_tasks",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        _revision_key("label_tasks"),
        sa.PrimaryKeyConstraint("article_id", "revision", name=op.f("pk_label_tasks")),
    )
    op.create_table(
        "label_offers",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id", "revision"],
            ["label_tasks.article_id", "label_tasks.revision"],
            name=op.f("fk_label_offers_article_id_label_tasks"),
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", "person", name=op.f("pk_label_offers")),
    )
    op.create_table(
        "audit_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rounds")),
    )
    op.create_table(
        "audit_draws",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("inclusion", sa.Float(), nullable=False),
        sa.Column("task_article_id", sa.Integer(), nullable=False),
        sa.Column("task_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["audit_rounds.id"], name=op.f("fk_audit_draws_round_id_audit_rounds")),
        _revision_key("audit_draws"),
        sa.ForeignKeyConstraint(
            ["task_article_id", "task_revision"],
            ["label_tasks.article_id", "label_tasks.revision"],
            name=op.f("fk_audit_draws_task_article_id_label_tasks"),
        ),
        sa.PrimaryKeyConstraint("round_id", "article_id", name=op.f("pk_audit_draws")),
    )
    op.create_table(
        "drift_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_looks")),
    )
    op.create_index(op.f("ix_drift_looks_at"), "drift_looks", ["at"], unique=False)
