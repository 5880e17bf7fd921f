"""A week as one person sees it: its sections, their boxes, what stands in them and what was said about it."""

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Membership, User

from .forms import ResponseForm
from .models import Feedback, Prompt, Readers, Response, Section, Week


@dataclass
class Box:
    """One prompt with what the member has in it."""

    prompt: Prompt
    response: Response | None = None
    feedback: list[Feedback] = field(default_factory=list)
    text: str = ""
    readers: str = Readers.FACILITATORS
    version: int = 0
    errors: list[str] = field(default_factory=list)
    other: str | None = None

    def fill(self, response: Response) -> None:
        self.response = response
        self.text, self.readers, self.version = response.text, response.readers, response.version

    @property
    def state(self) -> str:
        """`written`, `started` or `empty`."""
        return self.response.state if self.response else "empty"

    @property
    def operation_id(self) -> uuid.UUID:
        """A new one for every page, so that pressing the button twice saves once."""
        return uuid.uuid4()


@dataclass
class Sheet:
    """One section with its boxes."""

    section: Section
    boxes: list[Box]

    @property
    def written(self) -> int:
        return sum(box.state == "written" for box in self.boxes)

    @property
    def state(self) -> str:
        """`written` when all boxes are, `started` when any holds something, else `empty`."""
        if self.written == len(self.boxes):
            return "written"
        return "started" if any(box.state != "empty" for box in self.boxes) else "empty"

    @property
    def next_box(self) -> Box | None:
        """The first box that is not written yet."""
        return next((box for box in self.boxes if box.state != "written"), None)


def sheets_of(prompts: list[Prompt], boxes: dict[int, Box]) -> list[Sheet]:
    """Boxes grouped by section, in order. `prompts` come ordered, with their sections."""
    sheets: list[Sheet] = []
    for prompt in prompts:
        if not sheets or sheets[-1].section.pk != prompt.section_id:
            sheets.append(Sheet(prompt.section, []))
        sheets[-1].boxes.append(boxes[prompt.pk])
    return sheets


def find_place(user: User, slug: str) -> tuple[Cohort, Membership | None]:
    """The cohort and the user's place in it; None for an organizer who only looks.

    One query for members, two for organizers. `cohort.facilitator_count` and `cohort.people_count` are set.

    Raises:
        Http404: the user may not open this cohort.
    """
    people = Membership.objects.filter(cohort=OuterRef("cohort"), left_at=None).order_by()
    counted = people.values("cohort").annotate(n=Count("pk"))
    membership = (
        Membership.objects.current()
        .filter(user=user, cohort__slug=slug)
        .select_related("cohort")
        .annotate(
            people_count=Subquery(counted.values("n")),
            facilitator_count=Subquery(counted.filter(role=Membership.Role.FACILITATOR).values("n")),
        )
        .first()
    )
    if membership is not None:
        cohort = membership.cohort
        cohort.people_count = membership.people_count or 0
        cohort.facilitator_count = membership.facilitator_count or 0
        return cohort, membership
    cohort = Cohort.objects.visible_to(user).filter(slug=slug).first()
    if cohort is None:
        raise Http404
    cohort.people_count = cohort.facilitator_count = 0
    return cohort, None


class Worksheet:
    """Everything that the page of a week shows, in at most six queries."""

    modules = [f"js/{name}.js" for name in ("worksheet", "box", "save", "conflict", "preview", "grow")]
    """Every script of the page: loaded at once, so that a page opened before a deploy needs nothing later."""
    csrf_cookie_name = settings.CSRF_COOKIE_NAME

    def __init__(self, user: User, slug: str, number: int) -> None:
        """Raises Http404 if the user may not open the cohort, or it has no such week."""
        self.user = user
        self.cohort, self.membership = find_place(user, slug)
        self.weeks = list(self.cohort.weeks.all())
        self.week = next((week for week in self.weeks if week.number == number), None)
        if self.week is None:
            raise Http404
        self.week.cohort = self.cohort
        self.boxes: dict[int, Box] = {}
        self.voices: list[Response] = []
        self.sheets: list[Sheet] = []

    def load(self) -> None:
        """Read prompts, words and comments. Not needed while the week is closed."""
        prompts = list(Prompt.objects.filter(section__week=self.week).in_order())
        self.boxes = {prompt.pk: Box(prompt) for prompt in prompts}
        self.sheets = sheets_of(prompts, self.boxes)
        if self.membership:
            self._fill(Response.objects.readable_by(self.user))
            self._add_feedback()

    def _fill(self, readable: QuerySet[Response]) -> None:
        shown = Q(membership=self.membership) | Q(readers=Readers.GROUP, membership__left_at=None)
        responses = readable.filter(shown, prompt__section__week=self.week)
        for response in responses.select_related("membership__user").order_by("membership__joined_at", "membership"):
            response.prompt = self.boxes[response.prompt_id].prompt
            if response.membership_id == self.membership.pk:
                self.boxes[response.prompt_id].fill(response)
            elif response.written:
                self.voices.append(response)

    def _add_feedback(self) -> None:
        mine = [box.response.pk for box in self.boxes.values() if box.response]
        if not mine:
            return
        comments = Feedback.objects.filter(revision__response__in=mine).select_related("author", "revision__response")
        for comment in comments:
            self.boxes[comment.revision.response.prompt_id].feedback.append(comment)
        unseen = [comment.pk for box in self.boxes.values() for comment in box.feedback if comment.seen_at is None]
        if unseen:
            Feedback.objects.filter(pk__in=unseen).update(seen_at=timezone.now())

    @cached_property
    def questions(self) -> list[str]:
        """The texts of the week's prompts."""
        return [box.prompt.text for box in self.boxes.values()]

    @cached_property
    def readers(self) -> list[tuple[str, str]]:
        """The choices of who may read, with how many people that is today."""
        facilitators, people = self.cohort.facilitator_count, self.cohort.people_count
        return [
            (Readers.SELF, Readers.SELF.label),
            (Readers.FACILITATORS, _("Up to facilitators (%(n)d)") % {"n": facilitators}),
            (Readers.GROUP, _("The group (%(n)d)") % {"n": people}),
        ]

    @property
    def thankable(self) -> list[Feedback]:
        """Comments that she has not thanked for yet."""
        return [comment for box in self.boxes.values() for comment in box.feedback if not comment.thanked_at]

    @property
    def may_hear(self) -> bool:
        """Whether the others' shared texts are shown: after one's own reflection, or once the session runs."""
        reflection = (sheet for sheet in self.sheets if sheet.section.kind == Section.Kind.REFLECTION)
        return self.week.session_has_begun or all(sheet.state == "written" for sheet in reflection)

    @property
    def neighbours(self) -> dict[str, Week | None]:
        """The opened weeks before and after this one."""
        by_number = {week.number: week for week in self.weeks if week.is_open}
        return {"before": by_number.get(self.week.number - 1), "after": by_number.get(self.week.number + 1)}

    def save(self, data: Any, device: str) -> bool:
        """Save every changed box of the plain form, each on its own, by the same verb as autosave.

        Returns:
            Whether all of them are saved. Otherwise the boxes hold what was typed and say what is wrong.
        """
        sent = [box for box in self.boxes.values() if f"text-{box.prompt.pk}" in data]
        results = [self._save_box(box, data, device) for box in sent]
        return all(results)

    def _save_box(self, box: Box, data: Any, device: str) -> bool:
        form = ResponseForm.from_page(data, box.prompt.pk)
        if not form.is_valid():
            box.text = data[f"text-{box.prompt.pk}"]
            box.errors = [message for messages in form.errors.values() for message in messages]
            return False
        sent = form.cleaned_data
        if (sent["text"], sent["readers"]) == (box.text, box.readers) or (not box.response and not sent["text"]):
            return True
        saved = Response.objects.write(
            box.prompt.pk,
            self.membership.pk,
            operation_id=sent["operation_id"],
            base_version=sent["base_version"],
            text=sent["text"],
            readers=sent["readers"],
            questions=self.questions,
            device=device,
        )
        box.fill(saved.response)
        if not saved.accepted:
            box.text, box.other = sent["text"], saved.response.text
        return saved.accepted
