"""What the reading pages have in common: they show entries, take comments, and note what was read."""

import re
import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, User
from workbook.admin.forms import AnswerForm
from workbook.models import Draft, Feedback, Reading

from .entry import Entry
from .note import Notes

COMMENT = re.compile(r"answer-(\d+)-text")


class Step(NamedTuple):
    """The page before or after, and what it is called."""

    label: str
    url: str


def around(steps: list[Step], here: Step) -> tuple[Step | None, Step | None]:
    """The one before and the one after."""
    place = steps.index(here)
    return (steps[place - 1] if place else None), (steps[place + 1] if place + 1 < len(steps) else None)


class ReadingPage:
    """Words to read and to answer. A page gives its entries, filled, and says what it is called and where to go on."""

    title: str
    cohort: Cohort
    entries: list[Entry]
    template: str
    body: str
    """The template of the part that keeps itself up to date."""
    may_be_read = True
    """Whether 「読みました」 is said about the page as a whole."""
    by_question = False
    """Whether an entry is told from the others by its member, not by its question."""
    notes: Notes | None = None

    csrf_cookie_name = settings.CSRF_COOKIE_NAME

    def __init__(self, reader: User) -> None:
        self.reader = reader

    @cached_property
    def readable(self) -> list[Entry]:
        """The entries whose words she may read."""
        return [entry for entry in self.entries if entry.response]

    @property
    def deed(self) -> uuid.UUID:
        """The name of what is sent from this page without JavaScript, so that pressing twice sends once."""
        return uuid.uuid4()

    @property
    def steps(self) -> tuple[Step | None, Step | None]:
        """The pages of this kind before and after this one."""
        raise NotImplementedError

    def record(self) -> None:
        """Note that she was shown these words."""
        raise NotImplementedError

    def go_on(self, request: HttpRequest) -> HttpResponse:
        """Where to go after 「読みました」, and a sentence about it."""
        raise NotImplementedError

    def bind(self, data: QueryDict) -> bool:
        """Take what was typed; whether all of it can be saved. Nothing typed is dropped."""
        for entry in self.readable:
            entry.form = AnswerForm(entry.response, self.reader, data)
        wrong = [entry for entry in self.readable if not entry.form.is_valid()]
        return not wrong and not self.stranded(data)

    def stranded(self, data: QueryDict) -> list[str]:
        """Comments on words that she may not read any more, as they were typed."""
        open_ones = {entry.form.add_prefix("text") for entry in self.readable}
        typed = {name: text for name, text in data.items() if COMMENT.fullmatch(name) and text.strip()}
        return [text for name, text in typed.items() if name not in open_ones]

    @transaction.atomic
    def save(self, deed: uuid.UUID, *, all_read: bool) -> int:
        """Save the comments and note what was read, at the versions that were shown.

        Returns:
            How many comments there were.
        """
        forms = [entry.form for entry in self.readable]
        answers = [form for form in forms if form.words and not self._is_left(form, all_read)]
        for form in answers:
            Feedback.objects.answer(form.revision, self.reader, form.words, form.operation_id(deed))
            Draft.objects.let_go(form.response.pk, self.reader, form.base_version)
        seen = [form for form in forms if form.revision] if all_read else []
        Reading.objects.note(self.reader, {form.response.pk: form.revision.version for form in seen})
        return len(answers)

    def _is_left(self, form: AnswerForm, all_read: bool) -> bool:
        """Whether the box holds only what the page began with: 「読みました」 says nothing about that, and what was
        sent or changed elsewhere since is not sent from here."""
        draft = Draft.objects.that_held(form.response.pk, self.reader, form.base_version, form.words)
        return draft is not None and (all_read or draft.version != form.base_version)

    def unsent(self) -> list[str]:
        """To whom she has begun a comment on this page without sending it."""
        begun = Draft.objects.of(self.reader).filter(response__in=[entry.response.pk for entry in self.readable])
        waiting = set(begun.values_list("response", flat=True))
        return unique(str(entry.membership.user) for entry in self.readable if entry.response.pk in waiting)


def unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def serve(request: HttpRequest, page: ReadingPage) -> HttpResponse:
    """Show the page, or take what was typed there."""
    stranded: list[str] = []
    if request.method == "POST":
        try:
            if page.bind(request.POST):
                tell(request, page.save(deed_of(request.POST), all_read=is_read(request, page)))
                return leave(request, page)
            problem = _("Nothing is sent yet. Please look at the notes below; what you typed is still there.")
        except OperationalError:
            problem = _("Nothing could be sent right now. What you typed is still there; please try once more.")
        messages.error(request, problem)
        stranded = page.stranded(request.POST)
    if page.readable:
        page.record()
    context = {"title": page.title, "page": page, "stranded": stranded, "is_live": request.is_live}
    if request.is_live:
        return TemplateResponse(request, page.body, context)
    return TemplateResponse(request, page.template, {**admin.site.each_context(request), **context})


def deed_of(data: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(data.get("deed", ""))
    except ValueError:
        return uuid.uuid4()


def is_read(request: HttpRequest, page: ReadingPage) -> bool:
    return page.may_be_read and "read" in request.POST


def tell(request: HttpRequest, answers: int) -> None:
    if answers:
        text = ngettext("%(count)d comment was sent.", "%(count)d comments were sent.", answers)
        messages.success(request, text % {"count": answers})


def leave(request: HttpRequest, page: ReadingPage) -> HttpResponse:
    """After a comment the same page again; after reading on to what is unread, with a word about what is not sent."""
    if not is_read(request, page):
        return redirect(request.path)
    if names := page.unsent():
        text = _("Your comment is not sent yet: %(names)s. It is kept as you left it.")
        messages.warning(request, text % {"names": _(", ").join(names)})
    return page.go_on(request)
