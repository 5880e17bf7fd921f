"""Stores an edition: as little as changed, and the old wording of every question that somebody has answered."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from cohorts.models import Cohort, User
from workbook.dates import opening_days, planned_sessions
from workbook.models import FormerWording, Prompt, Response, Section, Week

from .edition import FIELDS, NEW, Edition, names_of

ASIDE = 10_000
"""Added to places and numbers while they are exchanged: no two may stand in one place, not even for a moment."""

SLOT = ("number", "opens_at", "session_at", "session_minutes", "meeting_url")
"""What stays where it is in the calendar when two weeks change places."""


class Outdated(Exception):
    """Somebody else has saved meanwhile."""


def store(cohort: Cohort, began: Edition, new: Edition, by: User) -> None:
    """Make the cohort's workbook what `new` says, or change nothing.

    Raises:
        Outdated: what is stored is not what the page `began` with.
        ValidationError: something is to go that members have written in.
    """
    try:
        with transaction.atomic():
            Cohort.objects.select_for_update().get(pk=cohort.pk)
            if Edition.of(cohort.weeks.order_by("number").with_prompts()) != began:
                raise Outdated
            _Storing(cohort, began, new, by).run()
    except (ProtectedError, IntegrityError) as error:
        raise ValidationError(
            _("What you took away is in use: somebody has written, read or taken part there. Nothing is saved yet.")
        ) from error


class _Storing:
    """One save. `ids` are those of what was new, by its key."""

    def __init__(self, cohort: Cohort, old: Edition, new: Edition, by: User) -> None:
        self.cohort, self.old, self.new, self.by = cohort, old, new, by
        self.ids: dict[str, int] = {}

    def run(self) -> None:
        weeks = list(self.cohort.weeks.order_by("number"))
        self._delete()
        kept = {str(week.pk): week for week in weeks if str(week.pk) in self.new.weeks}
        self._place_weeks(kept, weeks)
        for week in kept.values():
            self._reword(week, "week", str(week.pk))
        for key in self.new.weeks:
            if key not in kept:
                kept[key] = self._append_week(key, list(kept.values()))
        for key, week in kept.items():
            self._store_sections(week, key)
        self._place_prompts()
        self._count_anew()

    def id_of(self, key: str) -> int:
        return self.ids[key] if NEW.fullmatch(key) else int(key)

    def _delete(self) -> None:
        gone = [int(key) for key in self.old.prompt_keys if key not in self.new.prompt_keys]
        prompts = Prompt.objects.filter(pk__in=gone)
        FormerWording.objects.filter(prompt__in=prompts.filter(responses=None)).delete()
        prompts.delete()
        weeks = [int(key) for key in self.old.weeks if key not in self.new.weeks]
        Section.objects.filter(week__in=weeks).delete()
        Week.objects.filter(pk__in=weeks).delete()

    def _place_weeks(self, kept: dict[str, Week], weeks: list[Week]) -> None:
        """Give the weeks that stay the places that stay, in the new order."""
        order = [key for key in self.new.weeks if key in kept]
        slots = [[getattr(week, name) for name in SLOT] for week in weeks]
        moved = [(kept[key], slot) for key, slot in zip(order, slots, strict=False) if kept[key].number != slot[0]]
        if not moved:
            return
        Week.objects.filter(pk__in=[week.pk for week, _slot in moved]).update(number=F("number") + ASIDE)
        for week, slot in moved:
            for name, value in zip(SLOT, slot, strict=True):
                setattr(week, name, value)
            week.save(update_fields=SLOT)

    def _append_week(self, key: str, weeks: list[Week]) -> Week:
        """A week after the last one, seven days later at the same time of day."""
        last = max(weeks, key=lambda week: week.number)
        sessions = planned_sessions(last.session_at, 2, self.cohort.zone)
        week = Week(cohort=self.cohort, number=last.number + 1, session_at=sessions[1])
        week.opens_at = opening_days(sessions, self.cohort.zone)[1]
        week.session_minutes, week.meeting_url = last.session_minutes, last.meeting_url
        for name in FIELDS["week"]:
            setattr(week, name, self.new.get("week", key, name))
        week.save()
        self.ids[key] = week.pk
        return week

    def _reword(self, row: Week | Section, kind: str, key: str) -> None:
        changed = [
            field for field, name in names_of(kind, key).items() if self.new.values[name] != self.old.values.get(name)
        ]
        for field in changed:
            setattr(row, field, self.new.get(kind, key, field))
        if changed:
            row.save(update_fields=changed)

    def _store_sections(self, week: Week, key: str) -> None:
        stored = {str(section.pk): section for section in week.sections.all()}
        for position, section in enumerate(self.new.sections[key], start=1):
            if section in stored:
                self._reword(stored[section], "section", section)
                continue
            row = Section(week=week, kind=self.new.kinds[section], position=position)
            for name in FIELDS["section"]:
                setattr(row, name, self.new.get("section", section, name))
            row.save()
            self.ids[section] = row.pk

    def _place_prompts(self) -> None:
        """Set every question's place and words. Places are only touched where they changed."""
        prompts = Prompt.objects.filter(section__week__cohort=self.cohort).select_related("section__week")
        stored = {str(row.pk): row for row in prompts}
        moving = [section for section, keys in self.new.prompts.items() if self.old.prompts.get(section) != keys]
        known = [int(section) for section in moving if not NEW.fullmatch(section)]
        Prompt.objects.filter(section__in=known).update(position=F("position") + ASIDE)
        for section in moving:
            for position, key in enumerate(self.new.prompts[section], start=1):
                if key in stored:
                    place = {"section": self.id_of(section), "position": position}
                    Prompt.objects.filter(pk=stored[key].pk).update(**place)
                else:
                    words = {name: self.new.get("prompt", key, name) for name in FIELDS["prompt"]}
                    Prompt.objects.create(section_id=self.id_of(section), position=position, **words)
        for key, row in stored.items():
            words = {name: self.new.get("prompt", key, name) for name in FIELDS["prompt"]}
            if any(self.old.values[names_of("prompt", key)[name]] != value for name, value in words.items()):
                row.reword(words["text"], words["hint"], self.by)

    def _count_anew(self) -> None:
        """What counts as an own line depends on all questions of its week."""

        def asked(edition: Edition, week: str) -> list[str]:
            return sorted(edition.get("prompt", prompt, "text") for prompt in edition.prompts_of(week))

        changed = [
            int(week)
            for week in self.new.weeks
            if week in self.old.weeks and asked(self.new, week) != asked(self.old, week)
        ]
        Response.objects.filter(prompt__section__week__in=changed).recount()
