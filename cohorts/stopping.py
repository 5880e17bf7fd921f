"""Switching off one kind of mail from within the mail: one press, without signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import Mail, User

KINDS = (Mail.Kind.BEGINS, Mail.Kind.SESSION, Mail.Kind.SUMMARY, Mail.Kind.FEEDBACK)
"""What can be switched off; each has its own `mails_…` in `User`."""

signer = Signer(salt="cohorts.stopping")


def field_of(kind: str) -> str:
    """The name of the switch of a kind of mail."""
    return f"mails_{kind}"


def stop_token(user: User, kind: str) -> str:
    """What proves that somebody holds a mail of this kind to this person. It opens nothing but this one switch."""
    return signer.sign_object([user.pk, str(kind)])


def stop_url(user: User, kind: str) -> str:
    return settings.BASE_URL + reverse("cohorts:mail_off", args=[stop_token(user, kind)])


def find(token: str) -> tuple[User | None, str]:
    """Whose switch of which kind a token is for; (None, "") if it is none of ours. It never expires: old mails stay."""
    try:
        pk, kind = signer.unsign_object(token)
    except (BadSignature, ValueError):
        return None, ""
    return User.objects.filter(pk=pk).first(), kind


@csrf_exempt  # mail programs press the button too (RFC 8058), and they have no cookie; the token is what counts
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then switch off; `on` switches on again. Whoever only looks, as scanners of mails do, changes nothing.

    A POST is answered with a page, not with a redirect, as RFC 8058 demands.
    """
    user, kind = find(token)
    if user is None:
        return _answer(request, {}, status=404)
    if request.method == "POST":
        setattr(user, field_of(kind), "on" in request.POST)
        user.save(update_fields=[field_of(kind)])
    context = {
        "kind": kind,
        "label": Mail.Kind(kind).label,
        "is_off": not getattr(user, field_of(kind)),
        "is_done": request.method == "POST",
    }
    return _answer(request, context)


def _answer(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    """The page. Its address is a secret, so no other site may learn it from a link."""
    response = render(request, "cohorts/mail_off.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response
