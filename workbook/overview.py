"""全体: a cohort at a glance, and all of one's own words in it."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from cohorts.models import Cohort, Membership, User

from .models import Feedback, FormerWording, Prompt, Response, Week
from .worksheet import Box, Sheet, find_cohort, sheets_of


@dataclass
class OwnWeek:
    """One week with the person's own boxes."""

    week: Week
    sheets: list[Sheet]

    @property
    def written(self) -> int:
        """How many sections are written."""
        return sum(sheet.state == "written" for sheet in self.sheets)

    @property
    def has_words(self) -> bool:
        return any(sheet.state != "empty" for sheet in self.sheets)

    @property
    def state(self) -> str:
        """`written` when all sections are, `started` when any holds something, else `empty`."""
        if self.sheets and self.written == len(self.sheets):
            return "written"
        return "started" if self.has_words else "empty"

    @property
    def picture(self) -> str:
        """How far the week has grown: `seed`, `sprout`, `plant`."""
        return {"empty": "seed", "started": "sprout", "written": "plant"}[self.state]


def own_weeks(cohort: Cohort, membership: Membership | None, weeks: list[Week]) -> list[OwnWeek]:
    """The weeks with the membership's own responses in their boxes. Two queries."""
    prompts = list(Prompt.objects.filter(section__week__cohort=cohort).in_order())
    boxes = {prompt.pk: Box(prompt) for prompt in prompts}
    for response in Response.objects.filter(membership=membership).with_wording() if membership else []:
        if response.prompt_id in boxes:
            boxes[response.prompt_id].fill(response)
    sheets = sheets_of(prompts, boxes)
    return [OwnWeek(week, [sheet for sheet in sheets if sheet.section.week_id == week.pk]) for week in weeks]


class Overview:
    """The weeks of a cohort, its people, and how far one has come oneself. Five queries."""

    def __init__(self, user: User, slug: str) -> None:
        """Raises Http404 if the user may not open the cohort."""
        self.cohort, self.membership = find_cohort(user, slug)
        weeks = list(self.cohort.weeks.all())
        for week in weeks:
            week.cohort = self.cohort
        self.sessions = weeks
        self.weeks = own_weeks(self.cohort, self.membership, weeks)
        people = Membership.objects.filter(cohort=self.cohort, left_at=None).select_related("user")
        everybody = list(people.order_by("joined_at", "pk"))
        self.members = [person for person in everybody if not person.is_facilitator]
        self.facilitators = [person for person in everybody if person.is_facilitator]


class OwnWords:
    """All that one person has written in one cohort, with the comments; hers also after leaving."""

    def __init__(self, user: User, slug: str) -> None:
        """Raises Http404 unless the user takes or took part in the cohort."""
        membership = Membership.objects.filter(user=user, cohort__slug=slug).select_related("cohort").first()
        if membership is None:
            raise Http404
        self.membership, self.cohort = membership, membership.cohort
        self.is_current = membership.left_at is None and self.cohort.deleted_at is None
        self.may_write = self.is_current and self.cohort.finished_at is None
        begun = Q(opens_at__lte=timezone.now()) | Q(sections__prompts__responses__membership=membership)
        weeks = list(self.cohort.weeks.filter(begun).distinct())
        for week in weeks:
            week.cohort = self.cohort
        self.own = own_weeks(self.cohort, membership, weeks)
        FormerWording.objects.tell(self.responses)
        self._add_feedback()

    def _add_feedback(self) -> None:
        boxes = {box.response.pk: box for box in self.boxes if box.response}
        comments = Feedback.objects.filter(revision__response__membership=self.membership)
        for comment in comments.select_related("author", "revision"):
            if comment.revision.response_id in boxes:
                boxes[comment.revision.response_id].feedback.append(comment)

    @property
    def weeks(self) -> list[Week]:
        return [own.week for own in self.own]

    @property
    def boxes(self) -> list[Box]:
        return [box for own in self.own for sheet in own.sheets for box in sheet.boxes]

    @property
    def responses(self) -> list[Response]:
        """What is written, in the order of the page."""
        return [box.response for box in self.boxes if box.response]
