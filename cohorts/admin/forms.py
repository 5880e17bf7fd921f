"""What organizers type to let people in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.addresses import Pasted, read_addresses
from cohorts.models import Cohort, Invitation, User
from cohorts.tables import NotText, decode, with_tabs

MAX_PASTED, MAX_SIGNS, MAX_BYTES = 300, 60_000, 240_000
"""Addresses at once, and how long a list or a file may be: reading it costs time."""
OFFERED = 30
"""Cohorts to choose from, the newest first; an older one is chosen by coming from its page."""


class CohortChoice(forms.ModelChoiceField):
    """One of the cohorts that run or are to come. Offers the newest, takes any: there may be thousands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Cohort.objects.none(), label=_("Cohort"), **kwargs)

    def offer(self, user: User, chosen: object) -> None:
        """Offer what the user may invite to; `chosen` is the id that the form begins with or that was posted."""
        self.queryset = Cohort.objects.administered_by(user).filter(finished_at=None)
        offered = {str(pk): name for pk, name in self.queryset.values_list("pk", "name")[:OFFERED]}
        if chosen and str(chosen) not in offered:
            offered |= {str(row.pk): row.name for row in [self._find(chosen)] if row}
        self.widget.choices = [("", self.empty_label), *offered.items()]

    def _find(self, chosen: object) -> Cohort | None:
        try:
            return self.to_python(chosen)
        except ValidationError:
            return None


class InviteForm(forms.Form):
    """Many addresses at once, typed, pasted or in a file, for one cohort and role."""

    cohort = CohortChoice(required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Invitation.Role.choices, initial=Invitation.Role.MEMBER)
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=MAX_SIGNS,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One a line, with or without a name, or cells copied from a spreadsheet, columns in any order."),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_("Name and address in any columns; a line of headings is understood."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].offer(user, self["cohort"].value())

    def clean_file(self) -> str:
        """The file's rows, as they would be pasted."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is too long."))
        try:
            return with_tabs(decode(file.read()))
        except NotText as error:
            raise ValidationError(
                _("This file cannot be read. In Excel or Numbers, save it as “CSV” and choose that.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for members without a cohort; organizers belong to none."""
        data = super().clean()
        if {"addresses", "file"} <= data.keys():
            data["addresses"] = self._read("\n".join(filter(None, [data["addresses"], data["file"]])))
        if data.get("role") == Invitation.Role.ORGANIZER:
            data["cohort"] = None
        elif "cohort" in data and data["cohort"] is None:
            self.add_error("cohort", _("Please choose a cohort."))
        return data

    def _read(self, text: str) -> Pasted:
        pasted = read_addresses(text)
        if len(pasted.good) > MAX_PASTED:
            self.add_error(
                "addresses",
                ValidationError(_("At most %(most)d addresses at once, please."), params={"most": MAX_PASTED}),
            )
        elif not (pasted.good or pasted.bad):
            self.add_error("addresses", _("Please enter addresses or choose a file."))
        return pasted


class SharedLinkForm(forms.Form):
    """One link for a few people, for a while; members only."""

    cohort = CohortChoice()
    days = forms.IntegerField(label=_("Valid for how many days"), min_value=1, max_value=30, initial=3)
    uses = forms.IntegerField(label=_("How many people may use it"), min_value=1, max_value=100, initial=10)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="shared", **kwargs)
        self.fields["cohort"].offer(user, self["cohort"].value())

    def save(self, created_by: User) -> Invitation:
        """Create the link."""
        data = self.cleaned_data
        invitation = Invitation.objects.invite(created_by=created_by, cohort=data["cohort"], max_uses=data["uses"])
        invitation.expires_at = timezone.now() + timedelta(days=data["days"])
        invitation.save(update_fields=["expires_at"])
        return invitation
