"""Invitations: who is asked in, what became of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.models import Invitation, Mail

from .inviting import invite_view
from .mail import TROUBLE, state_in_words
from .scope import ChoiceFilter, CohortFilter, ListOnly, OrganizersOnly, ScopedAdmin
from .sharing import qr_view, share_view

UNUSED = Q(revoked_at=None, uses__lt=F("max_uses"))


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"
    choices_and_conditions = {
        "open": (_("open"), lambda: UNUSED & Q(expires_at__gt=timezone.now())),
        "accepted": (_("accepted"), lambda: Q(revoked_at=None, uses__gte=F("max_uses"))),
        "expired": (_("expired"), lambda: UNUSED & Q(expires_at__lte=timezone.now())),
        "revoked": (_("revoked"), lambda: Q(revoked_at__isnull=False)),
    }


LAST_MAIL = Mail.objects.filter(invitation=OuterRef("pk")).order_by("-pk")


class MailFilter(ChoiceFilter):
    title = _("mail")
    parameter_name = "mail"
    choices_and_conditions = {"trouble": (TROUBLE, lambda: Mail.trouble("mail_state", "mail_written"))}


@admin.register(Invitation)
class InvitationAdmin(ListOnly, OrganizersOnly, ScopedAdmin):
    """A list with the links to copy; inviting has its own page."""

    list_display = ["invited", "nickname", "cohort", "role", "state_now", "mail", "link", "valid"]
    list_filter = [CohortFilter, StateFilter, MailFilter]
    list_select_related = ["cohort"]
    search_fields = ["email", "nickname"]
    actions = ["send_again", "revoke"]

    @property
    def media(self) -> Media:
        sheets = {"all": ["css/admin/inviting.css"]}
        return super().media + Media(css=sheets, js=[Script("js/copy.js", type="module")])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows = Invitation.objects.filter(Q(cohort=None) | Q(cohort__deleted_at=None)).order_by("-created_at", "-pk")
        rows = rows.annotate(
            mail_state=Subquery(LAST_MAIL.values("state")[:1]),
            mail_written=Subquery(LAST_MAIL.values("created_at")[:1]),
        )
        return rows if request.user.is_organizer else rows.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_organizer

    def get_urls(self) -> list[URLPattern]:
        guard, qr = self.admin_site.admin_view, self.qr_view
        own = [
            path("add/", guard(self.add_view), name="cohorts_invitation_add"),
            path("<int:pk>/share/", guard(self.share_view), name="cohorts_invitation_share"),
            path("<int:pk>/qr.svg", guard(qr), {"kind": "image/svg+xml"}, name="cohorts_invitation_qr"),
            path("<int:pk>/qr.png", guard(qr), {"kind": "image/png"}, name="cohorts_invitation_qr_png"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return invite_view(request, self._context(request, _("Invite")))

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return share_view(request, pk, self._context(request, _("A link to share")))

    def qr_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        self._context(request, "")
        return qr_view(pk, kind)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        """What every page of inviting shows. Raises PermissionDenied for those who may not invite."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "media": self.media}

    @admin.display(description=_("to whom"))
    def invited(self, invitation: Invitation) -> str:
        if invitation.email:
            return invitation.email
        return _("Shared link (%(uses)d of %(most)d used)") % {"uses": invitation.uses, "most": invitation.max_uses}

    @admin.display(description=_("state"))
    def state_now(self, invitation: Invitation) -> str:
        return invitation.state.label

    @admin.display(description=_("mail"), empty_value="")
    def mail(self, invitation: Invitation) -> str | None:
        """What became of the last mail with its link; nothing where none was written."""
        return invitation.mail_state and state_in_words(invitation.mail_state, invitation.mail_written)

    @admin.display(description=_("link"), empty_value="")
    def link(self, invitation: Invitation) -> SafeString | None:
        if invitation.state != Invitation.State.OPEN:
            return None
        return render_to_string("admin/cohorts/invitation/link.html", {"invitation": invitation})

    @admin.display(description=_("valid until"), ordering="expires_at")
    def valid(self, invitation: Invitation) -> str:
        day = formats.date_format(timezone.localtime(invitation.expires_at), _("F j"))
        return _("until %(day)s") % {"day": day}

    @admin.action(description=_("Send again with a new link"))
    @transaction.atomic
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        unused = [row for row in queryset if row.email and row.state != Invitation.State.ACCEPTED]
        renewed = [row for row in unused if not (row.cohort and row.cohort.finished_at)]
        for invitation in renewed:
            invitation.renew()
            invitation.save(update_fields=["nonce", "token_hash", "expires_at", "revoked_at"])
            Mail.objects.post_invitation(invitation)
            self.log_change(request, invitation, "send again")
        self._report_sent(request, len(renewed), len(unused) - len(renewed))

    def _report_sent(self, request: HttpRequest, sent: int, too_late: int) -> None:
        """Say how many were sent, and how many were not because nobody joins a cohort that has ended."""
        if too_late:
            text = ngettext(
                "%(count)d invitation was not sent: its cohort has ended.",
                "%(count)d invitations were not sent: their cohort has ended.",
                too_late,
            )
            self.message_user(request, text % {"count": too_late}, messages.WARNING)
        if sent or not too_late:
            text = ngettext("%(count)d mail is sent again.", "%(count)d mails are sent again.", sent)
            self.message_user(request, text % {"count": sent}, messages.SUCCESS)

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        open_ones = [row for row in queryset if row.state == Invitation.State.OPEN]
        for invitation in open_ones:
            invitation.revoke()
            self.log_change(request, invitation, "revoke")
        text = ngettext("%(count)d invitation was revoked.", "%(count)d invitations were revoked.", len(open_ones))
        self.message_user(request, text % {"count": len(open_ones)}, messages.SUCCESS)
