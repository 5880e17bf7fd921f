"""Joining by invitation, and one's own settings."""

from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("")


def profile(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
