"""The people of the cohorts: who takes part, in which role, since when."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.models import Membership

from .organizers import organizers_view
from .scope import ChoiceFilter, CohortFilter, ListOnly, OrganizersOnly, ScopedAdmin


class RoleFilter(ChoiceFilter):
    title = _("role")
    parameter_name = "role"
    choices_and_conditions = {
        value: (label, lambda value=value: Q(role=value)) for value, label in Membership.Role.choices
    }


class PresenceFilter(ChoiceFilter):
    title = _("takes part")
    parameter_name = "present"
    choices_and_conditions = {
        "yes": (_("takes part"), lambda: Q(left_at=None)),
        "no": (_("has left"), lambda: Q(left_at__isnull=False)),
    }


@admin.register(Membership)
class MembershipAdmin(ListOnly, OrganizersOnly, ScopedAdmin):
    """A list to close a place and to open it again. People come in by invitation only."""

    list_display = ["person", "email", "cohort", "role", "joined_at", "left_at"]
    list_filter = [CohortFilter, RoleFilter, PresenceFilter]
    list_select_related = ["user", "cohort"]
    search_fields = ["user__nickname", "user__email"]
    ordering = ["-joined_at", "-pk"]
    actions = ["close", "reopen"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.organizers_view)
        return [path("organizers/", view, name="cohorts_membership_organizers"), *super().get_urls()]

    def organizers_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return organizers_view(
            request, {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Organizers")}
        )

    @admin.display(description=_("person"), ordering="user__nickname")
    def person(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description=_("e-mail address"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.action(description=_("Close the place (the words stay)"))
    def close(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        closed = list(queryset.filter(left_at=None))
        for membership in closed:
            membership.close(by=request.user)
            self.log_change(request, membership, "close")
        text = ngettext("%(count)d place was closed.", "%(count)d places were closed.", len(closed))
        self.message_user(request, text % {"count": len(closed)}, messages.SUCCESS)

    @admin.action(description=_("Let take part again"))
    def reopen(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        opened = list(queryset.filter(left_at__isnull=False))
        for membership in opened:
            membership.reopen(by=request.user)
            self.log_change(request, membership, "reopen")
        text = ngettext("%(count)d person takes part again.", "%(count)d people take part again.", len(opened))
        self.message_user(request, text % {"count": len(opened)}, messages.SUCCESS)
