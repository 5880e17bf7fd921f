"""What facilitators and organizers type in the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workbook.forms import WordsField
from workbook.models import Feedback, Readers, Response, Revision

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

    `revision`, after validation, is the text that was shown: one of this response, which she may read.
    """

    shown = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = CommentField(label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, response: Response, data: Any = None) -> None:
        super().__init__(data, prefix=f"answer-{response.pk}", initial={"shown": getattr(response, "shown_id", None)})
        self.response = response
        self.revision: Revision | None = None

    @property
    def words(self) -> str:
        """What is to be sent, as typed; empty if there is nothing but space."""
        text = self.cleaned_data["text"]
        return text if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError if there is a comment, but not on words of this response."""
        data = super().clean()
        self.revision = self._find(data.get("shown"))
        if self.revision is None and data.get("text", "").strip():
            raise ValidationError(_("This comment could not be tied to the words it answers. Please reload the page."))
        return data

    def _find(self, pk: int | None) -> Revision | None:
        shown = Revision.objects.filter(pk=pk, response=self.response, version__isnull=False)
        return (
            shown.exclude(readers=Readers.SELF)
            .select_related(
                "response__membership__user", "response__membership__cohort", "response__prompt__section__week"
            )
            .first()
        )


class SessionForm(forms.ModelForm):
    """What a facilitator corrects herself: when the session is and where. The week's page names the fields."""

    def clean_session_at(self) -> Any:
        """Raises ValidationError for a session before the week opens."""
        session_at = self.cleaned_data["session_at"]
        if session_at < self.instance.opens_at:
            raise ValidationError(_("A week opens before its session. Please ask the organizers to open it earlier."))
        return session_at
