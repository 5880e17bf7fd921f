"""The pages of one member: a week, or all opened weeks with what her facilitators keep in mind about her."""

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Membership, User
from workbook.models import AccessRecord, Attendance, Prompt, Reading, Response, Week

from .entry import Entry, Filling
from .note import Notes
from .page import ReadingPage, Step, around, serve


class MemberPage(ReadingPage):
    """What one facilitator may see of one member."""

    def __init__(self, reader: User, membership_id: int) -> None:
        """Raises Http404 if the member is not in a cohort that the reader facilitates."""
        super().__init__(reader)
        self.people = self._find_people(membership_id)
        self.membership = next((row for row in self.people if row.pk == membership_id), None)
        if self.membership is None:
            raise Http404
        self.cohort = self.membership.cohort
        self.prompts = self._find_prompts()
        self.notes = Notes(reader, self.membership)

    def _find_people(self, membership_id: int) -> list[Membership]:
        """All who are or were members of her cohort, in the order in which they joined."""
        mine = Membership.objects.led_by(self.reader)
        here = mine.filter(pk=membership_id).values("cohort")
        return list(mine.filter(cohort__in=here).select_related("user", "cohort"))

    def _find_prompts(self) -> list[Prompt]:
        saved = Response.objects.progress_for(self.reader).filter(prompt=OuterRef("pk"), membership=self.membership)
        prompts = Prompt.objects.filter(section__week__cohort=self.cohort).select_related("section__week")
        order = ("section__week__number", "section__position", "section", "position", "pk")
        return list(prompts.annotate(exists=Exists(saved.filter(written=True))).order_by(*order))

    def fill(self, weeks: Iterable[Week]) -> None:
        """Take the entries of these weeks. Raises Http404 if there are none."""
        ids = [week.pk for week in weeks]
        prompts = [prompt for prompt in self.prompts if prompt.section.week_id in ids]
        self.entries = [Entry(prompt, self.membership, prompt.exists) for prompt in prompts]
        if not self.entries:
            raise Http404
        Filling(self.reader, self.entries, membership=self.membership, prompt__section__week__in=ids).fill()

    @cached_property
    def weeks(self) -> list[Week]:
        """All of the cohort that have questions, in order."""
        return list({prompt.section.week_id: prompt.section.week for prompt in self.prompts}.values())

    @property
    def opened(self) -> list[Week]:
        return [week for week in self.weeks if week.is_open]

    @property
    def present_people(self) -> list[Step]:
        """The members of today, and the one whom the page is about."""
        return [self._step(row) for row in self.people if row.left_at is None or row == self.membership]

    @property
    def left_people(self) -> list[Step]:
        """Who was a member and is none any more."""
        return [self._step(row) for row in self.people if row.left_at and row != self.membership]

    @property
    def steps(self) -> tuple[Step | None, Step | None]:
        return around(self.present_people, self._step(self.membership))

    def _step(self, membership: Membership) -> Step:
        return Step(str(membership.user), self.address_of(membership))

    def address_of(self, membership: Membership) -> str:
        """The page like this one of another member."""
        raise NotImplementedError

    def bind(self, data: QueryDict) -> bool:
        is_kept = self.notes.take(data)
        return super().bind(data) and is_kept


class MemberWeek(MemberPage):
    """One week."""

    template = "admin/workbook/response/read.html"
    body = "admin/workbook/response/entries.html"

    def __init__(self, reader: User, membership_id: int, number: int) -> None:
        super().__init__(reader, membership_id)
        self.number = number
        self.fill(week for week in self.weeks if week.number == number)
        self.week = self.entries[0].prompt.section.week
        self.week.cohort = self.cohort

    @property
    def title(self) -> str:
        return _("%(member)s, %(week)s") % {"member": self.membership.user, "week": self.week.label}

    def address_of(self, membership: Membership) -> str:
        return reverse("admin:workbook_response_read", args=[membership.pk, self.number])

    def record(self) -> None:
        AccessRecord.objects.record_reading(self.reader, [self.membership], week=self.week)

    def next_unread(self) -> int | None:
        """The membership to go on with: the next one with unread words in this week, from the top after the last."""
        unread = Reading.objects.unread_by(self.reader).filter(prompt__section__week=self.week)
        waiting = list(unread.values_list("membership__joined_at", "membership"))
        here = (self.membership.joined_at, self.membership.pk)
        following = [row for row in waiting if row > here] or waiting
        return following[0][1] if following else None

    def go_on(self, request: HttpRequest) -> HttpResponse:
        following = self.next_unread()
        if following is None:
            messages.success(request, _("You have read everything of this week."))
            return redirect("admin:index")
        messages.success(request, _("Read: %(member)s.") % {"member": self.membership.user})
        return redirect("admin:workbook_response_read", following, self.number)


class MemberWeeks(MemberPage):
    """All opened weeks."""

    template = "admin/workbook/response/person.html"
    body = "admin/workbook/response/weeks.html"
    may_be_read = False

    def __init__(self, reader: User, membership_id: int) -> None:
        super().__init__(reader, membership_id)
        self.fill(self.opened)

    @property
    def title(self) -> str:
        return _("%(member)s, all weeks") % {"member": self.membership.user}

    @cached_property
    def attended(self) -> set[int]:
        """The weeks in whose sessions she took part. One query."""
        hers = Attendance.objects.progress_for(self.reader).filter(membership=self.membership)
        return set(hers.values_list("week", flat=True))

    @property
    def by_week(self) -> list[tuple[Week, list[Entry]]]:
        groups = groupby(self.entries, key=lambda entry: entry.prompt.section.week)
        return [(week, list(entries)) for week, entries in groups]

    def address_of(self, membership: Membership) -> str:
        return reverse("admin:workbook_response_person", args=[membership.pk])

    def record(self) -> None:
        AccessRecord.objects.record_reading(self.reader, [self.membership])


def read_week(request: HttpRequest, membership_id: int, number: int) -> HttpResponse:
    """Show one member's week to her facilitator; take comments and 「読みました」."""
    return serve(request, MemberWeek(request.user, membership_id, number))


def read_person(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Show all that one member wrote so far, and the notes about her; take comments."""
    return serve(request, MemberWeeks(request.user, membership_id))
