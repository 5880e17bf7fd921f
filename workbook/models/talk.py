"""What is said about what is written, and who has read it."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Membership, User

from .drafts import Draft, DraftSave
from .saving import OperationReused
from .words import Response, Revision, is_readable


class StaleDraft(Exception):
    """The draft that was to be sent holds something else by now, or nothing. `draft` is None if there never was one."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__()
        self.draft = draft


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Comments, by who may read them."""

    def readable_by(self, user: User) -> "FeedbackQuerySet":
        """Comments on responses that the user may read, for the writer and her facilitators only.

        The group reads a shared text, not what was said to its writer.
        """
        path = "revision__response__"
        talks = Q(**{f"{path}membership__user": user}) | Q(**{f"{path}membership__cohort__in": user.facilitated})
        return self.filter(is_readable(user, path), talks)

    @transaction.atomic
    def answer(self, revision: Revision, author: User, text: str, operation_id: uuid.UUID) -> "Feedback":
        """Comment on a revision; a known operation gives its row again.

        Whoever comments on words has read them. Their writer is told by mail, see `workbook/digest.py`.

        `revision` comes with its response's membership (user, cohort) and its prompt's week.

        Raises OperationReused if the operation is known for somebody else's comment, or one on another response.
        """
        said = {"revision": revision, "author": author, "text": text}
        feedback, created = self.get_or_create(operation_id=operation_id, defaults=said)
        if created:
            Reading.objects.note(author, {revision.response_id: revision.version})
        elif (feedback.author_id, feedback.revision.response_id) != (author.pk, revision.response_id):
            raise OperationReused
        return feedback

    @transaction.atomic
    def send(self, revision: Revision, author: User, sending: DraftSave) -> tuple["Feedback", int]:
        """Make a comment of her draft as it stands at the base version, and leave the draft empty; once.

        `sending` is the empty text on its way into the draft; `revision` as in `answer`.

        Returns:
            The comment, and the version of the draft that is empty now.

        Raises:
            StaleDraft: the draft stands at another version, or holds nothing to send.
            OperationReused: the operation is known for another comment.
        """
        # Held until the end, so that the same draft is never sent twice.
        draft = Draft.objects.select_for_update().filter(**sending.box).first()
        known = self.filter(operation_id=sending.operation_id).first()
        if known is None and (draft is None or draft.version != sending.base_version or not draft.text.strip()):
            raise StaleDraft(draft)
        feedback = self.answer(revision, author, known.text if known else draft.text, sending.operation_id)
        return feedback, Draft.objects.write(sending).version

    def beside(self, response: Response, author: User, seen: int) -> list[str]:
        """The nicknames of the others who commented on the response after the comment with the id `seen`."""
        others = self.filter(revision__response=response, pk__gt=seen).exclude(author=author)
        return list(dict.fromkeys(others.values_list("author__nickname", flat=True)))


class Feedback(models.Model):
    """A facilitator's answer to one revision of a response."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="feedback", verbose_name=_("revision"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="feedback", verbose_name=_("facilitator")
    )
    operation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField(_("comment"), max_length=10_000)
    created_at = models.DateTimeField(_("said on"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True, editable=False)
    thanked_at = models.DateTimeField(_("thanked"), null=True, blank=True, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def thank(self) -> None:
        """Note the writer's thanks, once."""
        if self.thanked_at is None:
            self.thanked_at = timezone.now()
            self.save(update_fields=["thanked_at"])


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Who has read what, up to which version."""

    def mark(self, responses: QuerySet[Response], reader: User) -> QuerySet[Response]:
        """The same responses, each with `is_readable` and `is_unread` (readable, not empty, newer than she read)."""
        read = self.filter(reader=reader, response=OuterRef("pk"), version__gte=OuterRef("version"))
        rule = ExpressionWrapper(is_readable(reader), output_field=models.BooleanField())
        marked = responses.annotate(is_readable=rule)
        return marked.annotate(is_unread=Q(is_readable=True) & ~Q(text="") & ~Exists(read))

    def unread_by(self, reader: User) -> QuerySet[Response]:
        """What members wrote and she has not read yet, in the order in which the members joined."""
        members = Response.objects.filter(membership__role=Membership.Role.MEMBER)
        unread = self.mark(members, reader).filter(is_unread=True)
        return unread.order_by("membership__joined_at", "membership")

    def note(self, reader: User, versions: dict[int, int]) -> None:
        """Remember the versions (by response id) that the reader has seen; what she read before stays read.

        Two queries, however many.
        """
        if not versions:
            return
        now = timezone.now()
        rows = [
            self.model(reader=reader, response_id=pk, version=version, read_at=now) for pk, version in versions.items()
        ]
        self.bulk_create(rows, ignore_conflicts=True)
        # The database compares, so that an older page that is sent at the same moment takes nothing back.
        seen = Case(*[When(response=pk, then=Value(version)) for pk, version in versions.items()])
        self.filter(reader=reader, response__in=versions, version__lt=seen).update(version=seen, read_at=now)


class Reading(models.Model):
    """A facilitator has read this version of a response."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings")
    response = models.ForeignKey(Response, models.PROTECT, related_name="readings")
    version = models.PositiveIntegerField()
    read_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["reader", "response"], name="reading_once_per_reader_and_response"),
        ]

    def __str__(self) -> str:
        return f"#{self.response_id} v{self.version}"
