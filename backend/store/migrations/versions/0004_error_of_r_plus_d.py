"""The error of R + D as a column beside its siblings: where it stood, no database could be asked for it safely.

SQLite before 3.42 refuses every question about a JSON text that holds a NaN, and of a whole table where one row does.
"""

import math
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_POINTS = sa.table("points", sa.column("id"), sa.column("estimates", sa.JSON), sa.column("neg_elbo_stderr", sa.Float))
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("points", sa.Column("neg_elbo_stderr", sa.Float(precision=53), nullable=True))
    connection, after = op.get_bind(), ""
    written = sa.update(_POINTS).where(_POINTS.c.id == sa.bindparam("point"))
    written = written.values(neg_elbo_stderr=sa.bindparam("error"))
    some = sa.select(_POINTS.c.id, _POINTS.c.estimates).order_by(_POINTS.c.id).limit(_AT_ONCE)
    while rows := connection.execute(some.where(_POINTS.c.id > after)).all():
        connection.execute(written, [{"point": point, "error": _error(estimates)} for point, estimates in rows])
        after = rows[-1][0]


def _error(estimates: dict[str, Any]) -> float | None:
    error = (estimates.get("neg_elbo") or {}).get("stderr")
    return error if isinstance(error, int | float) and math.isfinite(error) else None
