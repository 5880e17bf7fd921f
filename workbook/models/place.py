"""A box together with the right to write in it: all that a save has to know before it, in one query."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db.models import BigIntegerField, BooleanField, DateTimeField, ExpressionWrapper, FilteredRelation, Q
from django.utils import timezone

from cohorts.models import User
from cohorts.prepared import Prepared, Slot

from .plan import Prompt
from .saving import MINUTE, is_hurried
from .words import Response


@dataclass(frozen=True)
class Place:
    """One box that a user may write in. `response` knows no more than its id and its version; None before the first
    save. `questions` are the texts of the week's prompts, and those that they had before."""

    membership_id: int
    questions: list[str]
    response: Response | None

    def is_ready_for(self, base_version: int) -> bool:
        """Whether a text with this base may be swapped in at once; otherwise the box must be read first."""
        return self.response is None or self.response.version == base_version


def find_place(user: User, prompt_id: int) -> Place | None:
    """The user's place at a prompt; None if there is none, or she may not write there. One query."""
    now = timezone.now()
    rows = _rows(settings.SAVES_PER_MINUTE).ask(user=user.pk, prompt=prompt_id, now=now, since=now - MINUTE)
    for prompt, *_questions, membership, response, version, hurried in rows:
        if prompt == prompt_id:
            questions = list(dict.fromkeys(text for row in rows for text in row[1:3] if text))
            return Place(membership, questions, _response(response, version, hurried))
    return None


def _response(pk: int | None, version: int | None, hurried: bool) -> Response | None:
    if pk is None:
        return None
    response = Response.from_db(None, ["id", "version"], [pk, version])
    response.is_hurried = bool(hurried)
    return response


@cache
def _rows(_limit: int) -> Prepared:
    """The week's prompts, one row for each of their former wordings, with the response to the one that is asked for."""
    user, prompt = Slot("user", BigIntegerField()), Slot("prompt", BigIntegerField())
    now, since = Slot("now", DateTimeField()), Slot("since", DateTimeField())
    responses = "section__week__cohort__memberships__responses"
    mine = FilteredRelation(responses, condition=Q(**{f"{responses}__prompt": prompt}))
    # Looked up for one row only.
    hurried = ExpressionWrapper(Q(pk=prompt) & is_hurried(Response, "mine__pk", since), BooleanField())
    prompts = Prompt.objects.writable_by(user, now).beside(prompt).annotate(mine=mine, is_hurried=hurried).order_by()
    questions = ("text", "former_wordings__text")
    return Prepared(prompts.values_list("pk", *questions, "membership_id", "mine__pk", "mine__version", "is_hurried"))
