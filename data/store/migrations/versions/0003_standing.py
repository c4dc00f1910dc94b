"""Which assessment of an article stands, and what a run has to say in words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessments", sa.Column("stood_at", sa.DateTime(timezone=True), nullable=True))
    # Until now the last one stood, by the time at which it was made.
    op.execute("UPDATE assessments SET stood_at = at")
    op.add_column("runs", sa.Column("note", sa.Text(), nullable=True))
