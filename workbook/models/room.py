"""The hour together: what a session's room shows to everybody at once, and who took part."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User

from .plan import Prompt, Week
from .words import Response

CLOSING = timedelta(minutes=3)
"""So long the closing of a session lasts unless it is given more time."""

LINGER = timedelta(minutes=10)
"""So long after its end the closing still turns pages that are opened."""


class Room(models.Model):
    """How the facilitators of a session steer what all see: the question, the cards, the time, the closing.

    A row comes with the first touch; who steers last has steered. What the members wrote is not here.
    """

    class Order(models.TextChoices):
        NAME = "name", _("By name")
        RANDOM = "random", _("At random")

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


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendances, by who may know of them."""

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
