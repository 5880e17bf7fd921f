"""What the editor's page shows and what its buttons do."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cohorts.models import Cohort, User
from workbook.dates import planned_sessions
from workbook.models import Response, Week

from .edition import MOST_PROMPTS, MOST_WEEKS, NEW, Edition
from .forms import FORMS
from .merging import merge
from .rows import PromptRow, SectionRow, WeekRow
from .saving import Outdated, store
from .trace import changes_between

SALT = "workbook.editor"


class EditorPage:
    """One cohort's workbook while an organizer edits it. Nothing is stored before `save`."""

    def __init__(self, user: User, cohort: Cohort, data: Mapping[str, str] | None = None) -> None:
        self.user, self.cohort = user, cohort
        self.weeks = list(cohort.weeks.order_by("number").with_prompts())
        self.now = Edition.of(self.weeks)
        self.began, self.mine = self._read(data) if data else (self.now, self.now.copy())
        self.theirs: dict[str, str] = {}
        self.problem = ""
        self.told = ""
        self.fresh = ""
        """The key of what was just added, which gets the focus."""
        self.is_checked = self.is_merged = False

    def _read(self, data: Mapping[str, str]) -> tuple[Edition, Edition]:
        """With what the page began, and what was typed since. A state that cannot be read is that of today."""
        try:
            began, places = signing.loads(data.get("state", ""), salt=SALT)
        except (signing.BadSignature, TypeError, ValueError):
            return self.now, self.now.typed(data)
        began, mine = Edition(**began), Edition(**places)
        mine.values = {name: began.values.get(name, "") for week in mine.weeks for name in mine.names_in(week)}
        return began, mine.typed(data)

    @property
    def state(self) -> str:
        """What the page carries along: signed, so that what comes back is what was sent."""
        places = asdict(self.mine) | {"values": {}}
        return signing.dumps([asdict(self.began), places], salt=SALT, compress=True)

    @property
    def is_changed(self) -> bool:
        return self.mine != self.began

    # --- What may be done

    @cached_property
    def answers(self) -> dict[str, tuple[int, int]]:
        """By question: in how many boxes something stands today, and how many were ever written in."""
        known = Response.objects.progress_for(self.user).filter(prompt__section__week__cohort=self.cohort)
        counts = known.values("prompt").order_by().annotate(filled=Count("pk", filter=~Q(text="")), all=Count("pk"))
        return {str(pk): (filled, every) for pk, filled, every in counts.values_list("prompt", "filled", "all")}

    def is_answered(self, prompt: str) -> bool:
        return prompt in self.answers

    def is_written_in(self, week: str) -> bool:
        return any(self.is_answered(prompt) for prompt in self.mine.prompts_of(week))

    def way(self, prompt: str, step: int) -> str:
        """As the edition's; but an answered question stays in the section in which it was answered."""
        way = self.mine.way(prompt, step)
        return "" if way == "outside" and self.is_answered(prompt) else way

    def may_exchange(self, week: str, step: int) -> bool:
        """Whether a week may change places with its neighbour: neither is saved anew, open or written in."""
        place = self.mine.weeks.index(week) + step
        pair = [week, self.mine.weeks[place]] if 0 <= place < len(self.mine.weeks) else []
        return bool(pair) and not any(self._is_settled(one) for one in pair)

    def _is_settled(self, week: str) -> bool:
        row = next((row for row in self.weeks if str(row.pk) == week), None)
        return row is None or row.is_open or self.is_written_in(week)

    @cached_property
    def removable_week(self) -> str:
        """The last one, if there are others and nobody has written in it, read of it or taken part; else empty."""
        last = self.mine.weeks[-1] if len(self.mine.weeks) > 1 else ""
        if not last or self.is_written_in(last):
            return ""
        if NEW.fullmatch(last):
            return last
        untouched = Week.objects.filter(pk=int(last), access_records=None, attendances=None)
        return last if untouched.exists() else ""

    # --- Buttons

    def press(self, data: Mapping[str, str]) -> None:
        """Do what a button other than “Save” asks for; what is not possible is not done."""
        deeds = {
            "up": lambda key: self._move(key, -1),
            "down": lambda key: self._move(key, 1),
            "week_up": lambda key: self._move_week(key, -1),
            "week_down": lambda key: self._move_week(key, 1),
            "add": self._add,
            "remove": self._remove,
            "add_week": self._add_week,
            "remove_week": self._remove_week,
        }
        for name, deed in deeds.items():
            if name in data:
                deed(data[name])

    def _move(self, prompt: str, step: int) -> None:
        if prompt in self.mine.prompt_keys and self.way(prompt, step):
            self.mine.move(prompt, step)
            self.told = _("Moved. Not saved yet.")

    def _move_week(self, week: str, step: int) -> None:
        if week in self.mine.weeks and self.may_exchange(week, step):
            self.mine.move_week(week, step)
            self.told = _("The weeks have changed places; the dates stay. Not saved yet.")

    def _add(self, section: str) -> None:
        if section in self.mine.prompts:
            self.fresh = self.mine.add(section) or ""
            self.told = _("A new question stands at the end. Not saved yet.")

    def _remove(self, prompt: str) -> None:
        if prompt in self.mine.prompt_keys and not self.is_answered(prompt):
            self.mine.remove(prompt)
            self.told = _("Taken away. Not saved yet.")

    def _add_week(self, _value: str) -> None:
        self.fresh = self.mine.add_week() or ""
        self.told = _("A new week stands at the end. Not saved yet.")

    def _remove_week(self, week: str) -> None:
        if week == self.removable_week:
            self.mine.remove_week(week)
            del self.removable_week
            self.told = _("The week is taken away. Not saved yet.")

    # --- Saving

    def save(self) -> list[str] | None:
        """Store what was typed.

        Returns:
            What changed, in sentences; None if it could not be saved, and the page says why.
        """
        self._drop_blanks()
        self.is_checked = True
        if not all(form.is_valid() for form in self._forms()):
            self.problem = _("Something is missing or not right. Please look at the notes below.")
            return None
        try:
            store(self.cohort, self.began, self.mine, self.user)
        except Outdated:
            self._meet()
            return None
        except ValidationError as error:
            self.problem = " ".join(error.messages)
            return None
        return changes_between(self.began, self.mine)

    def _drop_blanks(self) -> None:
        """A new question left empty is none, as long as its section has another one."""
        for prompt in self.mine.prompt_keys:
            words = (self.mine.get("prompt", prompt, name) for name in ("text", "hint"))
            if NEW.fullmatch(prompt) and not any(words):
                self.mine.remove(prompt)

    def _meet(self) -> None:
        """Join what was typed with what somebody else has saved meanwhile; the next save begins there."""
        self.weeks = list(self.cohort.weeks.order_by("number").with_prompts())
        self.now = Edition.of(self.weeks)
        merged = merge(self.began, self.mine, self.now)
        self.began, self.mine, self.theirs = self.now, merged.edition, merged.theirs
        self.is_merged, self.is_checked = True, False

    def _forms(self) -> Iterator[forms.Form]:
        for week in self.rows:
            yield week.form
            for section in week.sections:
                yield section.form
                yield from (prompt.form for prompt in section.prompts)

    # --- What is shown

    @property
    def rows(self) -> list[WeekRow]:
        return [self._week_row(number, week) for number, week in enumerate(self.mine.weeks, start=1)]

    def _form(self, kind: str, key: str) -> forms.Form:
        prefix = f"{kind}-{key}"
        initial = {name: self.mine.get(kind, key, name) for name in FORMS[kind].base_fields}
        return FORMS[kind](self.mine.values if self.is_checked else None, initial=initial, prefix=prefix)

    def _theirs(self, kind: str, key: str) -> dict[str, str]:
        found = {name: self.theirs.get(f"{kind}-{key}-{name}") for name in FORMS[kind].base_fields}
        return {name: text for name, text in found.items() if text is not None}

    def _common(self, kind: str, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "form": self._form(kind, key),
            "theirs": self._theirs(kind, key),
            "is_new": bool(NEW.fullmatch(key)),
            "is_fresh": key == self.fresh,
        }

    def _week_row(self, number: int, week: str) -> WeekRow:
        return WeekRow(
            **self._common("week", week),
            number=number,
            session_at=self._session_of(number),
            sections=[self._section_row(section) for section in self.mine.sections[week]],
            may_go_up=self.may_exchange(week, -1),
            may_go_down=self.may_exchange(week, 1),
            may_be_removed=week == self.removable_week,
        )

    def _session_of(self, number: int) -> datetime:
        """Dates stay with the places: a new week follows the last one by seven days."""
        if number <= len(self.weeks):
            return self.weeks[number - 1].session_at
        beyond = number - len(self.weeks) + 1
        return planned_sessions(self.weeks[-1].session_at, beyond, self.cohort.zone)[-1]

    def _section_row(self, section: str) -> SectionRow:
        prompts = self.mine.prompts[section]
        return SectionRow(
            **self._common("section", section),
            kind=self.mine.kinds[section],
            prompts=[self._prompt_row(number, prompt, len(prompts)) for number, prompt in enumerate(prompts, start=1)],
            may_grow=len(prompts) < MOST_PROMPTS,
        )

    def _prompt_row(self, number: int, prompt: str, count: int) -> PromptRow:
        return PromptRow(
            **self._common("prompt", prompt),
            number=number,
            count=count,
            answers=self.answers.get(prompt, (0, 0))[0],
            is_answered=self.is_answered(prompt),
            up=self.way(prompt, -1),
            down=self.way(prompt, 1),
        )

    @property
    def may_grow(self) -> bool:
        return 0 < len(self.mine.weeks) < MOST_WEEKS
