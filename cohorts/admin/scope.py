"""What every admin page here builds on: nothing is shown, offered or accepted that is not the user's own."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort, User

ID_DIGITS = 18
"""No row has an id of more digits; every number of so many fits a database's column."""


def is_id(value: str) -> bool:
    """Whether a text from outside may be a row's id, so that a database can be asked for it."""
    return value.isascii() and value.isdecimal() and len(value) <= ID_DIGITS


def moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment as the cohort's people would say it: weekday, date and time in their zone."""
    return formats.date_format(timezone.localtime(value, zone), _("D, j M Y H:i"))


def administered(model: type[models.Model], user: User) -> models.QuerySet[Any]:
    """The rows of a model that the user administers; none of a model that does not say."""
    manager = model._default_manager
    if hasattr(manager, "administered_by"):
        return manager.administered_by(user)
    return manager.none()


class LocalMoment(forms.DateTimeInput):
    """The browser's own picker of a day and a time: works on phones, needs no script."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Scoped:
    """For admin pages and inlines: rows of one's own cohorts only, in drop-downs and in what is posted too."""

    view_on_site = False
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": LocalMoment},
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput(attrs={"class": "vURLField"})},
    }

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request) & administered(self.model, request.user)

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = administered(db_field.related_model, request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = administered(db_field.related_model, request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ShortPaginator(Paginator):
    """Counts the first thousand rows only: nobody turns to page 21, and counting a whole table takes long."""

    most = 1_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[: self.most].count()


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """Fails closed: without a further word nobody may do anything, and what is not one's own is unknown."""

    empty_value_display = ""
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = ShortPaginator
    list_per_page = 50
    list_max_show_all = 200

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the page's own filters: a filter on a text's beginning would read it out letter by letter."""
        return lookup in {filter_.parameter_name for filter_ in self.get_list_filter(request)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Raises BadRequest if an action is asked for on what can be no row."""
        if not all(is_id(value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("An action needs the ids of rows.")
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        return super().get_object(request, object_id, from_field) if is_id(object_id) else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context.setdefault("show_save_and_add_another", False)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """For organizers: it names who changed what."""
        if not request.user.is_organizer:
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponse:
        """Unknown and foreign are the same, and the same everywhere: there is no such page."""
        raise Http404


class OrganizersOnly:
    """Seen and changed by organizers only. Facilitators meet no such page."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_organizer

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_organizer


class ListOnly:
    """A list without a page of its own for each row."""

    list_display_links = None

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Without the column that says the same in each row, where the list is narrowed to one cohort."""
        columns = super().get_list_display(request)
        return [name for name in columns if name != "cohort"] if request.GET.get("cohort") else columns

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [url for url in super().get_urls() if getattr(url, "name", None) == name]


class InZone:
    """Shows and reads a page's moments in the time zone of its cohort."""

    def zone_of(self, object_id: str) -> ZoneInfo | None:
        """The time zone of the object with this id; None if there is no such object."""
        raise NotImplementedError

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        with self._zone(object_id):
            response = super().changeform_view(request, object_id, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    def _zone(self, object_id: str | None) -> AbstractContextManager[None]:
        zone = self.zone_of(object_id) if object_id and is_id(object_id) else None
        return timezone.override(zone) if zone else nullcontext()


class CohortFilter(admin.SimpleListFilter):
    """Narrows a list to one cohort; offers one's own cohorts and no others, the newest and the one that is chosen."""

    title = gettext_lazy("cohort")
    parameter_name = "cohort"
    path = "cohort"
    most = 20

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[int, str]]:
        cohorts, chosen = self.cohorts(request).values_list("pk", "name"), self.value() or ""
        offered = list(cohorts[: self.most])
        if is_id(chosen) and len(offered) == self.most and int(chosen) not in dict(offered):
            offered += cohorts.filter(pk=chosen)
        return offered

    def cohorts(self, request: HttpRequest) -> models.QuerySet[Cohort]:
        """The cohorts to choose from."""
        return Cohort.objects.administered_by(request.user)

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        offered = {str(pk) for pk, _name in self.lookup_choices}
        return queryset.filter(**{self.path: value}) if value in offered else queryset.none()


class ChoiceFilter(admin.SimpleListFilter):
    """Narrows a list by a few fixed choices, each with its condition."""

    choices_and_conditions: dict[str, tuple[str, Callable[[], models.Q]]] = {}

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _condition) in self.choices_and_conditions.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() is None:
            return queryset
        if self.value() not in self.choices_and_conditions:
            return queryset.none()
        return queryset.filter(self.choices_and_conditions[self.value()][1]())
