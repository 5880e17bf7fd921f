"""The one admin site, for facilitators and organizers."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from .live import is_known, is_live, tag_of

LEFT_OUT = {"view_on_site", "autocomplete", "password_change", "password_change_done", "logout"}
"""Addresses of the stock site that would tell of other people's rows, or that the site's own pages replace."""


SELECTED = "%(sel)s of %(cnt)s selected"


class ScriptTexts(JavaScriptCatalog):
    """The texts of the admin's scripts, with the project's own wording where it has one."""

    packages = ["django.contrib.admin"]

    def get_catalog(self) -> dict[str, Any]:
        return {**super().get_catalog(), SELECTED: gettext(SELECTED)}


class HishoAdminSite(AdminSite):
    """Asks memberships and the organizers' group, so that there is no staff flag to keep in step.

    Whoever has no business here is told that there is no such page.
    """

    site_header = site_title = _("Hisho office")
    index_title = _("How this week goes")
    site_url = "/"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: type | None = None, **options: Any) -> None:
        """Take only pages that are scoped: other packages' stock pages would show every row to a superuser."""
        from .admin.scope import ScopedAdmin

        if admin_class and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and (user.is_facilitator or user.is_organizer)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows. No list of apps: only the sidebar would show it, and it asks for every right."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": self.enable_nav_sidebar,
            "log_entries": self.get_log_entries(request),
        }

    def i18n_javascript(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return ScriptTexts.as_view()(request)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page, which has rate limits and two factors; it checks where `next` leads."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"))

    def lacks_second_factor(self, request: HttpRequest) -> bool:
        return settings.REQUIRE_STAFF_MFA and not is_mfa_enabled(request.user)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            if self.lacks_second_factor(request):
                messages.warning(request, _("Please set up two-factor sign-in first; members' words are read here."))
                return redirect("mfa_index")
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error

        return guarded

    def live_view(
        self, view: Callable[..., HttpResponse], stamp: Callable[..., str | None]
    ) -> Callable[..., HttpResponse]:
        """A guarded view whose page keeps itself up to date.

        Its own script asks for it every few seconds (`X-Live: 1`) and names what it has; as long as nothing is new
        the answer is 304, after session, user, second factor and stamp. Else the view runs as always: it finds
        `request.is_live` and then renders the regions alone, and `request.etag` for the page's head.

        Args:
            stamp: called with the user and the address's arguments; None if the page is not hers. It is asked before
                the page is made, so that nothing that happens meanwhile is missed.
        """
        guarded = self.admin_view(view)

        @wraps(guarded)
        def live(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.is_live, request.etag = is_live(request), ""
            asks = request.method == "GET" and request.user.is_authenticated
            mark = stamp(request.user, *args, **kwargs) if asks else None
            if mark is None:
                return guarded(request, *args, **kwargs)
            request.etag = tag_of(request, mark)
            if is_known(request, request.etag) and not self.lacks_second_factor(request):
                return HttpResponseNotModified(headers={"ETag": f'"{request.etag}"'})
            response = guarded(request, *args, **kwargs)
            if response.status_code == HTTPStatus.OK:
                response["ETag"] = f'"{request.etag}"'
            return response

        return live
