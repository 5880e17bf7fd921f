"""One run of the workbook by one group, and who takes part in it."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cohorts.names import validate_one_line

from .record import Record, RecordQuerySet
from .user import User


def validate_time_zone(value: str) -> None:
    """Raises ValidationError unless `value` names an IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a known time zone."), params={"value": value})


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Cohorts, by who may see them. Every method but `closed_for` leaves out what is marked as deleted."""

    def live(self) -> "CohortQuerySet":
        """All that are not marked as deleted."""
        return self.filter(deleted_at=None)

    def unfinished(self) -> "CohortQuerySet":
        """Those that are written in, or will be: neither finished nor marked as deleted."""
        return self.live().filter(finished_at=None)

    def joined_by(self, user: User) -> "CohortQuerySet":
        """Those in which the user takes part today, in any role."""
        return self.live().filter(pk__in=user.joined)

    def facilitated_by(self, user: User) -> "CohortQuerySet":
        """Those in which the user is a facilitator today."""
        return self.live().filter(pk__in=user.facilitated)

    def administered_by(self, user: User) -> "CohortQuerySet":
        """Those that the user sees in the admin: all for organizers, the facilitated ones for others."""
        return self.live() if user.is_organizer else self.facilitated_by(user)

    def visible_to(self, user: User) -> "CohortQuerySet":
        """Those whose pages the user may open: joined ones, and all for organizers (without anybody's words)."""
        return self.live() if user.is_organizer else self.joined_by(user)

    def closed_for(self, user: User) -> "CohortQuerySet":
        """What was marked as deleted and can still be brought back: by organizers alone. The latest first."""
        closed = self.filter(deleted_at__isnull=False).order_by("-deleted_at", "-pk")
        return closed if user.is_organizer else closed.none()


class Cohort(models.Model):
    """One run of the workbook: the people who go through the weeks together."""

    name = models.CharField(_("name"), max_length=60, validators=[validate_one_line])
    slug = models.SlugField(
        _("address"), max_length=50, unique=True, help_text=_("The last part of the cohort's web address.")
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tokyo", validators=[validate_time_zone])
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organizer in charge"),
    )
    mail_note = models.CharField(
        _("a sentence of your own in the mails"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
    )
    created_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(_("marked as deleted"), null=True, blank=True, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workbook:cohort_detail", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the cohort's dates are meant and shown."""
        return ZoneInfo(self.time_zone)

    @transaction.atomic
    def finish(self, by: User | None = None) -> bool:
        """End the run: its people read on, and write no more. False if it had ended before."""
        return self._mark("finished_at", timezone.now(), _("Finished."), by)

    @transaction.atomic
    def reopen(self, by: User | None = None) -> bool:
        """Let the people of a finished run write again. False if it was running."""
        return self._mark("finished_at", None, _("Opened for writing again."), by)

    @transaction.atomic
    def mark_deleted(self, by: User | None = None) -> bool:
        """Close the cohort to everybody; the words stay until they are purged. False if it was closed before."""
        return self._mark("deleted_at", timezone.now(), _("Closed."), by, DELETION)

    @transaction.atomic
    def restore(self, by: User | None = None) -> bool:
        """Bring a closed cohort back, with everything as it was. False if it is open, or was purged meanwhile."""
        return self._mark("deleted_at", None, _("Brought back."), by)

    def _mark(self, name: str, moment: datetime | None, said: str, by: User | None, deed: int = CHANGE) -> bool:
        """Set a moment, or take it away, once; and note who did. What could not be mailed meanwhile waits again."""
        rows = Cohort.objects.filter(pk=self.pk, **{f"{name}__isnull": moment is not None})
        if not rows.update(**{name: moment}):
            return False
        setattr(self, name, moment)
        if moment is None:
            self.mails.take_up_again()
        if by:
            with override(settings.LANGUAGE_CODE):
                LogEntry.objects.log_actions(by.pk, [self], deed, str(said), single_object=True)
        return True


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who takes part in which cohort."""

    def current(self) -> "MembershipQuerySet":
        """Those who have not left, in cohorts that are not marked as deleted."""
        return self.filter(left_at=None, cohort__deleted_at=None)

    def facilitators(self) -> "MembershipQuerySet":
        return self.filter(role=Membership.Role.FACILITATOR)

    def members(self) -> "MembershipQuerySet":
        """Those who write and are counted; facilitators are not."""
        return self.filter(role=Membership.Role.MEMBER)

    def led_by(self, user: User) -> "MembershipQuerySet":
        """The members, of today or before, of the cohorts that she facilitates; never herself."""
        return self.members().filter(cohort__in=user.facilitated).exclude(user=user)

    def with_head_count(self) -> "MembershipQuerySet":
        """Each with `people_count` and `facilitator_count`: how many take part in its cohort today."""
        here = models.Q(cohort__memberships__left_at=None)
        leads = models.Q(cohort__memberships__role=Membership.Role.FACILITATOR)
        return self.annotate(
            people_count=models.Count("cohort__memberships", filter=here),
            facilitator_count=models.Count("cohort__memberships", filter=here & leads),
        )

    def number_in(self, cohort: str) -> Coalesce:
        """How many of these are in the cohort of the row around, for an annotation: counted for the rows shown alone.

        Args:
            cohort: the path from that row to its cohort.
        """
        here = self.filter(cohort=models.OuterRef(cohort)).order_by().values("cohort")
        return Coalesce(models.Subquery(here.annotate(n=models.Count("pk")).values("n")), 0)

    def administered_by(self, user: User) -> "MembershipQuerySet":
        """All in the cohorts that the user sees in the admin, those who left too."""
        return self.filter(cohort__in=Cohort.objects.administered_by(user))


class Membership(models.Model):
    """What a person is in one cohort. Closed by `left_at`, never deleted: words hang on it."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="memberships", verbose_name=_("cohort"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "cohort"], name="membership_once_per_user_and_cohort"),
        ]
        indexes = [models.Index(fields=["-joined_at", "-id"], name="membership_newest_first")]  # the organizers' list

    def __str__(self) -> str:
        return f"{self.user} / {self.cohort}"

    @property
    def is_facilitator(self) -> bool:
        return self.role == self.Role.FACILITATOR

    @transaction.atomic
    def close(self, by: User | None = None) -> None:
        """End the membership now; her words stay hers to read and export.

        Invitations that still wait in her mailbox die with it: what was sent before must not let her back in.
        """
        self.left_at = timezone.now()
        addresses = {self.user.email, *self.user.emailaddress_set.values_list("email", flat=True)}
        waiting = self.cohort.invitations.filter(email__in=addresses, revoked_at=None, uses__lt=models.F("max_uses"))
        # Invitations before memberships, as accepting one does: two who wait for each other would both fail.
        waiting.update(revoked_at=self.left_at)
        self.save(update_fields=["left_at"])
        RoleChange.objects.note(self, RoleChange.Deed.ENDED, by)

    @transaction.atomic
    def reopen(self, by: User | None = None) -> None:
        """Let a person who left take part again."""
        self.left_at = None
        self.save(update_fields=["left_at"])
        RoleChange.objects.note(self, RoleChange.Deed.BEGAN, by)


class RoleChangeQuerySet(RecordQuerySet["RoleChange"]):
    """Who began or ended to be what."""

    def note(self, membership: Membership, deed: str, by: User | None = None) -> "RoleChange":
        """Note that a place, in the role it has, began or ended now. `by` decided it; None for an invitation."""
        return self.create(membership=membership, role=membership.role, deed=deed, actor=by)

    def facilitators(self) -> "RoleChangeQuerySet":
        """Those that change who reads what members let their facilitators read."""
        return self.filter(role=Membership.Role.FACILITATOR)


class RoleChange(Record):
    """Somebody began or ended to be a member or a facilitator of a cohort, and who may read there changed."""

    class Deed(models.TextChoices):
        BEGAN = "began"
        ENDED = "ended"

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="role_changes")
    role = models.CharField(max_length=20, choices=Membership.Role)
    deed = models.CharField(max_length=10, choices=Deed)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="role_changes")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoleChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a role")
        verbose_name_plural = _("changes of roles")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"
