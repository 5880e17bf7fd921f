"""Error pages in the site's own frame; JSON for those who asked in JSON."""

import logging
import sys
from types import FrameType
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from cohorts.logs import without_links
from cohorts.outage import is_outage, leave_connection

logger = logging.getLogger(__name__)
SORRY = {
    500: "うまく動きませんでした。文章はこの画面に残っています。自動で送り直します。",
    503: "いまは保存できません。書き続けて大丈夫です。自動で送り直します。",
}
"""For scripts, in the words of the pages of these names: they are shown where nothing can be looked up."""


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


def wants_json(request: HttpRequest) -> bool:
    """Whether a page's script asks, not a person: it sends JSON, takes only JSON, or the address knows nothing else."""
    if "application/json" in {request.content_type, request.headers.get("Accept")}:
        return True
    return request.resolver_match is not None and hasattr(request.resolver_match.func, "answers_json")


def answer(request: HttpRequest, status: int, error: str, title: str, text: str) -> HttpResponse:
    """One error, as a page with a way on or as JSON, where `error` is one word for the script."""
    if wants_json(request):
        return JsonResponse({"error": error, "message": text}, status=status)
    return render(request, "error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        title, text = _("This is too much at once"), _("Please go back and save it in smaller parts.")
        return answer(request, 413, "too_large", title, text)
    title, text = _("This could not be read"), _("Please go back and try again. What you wrote is still there.")
    return answer(request, 400, "bad_request", title, text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    title, text = _("This is not possible here"), _("Please start again from this week's page.")
    return answer(request, 403, "forbidden", title, text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    title = _("There is no such page")
    text = _("The address may be mistyped, or the page is not open to you. This week's page leads on.")
    return answer(request, 404, "not_found", title, text)


def server_error(request: HttpRequest) -> HttpResponse:
    """No user, no session, no database, no translation: what broke before must not break this page too."""
    if is_outage(sys.exc_info()[1]):
        leave_connection()
        return _plainly(request, 503, "unavailable", {"Retry-After": "2"})
    return _plainly(request, 500, "server_error", {})


def _plainly(request: HttpRequest, status: int, error: str, headers: dict[str, str]) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": error, "message": SORRY[status]}, status=status, headers=headers)
    return HttpResponse(render_to_string(f"{status}.html"), status=status, headers=headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("CSRF check failed at %s for user %s: %s", request.path, request.user.pk, reason)
    title = _("Please try once more")
    text = _("The page was open for a long time or you signed in again. Go back, reload it and press the button again.")
    return answer(request, 403, "csrf", title, text)
