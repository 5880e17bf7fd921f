"""The page to invite: many people at once, pasted or in a file, or one shared link."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.addresses import Address, Fate, Line, Pasted
from cohorts.models import ORGANIZERS, Cohort, Invitation, Mail, Membership, User

from .forms import InviteForm, SharedLinkForm


@dataclass
class Outcome:
    """What became of pasted addresses."""

    invited: list[Invitation] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def of(self, line: Line) -> str:
        """What became of a line, in words."""
        fates = {Fate.BAD: _("Could not be read as an address"), Fate.REPEATED: _("Stands here twice, invited once")}
        if line.fate in fates:
            return fates[line.fate]
        if line.address.email in self.inside:
            return _("Takes part already")
        if line.address.email in self.waiting:
            return _("Invited already; the list can send the mail again")
        return _("Invited by mail")


@transaction.atomic
def invite_all(addresses: list[Address], *, cohort: Cohort | None, role: str, created_by: User) -> Outcome:
    """Invite everybody who is neither in already nor invited already; also if somebody else does at this moment."""
    _hold(cohort)
    inside, waiting = _emails_inside(cohort, role), _emails_waiting(cohort, role)
    known = inside | waiting
    new = {address.email: address.name for address in addresses if address.email not in known}
    invited = Invitation.objects.invite_all(new, created_by=created_by, cohort=cohort, role=role)
    Mail.objects.post_invitations(invited)
    emails = [address.email for address in addresses]
    return Outcome(
        invited=invited,
        inside=[email for email in emails if email in inside],
        waiting=[email for email in emails if email in waiting - inside],
    )


def _hold(cohort: Cohort | None) -> None:
    """Whoever invites to the same place at the same time comes after, and sees who is invited by then."""
    if cohort:
        Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    else:
        Group.objects.select_for_update(no_key=True).get_or_create(name=ORGANIZERS)


def _emails_inside(cohort: Cohort | None, role: str) -> set[str]:
    """Addresses of those who have the role today; whoever facilitates is in as a member too."""
    if cohort is None:
        return set(User.objects.filter(groups__name=ORGANIZERS).values_list("email", flat=True))
    current = Membership.objects.current().filter(cohort=cohort)
    if role == Invitation.Role.FACILITATOR:
        current = current.facilitators()
    return set(current.values_list("user__email", flat=True))


def _emails_waiting(cohort: Cohort | None, role: str) -> set[str]:
    return set(Invitation.objects.open().filter(cohort=cohort, role=role).values_list("email", flat=True))


def invite_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Two small forms on one page; what could not be read stays in the box."""
    initial = {"cohort": request.GET.get("cohort"), "role": request.GET.get("role") or Invitation.Role.MEMBER}
    shared = "share" in request.POST
    sent = None if shared else request.POST or None
    forms = {
        "form": InviteForm(request.user, sent, sent and request.FILES, initial=initial),
        "shared_form": SharedLinkForm(request.user, request.POST if shared else None, initial=initial),
    }
    if request.method == "POST":
        response = _share(request, forms["shared_form"]) if shared else _invite(request, forms)
        if response:
            return response
    return TemplateResponse(request, "admin/cohorts/invitation/invite.html", {**context, **forms})


def _share(request: HttpRequest, form: SharedLinkForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    invitation = form.save(request.user)
    return HttpResponseRedirect(reverse("admin:cohorts_invitation_share", args=[invitation.pk]))


def _invite(request: HttpRequest, forms: dict[str, Any]) -> HttpResponse | None:
    """Invite whom the form names. On to the list if that is all; else the report, row by row."""
    form = forms["form"]
    if not form.is_valid():
        return None
    cohort, role, pasted = (form.cleaned_data[name] for name in ("cohort", "role", "addresses"))
    outcome = invite_all(pasted.good, cohort=cohort, role=role, created_by=request.user)
    _tell(request, len(outcome.invited))
    query = f"?cohort={cohort.pk}" if cohort else ""
    if len(outcome.invited) == len(_rows(pasted)):
        return HttpResponseRedirect(reverse("admin:cohorts_invitation_changelist") + query)
    kept = {"cohort": cohort and cohort.pk, "role": role, "addresses": pasted.to_mend}
    forms["form"] = InviteForm(request.user, initial=kept)
    forms["report"] = [(line, outcome.of(line)) for line in _rows(pasted)]
    forms["bad"] = pasted.bad
    forms["query"] = query
    return None


def _rows(pasted: Pasted) -> list[Line]:
    """The lines that were meant to be somebody."""
    return [line for line in pasted.lines if line.fate != Fate.HEADING]


def _tell(request: HttpRequest, count: int) -> None:
    if count:
        text = ngettext("%(count)d person is invited by mail.", "%(count)d people are invited by mail.", count)
        messages.success(request, text % {"count": count})
