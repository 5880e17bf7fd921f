"""Facilitators who answer members as their pages do: each comment grows in its draft, and is sent from there.

shown = what_is_shown(site, prompts)
with Writers(site, ledger, shown.boxes, kind=partial(Answerer, shown=shown)) as answerers: ...
assert stray_comments(answerers, site.database) == []
"""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .ledger import rows
from .server import Person, Site
from .writer import RETRY_STATUSES, Answer, Line, Sent, Writer, Writers, persevere

DRAFTED = 3
"""So often a comment is saved before it is sent."""
PLACE = re.compile(r'name="answer-(\d+)-shown" value="([^"]+)"')
COMMENTS = """
    SELECT feedback.id, feedback.operation_id, feedback.author_id, revision.response_id, feedback.text
    FROM workbook_feedback feedback JOIN workbook_revision revision ON revision.id = feedback.revision_id
    ORDER BY feedback.id
"""

Shown = Mapping[tuple[Person, int], str]
"""By facilitator and response: what her page showed her of it, signed."""


class Comment(NamedTuple):
    """What was sent. `told` are the others of whom the answer said that they had commented meanwhile."""

    operation: str
    author: int
    response: int
    text: str
    told: list[str]


def what_is_shown(site: Site, prompts: set[int]) -> dict[tuple[Person, int], str]:
    """Both facilitators open the pages of these questions."""
    found = {}
    for person in site.facilitators:
        line = Line(site.port, person)
        for prompt in prompts:
            status, page = line.insist("GET", f"/admin/workbook/response/question/{prompt}/")
            assert status == 200
            found |= {(person, int(response)): signed for response, signed in PLACE.findall(page.decode())}
        line.close()
    return found


class Answerer(Writer):
    """Writes comment after comment on one response; there is one request under way at a time."""

    readers = "self"

    def __init__(self, port: int, person: Person, response: int, *rest: Any, shown: Shown, **manner: Any) -> None:
        super().__init__(port, person, response, *rest, **manner)
        self.shown = shown[person, response]
        self.comments: list[Comment] = []

    def take_a_turn(self) -> None:
        whole = self.new_text()
        for part in range(1, DRAFTED + 1):
            self.save(whole[: len(whole) * part // DRAFTED])
        self.send(whole)

    def deliver(self, save: Sent) -> Answer:
        return self.line.post(f"/responses/{self.prompt}/draft/", save.body)

    def send(self, text: str) -> None:
        """The draft as it stands; the same operation until it is answered."""
        operation = str(uuid.uuid4())
        values = {"operation_id": operation, "base_version": self.version, "shown": self.shown, "seen": 0}
        body = json.dumps({**values, "user": self.person.user}).encode()
        self.ledger.sent(operation, self.prompt, "")
        self.figures.sent += 1
        persevere(lambda: self.is_sent(operation, text, self.line.post(f"/responses/{self.prompt}/feedback/", body)))
        self.moments.append(time.monotonic())

    def is_sent(self, operation: str, text: str, answer: Answer) -> bool:
        self.figures.statuses[answer.status] += 1
        if answer.status == 200 and answer.json.get("operation_id") == operation:
            self.version = answer.json["version"]
            self.ledger.acknowledged(operation, self.version)
            self.figures.acknowledged += 1
            self.comments.append(Comment(operation, self.person.user, self.prompt, text, answer.json["others"]))
            return True
        if answer.status is not None and answer.status not in RETRY_STATUSES:
            self.figures.strange.append(f"{answer.status} {answer.json}")
            return answer.status < 500
        return False


def stray_comments(answerers: Writers, database: str) -> list[str]:
    """What is wrong with the comments in the database: every one that was sent stands there once, to the letter."""
    sent = {comment.operation: comment for writer in answerers.all for comment in writer.comments}
    places = {(comment.author, comment.response) for comment in sent.values()}
    held = [(str(uuid.UUID(str(row[1]))), *row[2:]) for row in rows(database, COMMENTS)]
    return list(faults_of(sent, [row for row in held if row[1:3] in places]))


def faults_of(sent: Mapping[str, Comment], held: list[tuple[str, int, int, str]]) -> Iterator[str]:
    found = {operation: rest for operation, *rest in held}
    for operation, comment in sent.items():
        if operation not in found:
            yield f"lost: {operation} on response {comment.response}"
        elif found[operation] != [comment.author, comment.response, comment.text]:
            yield f"stale: {operation} on response {comment.response} holds {found[operation][-1]!r}"
    for operation in found.keys() - sent.keys():
        yield f"never sent: {operation}"
    for (*_place, text), count in Counter(row[1:] for row in held).items():
        if count > 1:
            yield f"doubled: {text!r} stands {count} times"


def untold(answerers: Writers) -> list[int]:
    """The responses on which both have commented, and neither was told of the other."""
    told: dict[int, set[int]] = {}
    for writer in answerers.all:
        for comment in writer.comments:
            told.setdefault(comment.response, set()).update([writer.person.user] if comment.told else [])
    return [response for response, people in told.items() if not people]
