"""The database's own clock, so that leases do not depend on the clocks of several machines agreeing."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class database_clock(FunctionElement[float]):
    """Seconds since the epoch, as the database counts them at this statement."""

    type = Float(53)
    inherit_cache = True


@compiles(database_clock, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"  # the julian day of 1970-01-01 is 2440587.5


@compiles(database_clock, "postgresql")
def _on_postgres(element: Any, compiler: Any, **kw: Any) -> str:
    return "extract(epoch from clock_timestamp())::double precision"  # now() would stand still in a transaction


def utc_now() -> datetime:
    """The time for people; nothing is decided by it."""
    return datetime.now(UTC)
