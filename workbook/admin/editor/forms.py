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
    theme = line(Week, "theme", _("Theme"))
    aim = lines(_("Aim"))


class SectionForm(forms.Form):
    heading = line(Section, "heading", _("Heading"))
    due = line(Section, "due", _("By when"), required=False)
    subtitle = line(Section, "subtitle", _("Subtitle"), required=False)
    output = line(Section, "output", _("What it is for"), required=False)


class PromptForm(forms.Form):
    text = line(Prompt, "text", _("Question"), required=False, widget=forms.Textarea(attrs={"rows": 1}))
    hint = lines(_("Hint"))


FORMS = {"week": WeekForm, "section": SectionForm, "prompt": PromptForm}
