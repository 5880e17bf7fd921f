"""Sign-up rules."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from . import joining
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up by invitation only; the invitation is accepted as soon as its holder is signed in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return joining.remembered(request) is not None

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Save the person with the nickname she gave."""
        user.nickname = form.cleaned_data["nickname"]
        return super().save_user(request, user, form, commit)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Accept the remembered invitation and lead to this week; else go where she was going."""
        response = super().post_login(request, user, **kwargs)
        joined = joining.accept_remembered(request, user)
        joining.limit_staff_session(request, user)
        return redirect(settings.LOGIN_REDIRECT_URL) if joined else response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to わたし, from where she came."""
        return reverse("cohorts:profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send allauth's mails in our own name, with links to this site, whatever host the request came in by."""
        site = {"name": "Hisho", "domain": settings.BASE_URL}
        links = {name: at_home(value) for name, value in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, {"current_site": site, **context, **links})


def at_home(url: str) -> str:
    """The same page under the site's own address."""
    parts = urlsplit(url)
    return settings.BASE_URL + urlunsplit(("", "", parts.path, parts.query, parts.fragment))
