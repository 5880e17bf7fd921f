"""What facilitators and organizers type in the admin."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohorts.models import User
from workbook import shown
from workbook.forms import CommentField
from workbook.models import NoteSave, Response, Revision


class AnswerForm(forms.Form):
    """A comment on the words that were shown. A blank one says nothing and is left out.

    `revision`, after validation, is the text that was shown: one of this response, which she may read.
    `version` is that of her draft which the page began with.
    """

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    text = CommentField(label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, response: Response, reader: User, data: Any = None) -> None:
        self.response, self.reader = response, reader
        self.revision: Revision | None = None
        super().__init__(data, prefix=f"answer-{response.pk}")

    @property
    def signed(self) -> str:
        """What the page says it shows."""
        return shown.sign(self.reader, self.response.pk, self.response.shown_id)

    @property
    def words(self) -> str:
        """What is to be sent, as typed; empty if there is nothing but space."""
        text = self.cleaned_data["text"]
        return text if text.strip() else ""

    @property
    def base_version(self) -> int:
        """That of her draft which the page began with; 0 for none."""
        return self.cleaned_data.get("version") or 0

    def operation_id(self, deed: uuid.UUID) -> uuid.UUID:
        """The same for the same words from the same page; other words, after going back, are another comment."""
        return uuid.uuid5(deed, f"{self.reader.pk}/{self.response.pk}/{self.words}")

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError if there is a comment, but not on words of this response."""
        data = super().clean()
        self.revision = shown.find(data.get("shown", ""), self.reader, self.response)
        if self.revision is None and data.get("text", "").strip():
            raise ValidationError(_("This comment could not be tied to the words it answers. Please reload the page."))
        return data


class NoteForm(forms.Form):
    """What a facilitator keeps in mind about a member, from a page without JavaScript."""

    text = CommentField(label=_("Your note"))
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any, membership_id: int) -> None:
        self.membership_id, self.name = membership_id, f"note-{membership_id}"
        super().__init__({"text": data.get(self.name), "version": data.get(f"{self.name}-version")})

    def save_of(self, author: User) -> NoteSave:
        """The validated note on its way."""
        text, version = self.cleaned_data["text"], self.cleaned_data["version"]
        return NoteSave(self.membership_id, author.pk, uuid.uuid4(), version, text)
