"""The page to invite: many addresses pasted at once, or one shared link."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.addresses import Address
from cohorts.models import ORGANIZERS, Cohort, Invitation, Mail, Membership, User

from .forms import InviteForm, SharedLinkForm


@dataclass
class Outcome:
    """What became of pasted addresses."""

    invited: list[Invitation] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@transaction.atomic
def invite_all(addresses: list[Address], *, cohort: Cohort | None, role: str, created_by: User) -> Outcome:
    """Invite everybody who is neither in already nor invited already."""
    outcome = Outcome()
    inside, waiting = _emails_inside(cohort, role), _emails_waiting(cohort, role)
    for address in addresses:
        if address.email in inside:
            outcome.inside.append(address.email)
        elif address.email in waiting:
            outcome.waiting.append(address.email)
        else:
            invitation = Invitation.objects.invite(
                created_by=created_by, cohort=cohort, role=role, email=address.email, nickname=address.name
            )
            Mail.objects.post_invitation(invitation)
            outcome.invited.append(invitation)
    return outcome


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
    initial = {"cohort": request.GET.get("cohort")}
    shared = "share" in request.POST
    forms = {
        "form": InviteForm(request.user, None if shared else request.POST or None, initial=initial),
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
    messages.success(request, _("The shared link is ready. You can copy it in the list."))
    return HttpResponseRedirect(f"{reverse('admin:cohorts_invitation_changelist')}?cohort={invitation.cohort_id}")


def _invite(request: HttpRequest, forms: dict[str, Any]) -> HttpResponse | None:
    form = forms["form"]
    if not form.is_valid():
        return None
    data = form.cleaned_data
    pasted = data["addresses"]
    outcome = invite_all(pasted.good, cohort=data["cohort"], role=data["role"], created_by=request.user)
    _tell(request, outcome, pasted.repeated)
    if not pasted.bad:
        cohort = f"?cohort={data['cohort'].pk}" if data["cohort"] else ""
        return HttpResponseRedirect(reverse("admin:cohorts_invitation_changelist") + cohort)
    kept = {"cohort": data["cohort"], "role": data["role"], "addresses": "\n".join(pasted.bad)}
    forms["form"] = InviteForm(request.user, initial=kept)
    forms["bad"] = pasted.bad
    return None


def _tell(request: HttpRequest, outcome: Outcome, repeated: list[str]) -> None:
    """Say what became of the addresses, kind by kind."""
    count = len(outcome.invited)
    if count:
        text = ngettext("%(count)d person is invited by mail.", "%(count)d people are invited by mail.", count)
        messages.success(request, text % {"count": count})
    for addresses, text in [
        (outcome.inside, _("Already in: %(addresses)s")),
        (outcome.waiting, _("Already invited (you can send the mail again in the list): %(addresses)s")),
        (repeated, _("Written twice, invited once: %(addresses)s")),
    ]:
        if addresses:
            messages.info(request, text % {"addresses": "、".join(addresses)})
