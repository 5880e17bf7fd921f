"""A cohort's workbook as the editor's page holds it: what stands where, and every text under its field's name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Self

from workbook.models import Week
from workbook.planned import lines_of, one_line

FIELDS = {
    "week": ("theme", "aim"),
    "section": ("heading", "due", "subtitle", "output"),
    "prompt": ("text", "hint"),
}
LONG_FIELDS = {"aim", "hint"}
NEW = re.compile(r"new(\d+)")
MOST_WEEKS, MOST_PROMPTS = 52, 30
"""In one cohort, in one section: more is a slip of the finger."""


def tidy(name: str, value: str) -> str:
    """A text as it is kept and compared: without what a browser adds to line ends, or space around it."""
    return lines_of(value) if name in LONG_FIELDS else one_line(value)


def names_of(kind: str, key: str) -> dict[str, str]:
    """The name on the page of every field of a row: `{"theme": "week-12-theme", …}`."""
    return {name: f"{kind}-{key}-{name}" for name in FIELDS[kind]}


@dataclass
class Edition:
    """Rows go by keys: their ids, or `new1`, `new2` … as long as they are not saved."""

    weeks: list[str] = field(default_factory=list)
    sections: dict[str, list[str]] = field(default_factory=dict)
    prompts: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, weeks: Iterable[Week]) -> Self:
        """What is stored; the weeks come in order, `with_prompts`."""
        edition = cls()
        for week in weeks:
            edition.weeks.append(str(week.pk))
            edition._take("week", week)
            edition.sections[str(week.pk)] = [str(section.pk) for section in week.sections.all()]
            for section in week.sections.all():
                edition._take("section", section)
                edition.kinds[str(section.pk)] = section.kind
                edition.prompts[str(section.pk)] = [str(prompt.pk) for prompt in section.prompts.all()]
                for prompt in section.prompts.all():
                    edition._take("prompt", prompt)
        return edition

    def _take(self, kind: str, row: Any) -> None:
        for name, place in names_of(kind, str(row.pk)).items():
            self.values[place] = tidy(name, getattr(row, name))

    def copy(self) -> Self:
        return deepcopy(self)

    def typed(self, data: Mapping[str, str]) -> Self:
        """The same with the texts that came from the page."""
        new = self.copy()
        for name in self.values:
            if name in data:
                new.values[name] = tidy(name.rpartition("-")[2], data[name])
        return new

    def get(self, kind: str, key: str, name: str) -> str:
        return self.values.get(f"{kind}-{key}-{name}", "")

    # --- Where something stands

    @property
    def prompt_keys(self) -> list[str]:
        """Of all weeks, in order."""
        return [key for week in self.weeks for key in self.prompts_of(week)]

    def prompts_of(self, week: str) -> list[str]:
        return [key for section in self.sections[week] for key in self.prompts[section]]

    def layout(self, week: str) -> list[tuple[str, list[str]]]:
        """Its sections, each with its questions."""
        return [(section, self.prompts[section]) for section in self.sections[week]]

    def section_of(self, prompt: str) -> str:
        return next(section for section, prompts in self.prompts.items() if prompt in prompts)

    def week_of(self, section: str) -> str:
        return next(week for week, sections in self.sections.items() if section in sections)

    def names_in(self, week: str) -> Iterator[str]:
        """The names of all fields of a week."""
        yield from names_of("week", week).values()
        for section, prompts in self.layout(week):
            yield from names_of("section", section).values()
            for prompt in prompts:
                yield from names_of("prompt", prompt).values()

    # --- Questions

    def _target(self, prompt: str, step: int) -> tuple[str, int] | None:
        """Section and index where a question would stand after a step up (-1) or down (1)."""
        section = self.section_of(prompt)
        place = self.prompts[section].index(prompt) + step
        if 0 <= place < len(self.prompts[section]):
            return section, place
        beside = self.sections[self.week_of(section)]
        index = beside.index(section) + step
        if len(self.prompts[section]) == 1 or not 0 <= index < len(beside):
            return None
        return beside[index], len(self.prompts[beside[index]]) if step < 0 else 0

    def way(self, prompt: str, step: int) -> str:
        """Where a step leads: `inside` its section, `outside` into the next one, or nowhere (empty)."""
        target = self._target(prompt, step)
        if target is None:
            return ""
        return "inside" if target[0] == self.section_of(prompt) else "outside"

    def move(self, prompt: str, step: int) -> None:
        if target := self._target(prompt, step):
            self.prompts[self.section_of(prompt)].remove(prompt)
            self.prompts[target[0]].insert(target[1], prompt)

    def add(self, section: str) -> str | None:
        """A new question at the section's end; its key, or None if there are too many."""
        if len(self.prompts[section]) >= MOST_PROMPTS:
            return None
        key = self.fresh_key()
        self.prompts[section].append(key)
        self.values |= dict.fromkeys(names_of("prompt", key).values(), "")
        return key

    def remove(self, prompt: str) -> None:
        """Take a question out; a section keeps its last one."""
        prompts = self.prompts[self.section_of(prompt)]
        if len(prompts) > 1:
            prompts.remove(prompt)
            self._forget("prompt", prompt)

    def _forget(self, kind: str, key: str) -> None:
        for name in names_of(kind, key).values():
            self.values.pop(name, None)

    def fresh_key(self) -> str:
        known = [*self.weeks, *self.kinds, *self.prompt_keys]
        numbers = (int(found[1]) for found in map(NEW.fullmatch, known) if found)
        return f"new{max(numbers, default=0) + 1}"

    # --- Weeks

    def add_week(self) -> str | None:
        """A new week at the end, with the sections of the last one and an empty place in each; its key."""
        if not self.weeks or len(self.weeks) >= MOST_WEEKS:
            return None
        last, key = self.weeks[-1], self.fresh_key()
        self.weeks.append(key)
        self.values |= dict.fromkeys(names_of("week", key).values(), "")
        self.sections[key] = []
        for old in self.sections[last]:
            new = self.fresh_key()
            self.sections[key].append(new)
            self.kinds[new], self.prompts[new] = self.kinds[old], []
            self.values |= {place: self.get("section", old, name) for name, place in names_of("section", new).items()}
            self.add(new)
        return key

    def remove_week(self, week: str) -> None:
        """Take a week out, with all that belongs to it."""
        for name in list(self.names_in(week)):
            self.values.pop(name, None)
        for section in self.sections.pop(week):
            del self.prompts[section], self.kinds[section]
        self.weeks.remove(week)

    def move_week(self, week: str, step: int) -> None:
        """Let a week change places with the one beside it."""
        place = self.weeks.index(week)
        if 0 <= place + step < len(self.weeks):
            self.weeks[place], self.weeks[place + step] = self.weeks[place + step], week

    def take_week(self, other: "Edition", week: str, *, anew: bool = False) -> None:
        """Put a week of another edition at the end, under keys of its own if it is to be a new one."""
        key = self.fresh_key() if anew else week
        self.weeks.append(key)
        self.sections[key] = []
        self._take_values(other, "week", week, key)
        for section, prompts in other.layout(week):
            new = self.fresh_key() if anew else section
            self.sections[key].append(new)
            self.kinds[new], self.prompts[new] = other.kinds[section], []
            self._take_values(other, "section", section, new)
            for prompt in prompts:
                self.take_prompt(other, prompt, new, anew=anew)

    def take_prompt(self, other: "Edition", prompt: str, section: str, *, anew: bool = False) -> None:
        """The same with one question, at the end of a section here."""
        key = self.fresh_key() if anew else prompt
        self.prompts[section].append(key)
        self._take_values(other, "prompt", prompt, key)

    def _take_values(self, other: "Edition", kind: str, old: str, new: str) -> None:
        for name, place in names_of(kind, new).items():
            self.values[place] = other.get(kind, old, name)
