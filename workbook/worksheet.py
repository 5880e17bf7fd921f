"""A week as one person sees it: its sections, their boxes, what stands in them and what was said about it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Membership, User

from .forms import WordsField
from .models import AccessRecord, Feedback, FormerWording, Prompt, Readers, Response, Section, Week
from .nicknames import others_in


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
    sent_version: int | None = None
    """Beside another text: what one's own was typed on. `version` is the other one's."""

    def fill(self, response: Response) -> None:
        self.response = response
        self.text, self.readers, self.version = response.text, response.readers, response.version

    @property
    def state(self) -> str:
        """`written`, `started` or `empty`."""
        return self.response.state if self.response else "empty"

    @property
    def is_unsaved(self) -> bool:
        """Whether the page shows something that is not saved: it was refused, or met another text."""
        return bool(self.errors) or self.other is not None

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


def find_cohort(user: User, slug: str) -> tuple[Cohort, Membership | None]:
    """The cohort and the user's place in it; None for an organizer who only looks.

    Raises:
        Http404: the user may not open this cohort.
    """
    for membership in user.places.values():
        if membership.cohort.slug == slug:
            return membership.cohort, membership
    return get_object_or_404(Cohort.objects.visible_to(user), slug=slug), None


class Worksheet:
    """Everything that the page of a week shows, in at most seven queries, and one if a question was reworded."""

    csrf_cookie_name = settings.CSRF_COOKIE_NAME

    def __init__(self, user: User, slug: str, number: int) -> None:
        """Raises Http404 if the user may not open the cohort, or it has no such week."""
        self.user = user
        self.cohort, self.membership = find_cohort(user, slug)
        self.weeks = list(self.cohort.weeks.all())
        self.week = next((week for week in self.weeks if week.number == number), None)
        if self.week is None:
            raise Http404
        self.week.cohort = self.cohort
        self.boxes: dict[int, Box] = {}
        self.voices: list[Response] = []
        self.sheets: list[Sheet] = []

    @property
    def may_write(self) -> bool:
        """Whether the boxes take words: she takes part, and the cohort has not ended."""
        return self.membership is not None and self.cohort.finished_at is None

    def load(self, *, is_alone: bool = False) -> None:
        """Read prompts, words and comments, one's own and the others'. Not needed while the week is closed.

        Args:
            is_alone: one's own words only, for pages that show nothing but the boxes.
        """
        prompts = list(Prompt.objects.filter(section__week=self.week).in_order())
        self.boxes = {prompt.pk: Box(prompt) for prompt in prompts}
        self.sheets = sheets_of(prompts, self.boxes)
        if self.membership:
            shown = Q(membership=self.membership)
            if not is_alone:
                shown |= Q(readers=Readers.GROUP, membership__left_at=None)
            readable = Response.objects.readable_by(self.user).filter(shown)
            in_order = readable.order_by("membership__joined_at", "membership_id", "prompt_id")
            self._fill(in_order.select_related("membership__user"))
            if not is_alone:
                self._add_feedback()

    def _fill(self, responses: QuerySet[Response]) -> None:
        answers = list(responses.filter(prompt__section__week=self.week).with_wording())
        FormerWording.objects.tell(answers)
        for response in answers:
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
    def readers(self) -> list[tuple[str, str]]:
        """The choices of who may read, with how many people that is today."""
        facilitators, people = self.membership.facilitator_count, self.membership.people_count
        return [
            (Readers.SELF, Readers.SELF.label),
            (Readers.FACILITATORS, _("Up to facilitators (%(n)d)") % {"n": facilitators}),
            (Readers.GROUP, _("The group (%(n)d)") % {"n": people}),
        ]

    @cached_property
    def names(self) -> list[str]:
        """How the others of the group are addressed, for the notes of the session."""
        return others_in(self.cohort, self.user)

    @property
    def questions(self) -> list[Prompt]:
        """What the week asks, for those who think about it beforehand and talk about it in the session."""
        asked = (sheet.boxes for sheet in self.sheets if sheet.section.kind == Section.Kind.REFLECTION)
        return [box.prompt for boxes in asked for box in boxes if box.prompt.text]

    @property
    def thankable(self) -> list[Feedback]:
        """Comments that she has not thanked for yet."""
        return [comment for box in self.boxes.values() for comment in box.feedback if not comment.thanked_at]

    @property
    def may_hear(self) -> bool:
        """Whether the others' shared texts are shown: after one's own reflection, once the session runs, at the end."""
        reflection = (sheet for sheet in self.sheets if sheet.section.kind == Section.Kind.REFLECTION)
        is_over = self.week.session_has_begun or self.cohort.finished_at is not None
        return is_over or all(sheet.state == "written" for sheet in reflection)

    def record_reading(self) -> None:
        """Note that a facilitator was shown others' words. Members reading what was shared with them leave no trace."""
        if self.membership and self.membership.is_facilitator and self.may_hear:
            writers = {voice.membership_id: voice.membership for voice in self.voices}
            AccessRecord.objects.record_reading(self.user, writers.values(), self.week)

    @property
    def neighbours(self) -> dict[str, Week | None]:
        """The opened weeks before and after this one."""
        by_number = {week.number: week for week in self.weeks if week.is_open}
        return {"before": by_number.get(self.week.number - 1), "after": by_number.get(self.week.number + 1)}

    def unsaved(self, sent: Mapping[str, str]) -> list[tuple[Prompt, str]]:
        """What came in the page's form and does not stand in its box, by the question it answers."""
        words = WordsField().to_python
        typed = ((box, words(sent.get(f"text-{pk}"))) for pk, box in self.boxes.items())
        return [(box.prompt, text) for box, text in typed if text and text != box.text]

    def show(self, boxes: dict[int, Box]) -> None:
        """Show what could not be saved as it was typed, with the reason or the other text."""
        for number, box in boxes.items():
            if box.is_unsaved:
                shown = self.boxes[number]
                shown.text, shown.readers, shown.version = box.text, box.readers, box.version
                shown.errors, shown.other, shown.sent_version = box.errors, box.other, box.sent_version
