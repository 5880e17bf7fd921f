"""The start page of the office: desks for facilitators, and for organizers all runs and what waits in them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone

from cohorts.models import Membership, User
from workbook.models import Draft, Reading, Response, Section, Week

from .desk import GRACE, Desk
from .runs import Leaf, count_invitations, count_troubles, finished, long_ago, running_or_coming

NOTHING = Leaf([], 1, has_more=False)


class Office:
    """The desks of the cohorts that she facilitates; for an organizer also all other runs, in pages.

    Six queries for a facilitator, eight for an organizer, ten for who is both, however many cohorts there are.
    """

    def __init__(self, user: User, page: int = 1, finished_page: int = 1) -> None:
        self.user, self.is_organizer = user, user.is_organizer
        facilitated = user.facilitated
        self.mine = set(facilitated if page == 1 else [])
        """Whose desks stand here in full: on the first page alone."""
        self.runs = running_or_coming(facilitated, page) if self.is_organizer else NOTHING
        self.finished = finished(facilitated, finished_page) if self.is_organizer else NOTHING
        self.by_cohort = dict(self._find_desks())
        self.troubles = 0
        """Mails to organizers-to-be that did not arrive."""
        self._fill()

    @property
    def desks(self) -> list[Desk]:
        """One's own first, the next session first, cohorts that are over last."""
        return sorted(
            self.by_cohort.values(),
            key=lambda desk: (desk.is_over, not desk.is_mine, desk.week.session_is_over, desk.week.session_at),
        )

    @property
    def running(self) -> list[Desk]:
        return [desk for desk in self.desks if not desk.is_over and not desk.is_coming]

    @property
    def coming(self) -> list[Desk]:
        return [desk for desk in self.desks if not desk.is_over and desk.is_coming]

    @property
    def over(self) -> list[Desk]:
        """Her own that are over: there may be something to read in them."""
        return [desk for desk in self.desks if desk.is_over]

    def _find_desks(self) -> Iterator[tuple[int, Desk]]:
        """The last opened week of each cohort, or its first one."""
        shown = self.mine.union(self.runs.rows)
        weeks = Week.objects.administered_by(self.user).filter(cohort__in=shown).defer("aim")
        if self.mine:
            words = Response.objects.answerable_by(self.user).exclude(text="")
            weeks = weeks.annotate(has_words=Exists(words.filter(prompt__section__week=OuterRef("pk"))))
        weeks = weeks.select_related("cohort__organizer").order_by("cohort_id", "number")
        for cohort, group in groupby(weeks if shown else [], key=attrgetter("cohort_id")):
            row = list(group)
            now = next((week for week in reversed(row) if week.is_open), row[0])
            yield cohort, Desk(now, row, is_mine=cohort in self.mine)

    def _fill(self) -> None:
        members = self._count_members()
        heard_of = self._count_written()
        if self.mine:
            self._count_unread()
            self._count_drafts()
        self._find_silent(members, heard_of)
        if self.is_organizer:
            self._find_not_begun(members, heard_of)
            self._count_what_waits()

    def _count_members(self) -> list[Membership]:
        """The members of today, in the order in which they joined."""
        here = Membership.objects.current().members().filter(cohort__in=self.by_cohort).select_related("user")
        members = list(here.only("cohort", "joined_at", "user__nickname", "user__email"))
        for membership in members:
            desk = self.by_cohort[membership.cohort_id]
            desk.members += 1
            desk.first_member = desk.first_member or membership.pk
        return members

    def _count_written(self) -> dict[int, datetime]:
        """How many members have written all of a section's boxes, and anything in a week. Two queries.

        Returns the moment at which something last changed in anybody's boxes, by membership. What they keep for
        themselves counts too: it is enough that something happens.
        """
        sections = {section.pk: section for section in self._sections()}
        writers: Counter[int] = Counter()
        starters, heard_of = defaultdict(set), {}
        for membership, section, written, changed in self._changes():
            heard_of[membership] = max(changed, heard_of.get(membership, changed))
            if section in sections and written:
                starters[sections[section].week_id].add(membership)
                writers[section] += written >= sections[section].boxes
        for desk in self.by_cohort.values():
            here = [section for section in sections.values() if section.week_id == desk.week.pk]
            desk.sections = [(section, writers[section.pk]) for section in here]
            desk.starters = Counter({week.pk: len(starters[week.pk]) for week in desk.weeks})
        return heard_of

    def _sections(self) -> Iterator[Section]:
        """Those of all weeks shown, in order, each with the number of its `boxes`."""
        here = Section.objects.filter(week__cohort__in=self.by_cohort).annotate(boxes=Count("prompts"))
        yield from here.order_by("week_id", "position", "pk")

    def _changes(self) -> Iterator[tuple[int, int, int, datetime]]:
        """By membership of today and section: how many boxes are written, and when one last changed."""
        here = Response.objects.progress_for(self.user).filter(
            membership__cohort__in=self.by_cohort,
            membership__left_at=None,
            membership__role=Membership.Role.MEMBER,
        )
        rows = here.order_by().values_list("membership", "prompt__section")
        yield from rows.annotate(n=Count("pk", filter=Q(written=True)), last=Max("updated_at"))

    def _count_unread(self) -> None:
        """What waits in this week, and what came late into the weeks before."""
        unread = Reading.objects.unread_by(self.user).filter(membership__cohort__in=self.mine)
        names = ["membership__cohort", "membership", "prompt__section__week__number"]
        for cohort, membership, number in unread.values_list(*names):
            desk = self.by_cohort[cohort]
            if number == desk.week.number:
                desk.unread += 1
                desk.next_unread = desk.next_unread or membership
            else:
                desk.unread_before += 1
                desk.next_before = desk.next_before or (membership, number)

    def _count_drafts(self) -> None:
        """Her comments that nobody has got yet."""
        names = ["response__membership__cohort", "response__membership", "response__prompt__section__week__number"]
        drafts = Draft.objects.of(self.user).filter(response__membership__cohort__in=self.mine)
        for cohort, membership, number in drafts.order_by("updated_at", "pk").values_list(*names):
            desk = self.by_cohort[cohort]
            desk.drafts += 1
            desk.first_draft = desk.first_draft or (membership, number)

    def _find_silent(self, members: list[Membership], heard_of: dict[int, datetime]) -> None:
        """Members of hers of whom nothing was heard for long, while the cohort was running and they were in it.

        In the order of joining. For an organizer who has never begun stands elsewhere.
        """
        for membership in members:
            desk, last = self.by_cohort[membership.cohort_id], heard_of.get(membership.pk)
            was_here = desk.is_mine and desk.has_run and membership.joined_at < long_ago()
            if was_here and (last < long_ago() if last else not self.is_organizer):
                desk.silent.append(membership)

    def _find_not_begun(self, members: list[Membership], heard_of: dict[int, datetime]) -> None:
        """Members in whose boxes nothing has ever been saved, some days after there was something to write."""
        since = timezone.now() - GRACE
        for membership in members:
            desk = self.by_cohort[membership.cohort_id]
            if membership.pk not in heard_of and membership.joined_at < since and desk.is_past_its_beginning:
                desk.not_begun.append(membership)

    def _count_what_waits(self) -> None:
        """Invitations that nobody has answered, mails that did not arrive. Two queries."""
        waiting, troubles = count_invitations(self.by_cohort), count_troubles(self.by_cohort)
        self.troubles = troubles.get(None, 0)
        for cohort, desk in self.by_cohort.items():
            desk.invitations, desk.troubles = waiting.get(cohort, 0), troubles.get(cohort, 0)
