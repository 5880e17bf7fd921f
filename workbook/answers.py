"""What the saving of a box answers: JSON with a sentence for the member, whatever went wrong.

A page says by `contract` which one it keeps; a page that says nothing keeps contract 1. Every contract is answered
for as long as such a page may stand open; what its pages send and rely on is kept in `tests/contracts/`, and tested.
An answer may gain keys, never lose one. A number that is not known yet is taken as the newest that is.

Sent: `operation_id` (a UUID, new for each save, the same when it is sent again), `base_version` (0: none yet),
`text`, `readers` (`self`, `facilitators`, `group`), `user` (for whom the page was made), `sha256` of the text in UTF-8.
`follows`, if the page sent another save just before and has no answer to it yet, is that one's `operation_id`.
Contract 1 may leave out `user` and `sha256`; in contract 2 `sha256` may be empty, where a browser cannot compute it.

Answered: always `message`; unless all is well also `error`, one word for the page:

- 200: saved; `operation_id`, `version`, `sha256`, `saved_at`, `state`, `readers`
- 400 `bad_request`, 403 `csrf`, 405 `method_not_allowed`: not as the page asks
- 401 `signed_out`, 404 `not_found`, 413 `too_large`, 422 `invalid` (`fields`: the reasons by field) | `reused`
- 422 `finished`: the cohort has ended; what had arrived before is answered as ever, nothing new is taken
- 409 `conflict`: the box holds another text; `version`, `text`, `sha256`, `saved_at`, `state`, `readers`, `branch`
  (the revision that keeps the sent text), since contract 2 `changes` from the sent text to the other:
  [["=", in both], ["-", only in the sent], ["+", only in the other], …]; whoever asks very often gets no finer ones
  than ["-", all that was sent], ["+", all of the other]
- 409 `user_changed`: the page belongs to somebody else
- 429 `too_many`, 503 `unavailable`, both with Retry-After: worth sending again
- 500 `server_error`: our fault; worth sending again, too
"""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from cohorts.outage import is_outage, leave_connection

from .changes import SECONDS, changes
from .forms import ResponseForm, Unreadable
from .models import Draft, OperationReused, Saved, TooManySaves
from .models.saving import digest

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
PAUSE_WHEN_AWAY, PAUSE_WHEN_HURRIED = 2, 20
"""Seconds after which to send again."""


class Answer(HttpResponse):
    """JSON; `error` is the word for what went wrong."""

    def __init__(self, data: dict[str, Any], status: int = 200) -> None:
        super().__init__(json.dumps(data, ensure_ascii=False), content_type="application/json", status=status)
        self.error = data.get("error", "-")


class Refused(Exception):
    """Ends a view with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _refuse(status: int, error: str, message: str, **more: Any) -> Answer:
    return Answer({"error": error, "message": message, **more}, status)


def in_json(view: View) -> View:
    """Answer in JSON also for those who are signed out, for unreadable input and for a silent database."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not request.user.is_authenticated:
                return _refuse(401, "signed_out", _("You are signed out. Sign in again; your text stays here."))
            return view(request, *args, **kwargs)
        except Refused as refused:
            return refused.answer
        except tuple(EXPECTED) as problem:
            return EXPECTED[type(problem)]()
        except Error as error:
            if not is_outage(error):
                raise
            logger.exception("Saving failed at %s", request.path)
            leave_connection()
            return unavailable()
        except (Unreadable, UnreadablePostError):
            return _refuse(422, "invalid", _("This could not be read. Your text stays here; please reload the page."))

    wrapped.answers_json = True
    return wrapped


def allow(method: str) -> Callable[[View], View]:
    """Answer any other method with 405, in JSON."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == method:
                return view(request, *args, **kwargs)
            answer = _refuse(405, "method_not_allowed", _("This is not possible here."))
            answer["Allow"] = method
            return answer

        wrapped.answers_json = True
        return wrapped

    return decorate


def saved(request: HttpRequest, result: Saved, form: ResponseForm) -> Answer:
    """200 with the hash of what the server holds, or 409 with the other text and what differs."""
    row, sent = result.row, form.cleaned_data
    common = {
        "operation_id": form.data["operation_id"],
        "version": result.version,
        "saved_at": row.updated_at.isoformat(),
        "readers": row.readers,
        "state": row.state,
    }
    if result.accepted:
        return Answer({**common, "sha256": sent["sha256"], "message": _("Saved.")})
    other = {"text": row.text, "sha256": digest(row.text), "branch": result.branch_id}
    # Comparing is the dearest thing here, and a known save may be sent again without end.
    seconds = SECONDS if ratelimit.consume(request, action="compare") else 0
    differences = {"changes": changes(sent["text"], row.text, seconds)}
    message = _("This box was changed elsewhere. Both texts are kept.")
    return _refuse(409, "conflict", message, **common, **other, **differences)


def sent(operation_id: UUID, version: int, others: list[str]) -> Answer:
    """200: the comment is with the member; who else commented meanwhile is told."""
    message = _("Sent.")
    if others:
        names = _(", ").join(others)
        message = _("Sent. %(names)s commented too; both comments are there.") % {"names": names}
    return Answer({"operation_id": str(operation_id), "version": version, "others": others, "message": message})


def stale(draft: Draft | None, base_version: int) -> Answer:
    """409 with what the draft holds by now; 422 if it holds nothing to send."""
    if draft is None or draft.version == base_version:
        return _refuse(422, "invalid", _("There is nothing to send yet."), fields={"text": ["required"]})
    return _refuse(
        409,
        "conflict",
        _("This comment was changed elsewhere. Both texts are kept."),
        version=draft.version,
        text=draft.text,
        sha256=digest(draft.text),
        saved_at=draft.updated_at.isoformat(),
        readers=draft.readers,
        state=draft.state,
    )


def untied() -> Answer:
    reason = _("This comment could not be tied to the words it answers. Please reload the page.")
    return _refuse(422, "invalid", reason, fields={"shown": ["invalid"]})


def _later(seconds: int, answer: Answer) -> Answer:
    answer["Retry-After"] = str(seconds)
    return answer


def too_many() -> Answer:
    sentence = _("This box was saved very often just now. Keep writing; it will be sent again.")
    return _later(PAUSE_WHEN_HURRIED, _refuse(429, "too_many", sentence))


def unavailable() -> Answer:
    sentence = _("Cannot save right now. Keep writing; it will be sent again.")
    return _later(PAUSE_WHEN_AWAY, _refuse(503, "unavailable", sentence))


def too_large() -> Answer:
    return _refuse(413, "too_large", _("The text is too long to be saved. It stays here: please shorten it."))


def not_found() -> Answer:
    return _refuse(404, "not_found", _("This box is not open to you (any more). Please copy your text."))


def finished() -> Answer:
    """422: to be shown, not to be sent again and again; the text stays with the page."""
    return _refuse(422, "finished", finished_sentence())


def finished_sentence() -> str:
    return _("This cohort has ended, so nothing new is saved. Your text stays here: please copy it or download it.")


def user_changed() -> Answer:
    return _refuse(409, "user_changed", _("Somebody else is signed in in this browser. Your text stays here."))


def operation_reused() -> Answer:
    return _refuse(422, "reused", _("This save was sent before with another text. Please reload the page."))


def invalid(form: ResponseForm) -> Answer:
    """422 with the reasons, in words."""
    reasons = [str(message) for messages in form.errors.values() for message in messages]
    fields = {name: [error["code"] for error in errors] for name, errors in form.errors.get_json_data().items()}
    return _refuse(422, "invalid", " ".join(reasons), fields=fields)


EXPECTED = {OperationReused: operation_reused, TooManySaves: too_many, RequestDataTooBig: too_large}
"""What is answered where such a problem was met."""
