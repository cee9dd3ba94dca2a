"""How alembic reaches the database: over the connection that :mod:`backend.store.migrate` hands it."""

from alembic import context

from backend.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
