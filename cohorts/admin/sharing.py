"""One shared link to post in the salon's chat: with a text to copy and a QR code."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from cohorts.models import Invitation
from cohorts.qr import as_png, as_svg

PICTURES: dict[str, Callable[[str], bytes]] = {"image/svg+xml": as_svg, "image/png": as_png}


def shared_link(pk: int) -> Invitation:
    """A shared link of a cohort that is not closed. Raises Http404 for any other, and for personal invitations."""
    links = Invitation.objects.filter(email="", cohort__deleted_at=None).select_related("cohort")
    found = links.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def is_open(invitation: Invitation) -> bool:
    """Whether it lets somebody in today."""
    return Invitation.objects.open().filter(pk=invitation.pk).exists()


def share_view(request: HttpRequest, pk: int, context: dict[str, Any]) -> HttpResponse:
    """The link, the text around it, and the code; for a link that is used up or expired, that it is."""
    invitation = shared_link(pk)
    until = timezone.localtime(invitation.expires_at, invitation.cohort.zone)
    more = {
        "invitation": invitation,
        "is_open": is_open(invitation),
        "until": until,
        "left": invitation.max_uses - invitation.uses,
    }
    return TemplateResponse(request, "admin/cohorts/invitation/share.html", {**context, **more})


def qr_view(pk: int, kind: str) -> HttpResponse:
    """The code of a link that works. Raises Http404 for one that does not: nobody should print it."""
    invitation = shared_link(pk)
    if not is_open(invitation):
        raise Http404
    return HttpResponse(PICTURES[kind](invitation.url), content_type=kind)
