"""How a text is saved, the same for every kind: first into its append-only history, then compared and swapped.

A kind of text is a `Text` with a `TextRevision` that points to it as `revisions`, and a `TextSave` that says which
box it is for.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.conf import settings
from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.prepared import Slot

from .readers import Readers

if TYPE_CHECKING:
    from .place import Place

MINUTE = timedelta(minutes=1)

MAX_LENGTH = 100_000
"""Characters (code points) that one box holds."""


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class OperationReused(ValueError):
    """An operation id came again with another text, or to narrow the readers."""


class TooManySaves(OperationalError):
    """More came into one box within a minute than anybody writes; worth trying again later."""


class TextSave:
    """One text on its way into one box. A kind of text has its own frozen dataclass, with these fields and its box.

    `base_version` is the version the text was based on, 0 if there was none yet; `text` is as typed, with LF
    line ends. `follows` is the operation that the same page had sent just before, without having its answer yet.
    """

    operation_id: uuid.UUID
    base_version: int
    text: str
    readers: str
    device: str
    follows: uuid.UUID | None

    @cached_property
    def sha256(self) -> str:
        return digest(self.text)

    @property
    def box(self) -> dict[str, int]:
        """The fields by which the box is found; no two rows share them."""
        raise NotImplementedError

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row once the text is accepted."""
        return {"text": self.text}

    @property
    def history_values(self) -> dict[str, Any]:
        """What the history keeps beside the text."""
        return {}

    def append_to(self, row: "Text", *, version: int | None) -> "TextRevision":
        """Put the text into the history."""
        history = type(row).revisions.field
        return history.model.objects.create(
            **{history.name: row},
            operation_id=self.operation_id,
            base_version=self.base_version,
            version=version,
            text=self.text,
            sha256=self.sha256,
            device=self.device,
            **self.history_values,
        )


TextRow = TypeVar("TextRow", bound="Text")


@dataclass(frozen=True)
class Saved(Generic[TextRow]):
    """What became of a save.

    `accepted`: the sent text is the current one, at `version`. Otherwise the base was stale: `row` holds the
    other text, and the sent one is kept beside it as the revision `branch_id`.
    """

    row: TextRow
    accepted: bool
    version: int
    branch_id: int | None = None


def is_hurried(kind: "type[Text]", row: str, since: datetime | Slot) -> Exists:
    """Whether SAVES_PER_MINUTE revisions of a text (`row` is the path to it) came since then, branches among them."""
    history = kind.revisions.field
    came = history.model.objects.filter(**{history.name: OuterRef(row)}, created_at__gt=since)
    return Exists(came[settings.SAVES_PER_MINUTE - 1 :])


class TextQuerySet(models.QuerySet[TextRow]):
    """Texts of one kind, and the one verb by which they change."""

    def with_hurry(self) -> Self:
        """Each with `is_hurried`: whether it has taken all the revisions that one minute may bring."""
        return self.annotate(is_hurried=is_hurried(self.model, "pk", timezone.now() - MINUTE))

    def write(self, save: TextSave, place: "Place | None" = None) -> Saved[TextRow]:
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
            except (IntegrityError, LostRace):
                continue
        raise OperationalError("Lost five races for one text.")

    def _current(self, save: TextSave) -> TextRow | None:
        return next(iter(self.filter(**save.box).with_hurry()), None)

    def _write_once(self, save: TextSave, current: TextRow | None, *, again: bool = False) -> Saved[TextRow]:
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
            raise TooManySaves("Too many saves of one text within a minute.")
        return self._advance(save, current) if fits else self._catch_up(save, current)

    def _advance(self, save: TextSave, current: TextRow) -> Saved[TextRow]:
        version = current.version + 1
        save.append_to(current, version=version)
        values = {**save.values, "version": version, "updated_at": timezone.now()}
        if not self.filter(pk=current.pk, version=save.base_version).update(**values):
            raise LostRace
        for name, value in values.items():
            setattr(current, name, value)
        return Saved(current, True, version)

    def _first(self, save: TextSave) -> Saved[TextRow]:
        row = self.create(**save.box, **save.values)
        save.append_to(row, version=1)
        return Saved(row, True, 1)

    @staticmethod
    def _replay(save: TextSave, current: TextRow, known: "TextRevision") -> Saved[TextRow]:
        if known.text != save.text or Readers.narrower(save.readers, known.readers) != known.readers:
            raise OperationReused
        if known.version is None:
            return Saved(current, False, current.version, known.pk)
        return Saved(current, True, known.version)

    def _catch_up(self, save: TextSave, current: TextRow) -> Saved[TextRow]:
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
    def _follows(save: TextSave, current: TextRow) -> bool:
        """Whether the present text is the one that the page had sent just before."""
        head = {"version": current.version, "operation_id": save.follows}
        return save.follows is not None and current.revisions.filter(**head).exists()

    @staticmethod
    def _stands(current: TextRow, base_version: int) -> bool:
        """Whether the text is today what it was at the base; before the first save it was empty."""
        if base_version == 0:
            return current.text == ""
        return current.revisions.filter(version=base_version, sha256=digest(current.text)).exists()


class Text(models.Model):
    """The current text of one box. `readers`: who may read it beside its writer, as far as the writer says."""

    text = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)

    is_hurried = False  # unless read `with_hurry`
    readers: str = Readers.SELF

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="%(class)s_version_from_one"),
        ]

    @property
    def state(self) -> str:
        """`started` with something in the box, else `empty`."""
        return "started" if self.text.strip() else "empty"


class TextRevision(models.Model):
    """A text as it was sent. Only ever added: never changed, never deleted by the application.

    `version` is the version it became; empty for the other side of a conflict.
    """

    operation_id = models.UUIDField(default=uuid.uuid4, editable=False)
    base_version = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(null=True, editable=False)
    text = models.TextField(_("text"), blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    device = models.CharField(_("device"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)

    readers: str = Readers.SELF

    class Meta:
        abstract = True


class LostRace(Exception):
    """Another save came between reading and swapping."""
