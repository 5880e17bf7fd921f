"""The outbox, to look at: which mail went out, which did not."""

from datetime import datetime

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.forms.widgets import Media
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.models import Mail
from cohorts.models.mail import LATE_AFTER

from .scope import ChoiceFilter, CohortFilter, ListOnly, OrganizersOnly, ScopedAdmin

STOPPED = {Mail.State.FAILED, Mail.State.UNKNOWN}
LATE = _("waiting for more than an hour")
TROUBLE = _("failed, unclear or still waiting")


def state_in_words(state: str, written: datetime) -> str:
    """What became of a mail; in bold if somebody has to look."""
    is_late = state == Mail.State.PENDING and written < timezone.now() - LATE_AFTER
    label = LATE if is_late else Mail.State(state).label
    return format_html('<strong class="trouble">{}</strong>', label) if is_late or state in STOPPED else label


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"
    choices_and_conditions = {
        "trouble": (TROUBLE, Mail.trouble),
        "late": (LATE, Mail.late),
        **{value: (label, lambda value=value: Q(state=value)) for value, label in Mail.State.choices},
    }


@admin.register(Mail)
class MailAdmin(ListOnly, OrganizersOnly, ScopedAdmin):
    """States tell what became of each mail; what failed can be sent again."""

    list_display = ["to", "kind", "of_cohort", "state_now", "created_at", "sent_at", "error"]
    list_filter = [CohortFilter, StateFilter]
    list_select_related = ["cohort"]
    search_fields = ["to"]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        mails = Mail.objects.order_by("-created_at", "-pk")
        return mails if request.user.is_organizer else mails.none()

    @property
    def media(self) -> Media:
        return super().media + Media(css={"all": ["css/admin/inviting.css"]})

    @admin.display(description=_("cohort"))
    def of_cohort(self, mail: Mail) -> str:
        return str(mail.cohort or "")

    @admin.display(description=_("state"), ordering="state")
    def state_now(self, mail: Mail) -> str:
        return state_in_words(mail.state, mail.created_at)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """For mails that failed or are unclear; the others are left alone."""
        count = queryset.send_again()
        messages.success(
            request, ngettext("%(n)d mail is sent again.", "%(n)d mails are sent again.", count) % {"n": count}
        )

    def has_change_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False
