"""Deleting for good: the only place that does. Cohorts that organizers closed, with everything in them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Mail, Membership, RoleChange

from .models import (
    AccessRecord,
    Attendance,
    Draft,
    DraftRevision,
    Feedback,
    FormerWording,
    Note,
    NoteRevision,
    Prompt,
    Reading,
    Response,
    Revision,
    Room,
    Section,
    Week,
)

GRACE = timedelta(days=14)
"""So long a closed cohort can still be brought back."""

BATCH = 1_000
"""So many rows one statement deletes."""

INSIDE: list[tuple[type[models.Model], str]] = [
    (DraftRevision, "draft__response__membership__cohort"),
    (Draft, "response__membership__cohort"),
    (NoteRevision, "note__membership__cohort"),
    (Note, "membership__cohort"),
    (Feedback, "revision__response__membership__cohort"),
    (Reading, "response__membership__cohort"),
    (AccessRecord, "membership__cohort"),
    (Room, "week__cohort"),
    (Attendance, "week__cohort"),
    (Revision, "response__membership__cohort"),
    (Response, "membership__cohort"),
    (FormerWording, "prompt__section__week__cohort"),
    (Prompt, "section__week__cohort"),
    (Section, "week__cohort"),
    (Week, "cohort"),
    (Mail, "cohort"),
    (Invitation, "cohort"),
    (RoleChange, "membership__cohort"),
    (Membership, "cohort"),
    (Cohort, "pk"),
]
"""Everything in a cohort, by its path to it: what points to something stands before that."""


def due(now: datetime | None = None) -> models.QuerySet[Cohort]:
    """Cohorts that were marked as deleted long enough ago, the oldest mark first."""
    return Cohort.objects.filter(deleted_at__lte=(now or timezone.now()) - GRACE).order_by("deleted_at", "pk")


def count(cohort: Cohort) -> dict[str, int]:
    """How many rows of what would be deleted, without the kinds of which there are none."""
    return _summed((rows.model, rows.count()) for rows in _rows_of(cohort))


@transaction.atomic
def purge(cohort: Cohort, batch: int = BATCH) -> dict[str, int]:
    """Delete a cohort for good, with everything in it, or nothing at all.

    People keep their accounts. Whoever brought the cohort back meanwhile wins: then nothing is deleted.

    Returns:
        How many rows of what are gone.
    """
    if not due().select_for_update().filter(pk=cohort.pk).exists():
        return {}
    return _summed((rows.model, _delete(rows, batch)) for rows in _rows_of(cohort))


def _rows_of(cohort: Cohort) -> Iterator[models.QuerySet]:
    """All rows of a cohort, in the order in which they can go."""
    yield _older_mails(cohort)
    for model in (Membership, Invitation, Week):
        yield _log_of(model, cohort)
    for model, path in INSIDE:
        yield model._base_manager.filter(**{path: cohort.pk})


def _older_mails(cohort: Cohort) -> models.QuerySet[Mail]:
    """Mails that do not say to which cohort they belong: their invitation knows, or the comment that is their key."""
    comments = Feedback._base_manager.filter(revision__response__membership__cohort=cohort)
    keys = models.functions.Concat(models.Value("feedback:"), models.functions.Cast("pk", models.CharField()))
    told = models.Q(key__in=comments.order_by().values_list(keys))
    return Mail._base_manager.filter(told | models.Q(invitation__cohort=cohort), cohort=None)


def _log_of(model: type[models.Model], cohort: Cohort) -> models.QuerySet[LogEntry]:
    """What the office noted about rows of this cohort: it names people and the cohort."""
    ids = (
        model._base_manager.filter(cohort=cohort)
        .order_by()
        .values_list(models.functions.Cast("pk", models.TextField()))
    )
    kind = ContentType.objects.get_for_model(model)
    return LogEntry._base_manager.filter(content_type=kind, object_id__in=ids)


def _delete(rows: models.QuerySet, batch: int) -> int:
    """Delete without asking the models: they refuse, and so they should. The database still refuses what dangles."""
    total = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:batch]):
        total += rows.model._base_manager.filter(pk__in=ids)._raw_delete(rows.db)
    return total


def _summed(numbers: Iterator[tuple[type[models.Model], int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for model, number in numbers:
        if number:
            sums[model.__name__] = sums.get(model.__name__, 0) + number
    return sums
