"""What is written: the current text of every box, and its append-only history."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User
from workbook.ownwords import has_own_words

from .plan import FormerWording, Prompt, Section
from .readers import Readers
from .saving import LostRace, OperationReused, Saved, Text, TextQuerySet, TextRevision, TextSave


@dataclass(frozen=True)
class Save(TextSave):
    """One member's text on its way.

    `questions` are the texts of the week's prompts, today's and former ones, which say nothing of one's own.
    """

    prompt_id: int
    membership_id: int
    operation_id: uuid.UUID
    base_version: int
    text: str
    readers: str
    questions: Sequence[str]
    device: str = ""
    follows: uuid.UUID | None = None

    @property
    def box(self) -> dict[str, int]:
        return {"prompt_id": self.prompt_id, "membership_id": self.membership_id}

    @property
    def values(self) -> dict[str, Any]:
        return {"text": self.text, "readers": self.readers, "written": has_own_words(self.text, self.questions)}

    @property
    def history_values(self) -> dict[str, Any]:
        return {"readers": self.readers}


def is_readable(user: User, response: str = "") -> Q:
    """The rule of who reads a text: its writer always; when shared, a facilitator or member of today.

    Args:
        response: the path to the response, with its underscores, where the query is not about responses.
    """
    readers, cohort = f"{response}readers", f"{response}membership__cohort__in"
    return (
        Q(**{f"{response}membership__user": user})
        | Q(**{f"{readers}__in": [Readers.FACILITATORS, Readers.GROUP], cohort: user.facilitated})
        | Q(**{readers: Readers.GROUP, cohort: user.joined})
    )


class ResponseQuerySet(TextQuerySet["Response"]):
    """Responses, by who may know what: `readable_by` is the only rule about text, `progress_for` about existence."""

    def readable_by(self, user: User) -> Self:
        """Texts that the user may read."""
        return self.filter(is_readable(user))

    def answerable_by(self, user: User) -> Self:
        """Texts of members that she reads as their facilitator, and so may comment on."""
        return self.readable_by(user).filter(membership__in=Membership.objects.led_by(user))

    def promises_of(self, user: User) -> Self:
        """The user's own actions, in the cohorts where she takes part today."""
        return self.filter(
            membership__user=user,
            membership__left_at=None,
            membership__cohort__deleted_at=None,
            prompt__section__kind=Section.Kind.ACTION,
        )

    def with_wording(self) -> Self:
        """Each with `wording_id`: how its question read when it was written, if it reads differently since.

        Written is the first save of today's text: other readers are no other answer.
        """
        accepted = Revision.objects.filter(response=OuterRef("pk"), version__isnull=False)
        others = accepted.exclude(text=OuterRef("text")).order_by("-version").values("version")[:1]
        mine = accepted.filter(version__gt=OuterRef("other_text")).order_by("version").values("created_at")[:1]
        since = FormerWording.objects.filter(prompt=OuterRef("prompt"), replaced_at__gt=OuterRef("said_at"))
        return self.alias(other_text=Coalesce(Subquery(others), 0), said_at=Subquery(mine)).annotate(
            wording_id=Subquery(since.order_by("replaced_at", "pk").values("pk")[:1])
        )

    def progress_for(self, user: User) -> "models.QuerySet[Response, dict[str, Any]]":
        """That something is there, never what: rows of membership, prompt, written, updated_at."""
        return self.filter(membership__cohort__in=Cohort.objects.administered_by(user)).values(
            "membership", "prompt", "written", "updated_at"
        )

    def recount(self) -> None:
        """Set `written` anew after questions changed; versions stay as they are.

        A text that is saved meanwhile is left alone: its save has counted it.
        """
        questions: dict[int, list[str]] = {}
        changed: dict[int, When] = {}
        for response in self.select_related("prompt__section"):
            week = response.prompt.section.week_id
            if week not in questions:
                questions[week] = Prompt.objects.filter(section__week=week).asked()
            written = has_own_words(response.text, questions[week])
            if written != response.written:
                changed[response.pk] = When(pk=response.pk, version=response.version, then=Value(written))
        anew = Case(*changed.values(), default=F("written"))
        self.model.objects.filter(pk__in=changed).update(written=anew)

    def write_together(
        self, saves: Sequence[Save], current: Mapping[int, "Response | None"]
    ) -> list[Saved["Response"]]:
        """Save the boxes of one form, each as `write` does; in one transaction while nobody else writes in them.

        A form that was gone back to and sent again with other words counts as a new operation.

        Args:
            current: what the boxes hold as far as is known, by prompt; the swap finds out if that is old.

        Raises:
            TooManySaves: one of the boxes has taken all that one minute may bring; nothing is saved.
        """
        try:
            with transaction.atomic():
                return [self._write_once(save, current.get(save.prompt_id)) for save in saves]
        except (IntegrityError, LostRace, OperationReused):
            return [self._write_anyway(save) for save in saves]

    def find_again(self, save: Save) -> Saved["Response"] | None:
        """What became of a save that came before, or of words that stand there already; None for anything else.

        For a box that takes no more words. That fewer people may read them still holds, whatever the text.

        Raises OperationReused as `write` does; OperationalError where another save came in between.
        """
        current = self._current(save)
        if current is None:
            return None
        if known := current.revisions.filter(operation_id=save.operation_id).first():
            return self._replay(save, current, known)
        narrower = Readers.narrower(save.readers, current.readers)
        if narrower != current.readers:
            self._narrow(save, current, narrower)
        stands = (current.text, current.readers) == (save.text, save.readers)
        return Saved(current, True, current.version) if stands else None

    def _narrow(self, save: Save, current: "Response", readers: str) -> None:
        same = {"base_version": current.version, "text": current.text, "readers": readers}
        name = save.operation_id if save.text == current.text else uuid.uuid4()
        try:
            with transaction.atomic():
                self._advance(replace(save, operation_id=name, **same), current)
        except (IntegrityError, LostRace) as lost:
            raise OperationalError("Lost a race for one text.") from lost

    def _write_anyway(self, save: Save) -> Saved["Response"]:
        try:
            return self.write(save)
        except OperationReused:
            return self.write(replace(save, operation_id=uuid.uuid4()))


class Response(Text):
    """One member's current text for one prompt."""

    class Outcome(models.TextChoices):
        """What became of the promise that an action is."""

        DONE = "done", _("Done")
        PARTLY = "partly", _("Under way")
        NOT_YET = "not_yet", _("Still to come")

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="responses", verbose_name=_("question"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="responses", verbose_name=_("member"))
    readers = models.CharField(_("who can read it"), max_length=20, choices=Readers, default=Readers.FACILITATORS)
    written = models.BooleanField(_("written"), default=False, editable=False)
    outcome = models.CharField(_("what became of it"), max_length=20, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ResponseQuerySet.as_manager()

    former_wording: FormerWording | None = None  # unless told (FormerWording.objects.tell)

    class Meta(Text.Meta):
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["prompt", "membership"], name="response_once_per_prompt_and_member"),
            *Text.Meta.constraints,
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def state(self) -> str:
        """`written` with an own line, `started` with something in the box, else `empty`."""
        return "written" if self.written else super().state

    def held(self, version: int, text: str, readers: str) -> bool:
        """Whether this is what stood here at that version. One query."""
        return self.revisions.filter(version=version, text=text, readers=readers).exists()

    def settle(self, outcome: str) -> None:
        """Note what became of the promise, with its moment; may be changed as often as she likes."""
        self.outcome, self.outcome_at = outcome, timezone.now()
        self.save(update_fields=["outcome", "outcome_at"])


class Revision(TextRevision):
    """A member's text as it was sent."""

    # Each of the indexes below begins with the response.
    response = models.ForeignKey(
        Response, models.PROTECT, related_name="revisions", db_index=False, verbose_name=_("response")
    )
    readers = models.CharField(_("who can read it"), max_length=20, choices=Readers)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("history")
        ordering = ["response_id", "pk"]
        indexes = [models.Index(fields=["response", "created_at"], name="revision_by_moment")]
        constraints = [
            models.UniqueConstraint(fields=["response", "operation_id"], name="revision_once_per_operation"),
            models.UniqueConstraint(fields=["response", "version"], name="revision_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"#{self.response_id} v{self.version}"
