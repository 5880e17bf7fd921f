"""Joining by invitation, and one's own settings."""

from uuid import uuid4

from allauth.account.views import logout
from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from . import joining
from .forms import CodeForm, ProfileForm
from .models import Invitation, Mail, User


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the database takes writes: one row is written and rolled back."""
    try:
        with transaction.atomic():
            Mail.objects.create(key=f"healthz-{uuid4()}", kind="", to="")
            transaction.set_rollback(True)
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def invitation(request: HttpRequest, token: str, proof: str = "") -> HttpResponse:
    """Say what the invitation is for and ask; only POST accepts, and only for a person who is signed in.

    `proof` is the part that only the mailed link has: its holder is not asked for a code.
    """
    if not joining.may_guess(request):
        return respond_429(request)
    found = Invitation.objects.by_token(token).select_related("created_by").first()
    if found is None:
        return _closed(request, token)
    if request.method != "POST":
        return _ask(request, found, proof)
    if request.user.is_anonymous:
        return _to_entrance(request, found, proof)
    if joining.accept(request, found, request.user):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _ask(request, found, proof, status=403) if found.refusal(request.user) else _closed(request, token)


@login_not_required
def code(request: HttpRequest) -> HttpResponse:
    """The other way to an invitation's page: its address and the code in the mail. Accepts nothing by itself."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = joining.by_code(request, **form.cleaned_data)
        except RateLimited:
            return respond_429(request)
        if found:
            return redirect("cohorts:invitation", found.token, found.proof)
        form.refuse()
    return render(request, "cohorts/code.html", {"form": form})


def _ask(request: HttpRequest, found: Invitation, proof: str, status: int = 200) -> HttpResponse:
    """The invitation's page. Its address is a secret, so no other site may learn it from a link.

    Not `no-referrer`: browsers then send `Origin: null` with the page's own form, which the CSRF check refuses.
    """
    refused = found.refusal(request.user) if request.user.is_authenticated else None
    context = {"invitation": found, "refused": refused, "proven": found.is_proven_by(proof)}
    response = render(request, "cohorts/invitation.html", context, status=status)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _closed(request: HttpRequest, token: str) -> HttpResponse:
    """An unknown, used, expired or revoked link: on to this week for those it has let in, else what to do now."""
    if joining.was_let_in(request.user, token):
        return redirect(settings.LOGIN_REDIRECT_URL)
    joining.count_guess(request)
    response = render(request, "cohorts/invitation_closed.html", status=404)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _to_entrance(request: HttpRequest, found: Invitation, proof: str) -> HttpResponse:
    """Remember the invitation and lead to sign-up, or to sign-in for those who have an account."""
    joining.remember(request, found, proof)
    known = found.email and User.objects.filter(email=found.email.lower()).exists()
    if known:
        messages.info(request, _("You already have an account. Sign in and you are in."))
    return redirect("account_login" if known or "signin" in request.POST else "account_signup")


@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """allauth's sign-out; the browser forgets its pages too. Not its storage: that may hold unsent words, sealed."""
    response = logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response


def profile(request: HttpRequest) -> HttpResponse:
    """わたし: the nickname, the mails, and the way to everything else that is one's own."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("cohorts:profile")
    return render(request, "cohorts/profile.html", {"form": form, "nav": "profile", "languages": settings.LANGUAGES})
