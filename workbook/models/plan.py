"""What is asked, and when: a cohort's own weeks, sections and prompts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField

from cohorts.models import Cohort, User
from cohorts.prepared import Slot
from workbook.dates import Rhythm

FIRST_YEAR, LAST_YEAR = 2000, 2100


def validate_date(value: datetime) -> None:
    """Raises ValidationError for a date that nobody means: a slip of the finger must not break a page."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(_("Please check the date: it should lie between 2000 and 2100."))


class WeekQuerySet(models.QuerySet["Week"]):
    """Weeks, by who may see them, and copied as a whole."""

    def opened(self) -> "WeekQuerySet":
        """Those that may be written in by now."""
        return self.filter(opens_at__lte=timezone.now())

    def administered_by(self, user: User) -> "WeekQuerySet":
        """Those of the cohorts that the user sees in the admin."""
        return self.filter(cohort__in=Cohort.objects.administered_by(user))

    def with_prompts(self) -> "WeekQuerySet":
        """With sections and prompts, in order, in two further queries."""
        return self.prefetch_related("sections__prompts")

    def copy(self, source: Cohort, target: Cohort, first_session: datetime) -> "list[Week]":
        """Copy a cohort's weeks with sections and prompts, without anybody's words, into one that has none.

        All sessions move by one difference on the clock, so that weekday and time of day stay what they were to each
        other; the first is at `first_session` (aware). Opening days follow. Six queries. Gives the new weeks in order.
        """
        old = list(self.filter(cohort=source).order_by("number").with_prompts())
        if not old:
            return []
        rhythm = Rhythm.of([week.session_at for week in old], [week.opens_at for week in old], source.zone)
        sessions = rhythm.sessions(first_session, target.zone)
        dates = zip(old, sessions, rhythm.opening_days(sessions, target.zone), strict=True)
        new = self.bulk_create(
            _copied(week, cohort=target, session_at=session_at, opens_at=opens_at, sequence=0)
            for week, session_at, opens_at in dates
        )
        sections = [(section, week) for one, week in zip(old, new, strict=True) for section in one.sections.all()]
        copies = Section.objects.bulk_create(_copied(section, week=week) for section, week in sections)
        Prompt.objects.bulk_create(
            _copied(prompt, section=copy)
            for (section, _week), copy in zip(sections, copies, strict=True)
            for prompt in section.prompts.all()
        )
        return new


class Week(models.Model):
    """One week of a cohort: a theme, an aim and the session. It is the slot in the calendar."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="weeks", verbose_name=_("cohort"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    theme = models.CharField(_("theme"), max_length=200)
    aim = MarkdownxField(_("aim"), blank=True)
    opens_at = models.DateTimeField(_("opens"), validators=[validate_date])
    session_at = models.DateTimeField(_("session"), validators=[validate_date])
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    meeting_url = models.URLField(
        _("meeting link"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often the session was moved: calendars take the entry with the highest number."""

    objects = WeekQuerySet.as_manager()

    class Meta:
        verbose_name = _("week")
        verbose_name_plural = _("weeks")
        ordering = ["cohort_id", "number"]
        indexes = [models.Index(fields=["session_at"], name="week_by_session")]  # what is due, whose turn is next
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="week_once_per_cohort_and_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="week_number_from_one"),
            models.CheckConstraint(condition=Q(opens_at__lte=F("session_at")), name="week_opens_before_session"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} / {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; calendars are told when time, length or link of the session changed."""
        same = {name: getattr(self, name) for name in ("session_at", "session_minutes", "meeting_url")}
        if self.pk and Week.objects.filter(pk=self.pk).exclude(**same).exists():
            self.sequence += 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "sequence"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("workbook:week_detail", args=[self.cohort.slug, self.number])

    def clean(self) -> None:
        """Raises ValidationError if the week would open after its session."""
        if self.opens_at and self.session_at and self.opens_at > self.session_at:
            raise ValidationError({"opens_at": _("A week opens before its session.")})

    @property
    def label(self) -> str:
        """“Week 2”, as people say it."""
        return _("Week %(number)d") % {"number": self.number}

    @property
    def session_ends_at(self) -> datetime:
        return self.session_at + timedelta(minutes=self.session_minutes)

    @property
    def is_open(self) -> bool:
        return self.opens_at <= timezone.now()

    @property
    def session_has_begun(self) -> bool:
        return self.session_at <= timezone.now()

    @property
    def session_day_has_come(self) -> bool:
        """From the midnight before the session on, where the cohort lives."""
        zone = self.cohort.zone
        return timezone.localdate(self.session_at, zone) <= timezone.localdate(timezone=zone)

    @property
    def session_is_over(self) -> bool:
        return self.session_ends_at <= timezone.now()


class Section(models.Model):
    """One of a week's sections: think alone, listen, sum up, decide."""

    class Kind(models.TextChoices):
        REFLECTION = "reflection", _("My own thoughts")
        SESSION_NOTES = "session_notes", _("What I noticed in the session")
        SUMMARY = "summary", _("Summary")
        ACTION = "action", _("What will you do?")

    week = models.ForeignKey(Week, models.PROTECT, related_name="sections", verbose_name=_("week"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    heading = models.CharField(_("heading"), max_length=100)
    subtitle = models.CharField(_("subtitle"), max_length=100, blank=True)
    due = models.CharField(_("due wording"), max_length=100, blank=True, help_text=_("By when, in your own words."))
    output = models.CharField(_("kind of output"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["week_id", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["week", "kind"], name="section_once_per_week_and_kind")]

    def __str__(self) -> str:
        return self.heading


class PromptQuerySet(models.QuerySet["Prompt"]):
    """Prompts by who may answer them."""

    def writable_by(self, user: User | Slot, now: datetime | Slot | None = None) -> "PromptQuerySet":
        """Those `open_to` her, in cohorts that are not finished.

        The only rule of who may write: pages, form and autosave ask here.
        """
        return self.open_to(user, now).filter(section__week__cohort__finished_at=None)

    def open_to(self, user: User | Slot, now: datetime | Slot | None = None) -> "PromptQuerySet":
        """Prompts of opened weeks in cohorts where the user takes part today, each with her `membership_id`.

        In a finished cohort she reads there what she wrote.
        """
        return self.filter(
            section__week__opens_at__lte=now or timezone.now(),
            section__week__cohort__deleted_at=None,
            section__week__cohort__memberships__user=user,
            section__week__cohort__memberships__left_at=None,
        ).annotate(membership_id=F("section__week__cohort__memberships"))

    def in_order(self) -> "PromptQuerySet":
        """As on the page: by week, section and place, each with its section."""
        return self.select_related("section").order_by(
            "section__week__number", "section__position", "section_id", "position"
        )

    def asked(self) -> list[str]:
        """The questions as they read and as they read before: pasted into a box, they are nobody's own words.

        One query.
        """
        texts = self.order_by().values_list("text", "former_wordings__text")
        return list(dict.fromkeys(text for pair in texts for text in pair if text))

    def beside(self, prompt_id: int | Slot) -> "PromptQuerySet":
        """The prompts of the same week as this one, itself included."""
        return self.filter(section__week__sections__prompts=prompt_id)


class Prompt(models.Model):
    """One thing asked, in one section. Without a text the section's heading asks."""

    section = models.ForeignKey(Section, models.PROTECT, related_name="prompts", verbose_name=_("section"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text = models.CharField(_("question"), max_length=300, blank=True)
    hint = MarkdownxField(_("hint"), blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["section_id", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["section", "position"], name="prompt_once_per_place")]

    def __str__(self) -> str:
        return self.text or str(self.section)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; when the question changed, what counts as an own line in its week is counted again."""
        changed = self.pk and Prompt.objects.filter(pk=self.pk).exclude(text=self.text).exists()
        super().save(*args, **kwargs)
        if changed:
            responses = self.responses.model.objects
            responses.filter(prompt__section__week=self.section.week_id).recount()

    def reword(self, text: str, hint: str, by: User | None = None) -> None:
        """Ask in other words. Whoever has answered keeps beside her answer how the question read before.

        So it is kept once somebody may have read the question: her answer may be on its way.
        What counts as written is counted anew by the caller, once for the whole week.
        """
        former = FormerWording(prompt=self, text=self.text, hint=self.hint, replaced_by=by)
        if self.section.week.is_open or self.responses.exists():
            former.save()
        self.text, self.hint = text, hint
        super().save(update_fields=["text", "hint"])


class FormerWordingQuerySet(models.QuerySet["FormerWording"]):
    """Former wordings, and the answers that were written to them."""

    def tell(self, responses: Iterable[Any]) -> None:
        """Put into responses, fetched `with_wording`, what they answered. One query, or none if all is as it was."""
        answers = [response for response in responses if response.wording_id]
        found = self.in_bulk({response.wording_id for response in answers}) if answers else {}
        for response in answers:
            response.former_wording = found.get(response.wording_id)


class FormerWording(models.Model):
    """How a question read before it was changed; kept because somebody may have answered it by then."""

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="former_wordings", verbose_name=_("question"))
    text = models.CharField(_("question"), max_length=300, blank=True)
    hint = models.TextField(_("hint"), blank=True)
    replaced_at = models.DateTimeField(_("changed on"), default=timezone.now, editable=False)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = FormerWordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("former wording")
        verbose_name_plural = _("former wordings")
        ordering = ["replaced_at", "pk"]

    def __str__(self) -> str:
        return self.text or f"#{self.pk}"


Row = TypeVar("Row", bound=models.Model)


def _copied(row: Row, **changes: Any) -> Row:
    """A row like this one, not saved yet, with some fields of its own."""
    same = {field.name for field in row._meta.concrete_fields if not field.primary_key} - changes.keys()
    return type(row)(**{name: getattr(row, name) for name in same}, **changes)
