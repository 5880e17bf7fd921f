"""Who has read, searched or exported whose words, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Membership, Record, RecordQuerySet, User

from .plan import Prompt, Week
from .readers import Readers
from .words import Revision

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
        """Note that the words of these members were shown to `actor`, once for each visit; again when a member has
        opened a text meanwhile that had been hers alone. At most three queries.

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
        begun = timezone.now() - VISIT
        rows = self.filter(actor=actor, deed=deed, created_at__gt=begun).order_by("created_at")
        known = {
            Shown(*row): noted_at for *row, noted_at in rows.values_list("membership", "week", "prompt", "created_at")
        }
        known = {one: noted_at for one, noted_at in known.items() if one in shown}
        opened = self._opened({one.membership for one in known}, begun) if known else {}
        for one, noted_at in known.items():
            if noted_at >= opened.get(one.membership, noted_at):
                del shown[one]
        self.bulk_create(
            [
                self.model(actor=actor, membership_id=one.membership, week_id=one.week, prompt_id=one.prompt, deed=deed)
                for one in shown
            ]
        )

    @staticmethod
    def _opened(memberships: set[int], since: datetime) -> dict[int, datetime]:
        """When these members last opened a text that had been for themselves alone, if since then. One query."""
        before = Revision.objects.filter(response=OuterRef("response"), version=OuterRef("version") - 1)
        later = Revision.objects.filter(response__membership__in=memberships, created_at__gt=since)
        later = later.exclude(readers=Readers.SELF).annotate(before=Subquery(before.values("readers")))
        opened = later.filter(before=Readers.SELF).order_by().values_list("response__membership")
        return dict(opened.annotate(at=Max("created_at")))

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
