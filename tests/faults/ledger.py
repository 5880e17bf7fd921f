"""Who promised what: every text is written down before it is sent, and every promise of the server after it.

    ledger = Ledger(path)
    ledger.sent(operation, prompt, text)        # before the request leaves
    ledger.acknowledged(operation, version)     # the server said that it holds the text
    assert not verdict(ledger, database_url).wrong

The verdict looks into the database itself, never at a page and never through the application.
"""

import hashlib
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import psycopg

HISTORY = "SELECT id, response_id, operation_id, version, text, base_version FROM workbook_revision ORDER BY id"


class Boxes(NamedTuple):
    """Where one kind of text lies: its boxes, and their history. A box is named by what it is about."""

    heads: str
    history: str


RESPONSES = Boxes("SELECT id, prompt_id, membership_id, text, version FROM workbook_response", HISTORY)
DRAFTS = Boxes(
    "SELECT id, response_id, author_id, text, version FROM workbook_draft",
    "SELECT id, draft_id, operation_id, version, text, base_version FROM workbook_draftrevision ORDER BY id",
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Entry(NamedTuple):
    """One text that was sent; `version` once the server has confirmed it."""

    operation: str
    prompt: int
    sha256: str
    version: int | None = None


class Ledger:
    """A file with one line per event. Each line has left this process before the next step is taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("a", encoding="ascii", buffering=1)
        self.lock = threading.Lock()

    def sent(self, operation: str, prompt: int, text: str) -> None:
        self._note("sent", operation, prompt, digest(text))

    def acknowledged(self, operation: str, version: int) -> None:
        self._note("acknowledged", operation, version)

    def _note(self, *words: object) -> None:
        with self.lock:
            self.file.write("\t".join(map(str, words)) + "\n")
            self.file.flush()

    def entries(self) -> list[Entry]:
        """Everything that was sent, once each, in the order in which it was first sent."""
        found: dict[str, Entry] = {}
        for line in self.path.read_text(encoding="ascii").splitlines():
            event, operation, *rest = line.split("\t")
            if event == "sent":
                found.setdefault(operation, Entry(operation, int(rest[0]), rest[1]))
            else:
                found[operation] = found[operation]._replace(version=int(rest[0]))
        return list(found.values())

    def close(self) -> None:
        self.file.close()


class Head(NamedTuple):
    """What a box holds now. `prompt` is what it is about, `membership` whose it is."""

    pk: int
    prompt: int
    membership: int
    text: str
    version: int


class Kept(NamedTuple):
    """One row of the history."""

    pk: int
    response: int
    operation: str
    version: int | None
    text: str
    base: int


@dataclass
class Verdict:
    """What the database holds of what was promised. `wrong` is empty, or says in words what is broken.

    `kept` and `branches` count the rows of the history that come from this ledger.
    """

    acknowledged: int = 0
    unanswered: int = 0
    kept: int = 0
    branches: int = 0
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def verdict(ledger: Ledger, database: str, boxes: Boxes = RESPONSES) -> Verdict:
    """Compare: each confirmed text stands in the history once, under its operation; each head is the last accepted
    revision; versions count 1, 2, 3 … without a gap.
    """
    heads = [Head(*row) for row in rows(database, boxes.heads)]
    history = [Kept(row[0], row[1], str(UUID(str(row[2]))), *row[3:]) for row in rows(database, boxes.history)]
    entries = ledger.entries()
    sent = {entry.operation for entry in entries}
    result = Verdict(
        acknowledged=sum(entry.version is not None for entry in entries),
        unanswered=sum(entry.version is None for entry in entries),
        kept=sum(kept.operation in sent for kept in history),
        branches=sum(kept.version is None and kept.operation in sent for kept in history),
    )
    result.missing = list(missing(entries, heads, history))
    result.wrong = [*result.missing, *doubled(history), *broken_chains(heads, history)]
    return result


def missing(entries: list[Entry], heads: list[Head], history: list[Kept]) -> Iterator[str]:
    """Confirmed texts that are not there. A text that stood there already, word for word, needs no second row."""
    prompts = {head.pk: head.prompt for head in heads}
    texts = {(prompts[kept.response], kept.operation): digest(kept.text) for kept in history}
    versions = {(prompts[kept.response], kept.version, digest(kept.text)) for kept in history}
    for entry in entries:
        held = texts.get((entry.prompt, entry.operation))
        stood = held is None and (entry.prompt, entry.version, entry.sha256) in versions
        if entry.version is not None and held != entry.sha256 and not stood:
            yield f"operation {entry.operation} was confirmed as version {entry.version} and is " + (
                "another text" if held else "not there"
            )


def doubled(history: list[Kept]) -> Iterator[str]:
    for (response, operation), count in Counter((kept.response, kept.operation) for kept in history).items():
        if count > 1:
            yield f"operation {operation} stands {count} times in the history of response {response}"


def broken_chains(heads: list[Head], history: list[Kept]) -> Iterator[str]:
    chains: dict[int, dict[int, str]] = defaultdict(dict)
    for kept in history:
        if kept.version is not None:
            chains[kept.response][kept.version] = kept.text
    for head in heads:
        chain = chains[head.pk]
        if sorted(chain) != list(range(1, head.version + 1)):
            yield f"response {head.pk} at version {head.version} has the versions {sorted(chain)}"
        elif chain[head.version] != head.text:
            yield f"response {head.pk} holds another text than its last accepted revision"


def rows(database: str, sql: str) -> list[tuple]:
    """The rows as they stand on disk, past the application."""
    if database.startswith("postgres"):
        with psycopg.connect(database) as connection:
            return connection.execute(sql).fetchall()
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        return connection.execute(sql).fetchall()
