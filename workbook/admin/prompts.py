"""The questions of a week in one list, each with its section."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.checks import InlineModelAdminChecks
from django.core import checks
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms import BaseModelFormSet, ModelForm, modelformset_factory
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workbook.models import Prompt, Response, Section, Week

from .widgets import PreviewWidget

ASIDE, IN_TRANSIT = 10_000, 20_000
"""Positions while places are exchanged: no two questions may stand in one place, not even for a moment."""


class PromptForm(ModelForm):
    """One question. Its place is a wish: on saving, the places of a section become 1, 2, 3 …"""

    place = forms.IntegerField(label=_("Order"), min_value=1, max_value=99, initial=1)

    class Meta:
        model = Prompt
        fields = ["section", "text", "hint"]
        widgets = {"hint": PreviewWidget(attrs={"rows": 2}), "text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = self.instance.position

    @property
    def wish(self) -> tuple[int, float, int]:
        """For sorting: whoever moves up goes before the one who has that place now, whoever moves down after."""
        place, before = self.cleaned_data.get("place") or 1, self.initial.get("place") or 0
        nudge = 0.5 * ((place > before) - (place < before)) if before else 0.5
        return self.instance.section_id, place + nudge, self.instance.pk


class WeekPromptFormSet(BaseModelFormSet):
    """All questions of one week; takes what the admin hands to the formsets of its inlines."""

    def __init__(self, *args: Any, instance: Week, save_as_new: bool = False, **kwargs: Any) -> None:
        kwargs["queryset"] = Prompt.objects.filter(section__week=instance).order_by(
            "section__position", "section", "position", "pk"
        )
        self.week = instance
        self.sections = list(Section.objects.filter(week=instance))
        super().__init__(*args, **kwargs)

    @classmethod
    def get_default_prefix(cls) -> str:
        return "prompts"

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        """Offer the week's own sections, read once for all rows."""
        super().add_fields(form, index)
        form.fields["section"].queryset = Section.objects.filter(week=self.week)
        form.fields["section"].choices = [(section.pk, section.heading) for section in self.sections]

    def clean(self) -> None:
        """Raises ValidationError if a question is to go that has words, or a section would lose its last one."""
        super().clean()
        gone = [form.instance.pk for form in self.deleted_forms if form.instance.pk]
        written = Prompt.objects.filter(pk__in=gone, responses__isnull=False).select_related("section").first()
        if written:
            raise ValidationError(
                _("“%(question)s” cannot be deleted, because members have already written something for it."),
                params={"question": str(written)},
            )
        if not any(self.errors):
            self._refuse_empty_sections()

    def _refuse_empty_sections(self) -> None:
        kept = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        filled = {data["section"].pk for data in kept if data.get("section")}
        for section in self.sections:
            if section.pk not in filled:
                raise ValidationError(
                    _("Each section needs at least one question: “%(section)s” has none left."),
                    params={"section": section.heading},
                )

    def save(self, commit: bool = True) -> list[Prompt]:
        """Save everything, then set the places; what counts as written in the week is counted again."""
        Prompt.objects.filter(section__week=self.week).update(position=F("position") + ASIDE)
        for number, form in enumerate(self.forms):
            form.instance.position = IN_TRANSIT + number
        saved = super().save(commit)
        self._set_places()
        Response.objects.filter(prompt__section__week=self.week).recount()
        return saved

    def _set_places(self) -> None:
        kept = [form for form in self.forms if form.instance.pk and form not in self.deleted_forms]
        places: dict[int, int] = {}
        for form in sorted(kept, key=lambda form: form.wish):
            section = form.instance.section_id
            places[section] = places.get(section, 0) + 1
            Prompt.objects.filter(pk=form.instance.pk).update(position=places[section])


class PromptInlineChecks(InlineModelAdminChecks):
    """The questions hang on the week's sections, not on the week; the formset knows the way."""

    def _check_relation(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []


class PromptInline(admin.StackedInline):
    """For organizers only: the week's page offers it to nobody else."""

    model = Prompt
    fields = [("section", "place"), "text", "hint"]
    extra = 1
    checks_class = PromptInlineChecks

    def get_formset(self, request: HttpRequest, obj: Week | None = None, **kwargs: Any) -> type[WeekPromptFormSet]:
        return modelformset_factory(
            Prompt, form=PromptForm, formset=WeekPromptFormSet, extra=self.extra, can_delete=True
        )

    def has_view_permission(self, request: HttpRequest, obj: Week | None = None) -> bool:
        return request.user.is_organizer

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Week | None = None) -> bool:
        return request.user.is_organizer
