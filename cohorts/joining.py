"""The way from an invitation's link to the open door, for those who must sign up or sign in first."""

from datetime import timedelta
from time import time

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Cohort, Invitation, User
from .models.invitation import hash_token

REMEMBERED = "invitation"
VERIFIED = "account_verified_email"  # where allauth's stash_verified_email() keeps the address
GUESSES = {"invitation": "20/m/ip", "code": "20/m/ip,10/h/key"}
REFUSED = {
    None: _("The invitation has expired or is used up. Please ask the organizer for a new link."),
    Invitation.Refusal.ADDRESS: _("The invitation is for another e-mail address, so it was not used."),
    Invitation.Refusal.LEFT: _(
        "You have left this cohort before. To take part again, ask the organizer for an invitation of your own."
    ),
}


def may_guess(request: HttpRequest) -> bool:
    """Whether this address has not yet opened too many links that lead nowhere.

    Only looked up: `consume(dry_run=True)` takes a lock, and of a group that presses “Join” at one moment
    the last ones in the row would be turned away.
    """
    rate = ratelimit.parse_rate(GUESSES["invitation"])
    key = ratelimit.get_cache_key(request, app="cohorts", action="invitation", rate=rate)
    allowed, _history = ratelimit.apply_rate(cache.get(key, []), time(), rate, dry_run=True)
    return allowed


def count_guess(request: HttpRequest) -> None:
    """Note a link that led nowhere. Links that are good are not counted: a whole group may share one address."""
    ratelimit.consume(request, app="cohorts", action="invitation", config=GUESSES, limit_get=True)


def by_code(request: HttpRequest, email: str, typed: str) -> Invitation | None:
    """The invitation whose mailed code was typed. Every try counts, the one that fits does not.

    Raises:
        RateLimited: too many were tried from here, or for this address, whether or not anybody has it.
    """
    used = ratelimit.consume(
        request, app="cohorts", action="code", config=GUESSES, key=email.lower(), raise_exception=True
    )
    found = Invitation.objects.by_code(email, typed)
    if found:
        used.rollback()
    return found


def was_let_in(user: User | AnonymousUser, token: str) -> bool:
    """Whether the link leads where the user is in already: she pressed twice, or came back."""
    if user.is_anonymous:
        return False
    inside = Q(cohort__in=Cohort.objects.joined_by(user))
    if user.is_organizer:
        inside |= Q(role=Invitation.Role.ORGANIZER, email=user.email)
    return Invitation.objects.filter(inside, token_hash=hash_token(token)).exists()


def remember(request: HttpRequest, invitation: Invitation, proof: str) -> None:
    """Keep the invitation in the session: by its hash, so that the sessions in the database open no door.

    The holder of the link that was mailed has proven the address, so no code is mailed to it again. Whoever was
    handed a copy has not: without the code she could open an account in somebody else's name.
    """
    request.session[REMEMBERED] = invitation.token_hash
    request.session.pop(VERIFIED, None)
    if invitation.is_proven_by(proof):
        get_adapter(request).stash_verified_email(request, invitation.email)


def remembered(request: HttpRequest) -> Invitation | None:
    """The invitation kept in the session, if it still lets somebody in."""
    token_hash = request.session.get(REMEMBERED)
    if not token_hash:
        return None
    return Invitation.objects.open().filter(token_hash=token_hash).select_related("cohort").first()


def accept(request: HttpRequest, invitation: Invitation, user: User) -> bool:
    """Let the user in and welcome her; False if the invitation does not let her in, and nothing has changed."""
    if not invitation.accept(user):
        return False
    limit_staff_session(request, User.objects.get(pk=user.pk))
    if invitation.cohort:
        messages.success(request, gettext("Welcome to “%(cohort)s”.") % {"cohort": invitation.cohort})
    else:
        messages.success(request, gettext("Welcome. You can open cohorts now."))
    return True


def accept_remembered(request: HttpRequest, user: User) -> bool:
    """Accept what the session remembers, and forget it. False if it remembered nothing."""
    invitation = remembered(request)
    request.session.pop(VERIFIED, None)
    if request.session.pop(REMEMBERED, None) is None:
        return False
    if invitation is None:
        messages.warning(request, REFUSED[None])
    elif not accept(request, invitation, user):
        messages.warning(request, REFUSED[invitation.refusal(user)])
    return True


def limit_staff_session(request: HttpRequest, user: User) -> None:
    """End the session of those who read others' words at a fixed moment, however busy it is."""
    if user.is_organizer or user.is_facilitator:
        request.session.set_expiry(timezone.now() + timedelta(seconds=settings.STAFF_SESSION_AGE))
