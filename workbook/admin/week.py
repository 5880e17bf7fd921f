"""A week's page: when its session is, and where. What is asked has a page of its own, for the whole cohort."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from cohorts.admin.scope import CohortFilter, InZone, ScopedAdmin, moment
from workbook.models import Week

from .board import show_board
from .forms import SessionForm
from .stamp import week_stamp

WEEK_FIELDS = [("opens_at", "session_at"), ("session_minutes", "meeting_url")]


@admin.register(Week)
class WeekAdmin(InZone, ScopedAdmin):
    """Weeks come with their cohort: none is added or deleted here."""

    list_display = ["label", "cohort", "theme", "session"]
    list_filter = [CohortFilter]
    list_select_related = ["cohort"]
    ordering = ["-cohort__created_at", "cohort", "number"]
    actions = None
    sortable_by = []

    def has_view_permission(self, request: HttpRequest, obj: Week | None = None) -> bool:
        return request.user.is_organizer or request.user.is_facilitator

    has_change_permission = has_view_permission

    def zone_of(self, object_id: str) -> ZoneInfo | None:
        week = Week.objects.filter(pk=object_id).select_related("cohort").first()
        return week and week.cohort.zone

    def get_urls(self) -> list[URLPattern]:
        board = self.admin_site.live_view(show_board, week_stamp)
        return [path("<id:week_id>/board/", board, name="workbook_week_board"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Week | None = None) -> list[Any]:
        return WEEK_FIELDS if request.user.is_organizer else ["theme", "opens_at", "session_at", "meeting_url"]

    def get_readonly_fields(self, request: HttpRequest, obj: Week | None = None) -> list[str]:
        return [] if request.user.is_organizer else ["theme", "opens_at"]

    def get_form(self, request: HttpRequest, obj: Week | None = None, **kwargs: Any) -> type[ModelForm]:
        form = ModelForm if request.user.is_organizer else SessionForm
        return super().get_form(request, obj, **{**kwargs, "form": form})

    @admin.display(description=_("week"))
    def label(self, week: Week) -> str:
        return week.label

    @admin.display(description=_("session"))
    def session(self, week: Week) -> str:
        return moment(week.session_at, week.cohort.zone)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("Week"), "subtitle": None, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)
