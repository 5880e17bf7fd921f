"""Who has read or exported whose words, and when."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Membership, User

from .plan import Week


class AccessRecordManager(models.Manager["AccessRecord"]):
    def record(self, actor: User, membership: Membership, week: Week | None, deed: str) -> "AccessRecord":
        """Note that `actor` read or exported the words of `membership`; `week` is empty for all weeks."""
        return self.create(actor=actor, membership=membership, week=week, deed=deed)

    def record_all(self, actor: User, memberships: Iterable[Membership], week: Week | None, deed: str) -> None:
        """The same for several writers at once. One query; none for nobody."""
        self.bulk_create(self.model(actor=actor, membership=row, week=week, deed=deed) for row in memberships)


class AccessRecord(models.Model):
    """Who read or exported whose words, and when. Only ever added; never holds the words."""

    class Deed(models.TextChoices):
        READ = "read", _("read")
        EXPORT = "export", _("exported")

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_records")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="access_records")
    week = models.ForeignKey(Week, models.PROTECT, null=True, related_name="access_records")
    deed = models.CharField(max_length=10, choices=Deed)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AccessRecordManager()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"
