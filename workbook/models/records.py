"""Who has read, searched or exported whose words, and when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Membership, Record, RecordQuerySet, User

from .plan import Prompt, Week

VISIT = timedelta(minutes=15)
"""Within this time the same page opened again is the same visit."""


class Shown(NamedTuple):
    """Whose words were shown, by ids: of one question, of one week, or (both None) of any."""

    membership: int
    week: int | None = None
    prompt: int | None = None


class AccessRecordQuerySet(RecordQuerySet["AccessRecord"]):
    """The deeds of those who read others' words."""

    def record_reading(
        self,
        actor: User,
        memberships: Iterable[Membership],
        week: Week | None = None,
        prompt: Prompt | None = None,
        deed: str = "read",
    ) -> None:
        """Note that the words of these members were shown to `actor`, once for each visit. At most two queries.

        Args:
            week, prompt: what was shown; empty for all weeks, all questions.
        """
        place = (week and week.pk, prompt and prompt.pk)
        self.record_shown(actor, [Shown(membership.pk, *place) for membership in memberships], deed)

    def record_shown(self, actor: User, shown: Iterable[Shown], deed: str) -> None:
        """The same for words of different weeks and questions."""
        shown = dict.fromkeys(shown)
        if not shown:
            return
        known = self.filter(actor=actor, deed=deed, created_at__gt=timezone.now() - VISIT)
        for row in known.values_list("membership", "week", "prompt"):
            shown.pop(Shown(*row), None)
        self.bulk_create(
            [
                self.model(actor=actor, membership_id=one.membership, week_id=one.week, prompt_id=one.prompt, deed=deed)
                for one in shown
            ]
        )

    def record_export(self, actor: User, membership: Membership) -> "AccessRecord":
        """Note that `actor` took all the words of `membership` along as a file; every time."""
        return self.create(actor=actor, membership=membership, deed=AccessRecord.Deed.EXPORT)


class AccessRecord(Record):
    """Who read, searched or exported whose words, and when. Only ever added; never holds the words."""

    class Deed(models.TextChoices):
        READ = "read", _("read")
        SEARCH = "search", _("found by a search")
        EXPORT = "export", _("exported")

    # The indexes below begin with the actor and with the membership.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_records", db_index=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="access_records", db_index=False)
    week = models.ForeignKey(Week, models.PROTECT, null=True, related_name="access_records")
    prompt = models.ForeignKey(Prompt, models.PROTECT, null=True, related_name="access_records")
    deed = models.CharField(max_length=10, choices=Deed)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["actor", "created_at"], name="access_by_actor"),
            models.Index(fields=["membership", "created_at"], name="access_by_membership"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
