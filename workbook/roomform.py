"""What is done in a session's room, validated: steering, and saying who is here."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Room
from .room import OpenRoom

MAX_MINUTES = 60
UNKNOWN = {"required": _("Please press once more."), "invalid_choice": _("Please press once more.")}


class SteerForm(forms.Form):
    """One deed of a facilitator, with what it needs: `value` becomes what `Room.do` wants."""

    deed = forms.ChoiceField(choices=Room.Deed.choices, error_messages=UNKNOWN)
    value = forms.CharField(required=False, max_length=40, error_messages=UNKNOWN)

    def __init__(self, data: Any, room: OpenRoom) -> None:
        super().__init__(data)
        self.room = room

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a finished cohort, and for a value that fits not what is in the room now."""
        data = super().clean()
        if self.room.is_ended:
            raise ValidationError(_("This cohort has ended, so the room cannot be steered any more."), code="finished")
        if not self.errors:
            data["value"] = self._value(data["deed"], data["value"])
        return data

    def _value(self, deed: str, value: str) -> Any:
        match deed:
            case Room.Deed.ASK:
                return self._prompt(value)
            case Room.Deed.NAMES:
                return self._one_of({"1": True, "0": False}, value)
            case Room.Deed.ORDER:
                return self._one_of({order: order for order in Room.Order.values}, value)
            case Room.Deed.SHOW:
                return self._card(value)
            case Room.Deed.TIMER:
                return self._one_of({str(minutes): minutes for minutes in range(1, MAX_MINUTES + 1)}, value)
            case Room.Deed.CLOSE_MORE if not self.room.closing:
                raise ValidationError(_("The last minutes have not begun."), code="not_closing")
        return None

    def _prompt(self, value: str) -> int:
        prompts = {str(prompt.pk): prompt.pk for prompt in self.room.prompts}
        if value not in prompts:
            raise ValidationError(_("This question is not in this week any more."), code="prompt")
        return prompts[value]

    def _card(self, value: str) -> int:
        card = self.room.find_card(value)
        if card is None:
            raise ValidationError(_("This text is not shared any more."), code="card")
        return card.pk

    @staticmethod
    def _one_of(known: dict[str, Any], value: str) -> Any:
        if value not in known:
            raise ValidationError(_("This is not possible here."), code="value")
        return known[value]


class AttendForm(forms.Form):
    """That somebody is here, or is not: `membership` is for facilitators, who correct; without it, oneself."""

    present = forms.ChoiceField(choices=[("1", "1"), ("0", "0")], error_messages=UNKNOWN)
    membership = forms.CharField(required=False, max_length=20)

    def __init__(self, data: Any, room: OpenRoom) -> None:
        super().__init__(data)
        self.room = room

    def clean(self) -> dict[str, Any]:
        """Put the membership's id into `membership`; None for somebody of whom she has nothing to say.

        Raises ValidationError for a member of a finished cohort, and for a member on any other day than the session's
        and the next one.
        """
        data = super().clean()
        own = self.room.fact.membership_id
        known = {str(person.pk): person.pk for person in self.room.people} if self.room.may_steer else {str(own): own}
        data["membership"] = known.get(data.get("membership") or str(own))
        if data["membership"] is not None and not self.room.may_attend:
            raise self._off_day()
        return data

    def _off_day(self) -> ValidationError:
        if self.room.is_ended:
            return ValidationError(_("This cohort has ended."), code="finished")
        return ValidationError(_("You can say this on the day of the session and the day after it."), code="day")
