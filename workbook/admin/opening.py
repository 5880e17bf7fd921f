"""Opening a cohort in two steps: what and who, then every date. Nothing is stored before the last button."""

import base64
import binascii
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.addresses import read_addresses
from cohorts.admin.forms import MAX_SIGNS
from cohorts.admin.scope import LocalMoment
from cohorts.models import Cohort, User
from cohorts.names import validate_one_line
from workbook.dates import Rhythm, opening_days
from workbook.importer import bundled, read
from workbook.models.plan import validate_date
from workbook.opening import open_cohort
from workbook.planned import Workbook, WorkbookError

BUNDLED, UPLOADED = "bundled", "file"
MAX_UPLOAD = 1_000_000


class OpeningForm(forms.Form):
    """Step one: where the questions come from, the name, the first session, the people.

    `page` carries an uploaded file (Base64) from step to step, since a browser forgets it.
    """

    source = forms.ChoiceField(label=_("Where do the questions come from?"), initial=BUNDLED)
    file = forms.FileField(
        label=_("Markdown file (.md, .txt)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".md,.txt"}),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=60, validators=[validate_one_line])
    first_session = forms.DateTimeField(label=_("First session"), widget=LocalMoment, validators=[validate_date])
    meeting_url = forms.URLField(
        label=_("Meeting link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    facilitators = forms.CharField(
        label=_("Facilitators' e-mail addresses"),
        required=False,
        max_length=MAX_SIGNS,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line. Whoever has no account yet gets an invitation by mail."),
    )
    slug = forms.SlugField(
        label=_("Web address"),
        required=False,
        max_length=50,
        help_text=_("The last part of the cohort's address. If empty, it is made from the date."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohorts = {str(cohort.pk): cohort for cohort in Cohort.objects.administered_by(user)}
        earlier = [(pk, _("As in “%(name)s”") % {"name": cohort.name}) for pk, cohort in self.cohorts.items()]
        self.fields["source"].choices = [
            (BUNDLED, _("The workbook that comes with Hisho (four weeks)")),
            *earlier,
            (UPLOADED, _("A file of my own")),
        ]

    @property
    def cohort(self) -> Cohort | None:
        """The earlier cohort that was chosen."""
        return self.cohorts.get(self.cleaned_data.get("source", ""))

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug and Cohort.objects.filter(slug=slug).exists():
            raise ValidationError(_("There is a cohort with this address already."))
        return slug

    def clean_facilitators(self) -> list[str]:
        """Raises ValidationError naming the lines that are no addresses."""
        pasted = read_addresses(self.cleaned_data["facilitators"])
        if pasted.bad:
            raise ValidationError(
                _("This is not an e-mail address: %(lines)s"), params={"lines": "、".join(pasted.bad)}
            )
        return [address.email for address in pasted.good]

    def clean(self) -> dict[str, Any]:
        """Keep the file for the next step, read what was chosen, find a free address.

        Raises ValidationError if the file cannot be read as a workbook.
        """
        data = super().clean()
        self.data = self.data.copy()
        if data.get("file"):
            self.data["page"] = base64.b64encode(data["file"].read(MAX_UPLOAD + 1)).decode()
        try:
            self.workbook = self._read(data.get("source"))
        except WorkbookError as error:
            self.add_error("file" if data.get("source") == UPLOADED else "source", str(error))
        if not data.get("slug") and data.get("first_session") and "slug" not in self.errors:
            data["slug"] = free_slug(data["first_session"])
        return data

    def _read(self, source: str | None) -> Workbook | None:
        """The workbook of a file or the bundled one; None for an earlier cohort."""
        if source == BUNDLED:
            return bundled()
        if source == UPLOADED:
            try:
                content = base64.b64decode(self.data.get("page", ""), validate=True)
            except (binascii.Error, ValueError) as error:
                raise WorkbookError(str(_("Please choose the file again."))) from error
            if not content:
                raise WorkbookError(str(_("Please choose a file.")))
            return read(content)
        if self.cohorts.get(source or "") and not self.cohorts[source].weeks.exists():
            raise WorkbookError(str(_("That cohort has no weeks.")))
        return None

    def weeks(self) -> list[tuple[int, str, datetime]]:
        """Number, theme and proposed session of each week. Needs a valid form."""
        first, zone = self.cleaned_data["first_session"], timezone.get_current_timezone()
        if self.workbook:
            sessions = Rhythm.weekly(len(self.workbook.weeks)).sessions(first, zone)
            return [(week.number, week.theme, at) for week, at in zip(self.workbook.weeks, sessions, strict=True)]
        weeks = list(self.cohort.weeks.order_by("number"))
        clock = self._clock(weeks[0].session_at, self.cohort.zone)
        shift = self._clock(first, zone) - clock
        moved = [(self._clock(week.session_at, self.cohort.zone) + shift).replace(tzinfo=zone) for week in weeks]
        return [(week.number, week.theme, at) for week, at in zip(weeks, moved, strict=True)]

    @staticmethod
    def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
        """What the clocks of the cohort show then."""
        return moment.astimezone(zone).replace(tzinfo=None)

    def open(self, sessions: list[datetime], invited_by: User) -> Cohort:
        """Open the cohort. Raises ValidationError if it cannot be, with nothing stored."""
        data = self.cleaned_data
        return open_cohort(
            name=data["name"],
            slug=data["slug"],
            workbook=self.workbook,
            source=self.cohort,
            first_session=sessions[0],
            meeting_url=data["meeting_url"],
            facilitators=data["facilitators"],
            session_dates=sessions,
            invited_by=invited_by,
            time_zone=settings.TIME_ZONE,
        )


class DatesForm(forms.Form):
    """Step two: one moment for each week, each after the one before."""

    def __init__(self, weeks: list[tuple[int, str, datetime]], data: Any = None) -> None:
        super().__init__(data)
        self.weeks = weeks
        for number, theme, session_at in weeks:
            self.fields[f"session-{number}"] = forms.DateTimeField(
                label=theme, initial=session_at, widget=LocalMoment, validators=[validate_date]
            )

    @property
    def sessions(self) -> list[datetime]:
        """The chosen moments in order."""
        return [self.cleaned_data[f"session-{number}"] for number, _theme, _at in self.weeks]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Number, box and opening day of each week, as things stand on the page."""
        chosen = self.sessions if self.is_bound and self.is_valid() else [at for _number, _theme, at in self.weeks]
        days = opening_days(chosen, timezone.get_current_timezone())
        return [
            {"number": number, "field": self[f"session-{number}"], "opens_at": day}
            for (number, _theme, _at), day in zip(self.weeks, days, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError at the first week whose session is not after the one before."""
        data, last = super().clean(), None
        for number, _theme, _at in self.weeks:
            session_at = data.get(f"session-{number}")
            if session_at and last and session_at <= last:
                self.add_error(f"session-{number}", _("This session must be after the one before."))
            last = session_at or last
        return data


def free_slug(day: datetime) -> str:
    """The day as an address, with a number behind it if it is taken."""
    stem = timezone.localtime(day).strftime("%Y-%m-%d")
    taken = set(Cohort.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def opening_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Both steps at one address; the buttons say which: `next`, `back`, `open`."""
    form = OpeningForm(request.user, request.POST or None, request.FILES or None)
    context = {**context, "title": _("Open a cohort"), "form": form, "media": form.media}
    if not form.is_bound or not form.is_valid() or "back" in request.POST:
        return TemplateResponse(request, "admin/cohorts/cohort/opening.html", {**context, "kept": _dates(request)})
    planned_for = f"{form.cleaned_data['source']} {form.cleaned_data['first_session'].isoformat()}"
    typed = "open" in request.POST or request.POST.get("planned_for") == planned_for
    dates = DatesForm(form.weeks(), request.POST if typed else None)
    if "open" in request.POST and dates.is_valid():
        try:
            cohort = form.open(dates.sessions, request.user)
        except ValidationError as error:
            dates.add_error(None, error.messages)
        else:
            note = "; ".join([form.cleaned_data["source"], *form.cleaned_data["facilitators"]])
            LogEntry.objects.log_actions(request.user.pk, [cohort], ADDITION, note, single_object=True)
            messages.success(request, _("“%(name)s” is open. Now you can invite the members.") % {"name": cohort.name})
            return redirect("admin:cohorts_cohort_change", cohort.pk)
    context |= {"dates": dates, "planned_for": planned_for}
    return TemplateResponse(request, "admin/cohorts/cohort/opening_dates.html", context)


def preview_view(request: HttpRequest) -> HttpResponse:
    """The fragment of the form's page that shows the dates."""
    return HttpResponse()


def _dates(request: HttpRequest) -> list[tuple[str, str]]:
    """Dates typed in step two, to carry them through step one."""
    return [(name, value) for name, value in request.POST.items() if name.startswith(("session-", "planned_for"))]
