"""A cohort's page for organizers, as far as people go."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Invitation, Membership

from .scope import InZone, OrganizersOnly, ScopedAdmin

CURRENT_MEMBERS = Q(memberships__left_at=None, memberships__role=Membership.Role.MEMBER)


@admin.register(Cohort)  # replaced in workbook/admin/cohort.py, which adds the weeks
class CohortAdmin(InZone, OrganizersOnly, ScopedAdmin):
    """Name and time zone, and the ways to the people. Deleting only closes: the words stay."""

    fields = ["name", "slug", "time_zone"]
    readonly_fields = ["slug"]
    list_display = ["name", "members", "created_at"]
    actions = None
    delete_confirmation_template = "admin/cohorts/cohort/delete_confirmation.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        return super().get_queryset(request).annotate(member_count=Count("memberships", filter=CURRENT_MEMBERS))

    def zone_of(self, object_id: str) -> ZoneInfo | None:
        cohort = Cohort.objects.filter(pk=object_id).only("time_zone").first()
        return cohort and cohort.zone

    @admin.display(description=_("members"))
    def members(self, cohort: Cohort) -> int:
        return cohort.member_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_organizer

    def has_delete_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        return request.user.is_organizer

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set, list]:
        """What closing the cohort takes away from people, counted; nothing is deleted, so nothing protects."""
        cohort = objs[0]
        closed = {
            _("Places of members and facilitators"): cohort.memberships.current().count(),
            _("Open invitations"): Invitation.objects.open().filter(cohort=cohort).count(),
        }
        return [], closed, set(), []

    def delete_model(self, request: HttpRequest, obj: Cohort) -> None:
        obj.mark_deleted()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().delete_view(request, object_id, {"title": _("Close this cohort?"), **(extra_context or {})})
