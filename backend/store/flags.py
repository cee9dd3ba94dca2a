"""Things done once in the life of a database."""

from sqlalchemy.orm import Session

from backend.store.clock import utc_now
from backend.store.tables import Flag


def first_time(session: Session, name: str) -> bool:
    """Whether this is done for the first time; from here on it no longer is."""
    if session.get(Flag, name) is not None:
        return False
    session.add(Flag(name=name, at=utc_now()))
    return True
