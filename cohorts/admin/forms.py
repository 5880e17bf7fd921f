"""What organizers type to let people in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.addresses import Pasted, read_addresses
from cohorts.models import Cohort, Invitation, User

MAX_PASTED, MAX_SIGNS = 300, 60_000
"""Addresses at once, and how long the list may be: reading a list costs time."""


class InviteForm(forms.Form):
    """Many addresses at once, for one cohort and role."""

    cohort = forms.ModelChoiceField(Cohort.objects.none(), label=_("Cohort"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Invitation.Role.choices, initial=Invitation.Role.MEMBER)
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=MAX_SIGNS,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One a line. “Name <address>” is fine too; signs in full width are understood."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.administered_by(user)

    def clean_addresses(self) -> Pasted:
        pasted = read_addresses(self.cleaned_data["addresses"])
        if len(pasted.good) > MAX_PASTED:
            raise ValidationError(_("At most %(most)d addresses at once, please."), params={"most": MAX_PASTED})
        return pasted

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for members without a cohort; organizers belong to none."""
        data = super().clean()
        if data.get("role") == Invitation.Role.ORGANIZER:
            data["cohort"] = None
        elif "cohort" in data and data["cohort"] is None:
            self.add_error("cohort", _("Please choose a cohort."))
        return data


class SharedLinkForm(forms.Form):
    """One link for a few people, for a while; members only."""

    cohort = forms.ModelChoiceField(Cohort.objects.none(), label=_("Cohort"))
    days = forms.IntegerField(label=_("Valid for how many days"), min_value=1, max_value=30, initial=3)
    uses = forms.IntegerField(label=_("How many people may use it"), min_value=1, max_value=100, initial=10)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="shared", **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.administered_by(user)

    def save(self, created_by: User) -> Invitation:
        """Create the link."""
        data = self.cleaned_data
        invitation = Invitation.objects.invite(created_by=created_by, cohort=data["cohort"], max_uses=data["uses"])
        invitation.expires_at = timezone.now() + timedelta(days=data["days"])
        invitation.save(update_fields=["expires_at"])
        return invitation
