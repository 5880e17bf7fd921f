"""The page itself: one form, whose every button keeps what was typed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from cohorts.models import Cohort


class Editing:
    """For the cohort's admin: the page on which organizers edit its workbook."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.editor_view)
        return [path("<int:pk>/editor/", view, name="cohorts_cohort_editor"), *super().get_urls()]

    def editor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the workbook of a cohort to be edited; take what was typed."""
        cohort = self.get_object(request, str(pk)) if self.has_change_permission(request) else None
        if cohort is None:
            raise Http404
        context = {**self.admin_site.each_context(request), "opts": self.opts, "cohort": cohort}
        return TemplateResponse(request, "admin/workbook/editor/page.html", context)
