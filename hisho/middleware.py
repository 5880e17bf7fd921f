"""Middleware of the whole site: private responses are never stored, the language is the one chosen."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation

View = Callable[[HttpRequest], HttpResponse]
FEATURES = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"

BARE = {"etag", "cache-control", "vary"}
"""What an answer keeps that says no more than that nothing is new."""


def bare_answers(get_response: View) -> View:
    """Take all but a few headers from answers that ask for it (`is_bare`): they are sent every three seconds to
    everybody in a session and have no content which the other headers could protect.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if getattr(response, "is_bare", False):
            for name in [name for name in response.headers if name.lower() not in BARE]:
                del response[name]
        return response

    return middleware


def private_responses(get_response: View) -> View:
    """Mark every page `private, no-store`, so that Back after signing out shows nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        response.setdefault("Permissions-Policy", FEATURES)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def chosen_language(get_response: View) -> View:
    """Activate the language of the cookie set by `set_language`; Japanese whatever the browser prefers."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        request.LANGUAGE_CODE = code if code in known else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            return get_response(request)

    return middleware


class SignInWhereNeeded(LoginRequiredMiddleware):
    """Django's, but pages for everybody do not even ask who is signed in: that would be two queries for nothing."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask who is signed in, and lead to sign-in, unless the page is for everybody."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
