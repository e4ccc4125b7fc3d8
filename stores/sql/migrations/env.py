"""Run by alembic on the connection that `stores.sql.migrations.migrate` hands over."""

from alembic import context

# render_as_batch: SQLite alters a table by making it anew.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
