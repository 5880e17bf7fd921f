"""How a cohort ends: finished and kept to read, or closed, with fourteen days to think again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path


class Ending:
    """For the cohort's pages in the office: finish, begin again, close, bring back. For organizers alone."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("closed/", wrap(self.closed_view), name="cohorts_cohort_closed"),
            path("<int:pk>/finish/", wrap(self.finish_view), name="cohorts_cohort_finish"),
            path("<int:pk>/reopen/", wrap(self.reopen_view), name="cohorts_cohort_reopen"),
            path("<int:pk>/restore/", wrap(self.restore_view), name="cohorts_cohort_restore"),
            *super().get_urls(),
        ]

    def closed_view(self, request: HttpRequest) -> HttpResponse:
        raise Http404

    def finish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        raise Http404

    reopen_view: Any = finish_view
    restore_view: Any = finish_view
