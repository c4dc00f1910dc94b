"""Alembic's way in: it works on the connection, and inside the transaction, that data.store.schema hands over."""

from __future__ import annotations

from alembic import context

from data.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite rolls DDL back like anything else once the driver's own BEGIN is out of the way (data.store.database).
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
