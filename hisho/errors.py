"""Error pages in the site's own frame; JSON for those who asked in JSON."""

import logging
import sys
from types import FrameType
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from cohorts.logs import without_links

logger = logging.getLogger(__name__)


class WordlessReporterFilter(SafeExceptionReporterFilter):
    """Reports of errors to the operators carry no form, no variable, no cookie: they may hold members' words."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if self.is_active(request) else super().get_post_parameters(request)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        return [] if self.is_active(request) else super().get_traceback_frame_variables(request, tb_frame)

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, str]:
        return {} if self.is_active(request) else super().get_safe_cookies(request)


class LinklessReporter(ExceptionReporter):
    """Reports of errors to the operators carry no link that opens anything, wherever in the request it stood."""

    def get_traceback_text(self) -> str:
        return without_links(super().get_traceback_text())

    def get_traceback_html(self) -> str:
        return without_links(super().get_traceback_html())


def answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """One error, as a page or as JSON, with a way on."""
    if request.content_type == "application/json":
        return JsonResponse({"error": title, "message": text}, status=status)
    return render(request, "error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return answer(request, 413, _("This is too much at once"), _("Please go back and save it in smaller parts."))
    return answer(
        request, 400, _("This could not be read"), _("Please go back and try again. What you wrote is still there.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403, _("This is not possible here"), _("Please start again from this week's page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(
        request,
        404,
        _("There is no such page"),
        _("The address may be mistyped, or the page is not open to you. This week's page leads on."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """No user, no session, no database, no translation: what broke before must not break this page too."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return _unavailable(request)
    if request.content_type == "application/json":
        return JsonResponse({"error": "server_error"}, status=500)
    return HttpResponse(render_to_string("500.html"), status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer, and will again. Already who is asking may be more than can be read."""
    headers = {"Retry-After": "2"}
    if request.content_type == "application/json":
        sentence = _("Cannot save right now. Keep writing; it will be sent again.")
        return JsonResponse({"error": "unavailable", "message": sentence}, status=503, headers=headers)
    return HttpResponse(render_to_string("500.html"), status=503, headers=headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("CSRF check failed at %s: %s", request.path, reason)
    return answer(
        request,
        403,
        _("Please try once more"),
        _("The page was open for a long time or you signed in again. Go back, reload it and press the button again."),
    )
