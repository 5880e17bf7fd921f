"""What is written: the current text of every box, and its append-only history."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User
from workbook.ownwords import has_own_words

from .plan import Prompt, Section

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
    """An operation id came again with another text."""


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


class ResponseQuerySet(models.QuerySet["Response"]):
    """Responses, by who may read them. `readable_by` is the only rule about text, `progress_for` about existence."""

    def readable_by(self, user: User) -> Self:
        """Texts that the user may read: her own always; shared ones as a facilitator or member today."""
        return self.filter(
            Q(membership__user=user)
            | Q(
                readers__in=[Readers.FACILITATORS, Readers.GROUP],
                membership__cohort__in=Cohort.objects.facilitated_by(user),
            )
            | Q(readers=Readers.GROUP, membership__cohort__in=Cohort.objects.joined_by(user))
        )

    def promises_of(self, user: User) -> Self:
        """The user's own actions, in the cohorts where she takes part today."""
        return self.filter(
            membership__user=user,
            membership__left_at=None,
            membership__cohort__deleted_at=None,
            prompt__section__kind=Section.Kind.ACTION,
        )

    def progress_for(self, user: User) -> "models.QuerySet[Response, dict[str, Any]]":
        """That something is there, never what: rows of membership, prompt, written, readers, updated_at."""
        return self.filter(membership__cohort__in=Cohort.objects.administered_by(user)).values(
            "membership", "prompt", "written", "readers", "updated_at"
        )

    def recount(self) -> None:
        """Set `written` anew after questions changed; versions stay as they are."""
        questions: dict[int, list[str]] = {}
        changed = []
        for response in self.select_related("prompt__section"):
            week = response.prompt.section.week_id
            if week not in questions:
                questions[week] = list(Prompt.objects.filter(section__week=week).values_list("text", flat=True))
            written = has_own_words(response.text, questions[week])
            if written != response.written:
                response.written = written
                changed.append(response)
        self.bulk_update(changed, ["written"])

    def write(
        self,
        prompt_id: int,
        membership_id: int,
        *,
        operation_id: uuid.UUID,
        base_version: int,
        text: str,
        readers: str,
        questions: Iterable[str],
        device: str = "",
    ) -> Saved:
        """Save one box: append a revision, then compare and swap, in one short transaction.

        The words are in the history whatever happens next. A known operation gives its first answer again.
        A lost race is tried again, and then meets the other's text.

        Args:
            base_version: the version the text was based on; 0 means that there was none yet.
            text: as typed, with LF line ends.
            questions: the texts of the week's prompts, for `written`.

        Raises:
            OperationReused: the operation is known with another text.
            OperationalError: five races in a row were lost; worth trying again later.
        """
        save = _Save(prompt_id, membership_id, operation_id, base_version, text, readers, device)
        written = has_own_words(text, questions)
        for _attempt in range(5):
            try:
                with transaction.atomic():
                    return self._write_once(save, written)
            except (IntegrityError, _LostRace):
                continue
        raise OperationalError("Lost five races for one response.")

    def _write_once(self, save: "_Save", written: bool) -> Saved:
        known = Revision.objects.filter(response=OuterRef("pk"), operation_id=save.operation_id)
        response = (
            self.filter(prompt=save.prompt_id, membership=save.membership_id)
            .annotate(known_id=Subquery(known.values("pk")))
            .first()
        )
        if response is None:
            return self._first(save, written)
        if response.known_id:
            return self._replay(save, response)
        if response.version != save.base_version:
            return self._stale(save, response)
        version = response.version + 1
        save.append_to(response, version=version)
        response.text, response.readers, response.written = save.text, save.readers, written
        response.version, response.updated_at = version, timezone.now()
        swapped = self.filter(pk=response.pk, version=save.base_version).update(
            text=response.text,
            readers=response.readers,
            written=written,
            version=version,
            updated_at=response.updated_at,
        )
        if not swapped:
            raise _LostRace
        return Saved(response, True, version)

    def _first(self, save: "_Save", written: bool) -> Saved:
        response = self.create(
            prompt_id=save.prompt_id,
            membership_id=save.membership_id,
            text=save.text,
            readers=save.readers,
            written=written,
        )
        save.append_to(response, version=1)
        return Saved(response, True, 1)

    def _replay(self, save: "_Save", response: "Response") -> Saved:
        revision = Revision.objects.get(pk=response.known_id)
        if revision.text != save.text:
            raise OperationReused
        if revision.version is None:
            return Saved(response, False, response.version, revision.pk)
        return Saved(response, True, revision.version)

    def _stale(self, save: "_Save", response: "Response") -> Saved:
        narrower = Readers.narrower(save.readers, response.readers)
        if narrower != response.readers:
            response.readers = narrower
            self.filter(pk=response.pk).update(readers=narrower)
        if response.text == save.text:
            return Saved(response, True, response.version)
        branch = save.append_to(response, version=None)
        return Saved(response, False, response.version, branch.pk)


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

    def settle(self, outcome: str) -> None:
        """Note what became of the promise, with its moment; may be changed as often as she likes."""
        self.outcome, self.outcome_at = outcome, timezone.now()
        self.save(update_fields=["outcome", "outcome_at"])


class Revision(models.Model):
    """A text as it was sent. Only ever added: never changed, never deleted by the application.

    `version` is the version it became; empty for the other side of a conflict.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="revisions", verbose_name=_("response"))
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
        ordering = ["response", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["response", "operation_id"], name="revision_once_per_operation"),
            models.UniqueConstraint(fields=["response", "version"], name="revision_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"#{self.response_id} v{self.version}"


class _LostRace(Exception):
    """Another save came between reading and swapping."""


@dataclass(frozen=True)
class _Save:
    prompt_id: int
    membership_id: int
    operation_id: uuid.UUID
    base_version: int
    text: str
    readers: str
    device: str

    def append_to(self, response: Response, *, version: int | None) -> Revision:
        return Revision.objects.create(
            response=response,
            operation_id=self.operation_id,
            base_version=self.base_version,
            version=version,
            text=self.text,
            sha256=digest(self.text),
            readers=self.readers,
            device=self.device,
        )
