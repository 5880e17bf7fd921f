"""Everything that members send, validated. Words are kept to the letter."""

import json
import re
from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import MAX_LENGTH, Readers, Response, Save
from .models.saving import digest

MAX_BODY = 1_000_000
"""Bytes of one autosave: 100,000 characters of four bytes each, with room for the rest."""


MAX_COMMENT = 10_000
"""Characters of a comment, or of a note about a member."""

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, and halves of signs."""

UNKNOWN = {"invalid_choice": _("This could not be read. Please reload the page.")}
"""Says nothing of what was sent instead, which may be anything."""

FIRST_CONTRACT = 1
"""Later pages always tell for whom they were made, and the hash of the text."""


class Unreadable(ValueError):
    """What came is not what the page sends."""


class WordsField(forms.CharField):
    """A member's words: nothing is trimmed; line ends become LF; what no database can hold is refused."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Raises ValidationError for anything but text: a number or a list is no answer."""
        if value is not None and not isinstance(value, str):
            raise ValidationError(_("This is not a text."), code="type")
        return (value or "").replace("\r\n", "\n").replace("\r", "\n")

    def run_validators(self, value: str) -> None:
        if UNSTORABLE.search(value):
            raise ValidationError(
                _("The text contains a sign that cannot be stored, for example half an emoji. Please delete it."),
                code="unicode",
            )
        if len(value) > MAX_LENGTH:
            raise ValidationError(
                _("A box holds 100,000 characters; this is %(over)d too many. Your text stays: please shorten it."),
                params={"over": len(value) - MAX_LENGTH},
                code="length",
            )


class CommentField(WordsField):
    """A comment, kept to the letter."""

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if len(value) > MAX_COMMENT:
            raise ValidationError(
                _("A comment holds 10,000 characters; this is %(over)d too many. Your text stays: please shorten it."),
                params={"over": len(value) - MAX_COMMENT},
                code="length",
            )


class SharedFields(dict[str, forms.Field]):
    """The fields of a form that never changes them, so that its many instances need no copies of their own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedFields":
        return self


class JsonForm(forms.Form):
    """A form that pages send as a JSON object."""

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """A bound form.

        Raises:
            Unreadable: the body is not a JSON object.
        """
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unreadable from error
        if not isinstance(data, dict):
            raise Unreadable
        return cls(data)


class ResponseForm(JsonForm):
    """One save of one box, from the page's autosave or from the plain form."""

    operation_id = forms.UUIDField()
    base_version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    readers = forms.ChoiceField(choices=Readers.choices, error_messages=UNKNOWN)
    text = WordsField()
    sha256 = forms.CharField(required=False, max_length=64)
    user = forms.IntegerField(required=False)
    contract = forms.IntegerField(required=False)
    follows = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        """Put the text's hash into `sha256`.

        Raises ValidationError if another one was sent, or if a page leaves out what its contract demands.
        """
        data = super().clean()
        sent = data.pop("sha256", None)
        if "text" in data:
            data["sha256"] = digest(data["text"])
            if sent and sent != data["sha256"]:
                raise ValidationError(_("The text arrived incomplete. It will be sent again."), code="hash")
        complete = data.get("user") is not None and "sha256" in self.data
        if not complete and (data.get("contract") or FIRST_CONTRACT) > FIRST_CONTRACT:
            raise ValidationError(_("This could not be read. Please reload the page."), code="incomplete")
        return data

    def save_of(self, prompt_id: int, membership_id: int, questions: Sequence[str], device: str) -> Save:
        """The validated save of one box."""
        readers = self.cleaned_data["readers"]
        return Save(prompt_id, membership_id, **self.words, readers=readers, questions=questions, device=device)

    @property
    def words(self) -> dict[str, Any]:
        """What every save says, whichever kind of text it is."""
        return {name: self.cleaned_data[name] for name in ("operation_id", "base_version", "text", "follows")}

    @classmethod
    def from_page(cls, data: Any, prompt_id: int) -> Self:
        """A bound form of one box in the page's form, whose fields carry the prompt's id."""
        names = ("operation_id", "base_version", "readers", "text")
        return cls({name: data.get(f"{name}-{prompt_id}") for name in names})


ResponseForm.base_fields = SharedFields(ResponseForm.base_fields)


class DraftForm(ResponseForm):
    """One save of a comment that is not sent yet, or of a note: for nobody else to read."""

    text = CommentField()
    readers = forms.ChoiceField(choices=[(Readers.SELF, Readers.SELF.label)], error_messages=UNKNOWN)


DraftForm.base_fields = SharedFields(DraftForm.base_fields)


class DiscardForm(forms.Form):
    """An unsent comment that its author lets go of, as she saw it."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class SendForm(JsonForm):
    """A saved draft on its way to the member. `seen` is the newest comment that the page was showing, 0 for none."""

    operation_id = forms.UUIDField()
    base_version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    shown = forms.CharField(max_length=200)
    user = forms.IntegerField()
    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class RestoreForm(forms.Form):
    """An earlier version on its way back into its box."""

    operation_id = forms.UUIDField()
    base_version = forms.IntegerField(min_value=1, max_value=2**31 - 1)

    def save_of(self, text: str, readers: str, **box: Any) -> Save:
        """The save that puts the text back, on top of what the page showed as the present one."""
        return Save(**self.cleaned_data, **box, text=text, readers=readers)


class OutcomeForm(forms.ModelForm):
    """What became of last week's promise."""

    class Meta:
        model = Response
        fields = ["outcome"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True


class PreviewForm(forms.Form):
    """A text to be shown as it will look."""

    text = WordsField()
