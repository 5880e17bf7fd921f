"""The list of what was written, for facilitators: who, where, read or not. Never the words."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from cohorts.admin.scope import ChoiceFilter, CohortFilter, ListOnly, ScopedAdmin
from cohorts.models import Cohort, Membership
from workbook.models import Feedback, Reading, Response, Section, Week

from .reading import read_person, read_question, read_week
from .search import search_words
from .stamp import member_stamp, question_stamp

QUESTION_SIGNS = 18


class MyCohortFilter(CohortFilter):
    path = "membership__cohort"

    def cohorts(self, request: HttpRequest) -> QuerySet[Cohort]:
        return Cohort.objects.facilitated_by(request.user)


class WeekFilter(admin.SimpleListFilter):
    title = _("week")
    parameter_name = "week"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[int, str]]:
        mine = Week.objects.filter(cohort__in=request.user.facilitated)
        numbers = mine.order_by("number").values_list("number", flat=True).distinct()
        return [(number, str(Week(number=number).label)) for number in numbers]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        value = self.value()
        if not value:
            return queryset
        known = {str(number) for number, _label in self.lookup_choices}
        return queryset.filter(prompt__section__week__number=value) if value in known else queryset.none()


class SectionFilter(ChoiceFilter):
    title = _("section")
    parameter_name = "section"
    choices_and_conditions = {
        value: (label, lambda value=value: Q(prompt__section__kind=value)) for value, label in Section.Kind.choices
    }


class WrittenFilter(ChoiceFilter):
    title = _("written")
    parameter_name = "written"
    choices_and_conditions = {
        "yes": (_("written"), lambda: Q(written=True)),
        "no": (_("begun"), lambda: Q(written=False)),
    }


class UnreadFilter(ChoiceFilter):
    title = _("unread")
    parameter_name = "unread"
    choices_and_conditions = {
        "yes": (_("unread"), lambda: Q(is_unread=True)),
        "changed": (_("changed since my comment"), lambda: Q(answered_version__lt=F("version"), is_readable=True)),
    }


class ReadingChangeList(ChangeList):
    """Its rows lead to the reading page of the member's week."""

    def url_for_result(self, result: Response) -> str:
        return reverse("admin:workbook_response_read", args=[result.membership_id, result.prompt.section.week.number])


@admin.register(Response)
class ResponseAdmin(ListOnly, ScopedAdmin):
    """Boxes of the members of one's cohorts in which something was saved; words are read on the reading page."""

    list_display = ["member", "cohort", "week", "section", "question", "state", "unread", "changed", "updated_at"]
    list_display_links = ["member"]
    list_filter = [MyCohortFilter, WeekFilter, SectionFilter, WrittenFilter, UnreadFilter]
    list_select_related = ["membership__user", "membership__cohort", "prompt__section__week"]
    ordering = ["-updated_at", "-pk"]
    sortable_by = ["updated_at"]
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Response | None = None) -> bool:
        return request.user.is_facilitator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Response]:
        mine = Response.objects.filter(
            membership__cohort__in=request.user.facilitated,
            membership__role=Membership.Role.MEMBER,
        )
        answered = Feedback.objects.filter(author=request.user, revision__response=OuterRef("pk"))
        return (
            Reading.objects.mark(mine, request.user)
            .annotate(
                answered_version=Subquery(answered.order_by("-revision__version").values("revision__version")[:1])
            )
            .defer("text")
            .order_by(*self.ordering)
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ReadingChangeList

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("read/<id:membership_id>/<id:number>/", read_week, member_stamp, "read"),
            ("read/<id:membership_id>/", read_person, member_stamp, "person"),
            ("question/<id:prompt_id>/", read_question, question_stamp, "question"),
        ]
        live = self.admin_site.live_view
        own = [
            path(address, live(view, stamp), name=f"workbook_response_{name}") for address, view, stamp, name in pages
        ]
        search = path("search/", self.admin_site.admin_view(search_words), name="workbook_response_search")
        return [search, *own, *super().get_urls()]

    @admin.display(description=_("member"))
    def member(self, response: Response) -> str:
        return str(response.membership.user)

    @admin.display(description=_("cohort"))
    def cohort(self, response: Response) -> str:
        return response.membership.cohort.name

    @admin.display(description=_("week"))
    def week(self, response: Response) -> str:
        return response.prompt.section.week.label

    @admin.display(description=_("section"))
    def section(self, response: Response) -> str:
        return response.prompt.section.heading

    @admin.display(description=_("question"), empty_value="")
    def question(self, response: Response) -> str | None:
        """How it begins; nothing where the section's heading asks."""
        return Truncator(response.prompt.text).chars(QUESTION_SIGNS) or None

    @admin.display(description=_("state"))
    def state(self, response: Response) -> str:
        return _("written") if response.written else _("begun")

    @admin.display(description=_("unread"), empty_value="")
    def unread(self, response: Response) -> str | None:
        if not response.is_readable:
            return _("only the writer")
        return _("unread") if response.is_unread else None

    @admin.display(description=_("since my comment"), empty_value="")
    def changed(self, response: Response) -> str | None:
        answered = response.answered_version
        return _("changed") if response.is_readable and answered and answered < response.version else None
