"""What is written: the current text of every box, and its append-only history."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User
from cohorts.prepared import Slot
from workbook.ownwords import has_own_words

from .plan import Prompt, Section

if TYPE_CHECKING:
    from .place import Place

MINUTE = timedelta(minutes=1)

MAX_LENGTH = 100_000
"""Characters (code points) that one box holds."""


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Readers(models.TextChoices):
    """Who may read a text beside its writer, from the narrowest to the widest."""

    SELF = "self", _("Only me")
    FACILITATORS = "facilitators", _("Up to facilitators")
    GROUP = "group", _("The group")

    @classmethod
    def narrower(cls, one: str, other: str) -> str:
        """The choice that lets fewer people read."""
        return min(one, other, key=cls.values.index)


class OperationReused(ValueError):
    """An operation id came again with another text, or to narrow the readers."""


class TooManySaves(OperationalError):
    """More came into one box within a minute than anybody writes; worth trying again later."""


@dataclass(frozen=True)
class Save:
    """One text on its way into one box.

    `base_version` is the version the text was based on, 0 if there was none yet; `text` is as typed, with LF
    line ends; `questions` are the texts of the week's prompts, which say nothing of one's own when pasted.
    `follows` is the operation that the same page had sent just before, without having its answer yet.
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

    @cached_property
    def sha256(self) -> str:
        return digest(self.text)

    def append_to(self, response: "Response", *, version: int | None) -> "Revision":
        """Put the text into the history."""
        return Revision.objects.create(
            response=response,
            operation_id=self.operation_id,
            base_version=self.base_version,
            version=version,
            text=self.text,
            sha256=self.sha256,
            readers=self.readers,
            device=self.device,
        )


@dataclass(frozen=True)
class Saved:
    """What became of a save.

    `accepted`: the sent text is the current one, at `version`. Otherwise the base was stale: `response`
    holds the other text, and the sent one is kept beside it as the revision `branch_id`.
    """

    response: "Response"
    accepted: bool
    version: int
    branch_id: int | None = None


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


def is_hurried(response: str, since: datetime | Slot) -> Exists:
    """Whether SAVES_PER_MINUTE revisions of a response (its path) came since then, branches among them."""
    came = Revision.objects.filter(response=OuterRef(response), created_at__gt=since)
    return Exists(came[settings.SAVES_PER_MINUTE - 1 :])


class ResponseQuerySet(models.QuerySet["Response"]):
    """Responses, by who may know what: `readable_by` is the only rule about text, `progress_for` about existence."""

    def readable_by(self, user: User) -> Self:
        """Texts that the user may read."""
        return self.filter(is_readable(user))

    def promises_of(self, user: User) -> Self:
        """The user's own actions, in the cohorts where she takes part today."""
        return self.filter(
            membership__user=user,
            membership__left_at=None,
            membership__cohort__deleted_at=None,
            prompt__section__kind=Section.Kind.ACTION,
        )

    def progress_for(self, user: User) -> "models.QuerySet[Response, dict[str, Any]]":
        """That something is there, never what: rows of membership, prompt, written, updated_at."""
        return self.filter(membership__cohort__in=Cohort.objects.administered_by(user)).values(
            "membership", "prompt", "written", "updated_at"
        )

    def with_hurry(self) -> Self:
        """Each with `is_hurried`: whether it has taken all the revisions that one minute may bring."""
        return self.annotate(is_hurried=is_hurried("pk", timezone.now() - MINUTE))

    def recount(self) -> None:
        """Set `written` anew after questions changed; versions stay as they are.

        A text that is saved meanwhile is left alone: its save has counted it.
        """
        questions: dict[int, list[str]] = {}
        changed: dict[int, When] = {}
        for response in self.select_related("prompt__section"):
            week = response.prompt.section.week_id
            if week not in questions:
                questions[week] = list(Prompt.objects.filter(section__week=week).values_list("text", flat=True))
            written = has_own_words(response.text, questions[week])
            if written != response.written:
                changed[response.pk] = When(pk=response.pk, version=response.version, then=Value(written))
        anew = Case(*changed.values(), default=F("written"))
        self.model.objects.filter(pk__in=changed).update(written=anew)

    def write(self, save: Save, place: "Place | None" = None) -> Saved:
        """Save one box: append a revision, then compare and swap, in one short transaction.

        The words are in the history whatever happens next. A known operation gives its first answer again.
        A lost race is tried again, and then meets the other's text.

        Args:
            place: the box as it was read with the right to write in it; the swap finds out if that is old.

        Raises:
            OperationReused: the operation is known with another text, or now with narrower readers.
            TooManySaves: the box has taken all that one minute may bring; nothing is saved.
            OperationalError: five races in a row were lost; worth trying again later.
        """
        for attempt in range(5):
            try:
                with transaction.atomic():
                    known = place is not None and attempt == 0 and place.is_ready_for(save.base_version)
                    current = place.response if known else self._current(save)
                    return self._write_once(save, current, again=attempt > 0)
            except (IntegrityError, _LostRace):
                continue
        raise OperationalError("Lost five races for one response.")

    def _current(self, save: Save) -> "Response | None":
        here = self.filter(prompt=save.prompt_id, membership=save.membership_id)
        return next(iter(here.with_hurry()), None)

    def write_together(self, saves: Sequence[Save], current: Mapping[int, "Response | None"]) -> list[Saved]:
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
        except (IntegrityError, _LostRace, OperationReused):
            return [self._write_anyway(save) for save in saves]

    def _write_anyway(self, save: Save) -> Saved:
        try:
            return self.write(save)
        except OperationReused:
            return self.write(replace(save, operation_id=uuid.uuid4()))

    def _write_once(self, save: Save, current: "Response | None", *, again: bool = False) -> Saved:
        if current is None:
            return self._first(save)
        fits = current.version == save.base_version
        # An accepted save has moved the version: where the base fits, the operation is new, or the history refuses it.
        if fits and not again and not current.is_hurried:
            return self._advance(save, current)
        known = current.revisions.filter(operation_id=save.operation_id).first()
        if known:
            return self._replay(save, current, known)
        if current.is_hurried:
            raise TooManySaves("Too many saves of one response within a minute.")
        return self._advance(save, current) if fits else self._catch_up(save, current)

    def _advance(self, save: Save, current: "Response") -> Saved:
        version = current.version + 1
        save.append_to(current, version=version)
        values = {
            "text": save.text,
            "readers": save.readers,
            "written": has_own_words(save.text, save.questions),
            "version": version,
            "updated_at": timezone.now(),
        }
        if not self.filter(pk=current.pk, version=save.base_version).update(**values):
            raise _LostRace
        for name, value in values.items():
            setattr(current, name, value)
        return Saved(current, True, version)

    def _first(self, save: Save) -> Saved:
        response = self.create(
            prompt_id=save.prompt_id,
            membership_id=save.membership_id,
            text=save.text,
            readers=save.readers,
            written=has_own_words(save.text, save.questions),
        )
        save.append_to(response, version=1)
        return Saved(response, True, 1)

    @staticmethod
    def _replay(save: Save, current: "Response", known: "Revision") -> Saved:
        if known.text != save.text or Readers.narrower(save.readers, known.readers) != known.readers:
            raise OperationReused
        if known.version is None:
            return Saved(current, False, current.version, known.pk)
        return Saved(current, True, known.version)

    def _catch_up(self, save: Save, current: "Response") -> Saved:
        """Save on an old base. Equal texts, and words that stand as they stood, are no conflict; narrower readers hold.

        Narrower readers move the version, so that a page which still shows wider ones cannot undo them.
        """
        readers = Readers.narrower(save.readers, current.readers)
        onto = replace(save, base_version=current.version, readers=readers)
        if current.text == save.text or self._stands(current, save.base_version) or self._follows(save, current):
            if (current.text, current.readers) == (save.text, readers):
                return Saved(current, True, current.version)
            return self._advance(onto, current)
        if readers != current.readers:
            self._advance(replace(onto, operation_id=uuid.uuid4(), text=current.text), current)
        branch = save.append_to(current, version=None)
        return Saved(current, False, current.version, branch.pk)

    @staticmethod
    def _follows(save: Save, current: "Response") -> bool:
        """Whether the present text is the one that the page had sent just before."""
        head = {"version": current.version, "operation_id": save.follows}
        return save.follows is not None and current.revisions.filter(**head).exists()

    @staticmethod
    def _stands(current: "Response", base_version: int) -> bool:
        """Whether the text is today what it was at the base; before the first save it was empty."""
        if base_version == 0:
            return current.text == ""
        return current.revisions.filter(version=base_version, sha256=digest(current.text)).exists()


class Response(models.Model):
    """One member's current text for one prompt."""

    class Outcome(models.TextChoices):
        """What became of the promise that an action is."""

        DONE = "done", _("Done")
        PARTLY = "partly", _("Under way")
        NOT_YET = "not_yet", _("Still to come")

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="responses", verbose_name=_("question"))
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="responses", verbose_name=_("member"))
    text = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    readers = models.CharField(_("who can read it"), max_length=20, choices=Readers, default=Readers.FACILITATORS)
    written = models.BooleanField(_("written"), default=False, editable=False)
    updated_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)
    outcome = models.CharField(_("what became of it"), max_length=20, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ResponseQuerySet.as_manager()
    is_hurried = False  # unless read `with_hurry`

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(fields=["prompt", "membership"], name="response_once_per_prompt_and_member"),
            models.CheckConstraint(condition=Q(version__gte=1), name="response_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def state(self) -> str:
        """`written` with an own line, `started` with something in the box, else `empty`."""
        if self.written:
            return "written"
        return "started" if self.text.strip() else "empty"

    def held(self, version: int, text: str, readers: str) -> bool:
        """Whether this is what stood here at that version. One query."""
        return self.revisions.filter(version=version, text=text, readers=readers).exists()

    def settle(self, outcome: str) -> None:
        """Note what became of the promise, with its moment; may be changed as often as she likes."""
        self.outcome, self.outcome_at = outcome, timezone.now()
        self.save(update_fields=["outcome", "outcome_at"])


class Revision(models.Model):
    """A text as it was sent. Only ever added: never changed, never deleted by the application.

    `version` is the version it became; empty for the other side of a conflict.
    """

    # Each of the indexes below begins with the response.
    response = models.ForeignKey(
        Response, models.PROTECT, related_name="revisions", db_index=False, verbose_name=_("response")
    )
    operation_id = models.UUIDField(default=uuid.uuid4, editable=False)
    base_version = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(null=True, editable=False)
    text = models.TextField(_("text"), blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    readers = models.CharField(_("who can read it"), max_length=20, choices=Readers)
    device = models.CharField(_("device"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)

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


class _LostRace(Exception):
    """Another save came between reading and swapping."""
