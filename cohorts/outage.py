"""Times in which the database cannot be used, though nothing is wrong with what was asked of it."""

from django.db import InterfaceError, OperationalError, connection

READ_ONLY = "25006"
"""PostgreSQL's word for a server that has become a copy of another one: a connection to it is good for nothing."""


def is_outage(error: BaseException | None) -> bool:
    """Whether it is worth trying again: the database is away, locked or full, or only lets us read."""
    return isinstance(error, OperationalError | InterfaceError) or _state(error) == READ_ONLY


def _state(error: BaseException | None) -> str | None:
    return getattr(getattr(error, "__cause__", None), "sqlstate", None)


def leave_connection() -> None:
    """Let the next request connect anew, which finds a server that can be written to."""
    if not connection.in_atomic_block:
        connection.close()
