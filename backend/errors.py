"""One tree of named errors. Each knows its HTTP status; the message says what is wrong, where, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class FrontierError(Exception):
    """Root of every error the program raises on purpose."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    @property
    def detail(self) -> str:
        return str(self)


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field: where it is, and what to do about it."""

    loc: tuple[str | int, ...]
    msg: str


class Invalid(FrontierError):
    """A body, query or file that cannot be accepted; names each field at fault."""

    status = 422
    title = "Invalid input"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{'.'.join(map(str, p.loc)) or 'body'}: {p.msg}" for p in self.problems))


class Unreadable(Invalid):
    """A body that is not even of the form that it says it is."""

    status = 400
    title = "Bad request"


class NotFound(FrontierError):
    """No such thing under that id or name."""

    status = 404
    title = "Not found"


class Conflict(FrontierError):
    """The thing exists, but its state does not allow the request."""

    status = 409
    title = "Conflict"


class DiskFull(Conflict):
    """There is no room to store what was sent; a person can make some and send it again."""

    title = "Disk full"

    def __init__(self, place: str) -> None:
        super().__init__(f"the disk of {place} is full: make room there, then send it again; nothing was stored")


class TooLarge(FrontierError):
    """An upload over the size limit."""

    status = 413
    title = "Too large"


class Unauthorized(FrontierError):
    """A token is set and the request does not carry it."""

    status = 401
    title = "Unauthorized"


class Forbidden(FrontierError):
    """A write from a foreign host or origin."""

    status = 403
    title = "Forbidden"


class Unavailable(FrontierError):
    """A part the request needs is down: database, broker, artifact store."""

    status = 503
    title = "Unavailable"


class SetupError(FrontierError):
    """The program cannot start as it is set up; the message says what to change."""

    title = "Setup error"


class DataError(FrontierError):
    """A data set cannot be fetched or is not what it should be; nothing of it was kept."""

    title = "Data error"


class TrainingError(FrontierError):
    """A run cannot go on. ``hint`` says what a person can change."""

    title = "Training error"

    def __init__(self, message: str, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


class LeaseLost(FrontierError):
    """Another worker owns this job now: stop without writing."""

    title = "Lease lost"


class Cancelled(FrontierError):
    """A person asked for the work to stop."""

    title = "Cancelled"


class Released(FrontierError):
    """The worker is being stopped: checkpoint and hand the job back."""

    title = "Released"
