"""All answers to one question."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Membership, User
from workbook.models import AccessRecord, Prompt, Reading, Response, Week

from .entry import Entry, Filling
from .page import ReadingPage, Step, around, serve


class Question(ReadingPage):
    """One question and what one facilitator may see of the answers, in the order in which the members joined."""

    template = "admin/workbook/response/question.html"
    body = "admin/workbook/response/answers.html"
    by_question = True

    def __init__(self, reader: User, prompt_id: int) -> None:
        """Raises Http404 if the question is not asked in a cohort that the reader facilitates."""
        super().__init__(reader)
        self.prompts = self._find_prompts(prompt_id)
        self.prompt = next((prompt for prompt in self.prompts if prompt.pk == prompt_id), None)
        if self.prompt is None:
            raise Http404
        self.cohort = self.week.cohort
        self.entries = self._find_entries()
        Filling(reader, self.entries, prompt=self.prompt).fill()

    def _find_prompts(self, prompt_id: int) -> list[Prompt]:
        """Those of the same week, in order."""
        mine = Prompt.objects.filter(section__week__cohort__in=self.reader.facilitated)
        here = mine.filter(pk=prompt_id).values("section__week")
        return list(mine.filter(section__week__in=here).in_order().select_related("section__week__cohort"))

    def _find_entries(self) -> list[Entry]:
        saved = Response.objects.progress_for(self.reader).filter(prompt=self.prompt, written=True)
        written = {row["membership"] for row in saved}
        people = Membership.objects.led_by(self.reader).filter(cohort=self.cohort).select_related("user")
        return [Entry(self.prompt, person, person.pk in written) for person in people]

    @property
    def week(self) -> Week:
        return self.prompt.section.week

    @property
    def title(self) -> str:
        return str(self.prompt)

    @cached_property
    def present(self) -> list[Entry]:
        """Words of members of today that she may read, or what was said about them."""
        return [entry for entry in self.entries if entry.has_something and entry.membership.left_at is None]

    @cached_property
    def left(self) -> list[Entry]:
        """The same of people who have left."""
        return [entry for entry in self.entries if entry.has_something and entry.membership.left_at]

    @cached_property
    def silent(self) -> list[Entry]:
        """Members of today of whom there is nothing to read here."""
        return [entry for entry in self.entries if not entry.has_something and entry.membership.left_at is None]

    @property
    def steps(self) -> tuple[Step | None, Step | None]:
        steps = [Step(str(prompt), address_of(prompt.pk)) for prompt in self.prompts]
        return around(steps, Step(self.title, address_of(self.prompt.pk)))

    def record(self) -> None:
        read = [entry.membership for entry in self.readable]
        AccessRecord.objects.record_reading(self.reader, read, week=self.week, prompt=self.prompt)

    def next_unread(self) -> int | None:
        """The question of this week to go on with, from the first one again after the last."""
        unread = Reading.objects.unread_by(self.reader).filter(prompt__in=self.prompts)
        waiting = set(unread.order_by().values_list("prompt", flat=True).distinct())
        place = self.prompts.index(self.prompt)
        turned = [*self.prompts[place + 1 :], *self.prompts[:place]]
        return next((prompt.pk for prompt in turned if prompt.pk in waiting), None)

    def go_on(self, request: HttpRequest) -> HttpResponse:
        following = self.next_unread()
        if following is None:
            messages.success(request, _("You have read everything of this week."))
            return redirect("admin:workbook_week_board", self.week.pk)
        messages.success(request, _("Read: %(question)s") % {"question": self.prompt})
        return redirect(address_of(following))


def address_of(prompt_id: int) -> str:
    return reverse("admin:workbook_response_question", args=[prompt_id])


def read_question(request: HttpRequest, prompt_id: int) -> HttpResponse:
    """Show all answers to one question to a facilitator; take comments and 「読みました」."""
    return serve(request, Question(request.user, prompt_id))
