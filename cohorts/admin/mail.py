"""The outbox, to look at: which mail went out, which did not."""

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.models import Mail

from .scope import ChoiceFilter, CohortFilter, ListOnly, OrganizersOnly, ScopedAdmin

TROUBLE = [Mail.State.FAILED, Mail.State.UNKNOWN]
"""Somebody has to look: it did not arrive, or nobody knows."""


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"
    choices_and_conditions = {
        "trouble": (_("failed or unclear"), lambda: Q(state__in=TROUBLE)),
        **{value: (label, lambda value=value: Q(state=value)) for value, label in Mail.State.choices},
    }


@admin.register(Mail)
class MailAdmin(ListOnly, OrganizersOnly, ScopedAdmin):
    """States tell what became of each mail; what failed can be sent again."""

    list_display = ["to", "kind", "cohort", "state", "created_at", "sent_at", "error"]
    list_filter = [CohortFilter, StateFilter]
    list_select_related = ["cohort"]
    search_fields = ["to"]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        mails = Mail.objects.order_by("-created_at", "-pk")
        return mails if request.user.is_organizer else mails.none()

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """For mails that failed or are unclear; the others are left alone."""
        count = queryset.send_again()
        messages.success(
            request, ngettext("%(n)d mail is sent again.", "%(n)d mails are sent again.", count) % {"n": count}
        )

    def has_change_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False
