"""What a facilitator writes before anybody reads it: comments that are not sent yet, and notes about a member."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Membership, User

from .readers import Readers
from .saving import Text, TextQuerySet, TextRevision, TextSave
from .words import Response

ANSWERING = timedelta(seconds=90)
"""So long after the last key somebody still counts as answering."""


@dataclass(frozen=True)
class DraftSave(TextSave):
    """A comment on its way into its draft."""

    response_id: int
    author_id: int
    operation_id: uuid.UUID
    base_version: int
    text: str
    device: str = ""
    follows: uuid.UUID | None = None
    readers: str = Readers.SELF

    @property
    def box(self) -> dict[str, int]:
        return {"response_id": self.response_id, "author_id": self.author_id}


class DraftQuerySet(TextQuerySet["Draft"]):
    """Unsent comments: each is read by its author alone, on words that she may answer today."""

    def of(self, author: User) -> Self:
        """Hers that hold something, on words that she may (still) answer."""
        return self.exclude(text="").filter(author=author, response__in=Response.objects.answerable_by(author))

    def held_by(self, author: User) -> Self:
        """Hers that hold something, on words of her cohorts, be they open to her or not."""
        return self.exclude(text="").filter(author=author, response__membership__cohort__in=author.facilitated)

    def stranded_of(self, author: User) -> Self:
        """Of these, those on words that are not open to her any more.

        Asked of each of her drafts, which are few: `NOT IN` would have all words of her cohorts read for each.
        """
        open_to_her = Response.objects.answerable_by(author).filter(pk=OuterRef("response"))
        return self.held_by(author).filter(~Exists(open_to_her))

    def beside(self, reader: User) -> Self:
        """The drafts in which other facilitators of today are writing now: who and where is told, the text is not.

        Each with its author. One query.
        """
        cohort = F("response__membership__cohort")
        presence = Q(author__memberships__cohort=cohort, author__memberships__left_at=None)
        leads = Q(author__memberships__role=Membership.Role.FACILITATOR)
        now = self.exclude(text="").filter(presence & leads, updated_at__gt=timezone.now() - ANSWERING)
        others = now.filter(response__in=Response.objects.answerable_by(reader)).exclude(author=reader)
        return others.select_related("author").defer("text").order_by("pk")

    def let_go(self, response_id: int, author: User, version: int) -> bool:
        """Empty her draft, as far as it stands at this version; it stays in its history. Whether it did."""
        here = self.filter(response=response_id, author=author, version=version).exclude(text="")
        return any(self.write(DraftSave(response_id, author.pk, uuid.uuid4(), version, "")).accepted for _draft in here)

    def that_held(self, response_id: int, author: User, version: int, text: str) -> "Draft | None":
        """Her draft on a response, if it held this very text at this version."""
        here = self.filter(response=response_id, author=author)
        return here.filter(revisions__version=version, revisions__text=text).first()


class Draft(Text):
    """One facilitator's comment on one response, until she sends it. Empty again after that."""

    # The constraint below begins with the response.
    response = models.ForeignKey(Response, models.PROTECT, related_name="drafts", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="drafts")

    objects = DraftQuerySet.as_manager()

    class Meta(Text.Meta):
        verbose_name = _("unsent comment")
        verbose_name_plural = _("unsent comments")
        constraints = [
            models.UniqueConstraint(fields=["response", "author"], name="draft_once_per_response_and_author"),
            *Text.Meta.constraints,
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DraftRevision(TextRevision):
    """An unsent comment as it was saved."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="revisions", db_index=False)

    class Meta:
        ordering = ["draft_id", "pk"]
        indexes = [models.Index(fields=["draft", "created_at"], name="draft_by_moment")]
        constraints = [
            models.UniqueConstraint(fields=["draft", "operation_id"], name="draft_once_per_operation"),
            models.UniqueConstraint(fields=["draft", "version"], name="draft_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"#{self.draft_id} v{self.version}"


@dataclass(frozen=True)
class NoteSave(TextSave):
    """A note on its way."""

    membership_id: int
    author_id: int
    operation_id: uuid.UUID
    base_version: int
    text: str
    device: str = ""
    follows: uuid.UUID | None = None
    readers: str = Readers.SELF

    @property
    def box(self) -> dict[str, int]:
        return {"membership_id": self.membership_id, "author_id": self.author_id}


class NoteQuerySet(TextQuerySet["Note"]):
    """Notes about members, for the facilitators of their cohort alone."""

    def readable_by(self, user: User) -> Self:
        """Notes of the cohorts that she facilitates today; never one about herself."""
        return self.filter(membership__in=Membership.objects.led_by(user))


class Note(Text):
    """What one facilitator keeps in mind about one member. Members never see it; it goes with the membership."""

    # The constraint below begins with the membership.
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="notes", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notes")

    objects = NoteQuerySet.as_manager()

    class Meta(Text.Meta):
        verbose_name = _("note about a member")
        verbose_name_plural = _("notes about members")
        constraints = [
            models.UniqueConstraint(fields=["membership", "author"], name="note_once_per_member_and_author"),
            *Text.Meta.constraints,
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class NoteRevision(TextRevision):
    """A note as it was saved."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="revisions", db_index=False)

    class Meta:
        ordering = ["note_id", "pk"]
        indexes = [models.Index(fields=["note", "created_at"], name="note_by_moment")]
        constraints = [
            models.UniqueConstraint(fields=["note", "operation_id"], name="note_once_per_operation"),
            models.UniqueConstraint(fields=["note", "version"], name="note_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"#{self.note_id} v{self.version}"
