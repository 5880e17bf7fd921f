"""One line in the log for every save that comes, so that a report of lost words can be answered. Never a word."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("workbook.saves")
PREFIX = 12
"""Signs of a hash that are enough to tell two texts apart."""


@dataclass
class Attempt:
    """What is known of one save. `sent` holds validated values only: what was not understood may be anything."""

    prompt: int
    user: int | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    error: str = "-"

    def log(self, status: int, size: str | None) -> None:
        text = self.sent.get("text")
        logger.info(
            "save status=%s error=%s user=%s prompt=%s operation=%s base=%s version=%s signs=%s sha256=%s bytes=%s",
            status,
            self.error,
            self.user,
            self.prompt,
            self.sent.get("operation_id"),
            self.sent.get("base_version"),
            self.version,
            None if text is None else len(text),
            self.sent.get("sha256", "")[:PREFIX],
            size,
        )


def logged(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Log what becomes of each request; the view tells the rest in `request.attempt`."""

    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        attempt = request.attempt = Attempt(pk)
        try:
            answer = view(request, pk)
        except Exception:
            attempt.log(HTTPStatus.INTERNAL_SERVER_ERROR, request.META.get("CONTENT_LENGTH"))
            raise
        attempt.error = getattr(answer, "error", "-")
        attempt.log(answer.status_code, request.META.get("CONTENT_LENGTH"))
        return answer

    return wrapped
