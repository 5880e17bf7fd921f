"""A cohort's page for organizers, as far as people go."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import ForeignKey, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User
from cohorts.organizers import told

from .scope import ChoiceFilter, InZone, OrganizersOnly, ScopedAdmin


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

    fields = ["name", "slug", "organizer", "time_zone"]
    readonly_fields = ["slug", "time_zone"]  # in another zone its sessions would show another hour
    list_display = ["name", "members", "created_at", "state"]
    list_filter = [StateFilter]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        members = Membership.objects.members().filter(left_at=None)
        return super().get_queryset(request).annotate(member_count=members.number_in("pk"))

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "organizer":
            field.queryset = User.objects.organizers().order_by("nickname", "pk")
            field.help_text = _("Any organizer can do everything; this is whom the others ask.")
        return field

    def construct_change_message(self, request: HttpRequest, form: ModelForm, *args: Any) -> Any:
        """Names who hands the cohort over to whom, in place of Django's “was changed”."""
        if "organizer" not in form.changed_data:
            return super().construct_change_message(request, form, *args)
        form.changed_data.remove("organizer")
        rest = LogEntry(change_message=json.dumps(super().construct_change_message(request, form, *args)))
        before = User.objects.filter(pk=form.initial["organizer"]).first()
        said = [told(before, form.instance.organizer), rest.get_change_message() if form.changed_data else ""]
        return " ".join(filter(None, said))

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
