"""What is typed to open a cohort."""

from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.addresses import Address, Pasted, read_addresses
from cohorts.admin.forms import MAX_PASTED, MAX_SIGNS
from cohorts.admin.inviting import invite_all
from cohorts.admin.scope import LocalMoment
from cohorts.models import Cohort, Invitation, User
from cohorts.names import validate_one_line
from workbook.models.plan import validate_date
from workbook.opening import open_cohort
from workbook.planned import WorkbookError

from .draft import Page
from .origin import UPLOADED, Origin

MAX_UPLOAD = 1_000_000
TAKEN = _("There is a cohort with this address already.")
ADDRESSES = {"rows": 3, "spellcheck": "false", "autocomplete": "off"}


@cache
def known_zones() -> dict[str, None]:
    """The names of all time zones, in order. Kept, since they are read from the disk."""
    return dict.fromkeys(sorted(available_timezones()))


class OpeningForm(forms.Form):
    """Name, first session, link and people; below them what is seldom changed.

    `leads` and `guests` are the people of the earlier cohort who come along; `asked` names the cohort whose people
    were offered: ticks for those of another one say nothing.
    """

    name = forms.CharField(label=_("Name"), max_length=60, validators=[validate_one_line])
    first_session = forms.DateTimeField(label=_("First session"), widget=LocalMoment, validators=[validate_date])
    meeting_url = forms.URLField(
        label=_("Meeting link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    leads = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    facilitators = forms.CharField(
        label=_("Facilitators' e-mail addresses"),
        required=False,
        max_length=MAX_SIGNS,
        widget=forms.Textarea(attrs={**ADDRESSES, "rows": 1}),
        help_text=_("One a line. Whoever has no account yet gets an invitation by mail."),
    )
    guests = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    people = forms.CharField(
        label=_("E-mail addresses of the members"),
        required=False,
        strip=False,
        max_length=MAX_SIGNS,
        widget=forms.Textarea(attrs=ADDRESSES),
        help_text=_("One a line, with a name if you like; rows of a spreadsheet are understood. Each gets a mail."),
    )
    source = forms.ChoiceField(label=_("Where do the questions come from?"))
    file = forms.FileField(
        label=_("Markdown file (.md, .txt)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".md,.txt"}),
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=50, widget=forms.TextInput(attrs={"list": "zones", "spellcheck": "false"})
    )
    slug = forms.SlugField(
        label=_("Web address"),
        required=False,
        max_length=50,
        help_text=_("The last part of the cohort's address. If empty, it is made from the date."),
    )
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, origin: Origin, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin = origin
        self.fields["source"].choices = origin.choices
        self.fields["leads"].choices = [(str(user.pk), user.nickname) for user in self._possible_leads()]
        self.fields["guests"].choices = [(str(user.pk), user.nickname) for user in origin.members]

    def _possible_leads(self) -> list[User]:
        """Who facilitated before, and oneself."""
        leaders = self.origin.leaders
        return leaders if self.origin.user in leaders else [*leaders, self.origin.user]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its moments are meant, as far as it can be understood."""
        chosen = self.data.get("time_zone", "").strip()
        return ZoneInfo(chosen if chosen in known_zones() else settings.TIME_ZONE)

    def clean_time_zone(self) -> str:
        chosen = self.cleaned_data["time_zone"]
        if chosen not in known_zones():
            raise ValidationError(_("“%(value)s” is not a known time zone."), params={"value": chosen})
        return chosen

    def clean_file(self) -> Page | None:
        """The file that was chosen now, if any, takes the place of the one before. Read it before anything else."""
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        self.origin.page = Page(upload.name[:100], upload.read(MAX_UPLOAD + 1))
        return self.origin.page

    def clean_facilitators(self) -> list[Address]:
        return _all_good(self.cleaned_data["facilitators"]).good

    def clean_people(self) -> list[Address]:
        return _all_good(self.cleaned_data["people"]).good

    def clean(self) -> dict[str, Any]:
        """Read what the workbook asks, and look whether this form has opened its cohort already.

        Raises ValidationError if nothing can be read, or another cohort has its address.
        """
        data = super().clean()
        try:
            self.outlines, self.rhythm = self.origin.outlines, self.origin.rhythm
        except WorkbookError as error:
            self.outlines, self.rhythm = [], None
            self.origin.problem = str(error)
            self.add_error("file" if self.origin.chosen == UPLOADED else "source", str(error))
        self.twin = self._find_twin()
        if (
            data.get("slug")
            and Cohort.objects.filter(slug=data["slug"]).exclude(pk=self.twin and self.twin.pk).exists()
        ):
            self.add_error("slug", TAKEN)
        return data

    @property
    def lead_emails(self) -> list[str]:
        """Everybody who is to facilitate, as far as can be read; each once."""
        ticked = [user.email for user in self._possible_leads() if str(user.pk) in self.cleaned_data.get("leads", [])]
        typed = [address.email for address in self.cleaned_data.get("facilitators", [])]
        return list(dict.fromkeys([*ticked, *typed]))

    @property
    def invited(self) -> list[Address]:
        """Everybody who is to be invited as a member, each once; whoever facilitates is in already."""
        ticked = [user for user in self.origin.members if str(user.pk) in self.cleaned_data["guests"]]
        known = {user.email: Address(user.email, user.nickname) for user in ticked}
        everybody = {**{address.email: address for address in self.cleaned_data["people"]}, **known}
        return [address for email, address in everybody.items() if email not in self.lead_emails]

    def open(self, sessions: list[Any]) -> "Opened":
        """Open the cohort and invite its people, or neither. A second press of the button finds the first one's cohort.

        Raises ValidationError if it cannot be, with nothing stored.
        """
        typed = self.cleaned_data["slug"]
        slug = typed or free_slug(sessions[0], self.zone)
        try:
            return self._open(sessions, slug)
        except (IntegrityError, ValidationError) as error:
            # Somebody else may have opened one at this address since it was found free.
            if not Cohort.objects.filter(slug=slug).exists():
                raise
            if typed:
                raise ValidationError(TAKEN) from error
            return self._open(sessions, free_slug(sessions[0], self.zone))

    @transaction.atomic
    def _open(self, sessions: list[Any], slug: str) -> "Opened":
        data, opener = self.cleaned_data, self.origin.user
        User.objects.select_for_update().get(pk=opener.pk)
        if twin := self._find_twin():
            leads = [Address(email, "") for email in self.lead_emails]
            return Opened(
                twin, self._invite(leads, twin, Invitation.Role.FACILITATOR) + self._invite_members(twin), False
            )
        cohort = open_cohort(
            name=data["name"],
            slug=slug,
            workbook=self.origin.workbook,
            source=self.origin.cohort,
            first_session=sessions[0],
            meeting_url=data["meeting_url"],
            facilitators=self.lead_emails,
            session_dates=sessions,
            invited_by=opener,
            time_zone=data["time_zone"],
        )
        return Opened(cohort, self._invite_members(cohort))

    def _find_twin(self) -> Cohort | None:
        """The cohort that this form has opened already: of the same name, and it begins at the same moment."""
        name, first = self.cleaned_data.get("name"), self.cleaned_data.get("first_session")
        if not name or not first or not self.outlines:
            return None
        same = Cohort.objects.live().filter(organizer=self.origin.user, name=name, weeks__session_at=first)
        return same.filter(weeks__number=self.outlines[0].number).first()

    def _invite_members(self, cohort: Cohort) -> int:
        return self._invite(self.invited, cohort, Invitation.Role.MEMBER)

    def _invite(self, people: list[Address], cohort: Cohort, role: str) -> int:
        """Gives how many are invited who were neither in nor invited."""
        return len(invite_all(people, cohort=cohort, role=role, created_by=self.origin.user).invited)


class Opened(NamedTuple):
    """The cohort that is open now, how many people were invited, and whether it was not there before."""

    cohort: Cohort
    invited: int
    is_new: bool = True


def first_data(origin: Origin) -> QueryDict:
    """What the form holds when it is opened: a copy of the earlier run, a run later, with its facilitators."""
    data = QueryDict(mutable=True)
    first, link = origin.next_first_session(), origin.weeks[0].meeting_url if origin.weeks else ""
    zone = origin.cohort.zone if origin.cohort else ZoneInfo(settings.TIME_ZONE)
    data.update({"source": origin.chosen, "meeting_url": link, "time_zone": zone.key})
    data["first_session"] = first.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if first else ""
    return tick_leaders(data, origin)


def tick_leaders(data: QueryDict, origin: Origin) -> QueryDict:
    """Whoever facilitated the earlier run comes along unless she is left out; members are asked anew."""
    data = data.copy()
    data["asked"] = origin.chosen
    data.setlist("leads", [str(user.pk) for user in origin.leaders])
    data.setlist("guests", [])
    return data


def free_slug(day: Any, zone: ZoneInfo) -> str:
    """The day as an address, with a number behind it if it is taken."""
    stem = timezone.localtime(day, zone).strftime("%Y-%m-%d")
    taken = set(Cohort.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _all_good(text: str) -> Pasted:
    """Raises ValidationError naming the lines that are no addresses, or if there are too many."""
    pasted = read_addresses(text)
    if pasted.bad:
        lines = "、".join(pasted.bad)
        raise ValidationError(_("This is not an e-mail address: %(lines)s"), params={"lines": lines})
    if len(pasted.good) > MAX_PASTED:
        raise ValidationError(_("At most %(most)d addresses at once, please."), params={"most": MAX_PASTED})
    return pasted
