"""What the saving of a box answers: JSON with a sentence for the member, whatever went wrong.

Contract 1. Every answer has `message`. Status and `error`:

- 200: saved; `operation_id`, `version`, `sha256`, `saved_at`, `state`, `readers`
- 401 `signed_out`, 404 `not_found`, 413 `too_large`, 422 `invalid` | `reused`
- 409 `conflict`: the box holds another text; `version`, `text`, `sha256`, `saved_at`, `state`, `readers`, `branch`
- 409 `user_changed`: the page belongs to somebody else
- 503 `unavailable` with Retry-After: the database does not answer
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from .forms import ResponseForm, Unreadable
from .models import Saved
from .models.words import digest

logger = logging.getLogger(__name__)
View = Callable[..., JsonResponse]
JSON = {"json_dumps_params": {"ensure_ascii": False}}


def _refuse(status: int, error: str, message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"error": error, "message": message, **more}, status=status, **JSON)


def in_json(view: View) -> View:
    """Answer in JSON also for those who are signed out, for unreadable input and for a silent database."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if not request.user.is_authenticated:
            return _refuse(401, "signed_out", _("You are signed out. Sign in again; your text stays here."))
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            logger.exception("Saving failed at %s", request.path)
            answer = _refuse(503, "unavailable", _("Cannot save right now. Keep writing; it will be sent again."))
            answer["Retry-After"] = "2"
            return answer
        except Unreadable:
            return _refuse(422, "invalid", _("This could not be read. Your text stays here; please reload the page."))

    return wrapped


def saved(result: Saved, form: ResponseForm) -> JsonResponse:
    """200 with the hash of what the server holds, or 409 with the other text."""
    response, sent = result.response, form.cleaned_data
    common = {
        "operation_id": str(sent["operation_id"]),
        "version": result.version,
        "saved_at": response.updated_at.isoformat(),
        "readers": response.readers,
        "state": response.state,
    }
    if result.accepted:
        answer = {**common, "sha256": digest(sent["text"]), "message": _("Saved.")}
        return JsonResponse(answer, **JSON)
    message = _("This box was changed elsewhere. Both texts are kept.")
    other = {"text": response.text, "sha256": digest(response.text), "branch": result.branch_id}
    return _refuse(409, "conflict", message, **common, **other)


def too_large() -> JsonResponse:
    return _refuse(413, "too_large", _("The text is too long to be saved. It stays here: please shorten it."))


def not_found() -> JsonResponse:
    return _refuse(404, "not_found", _("This box is not open to you (any more). Please copy your text."))


def user_changed() -> JsonResponse:
    return _refuse(409, "user_changed", _("Somebody else is signed in in this browser. Your text stays here."))


def operation_reused() -> JsonResponse:
    return _refuse(422, "reused", _("This save was sent before with another text. Please reload the page."))


def invalid(form: ResponseForm) -> JsonResponse:
    """422 with the reasons, in words."""
    reasons = [message for messages in form.errors.values() for message in messages]
    fields = {name: [error["code"] for error in errors] for name, errors in form.errors.get_json_data().items()}
    return _refuse(422, "invalid", " ".join(reasons), fields=fields)
