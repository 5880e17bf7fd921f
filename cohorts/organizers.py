"""Who organizes, and how that ends. One is there at all times, or nobody could invite the next."""

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import ORGANIZERS, Cohort, Invitation, User


class CannotEnd(Exception):
    """The role stays as it is; the text says why."""


@transaction.atomic
def end_organizing(user: User, by: User) -> None:
    """Take the role from somebody, from her next request on; her cohorts pass to the one who does it.

    The group is locked first, so that the last two cannot take it from each other at the same moment.

    Raises:
        CannotEnd: she has it from the server, is the last one, or leaves herself while cohorts are in her charge.
    """
    group = Group.objects.select_for_update().filter(name=ORGANIZERS).first()
    if group is None or user.is_superuser or not group.user_set.filter(pk=user.pk).exists():
        raise CannotEnd(_("This role was not given here and cannot be ended here."))
    if not User.objects.organizers().exclude(pk=user.pk).exists():
        raise CannotEnd(_("You are the last organizer. Invite another one first."))
    if user == by and Cohort.objects.unfinished().filter(organizer=user).exists():
        raise CannotEnd(_("Cohorts are in your charge. Hand them over first, each on its own page."))
    user.groups.remove(group)
    _hand_over_all(user, by)
    _revoke(user)
    with override(settings.LANGUAGE_CODE):
        LogEntry.objects.log_actions(by.pk, [user], CHANGE, _("No organizer any more."), single_object=True)


def _hand_over_all(user: User, by: User) -> None:
    """Her cohorts, the closed ones too, to `by`; to nobody if she went herself."""
    cohorts = list(Cohort.objects.filter(organizer=user))
    if not cohorts:
        return
    Cohort.objects.filter(organizer=user).update(organizer=None if user == by else by)
    with override(settings.LANGUAGE_CODE):
        text = told(user, None if user == by else by)
        LogEntry.objects.log_actions(by.pk, cohorts, CHANGE, text)


def told(before: User | None, after: User | None) -> str:
    """A change of who is in charge, in one line for the cohort's list of changes."""
    names = {"before": before or _("nobody"), "after": after or _("nobody")}
    return _("In charge: %(before)s → %(after)s") % names


def _revoke(user: User) -> None:
    """What waits in her mailbox must not make her an organizer again."""
    addresses = {user.email, *user.emailaddress_set.values_list("email", flat=True)}
    waiting = Invitation.objects.filter(role=Invitation.Role.ORGANIZER, email__in=addresses)
    waiting.filter(revoked_at=None, uses__lt=F("max_uses")).update(revoked_at=timezone.now())
