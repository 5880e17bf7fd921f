"""One line in the log for every save that comes, so that a report of lost words can be answered. Never a word.

Nor what lets a short word be guessed: lengths are rounded up, and the mark that tells two texts apart is made with the
site's key. What Django's CSRF check refuses does not come here: `hisho.errors` logs it, with the user.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

NAME = "workbook.saves"
logger = logging.getLogger(NAME)
View = Callable[..., HttpResponse]
MARK = 12
"""Signs of a mark that are enough to tell two texts apart."""

ROUND = 100
"""Signs to which lengths are rounded up."""


@dataclass
class Attempt:
    """What is known of one save. `sent` holds validated values only: what was not understood may be anything.

    `kind` says what the box belongs to, `pk` which one: a prompt, for members; a response or a membership, for
    facilitators' comments and notes.
    """

    kind: str
    pk: int
    user: int | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    error: str = "-"

    @property
    def signs(self) -> int | None:
        """About how long the text is."""
        return None if "text" not in self.sent else -(-len(self.sent["text"]) // ROUND) * ROUND

    @property
    def mark(self) -> str:
        """The same for the same text, as long as the site keeps its key; tells nothing about it."""
        sha256 = self.sent.get("sha256")
        return salted_hmac(NAME, sha256, algorithm="sha256").hexdigest()[:MARK] if sha256 else "-"

    def log(self, status: int) -> None:
        logger.info(
            "save status=%s error=%s user=%s %s=%s operation=%s base=%s version=%s signs=%s mark=%s",
            status,
            self.error,
            self.user,
            self.kind,
            self.pk,
            self.sent.get("operation_id"),
            self.sent.get("base_version"),
            self.version,
            self.signs,
            self.mark,
        )


def logged(kind: str) -> Callable[[View], View]:
    """Log what becomes of each request that reaches the view, which tells the rest in `request.attempt`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
            attempt = request.attempt = Attempt(kind, pk)
            try:
                answer = view(request, pk)
            except Exception:
                attempt.log(HTTPStatus.INTERNAL_SERVER_ERROR)
                raise
            attempt.error = getattr(answer, "error", "-")
            attempt.log(answer.status_code)
            return answer

        return wrapped

    return decorate
