"""Where an imported run comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("runs", sa.Column("origin", sa.JSON(none_as_null=True), nullable=True))
