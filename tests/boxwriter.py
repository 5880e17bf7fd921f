"""Somebody who writes in one box again and again, while the minutes pass as she tells them."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, prompt_of
from workbook.models import Readers, Response, Revision, Save


class BoxWriter:
    """The member of the cast in the first box of the second week."""

    def __init__(self, cast: Cast) -> None:
        self.prompt = prompt_of(cast.cohort, week=2)
        self.membership = cast.membership
        self.moment = timezone.now() - timedelta(days=2)
        self.version = 0

    def save(
        self, text: str, *, minutes: float = 0, device: str = "Mac", readers: str = Readers.FACILITATORS, base: int = -1
    ) -> Revision:
        """Save after so many minutes, on top of the last save or of the version given."""
        self.moment += timedelta(minutes=minutes)
        base = self.version if base < 0 else base
        save = Save(self.prompt.pk, self.membership.pk, uuid4(), base, text, readers, [], device)
        known = list(Revision.objects.values_list("pk", flat=True))
        self.version = Response.objects.write(save).version
        new = Revision.objects.exclude(pk__in=known)
        new.update(created_at=self.moment)
        return new.latest("pk")

    @property
    def url(self) -> str:
        return reverse("workbook:history", args=[self.prompt.pk])

    def restore_url(self, revision: Revision) -> str:
        return reverse("workbook:history_restore", args=[self.prompt.pk, revision.pk])

    def body(self, version: int = 0) -> dict[str, object]:
        """What the button of the page sends, when this version was the present one."""
        return {"base_version": version or self.version, "operation_id": str(uuid4())}
