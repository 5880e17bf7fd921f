"""The page itself: one form, whose every button keeps what was typed."""

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort

from .page import EditorPage
from .preview import PreviewSheet


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
        with timezone.override(cohort.zone):
            page = EditorPage(request.user, cohort, request.POST if request.method == "POST" else None)
            response = self._answer(request, page)
            return response.render() if isinstance(response, TemplateResponse) else response

    def _answer(self, request: HttpRequest, page: EditorPage) -> HttpResponse:
        if "preview" in request.POST:
            sheet = PreviewSheet(request.user, page.cohort, page, request.POST["preview"])
            return TemplateResponse(request, "workbook/week.html", {"worksheet": sheet, "cohort": page.cohort})
        if "save" in request.POST:
            changes = page.save()
            if changes is not None:
                return self._finish(request, page.cohort, changes)
        page.press(request.POST)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Workbook"), "page": page}
        if page.is_merged:
            context["other"] = last_change_of_others(page)
        return TemplateResponse(request, "admin/workbook/editor/page.html", context)

    def _finish(self, request: HttpRequest, cohort: Cohort, changes: list[str]) -> HttpResponse:
        if changes:
            self.log_change(request, cohort, "\n".join(changes))
            messages.success(request, _("Saved. Changes: %(n)d.") % {"n": len(changes)})
        else:
            messages.info(request, _("Nothing has changed."))
        return redirect("admin:cohorts_cohort_editor", cohort.pk)


def last_change_of_others(page: EditorPage) -> LogEntry | None:
    """Who has saved meanwhile, as far as it was noted."""
    entries = LogEntry.objects.filter(object_id=str(page.cohort.pk), content_type__model="cohort")
    return entries.exclude(user=page.user).select_related("user").order_by("-action_time").first()
