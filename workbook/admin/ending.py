"""How a cohort ends: finished and kept to read, or closed, with some days to think again."""

import unicodedata
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort, Invitation, Membership, User
from workbook.models import Draft, Feedback, Note, Response
from workbook.purge import GRACE

PAGE = 50
"""Closed cohorts on one page."""


def is_same_name(one: str, other: str) -> bool:
    """Whether two names read the same: a keyboard for Japanese writes digits and blanks in two widths."""
    first, second = (" ".join(unicodedata.normalize("NFKC", name).split()).casefold() for name in (one, other))
    return first == second


class CloseForm(forms.Form):
    """The cohort's name, typed: closing should not happen by a slip of the finger."""

    name = forms.CharField(label=gettext_lazy("Name of the cohort"), max_length=120)

    def __init__(self, cohort: Cohort, *args: Any) -> None:
        super().__init__(*args)
        self.cohort = cohort
        self.fields["name"].widget.attrs |= {"autocomplete": "off", "autofocus": True}

    def clean_name(self) -> str:
        """Raises ValidationError for any other name."""
        name = self.cleaned_data["name"]
        if not is_same_name(name, self.cohort.name):
            raise ValidationError(_("This is not the cohort's name. Please write it as it stands above."))
        return name


def impact(user: User, cohort: Cohort) -> list[tuple[str, int]]:
    """What closing the cohort takes away from people, counted, never read. Six queries."""
    places = cohort.memberships.current().aggregate(
        members=Count("pk", filter=Q(role=Membership.Role.MEMBER)),
        facilitators=Count("pk", filter=Q(role=Membership.Role.FACILITATOR)),
    )
    drafts = Draft.objects.filter(response__membership__cohort=cohort).exclude(text="")
    written = Response.objects.progress_for(user).filter(membership__cohort=cohort, written=True)
    return [
        (_("Members"), places["members"]),
        (_("Facilitators"), places["facilitators"]),
        (_("Boxes with words in them"), written.count()),
        (_("Comments"), Feedback.objects.filter(revision__response__membership__cohort=cohort).count()),
        (
            _("Comments not sent yet"),
            drafts.count(),
        ),
        (_("Facilitators' notes"), Note.objects.filter(membership__cohort=cohort).exclude(text="").count()),
        (_("Open invitations"), Invitation.objects.open().filter(cohort=cohort).count()),
    ]


def closed_page(user: User, number: str | None) -> Page:
    """Closed cohorts, the latest first, each with how many take part, who closed it and until when it can come back."""
    places = Count("memberships", filter=Q(memberships__left_at=None))
    rows = Cohort.objects.closed_for(user).annotate(people=places)
    page = Paginator(rows, PAGE).get_page(number)
    page.object_list = list(page.object_list)
    closers = closers_of(page.object_list)
    now = timezone.now()
    for cohort in page.object_list:
        gone_at = (cohort.deleted_at + GRACE).astimezone(cohort.zone)
        cohort.closer, cohort.is_due = closers.get(str(cohort.pk), ""), gone_at <= now
        cohort.gone_on = date_format(gone_at, _("F j (D)"))
    return page


def closers_of(cohorts: list[Cohort]) -> dict[str, str]:
    """Who closed them, by the cohort's id as the log writes it. One query."""
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Cohort),
        action_flag=DELETION,
        object_id__in=[str(cohort.pk) for cohort in cohorts],
    )
    return dict(log.order_by("action_time").values_list("object_id", "user__nickname"))


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

    def has_delete_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        return request.user.is_organizer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The way to close stands with the others, not beside Save."""
        return super().render_change_form(request, context | {"show_delete": False}, *args, **kwargs)

    def finish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What finishing means; then finish."""
        cohort = self._cohort(request, pk)
        if request.method == "POST":
            cohort.finish(request.user)
            messages.success(request, _("The cohort has ended. Its members can read on."))
            return redirect("admin:cohorts_cohort_change", pk)
        invitations = Invitation.objects.open().filter(cohort=cohort).count()
        last = cohort.weeks.order_by("session_at").last()
        context = {"invitations": invitations, "ahead": last if last and not last.session_is_over else None}
        return self._page(request, cohort, "finish", _("End this cohort?"), context)

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What it means to write again; then do it."""
        cohort = self._cohort(request, pk)
        if request.method == "POST":
            cohort.reopen(request.user)
            messages.success(request, _("Its members can write again."))
            return redirect("admin:cohorts_cohort_change", pk)
        return self._page(request, cohort, "reopen", _("Let the members write again?"), {})

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What closing takes away, counted; then the name; then close."""
        cohort = self._cohort(request, object_id)
        form = CloseForm(cohort, request.POST if request.method == "POST" else None)
        if form.is_valid():
            cohort.mark_deleted(request.user)
            messages.success(request, _("“%(name)s” is closed. You can still bring it back.") % {"name": cohort.name})
            return redirect("admin:cohorts_cohort_closed")
        is_sure = form.is_bound or "sure" in request.GET
        context = {"form": form if is_sure else None, "gone_at": timezone.now() + GRACE, "days": GRACE.days}
        context["counts"] = impact(request.user, cohort)
        return self._page(request, cohort, "delete_confirmation", _("Close this cohort?"), context)

    def closed_view(self, request: HttpRequest) -> HttpResponse:
        """What was closed lately, with the way back."""
        if not self.has_change_permission(request):
            raise Http404
        context = self._context(_("Closed cohorts")) | {"days": GRACE.days}
        context["page"] = closed_page(request.user, request.GET.get("page"))
        return TemplateResponse(
            request, "admin/cohorts/cohort/closed.html", self.admin_site.each_context(request) | context
        )

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring a closed cohort back."""
        if not self.has_change_permission(request):
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        cohort = get_object_or_404(Cohort.objects.closed_for(request.user), pk=pk)
        if not cohort.restore(request.user):
            raise Http404
        messages.success(request, _("“%(name)s” is back, with everything in it.") % {"name": cohort.name})
        return redirect("admin:cohorts_cohort_change", pk)

    def _cohort(self, request: HttpRequest, pk: int | str) -> Cohort:
        cohort = self.get_object(request, str(pk)) if self.has_change_permission(request) else None
        if cohort is None:
            raise Http404
        return cohort

    def _context(self, title: str) -> dict[str, Any]:
        return {"opts": self.opts, "title": title, "subtitle": None}

    def _page(
        self, request: HttpRequest, cohort: Cohort, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        """A page about one cohort, in its time zone."""
        whole = self.admin_site.each_context(request) | self._context(title) | {"cohort": cohort} | context
        with timezone.override(cohort.zone):
            return TemplateResponse(request, f"admin/cohorts/cohort/{name}.html", whole).render()
