"""Pages of one member on several devices, and her one box as the database holds it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg

from .writer import Answer, Sent

READERS = ["self", "facilitators", "group"]
"""From the narrowest to the widest."""
HEAD = "SELECT id, text, version, readers FROM workbook_response WHERE prompt_id = %s AND membership_id = %s"
HISTORY = "SELECT operation_id::text, version, text FROM workbook_revision WHERE response_id = %s ORDER BY id"


def narrower(one: str, other: str) -> str:
    return min(one, other, key=READERS.index)


class Row(NamedTuple):
    """One row of the history."""

    operation: str
    version: int | None
    text: str


@dataclass(frozen=True)
class State:
    """A box and its history at one moment."""

    text: str = ""
    version: int = 0
    readers: str = "facilitators"
    history: tuple[Row, ...] = ()

    def text_at(self, version: int) -> str | None:
        """What stood there at that version; before the first save it was empty."""
        found = [row.text for row in self.history if row.version == version]
        return found[0] if found else None if version else ""

    def knows(self, operation: str) -> bool:
        return any(row.operation == operation for row in self.history)

    def faults(self) -> list[str]:
        """What is broken in itself: gaps, an operation twice, a head that is not the last accepted revision."""
        versions = sorted(row.version for row in self.history if row.version)
        operations = [row.operation for row in self.history]
        faults = [] if versions == list(range(1, self.version + 1)) else [f"versions {versions}"]
        faults += [] if len(set(operations)) == len(operations) else ["an operation stands twice"]
        return faults + ([] if self.text_at(self.version) == self.text else ["the head is no accepted revision"])


class BoxInDatabase:
    """One box, read past the application."""

    def __init__(self, connection: psycopg.Connection, prompt: int, membership: int) -> None:
        self.connection, self.place = connection, (prompt, membership)

    def state(self) -> State:
        row = self.connection.execute(HEAD, self.place).fetchone()
        if row is None:
            return State()
        pk, *values = row
        return State(*values, tuple(Row(*found) for found in self.connection.execute(HISTORY, (pk,))))


@dataclass
class Page:
    """A page with the box in it, as the browser keeps it: what it shows, what it is based on, what is under way."""

    version: int = 0
    text: str = ""
    readers: str = "facilitators"
    saved: tuple[str, str] = ("", "facilitators")
    pending: tuple[Sent, str] | None = None
    conflict: dict | None = field(default=None)

    @property
    def dirty(self) -> bool:
        return (self.text, self.readers) != self.saved

    def receive(self, answer: Answer) -> None:
        """Believe an answer to what is pending."""
        (save, readers), self.pending = self.pending, None
        if answer.status == 409:
            self.conflict = answer.json
            return
        self.version = answer.json["version"]
        if self.readers == readers:
            self.readers = answer.json["readers"]
        self.saved = (save.text, answer.json["readers"])

    def settle(self, text: str) -> None:
        """The member has seen both texts and has chosen what goes on."""
        other, self.conflict = self.conflict, None
        self.version, self.readers = other["version"], other["readers"]
        self.saved, self.text = (other["text"], other["readers"]), text

    def load(self, box: dict) -> None:
        """What the server gives to a page that opens."""
        self.version, self.text, self.readers = box["version"], box["text"], box["readers"]
        self.saved = (self.text, self.readers)
