"""What the facilitators keep in mind about a member, and the box for one's own."""

from collections.abc import Iterable
from typing import Any

from cohorts.models import Membership, User
from workbook.admin.forms import NoteForm
from workbook.models import Note


class Notes:
    """The notes about one member as one facilitator sees them. One query."""

    def __init__(self, reader: User, membership: Membership) -> None:
        self.reader, self.membership = reader, membership
        rows = Note.objects.readable_by(reader).filter(membership=membership).select_related("author")
        notes = list(rows.order_by("-updated_at", "-pk"))
        self.own = next((note for note in notes if note.author_id == reader.pk), None)
        self.others = [note for note in notes if note.author_id != reader.pk and note.text.strip()]
        self.text = self.saved
        self.errors: Iterable[str] = []
        self.sent_version: int | None = None
        """What the words that could not be saved were typed on: the next try must meet what came meanwhile."""
        self.other: str | None = None
        """Another text of hers that was saved meanwhile, on another device."""

    @property
    def saved(self) -> str:
        return self.own.text if self.own else ""

    @property
    def version(self) -> int:
        if self.sent_version is not None:
            return self.sent_version
        return self.own.version if self.own else 0

    @property
    def state(self) -> str:
        return self.own.state if self.own else "empty"

    @property
    def is_unsaved(self) -> bool:
        return self.text != self.saved

    @property
    def count(self) -> int:
        return len(self.others) + bool(self.saved.strip())

    def _is_untouched(self, form: NoteForm) -> bool:
        """Whether it is what is saved, or what the page began with."""
        text, version = form.cleaned_data["text"], form.cleaned_data["version"]
        if text == self.saved or (version == 0 and text == ""):
            return True
        return self.own is not None and self.own.revisions.filter(version=version, text=text).exists()

    def take(self, data: Any) -> bool:
        """Save what was typed without JavaScript. Otherwise it stays in the box, which says what is wrong.

        Returns:
            Whether there is nothing more to save.
        """
        form = NoteForm(data, self.membership.pk)
        if form.name not in data or (form.is_valid() and self._is_untouched(form)):
            return True
        self.text = data[form.name]
        if not form.is_valid():
            self.errors = [str(error) for errors in form.errors.values() for error in errors]
            self.sent_version = form.cleaned_data.get("version", 0)
            return False
        saved = Note.objects.write(form.save_of(self.reader))
        self.own, self.text = saved.row, form.cleaned_data["text"]
        if not saved.accepted:
            self.other = saved.row.text
        return saved.accepted
