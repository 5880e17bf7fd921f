"""The reading page: one member's week, to read in one go and to answer."""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Membership, User
from workbook.models import AccessRecord, Feedback, Prompt, Readers, Reading, Response, Revision, Week

from .forms import AnswerForm


@dataclass
class Entry:
    """One prompt as the facilitator sees it: the words if she may read them, what was said, a box to answer."""

    prompt: Prompt
    exists: bool = False
    response: Response | None = None
    feedback: list[Feedback] = field(default_factory=list)
    form: AnswerForm | None = None


class MemberWeek:
    """What one facilitator may see of one member's week, in five queries.

    Raises Http404 if the week or the member is not in a cohort that she facilitates.
    """

    def __init__(self, reader: User, membership_id: int, week_number: int) -> None:
        self.reader = reader
        self.members = self._find_members(membership_id)
        self.membership = next((row for row in self.members if row.pk == membership_id), None)
        if self.membership is None:
            raise Http404
        self.entries = self._find_entries(week_number)
        if not self.entries:
            raise Http404
        self.week: Week = self.entries[0].prompt.section.week
        self.week.cohort = self.membership.cohort
        self._fill()

    def _find_members(self, membership_id: int) -> list[Membership]:
        """The members of the cohort in the order they joined; one who left only if she is the one asked for."""
        here = Membership.objects.filter(pk=membership_id, cohort__in=self.reader.facilitated)
        beside = Membership.objects.members().filter(cohort__in=here.values("cohort"))
        return list(beside.filter(Q(left_at=None) | Q(pk=membership_id)).select_related("user", "cohort"))

    def _find_entries(self, number: int) -> list[Entry]:
        saved = Response.objects.progress_for(self.reader).filter(prompt=OuterRef("pk"), membership=self.membership)
        prompts = (
            Prompt.objects.filter(section__week__cohort=self.membership.cohort, section__week__number=number)
            .select_related("section__week")
            .annotate(exists=Exists(saved.filter(written=True)))
            .order_by("section__position", "section", "position", "pk")
        )
        return [Entry(prompt, prompt.exists) for prompt in prompts]

    def _fill(self) -> None:
        by_prompt = {entry.prompt.pk: entry for entry in self.entries}
        for response in self._find_responses():
            entry = by_prompt[response.prompt_id]
            entry.response, entry.exists = response, True
            entry.form = AnswerForm(response, self.reader)
        for feedback in self._find_feedback():
            entry = by_prompt[feedback.revision.response.prompt_id]
            feedback.answers_older = self._shows_older(feedback, entry.response)
            entry.feedback.append(feedback)

    def _find_responses(self) -> list[Response]:
        """What she may read, each with `shown_id`, the revision that holds the shown text."""
        shown = Revision.objects.filter(response=OuterRef("pk"), version=OuterRef("version"))
        readable = Response.objects.readable_by(self.reader).filter(
            membership=self.membership, prompt__section__week=self.week
        )
        marked = Reading.objects.mark(readable, self.reader)
        return list(marked.exclude(text="").annotate(shown_id=Subquery(shown.values("pk"))))

    def _find_feedback(self) -> list[Feedback]:
        here = Feedback.objects.readable_by(self.reader).filter(
            revision__response__membership=self.membership, revision__response__prompt__section__week=self.week
        )
        return list(here.select_related("author", "revision__response"))

    def _shows_older(self, feedback: Feedback, response: Response | None) -> bool:
        """Whether to show the words that her own comment answered: they have changed, and may be read by her still."""
        revision = feedback.revision
        mine = feedback.author_id == self.reader.pk and revision.readers != Readers.SELF
        return mine and response is not None and revision.text != response.text

    @cached_property
    def readable(self) -> list[Entry]:
        """The entries whose words she may read."""
        return [entry for entry in self.entries if entry.response]

    @property
    def neighbours(self) -> tuple[Membership | None, Membership | None]:
        """The members before and after this one."""
        place = self.members.index(self.membership)
        following = self.members[place + 1] if place + 1 < len(self.members) else None
        return (self.members[place - 1] if place else None), following

    def next_unread(self) -> int | None:
        """The membership to go on with: the next one with unread words in this week, from the top after the last."""
        unread = Reading.objects.unread_by(self.reader).filter(prompt__section__week=self.week)
        waiting = list(unread.values_list("membership__joined_at", "membership"))
        here = (self.membership.joined_at, self.membership.pk)
        following = [row for row in waiting if row > here] or waiting
        return following[0][1] if following else None

    def bind(self, request: HttpRequest) -> bool:
        """Take what was typed; whether all of it can be saved. Nothing typed is dropped."""
        for entry in self.readable:
            entry.form = AnswerForm(entry.response, self.reader, request.POST)
        wrong = [entry for entry in self.readable if not entry.form.is_valid()]
        return not wrong and not self.stranded(request)

    def stranded(self, request: HttpRequest) -> list[str]:
        """Comments on words that she may not read any more, as they were typed."""
        open_ones = {entry.form.add_prefix("text") for entry in self.readable}
        return [
            text
            for name, text in request.POST.items()
            if name.startswith("answer-") and name.endswith("-text") and name not in open_ones and text.strip()
        ]

    @transaction.atomic
    def save(self, *, all_read: bool) -> int:
        """Save the comments and note what was read, at the versions that were shown.

        Returns:
            How many comments there were.
        """
        forms = [entry.form for entry in self.readable]
        answers = [form for form in forms if form.words]
        for form in answers:
            Feedback.objects.answer(form.revision, self.reader, form.words, form.operation_id)
        seen = [form for form in (forms if all_read else answers) if form.revision]
        Reading.objects.note(self.reader, {form.response.pk: form.revision.version for form in seen})
        return len(answers)


def read_week(request: HttpRequest, membership_id: int, week_number: int) -> HttpResponse:
    """Show one member's week to her facilitator; take comments and 「読みました」."""
    page = MemberWeek(request.user, membership_id, week_number)
    stranded: list[str] = []
    if request.method == "POST":
        if page.bind(request):
            _tell(request, page.save(all_read="read" in request.POST))
            return _go_on(request, page)
        stranded = page.stranded(request)
        messages.error(
            request, _("Nothing is sent yet. Please look at the notes below; what you typed is still there.")
        )
    if page.readable:
        AccessRecord.objects.record(request.user, page.membership, page.week, AccessRecord.Deed.READ)
    title = _("%(member)s, %(week)s") % {"member": page.membership.user, "week": page.week.label}
    context = {**admin.site.each_context(request), "title": title, "page": page, "stranded": stranded}
    return TemplateResponse(request, "admin/workbook/response/read.html", context)


def _tell(request: HttpRequest, answers: int) -> None:
    if answers:
        text = ngettext("%(count)d comment was sent.", "%(count)d comments were sent.", answers)
        messages.success(request, text % {"count": answers})


def _go_on(request: HttpRequest, page: MemberWeek) -> HttpResponse:
    """After a comment the same page again; after reading the next member, or the start page when all is read."""
    if "read" not in request.POST:
        return redirect(request.path)
    following = page.next_unread()
    if following is None:
        messages.success(request, _("You have read everything of this week."))
        return redirect("admin:index")
    messages.success(request, _("Read: %(member)s.") % {"member": page.membership.user})
    return redirect("admin:workbook_response_read", following, page.week.number)
