"""The cohort's page with its weeks: opened here, edited here, followed here."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from cohorts.admin import CohortAdmin
from cohorts.admin.scope import Scoped
from cohorts.models import Cohort, Membership, User
from workbook.exporter import write
from workbook.models import Prompt, Response, Week

from .dates import Dates
from .editor import Editing
from .ending import Ending
from .export import ProgressExport
from .opening import Opening
from .reminders import reminders_view


class WeekInline(Scoped, admin.StackedInline):
    """How long each session is, and where. Dates and questions have pages of their own."""

    model = Week
    template = "admin/workbook/week/inline.html"
    fields = [("session_minutes", "meeting_url")]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        return request.user.is_organizer

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        return False


def progress_by_week(user: User, cohort: Cohort) -> list[dict[str, Any]]:
    """How many boxes of each week are written, never what: `week`, `written`, `boxes`. Three queries."""
    members = Membership.objects.current().members().filter(cohort=cohort)
    written = Response.objects.progress_for(user).filter(membership__in=members, written=True)
    counts = dict(
        written.values("prompt__section__week").annotate(n=Count("pk")).values_list("prompt__section__week", "n")
    )
    prompts = Prompt.objects.filter(section__week__cohort=cohort).values("section__week").annotate(n=Count("pk"))
    places = dict(prompts.order_by().values_list("section__week", "n"))
    people = members.count()
    return [
        {"week": week, "written": counts.get(week.pk, 0), "boxes": places.get(week.pk, 0) * people}
        for week in cohort.weeks.all()
    ]


admin.site.unregister(Cohort)


@admin.register(Cohort)
class WorkbookCohortAdmin(Opening, Dates, Editing, ProgressExport, Ending, CohortAdmin):
    """The people's page of `cohorts`, with weeks, progress and the page as Markdown."""

    inlines = [WeekInline]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download_view)
        return [
            path("<int:pk>/workbook.md", view, name="cohorts_cohort_workbook"),
            path(
                "<int:pk>/reminders/", self.admin_site.admin_view(self.reminders_view), name="cohorts_cohort_reminders"
            ),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        cohort = self.get_object(request, object_id)
        progress = progress_by_week(request.user, cohort) if cohort else []
        context = {"title": str(cohort), "subtitle": None, "progress": progress, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The workbook of this cohort as a page in Markdown, without anybody's words."""
        cohort = self.get_object(request, str(pk)) if self.has_view_permission(request) else None
        if cohort is None:
            raise Http404
        response = HttpResponse(
            write(cohort.weeks.with_prompts(), cohort.name), content_type="text/markdown; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{cohort.slug}.md"'
        return response

    def reminders_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the members are sent, to whom and when."""
        cohort = self.get_object(request, str(pk)) if self.has_change_permission(request) else None
        if cohort is None:
            raise Http404
        with timezone.override(cohort.zone):
            return reminders_view(request, cohort, {**self.admin_site.each_context(request), "opts": self.opts})
