"""The page about privacy, in the organizers' words."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from markdownx.models import MarkdownxField

from cohorts.admin.scope import OrganizersOnly, ScopedAdmin
from workbook.models import PrivacyPage

from .widgets import PreviewWidget


@admin.register(PrivacyPage)
class PrivacyPageAdmin(OrganizersOnly, ScopedAdmin):
    """One page, so no list: whoever asks for the list is led to it."""

    fields = ["text"]
    formfield_overrides = {**ScopedAdmin.formfield_overrides, MarkdownxField: {"widget": PreviewWidget}}

    def get_queryset(self, request: HttpRequest) -> Any:
        return PrivacyPage.objects.all() if request.user.is_organizer else PrivacyPage.objects.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_organizer

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        return {"text": PrivacyPage.objects.current().text}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = self.get_queryset(request).first()
        if page:
            return redirect("admin:workbook_privacypage_change", page.pk)
        return redirect("admin:workbook_privacypage_add")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = self.get_queryset(request).first()
        if page:
            return redirect("admin:workbook_privacypage_change", page.pk)
        return super().add_view(request, *args, **kwargs)
