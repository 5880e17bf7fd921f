"""What is typed on a week's page: how long its session is and where, for facilitators also when."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.admin.scope import moment
from workbook.models import Week
from workbook.moving import Move, faults_of, move_sessions, plan_moves


class MeetingForm(forms.ModelForm):
    """Takes only what was changed on this page, however old it is, and tells what somebody else has changed since.

    Each box says along with what it began. The week's page names the fields.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            self.initial[name] = _typable(self.initial[name])

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a box that somebody else has changed; saved again, what she typed holds."""
        data = super().clean()
        self.weeks = list(Week.objects.select_for_update().filter(cohort=self.instance.cohort_id).order_by("number"))
        self.instance.refresh_from_db()
        for name in [name for name in self.fields if name in data]:
            now = getattr(self.instance, name)
            if name not in self.changed_data:
                data[name] = now
            elif self._is_outdated(name, now):
                self.add_error(name, self._told(now))
        return data

    def _is_outdated(self, name: str, now: Any) -> bool:
        """Whether the box began with something else. The next save is not told again."""
        began = self.add_initial_prefix(name)
        if not self.fields[name].has_changed(_typable(now), self.data.get(began)):
            return False
        self.data = self.data.copy()
        self.data[began] = _typable(timezone.localtime(now) if isinstance(now, datetime) else now)
        return True

    def _told(self, now: Any) -> str:
        value = moment(now, self.instance.cohort.zone) if isinstance(now, datetime) else now or _("empty")
        return _("Somebody else has changed this meanwhile: %(value)s. Save again if yours shall hold.") % {
            "value": value
        }


class SessionForm(MeetingForm):
    """What a facilitator corrects herself: when this session is and where. The other sessions stay."""

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a session that is past, is to be past, or leaves its place among the others."""
        data = super().clean()
        if self.is_moved and "session_at" in data and not self.errors:
            self._check(data["session_at"])
        return data

    @property
    def is_moved(self) -> bool:
        """Whether she has changed the session's moment."""
        return "session_at" in self.changed_data

    def _check(self, session_at: datetime) -> None:
        week, now = self.instance, timezone.now()
        if not can_move(week):
            raise ValidationError({"session_at": _("This session cannot be moved any more.")})
        faults = faults_of(self._plan(session_at, now), now)
        if week.number in faults:
            raise ValidationError({"session_at": faults[week.number]})
        if faults:
            text = _("This session must be before the next one. The organizers can move the later ones too.")
            raise ValidationError({"session_at": text})

    def _plan(self, session_at: datetime, now: datetime) -> list[Move]:
        return plan_moves(
            self.weeks, {self.instance.number: session_at}, self.instance.cohort.zone, rest=False, now=now
        )

    def move(self) -> list[Move]:
        """Move the session; opening days follow. The form must be valid, and its transaction still the same."""
        week, seen = self.instance, {week.number: week.session_at for week in self.weeks}
        chosen = {week.number: self.cleaned_data["session_at"]}
        moves = move_sessions(week.cohort, chosen, rest=False, seen=seen)
        week.refresh_from_db(fields=["opens_at", "session_at", "sequence"])
        return moves


def can_move(week: Week) -> bool:
    """Whether the session is still to come, in a cohort that runs."""
    return not week.session_has_begun and week.cohort.finished_at is None


def _typable(value: Any) -> Any:
    """A moment without its seconds, which nobody can type; anything else as it is."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value
