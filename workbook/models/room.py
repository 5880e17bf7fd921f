"""The hour together: what a session's room shows to everybody at once, and who took part."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User

from .plan import Prompt, Week
from .words import Response

CLOSING = timedelta(minutes=3)
"""So long the closing of a session lasts unless it is given more time."""

LINGER = timedelta(minutes=10)
"""So long after its end the closing still turns pages that are opened."""

MORE = timedelta(minutes=1)
"""So much longer a closing lasts that is given more time."""


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms, and the one way to steer them."""

    @transaction.atomic
    def steer(self, week_id: int, by: User, deed: str, value: Any = None) -> "Room":
        """Do one deed in a week's room, as it is by now, and note who did. Its row comes with the first one.

        Args:
            deed: one of `Room.Deed`.
            value: what `Room.do` wants for it.
        """
        self.get_or_create(week_id=week_id)
        room = self.select_for_update(of=("self",)).get(week_id=week_id)
        room.steered_at, room.steered_by = timezone.now(), by
        room.do(deed, value)
        room.save()
        return room

    def take_back(self, week_id: int, response_id: int) -> None:
        """Put a text that is not shared any more out of the middle: shared again, it must not be there at once."""
        self.filter(week=week_id, spotlight=response_id).update(spotlight=None)


class Room(models.Model):
    """How the facilitators of a session steer what all see: the question, the cards, the time, the closing.

    A row comes with the first touch; who steers last has steered. What the members wrote is not here.
    """

    class Order(models.TextChoices):
        NAME = "name", _("By name")
        RANDOM = "random", _("At random")

    class Deed(models.TextChoices):
        ASK = "ask"
        NAMES = "names"
        ORDER = "order"
        SHUFFLE = "shuffle"
        SHOW = "show"
        HIDE = "hide"
        TIMER = "timer"
        TIMER_STOP = "timer_stop"
        CLOSE = "close"
        CLOSE_MORE = "close_more"
        CLOSE_END = "close_end"

    week = models.OneToOneField(Week, models.CASCADE, related_name="room", verbose_name=_("week"))
    prompt = models.ForeignKey(Prompt, models.SET_NULL, null=True, related_name="+", verbose_name=_("question"))
    is_named = models.BooleanField(_("with names"), default=True)
    order = models.CharField(_("order"), max_length=10, choices=Order, default=Order.NAME)
    seed = models.PositiveIntegerField(default=0, editable=False)
    """Another number, another order at random."""
    spotlight = models.ForeignKey(
        Response, models.PROTECT, null=True, related_name="+", verbose_name=_("in the middle")
    )
    timer_ends_at = models.DateTimeField(_("timer ends"), null=True)
    closing_at = models.DateTimeField(_("closing begun"), null=True)
    closing_ends_at = models.DateTimeField(_("closing ends"), null=True)
    steered_at = models.DateTimeField(_("steered on"), null=True)
    steered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("steered by")
    )

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("session room")
        verbose_name_plural = _("session rooms")
        ordering = ["week_id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closing_at=None, closing_ends_at=None)
                | models.Q(closing_at__isnull=False, closing_ends_at__gte=models.F("closing_at")),
                name="room_closing_has_an_end",
            )
        ]

    def __str__(self) -> str:
        return str(self.week)

    def is_closing(self, now: datetime | None = None) -> bool:
        """Whether pages turn to summary and action; for a while also after the time is up."""
        now = now or timezone.now()
        return self.closing_at is not None and self.closing_at <= now < self.closing_ends_at + LINGER

    def do(self, deed: str, value: Any = None) -> None:
        """Change what all see. Not saved yet.

        Args:
            value: the id of a prompt for `ask`, whether with names for `names`, the order for `order`,
                the id of a response for `show`, minutes for `timer`.
        """
        match deed:
            case self.Deed.ASK:
                self.prompt_id, self.spotlight = value, None
            case self.Deed.NAMES:
                self._name(value)
            case self.Deed.ORDER:
                self.order = value
            case self.Deed.SHUFFLE:
                self.order, self.seed = self.Order.RANDOM, self._other_seed()
            case self.Deed.SHOW | self.Deed.HIDE:
                self.spotlight_id = value
            case self.Deed.TIMER | self.Deed.TIMER_STOP:
                self.timer_ends_at = self.steered_at + timedelta(minutes=value) if value else None
            case _:
                self._close(deed)

    def _name(self, is_named: bool) -> None:
        """Without names in another order than ever before, so that no place tells whose it was."""
        self.is_named = is_named
        if not is_named:
            self.seed = self._other_seed()

    def _other_seed(self) -> int:
        return (self.seed + 1 + secrets.randbelow(2**30)) % 2**31

    def _close(self, deed: str) -> None:
        """Begin the closing, give it a minute more, end it. One that runs is not begun again."""
        now, is_on = self.steered_at, self.is_closing(self.steered_at)
        if deed == self.Deed.CLOSE and not (is_on and now < self.closing_ends_at):
            self.closing_at, self.closing_ends_at = now, now + CLOSING
        elif deed == self.Deed.CLOSE_MORE and is_on:
            self.closing_ends_at = max(now, self.closing_ends_at) + MORE
        elif deed == self.Deed.CLOSE_END:
            self.closing_at = self.closing_ends_at = None


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Who took part in which session, by who may know of it."""

    def note(self, week_id: int, membership_id: int, is_present: bool, by: User) -> "Attendance":
        """Note that somebody took part, or did not."""
        said = {"is_present": is_present, "noted_at": timezone.now(), "noted_by": by}
        return self.update_or_create(week_id=week_id, membership_id=membership_id, defaults=said)[0]

    def progress_for(self, user: User) -> "AttendanceQuerySet":
        """Who took part, for her facilitators and for organizers: as much as they know of what is written."""
        return self.filter(is_present=True, membership__cohort__in=Cohort.objects.administered_by(user))


class Attendance(models.Model):
    """That somebody took part in a session: she said so, or a facilitator did. Who corrects last is right."""

    week = models.ForeignKey(Week, models.PROTECT, related_name="attendances", verbose_name=_("week"))
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="attendances", db_index=False, verbose_name=_("member")
    )
    is_present = models.BooleanField(_("took part"), default=True)
    noted_at = models.DateTimeField(_("noted on"), default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by"))

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["week_id", "membership_id"]
        constraints = [
            models.UniqueConstraint(fields=["membership", "week"], name="attendance_once_per_membership_and_week")
        ]

    def __str__(self) -> str:
        return f"#{self.membership_id} / {self.week_id}"
