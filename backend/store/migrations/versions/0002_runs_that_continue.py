"""Which run a run was continued from, beside its specification, so that its continuations are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("continues", sa.String(), nullable=True))
    op.create_index("ix_runs_continues", "runs", ["continues"], unique=False)
