"""A week's page: how long its session is, and where. Dates and questions have pages of their own, for all weeks."""

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
from .dates import note_moves
from .session import MeetingForm, SessionForm, can_move
from .stamp import week_stamp


@admin.register(Week)
class WeekAdmin(InZone, ScopedAdmin):
    """Weeks come with their cohort: none is added or deleted here."""

    list_display = ["label", "cohort", "theme", "session"]
    list_filter = [CohortFilter]
    list_select_related = ["cohort"]
    ordering = ["-cohort_id", "number"]
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
        if request.user.is_organizer:
            return ["session_at", "opens_at", ("session_minutes", "meeting_url")]
        return ["theme", "opens_at", "session_at", "meeting_url"]

    def get_readonly_fields(self, request: HttpRequest, obj: Week | None = None) -> list[str]:
        """Organizers move sessions on the page of all dates. What is open stays open, and what is past stays."""
        if request.user.is_organizer:
            return ["session_at", "opens_at"] if obj.is_open else ["session_at"]
        # If the session has begun since she opened the page, what she typed is refused and not passed over.
        is_typed = "session_at" in request.POST
        return ["theme", "opens_at"] if is_typed or can_move(obj) else ["theme", "opens_at", "session_at"]

    def get_form(self, request: HttpRequest, obj: Week | None = None, **kwargs: Any) -> type[ModelForm]:
        form = MeetingForm if request.user.is_organizer else SessionForm
        return super().get_form(request, obj, **{**kwargs, "form": form})

    def save_model(self, request: HttpRequest, obj: Week, form: MeetingForm, change: bool) -> None:
        """Save; a session that is moved takes the opening days along and stands in the cohort's history."""
        if isinstance(form, SessionForm) and form.is_moved:
            note_moves(request.user, obj.cohort, form.move())
        super().save_model(request, obj, form, change)

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
