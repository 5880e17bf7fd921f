"""Opening a cohort on one page: what and who on one side, all its dates on the other, and only then the button."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from .view import opening_view, preview_view


class Opening:
    """For the cohort's pages in the office: the page to open one. For organizers alone."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="cohorts_cohort_preview"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raises PermissionDenied for facilitators, who open none."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return opening_view(request, {**self.admin_site.each_context(request), "opts": self.opts})

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The dates that a half-filled form would give, as a piece of its page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return preview_view(request)
