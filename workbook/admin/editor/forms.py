"""The fields of the editor: one form for each week, section and question."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from workbook.models import Prompt, Section, Week


def line(model: type[models.Model], name: str, label: Any, **kwargs: Any) -> forms.CharField:
    """A text of one line, as long as the model's."""
    return forms.CharField(label=label, max_length=model._meta.get_field(name).max_length, **kwargs)


def lines(label: Any) -> forms.CharField:
    """A text of several lines, in Markdown."""
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class WeekForm(forms.Form):
    theme = line(Week, "theme", _("theme"))
    aim = lines(_("aim"))


class SectionForm(forms.Form):
    heading = line(Section, "heading", _("heading"))
    due = line(Section, "due", _("due wording"), required=False)
    subtitle = line(Section, "subtitle", _("subtitle"), required=False)
    output = line(Section, "output", _("kind of output"), required=False)


class PromptForm(forms.Form):
    text = line(Prompt, "text", _("question"), required=False, widget=forms.Textarea(attrs={"rows": 1}))
    hint = lines(_("hint"))


FORMS = {"week": WeekForm, "section": SectionForm, "prompt": PromptForm}
