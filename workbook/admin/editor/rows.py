"""The editor's page in order: weeks, their sections, their questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from workbook.models import Section


@dataclass
class Row:
    """What stands under one key. `theirs`: what somebody else made of a field meanwhile, by the field's name."""

    key: str
    form: forms.Form
    theirs: dict[str, str]
    is_new: bool
    is_fresh: bool

    def field(self, name: str) -> dict[str, Any]:
        return {"field": self.form[name], "theirs": self.theirs.get(name), "is_met": name in self.theirs}


@dataclass
class PromptRow(Row):
    """One question. `up`, `down`: where a step leads (`inside`, `outside`), or empty."""

    number: int
    count: int
    answers: int
    is_answered: bool
    up: str
    down: str

    @property
    def text(self) -> dict[str, Any]:
        return self.field("text")

    @property
    def hint(self) -> dict[str, Any]:
        return self.field("hint")

    @property
    def has_hint(self) -> bool:
        """Whether its hint is shown at once: it says something, or something is to be said about it."""
        return bool(self.form["hint"].value() or self.theirs.get("hint") is not None or self.form["hint"].errors)


@dataclass
class SectionRow(Row):
    """One section with its questions."""

    kind: str
    prompts: list[PromptRow]
    may_grow: bool

    @property
    def kind_label(self) -> str:
        return Section.Kind(self.kind).label

    @property
    def heading(self) -> dict[str, Any]:
        return self.field("heading")

    @property
    def details(self) -> list[dict[str, Any]]:
        """What stands beside the heading, folded."""
        return [self.field(name) for name in ("due", "subtitle", "output")]

    @property
    def summary(self) -> list[str]:
        """The same in short."""
        return [value for value in (detail["field"].value() for detail in self.details) if value]

    @property
    def is_unfolded(self) -> bool:
        return any(detail["is_met"] or detail["field"].errors for detail in self.details)


@dataclass
class WeekRow(Row):
    """One week with its sections. Dates stay with its place."""

    number: int
    session_at: datetime
    sections: list[SectionRow]
    may_go_up: bool
    may_go_down: bool
    may_be_removed: bool

    @property
    def label(self) -> str:
        """“Week 2”, as people say it."""
        return _("Week %(number)d") % {"number": self.number}

    @property
    def theme(self) -> dict[str, Any]:
        return self.field("theme")

    @property
    def aim(self) -> dict[str, Any]:
        return self.field("aim")
