"""What facilitators and organizers type in the admin."""

import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohorts.models import User
from workbook.forms import WordsField
from workbook.models import Feedback, Readers, Response, Revision

SHOWN = "workbook.admin.shown"
MAX_COMMENT = Feedback._meta.get_field("text").max_length


class CommentField(WordsField):
    """A comment, kept to the letter."""

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if len(value) > MAX_COMMENT:
            raise ValidationError(
                _("A comment holds 10,000 characters; this is %(over)d too many. Your text stays: please shorten it."),
                params={"over": len(value) - MAX_COMMENT},
            )


class AnswerForm(forms.Form):
    """A comment on the words that were shown. A blank one says nothing and is left out.

    `shown` says, signed, who was shown which revision; without the signature, numbers typed there would open the
    history. It also names the deed, so that one page sends the same comment only once.
    `revision`, after validation, is the text that was shown: one of this response, which she may read.
    """

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    text = CommentField(label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, response: Response, reader: User, data: Any = None) -> None:
        self.response, self.reader = response, reader
        self.revision: Revision | None = None
        self.deed = uuid.uuid4()
        super().__init__(data, prefix=f"answer-{response.pk}", initial={"shown": self._sign})

    @property
    def words(self) -> str:
        """What is to be sent, as typed; empty if there is nothing but space."""
        text = self.cleaned_data["text"]
        return text if text.strip() else ""

    @property
    def operation_id(self) -> uuid.UUID:
        """The same for the same words from the same page; other words, after going back, are another comment."""
        return uuid.uuid5(self.deed, self.words)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError if there is a comment, but not on words of this response."""
        data = super().clean()
        self.revision = self._find(data.get("shown", ""))
        if self.revision is None and data.get("text", "").strip():
            raise ValidationError(_("This comment could not be tied to the words it answers. Please reload the page."))
        return data

    def _sign(self) -> str:
        return signing.dumps([self.reader.pk, self.response.pk, self.response.shown_id, self.deed.hex], salt=SHOWN)

    def _find(self, signed: str) -> Revision | None:
        """The revision that was shown to this reader for this response; None for a value that this page never made."""
        try:
            reader, response, shown, deed = signing.loads(signed, salt=SHOWN)
        except signing.BadSignature:
            return None
        if (reader, response) != (self.reader.pk, self.response.pk):
            return None
        self.deed = uuid.UUID(deed)
        whole = ("response__membership__user", "response__membership__cohort", "response__prompt__section__week")
        open_ones = self.response.revisions.filter(version__isnull=False).exclude(readers=Readers.SELF)
        return open_ones.filter(pk=shown).select_related(*whole).first()


class SessionForm(forms.ModelForm):
    """What a facilitator corrects herself: when the session is and where. The week's page names the fields."""

    def clean_session_at(self) -> Any:
        """Raises ValidationError for a session before the week opens."""
        session_at = self.cleaned_data["session_at"]
        if session_at < self.instance.opens_at:
            raise ValidationError(_("A week opens before its session. Please ask the organizers to open it earlier."))
        return session_at
