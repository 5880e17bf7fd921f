"""A cohort's page for organizers, as far as people go."""

from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership

from .scope import ChoiceFilter, InZone, OrganizersOnly, ScopedAdmin

CURRENT_MEMBERS = Q(memberships__left_at=None, memberships__role=Membership.Role.MEMBER)


class StateFilter(ChoiceFilter):
    """Those that run, or will, and those that have ended."""

    title = _("state")
    parameter_name = "state"
    choices_and_conditions = {
        "running": (_("running or coming"), lambda: Q(finished_at=None)),
        "finished": (_("ended"), lambda: Q(finished_at__isnull=False)),
    }


@admin.register(Cohort)  # replaced in workbook/admin/cohort.py, which adds the weeks
class CohortAdmin(InZone, OrganizersOnly, ScopedAdmin):
    """Name and time zone, and the ways to the people. How it ends stands in workbook/admin/ending.py."""

    fields = ["name", "slug", "time_zone"]
    readonly_fields = ["slug"]
    list_display = ["name", "members", "created_at", "state"]
    list_filter = [StateFilter]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return super().get_queryset(request).annotate(member_count=Count("memberships", filter=CURRENT_MEMBERS))

    def zone_of(self, object_id: str) -> ZoneInfo | None:
        cohort = Cohort.objects.filter(pk=object_id).only("time_zone").first()
        return cohort and cohort.zone

    @admin.display(description=_("state"), ordering="finished_at")
    def state(self, cohort: Cohort) -> str:
        """When it ended; nothing while it runs."""
        if cohort.finished_at is None:
            return ""
        day = date_format(cohort.finished_at.astimezone(cohort.zone), gettext("F j, Y (D)"))
        return gettext("ended on %(day)s") % {"day": day}

    @admin.display(description=_("members"))
    def members(self, cohort: Cohort) -> int:
        return cohort.member_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_organizer
