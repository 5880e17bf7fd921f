"""The cast with everything that must stay hidden around it, and an oracle that says who may read which token.

The oracle repeats the rules of `docs/access.md` in plain loops, on purpose without the querysets of the application.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Membership, User
from cohorts.stopping import stop_token
from tests.cast import Cast, join, make_cast, make_cohort, prompt_of, write
from tests.desk import begin, comment, furnish
from workbook.models import Draft, Feedback, Note, PrivacyPage, Prompt, Readers, Response, Revision, Room, Section

TOKEN = re.compile(r"CANARY-[a-z0-9-]+")


@dataclass
class World:
    """`things` are the names that a page in the table may use: `{cohort.slug}`, `{private.pk}` …"""

    cast: Cast
    things: dict[str, Any] = field(default_factory=dict)
    more: dict[str, User] = field(default_factory=dict)

    def roles(self) -> dict[str, User | None]:
        """The columns of the table, and those who stand between them."""
        return {**self.cast.roles(), **self.more}


def make_world() -> World:
    cast = make_cast()
    rewrite(cast)
    bury(cast)
    feedback = comment(cast.shared, cast.facilitator, "CANARY-feedback-on-shared")
    comment(cast.private, cast.facilitator, "CANARY-feedback-on-private")
    strange = Response.objects.get(text="CANARY-theirs-stranger-shared")
    comment(strange, cast.other_facilitator, "CANARY-feedback-on-theirs")
    invite = Invitation.objects.invite
    week = cast.cohort.weeks.get(number=1)
    for shared, leader in ((cast.group, cast.facilitator), (strange_group(), cast.other_facilitator)):
        Room.objects.steer(shared.prompt.section.week_id, leader, Room.Deed.ASK, shared.prompt_id)
    things = {
        **vars(cast),
        "week": week,
        "section": week.sections.get(kind=Section.Kind.REFLECTION),
        "prompt": cast.private.prompt,
        "revision": cast.private.revisions.get(),
        "other_revision": cast.shared.revisions.get(),
        "gone_revision": Revision.objects.get(text="CANARY-ours-removed-shared"),
        "feedback": feedback,
        "draft": begin(cast.shared, cast.facilitator, "CANARY-draft-on-shared"),
        "strange": strange,
        "gone": Membership.objects.get(user=cast.removed),
        "shared_link": invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=9),
        "invitation": invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com"),
        "mail_off": stop_token(cast.member, "session"),
        "closed": Cohort.objects.get(slug="gone"),
        "privacy": PrivacyPage.objects.create(text="だれが読むか"),
    }
    return World(cast, things, furnish(cast))


def strange_group() -> Response:
    return Response.objects.get(text="CANARY-theirs-stranger-group")


def rewrite(cast: Cast) -> None:
    """A colleague shares a text with the group, then narrows it: the old text is history, the new one hers alone."""
    membership = Membership.objects.get(user=cast.colleague)
    write(membership, prompt_of(cast.cohort), "CANARY-history-old", Readers.GROUP)
    response = Response.objects.get(membership=membership)
    Revision.objects.create(
        response=response, base_version=1, version=2, text="CANARY-history-new", sha256="", readers=Readers.SELF
    )
    Response.objects.filter(pk=response.pk).update(text="CANARY-history-new", readers=Readers.SELF, version=2)


def bury(cast: Cast) -> None:
    """A cohort marked as deleted, in which our member and our facilitator took part with a stranger."""
    cohort = make_cohort("gone")
    join(cohort, cast.member)
    join(cohort, cast.facilitator, "facilitator")
    write(join(cohort, cast.stranger), prompt_of(cohort), "CANARY-gone-group", Readers.GROUP)
    cohort.mark_deleted()


def current_roles(user: User, cohort: Cohort) -> list[str]:
    if cohort.deleted_at:
        return []
    return [row.role for row in cohort.memberships.all() if row.user_id == user.pk and row.left_at is None]


def takes_part(user: User, cohort: Cohort) -> bool:
    return bool(current_roles(user, cohort))


def facilitates(user: User, cohort: Cohort) -> bool:
    return "facilitator" in current_roles(user, cohort)


def is_office(user: User) -> bool:
    return user.is_superuser or "Organizers" in [group.name for group in user.groups.all()]


def administers(user: User, cohort: Cohort) -> bool:
    """Organizers open the office of every cohort, facilitators of their own."""
    return not cohort.deleted_at and (is_office(user) or facilitates(user, cohort))


def may_open(user: User, cohort: Cohort) -> bool:
    """Organizers open every cohort's pages, everybody else where she takes part."""
    return not cohort.deleted_at and (is_office(user) or takes_part(user, cohort))


def may_write(user: User, prompt: Prompt) -> bool:
    """Who takes part writes, from the day on which the week opens until the cohort is finished."""
    week = prompt.section.week
    return week.opens_at <= timezone.now() and not week.cohort.finished_at and takes_part(user, week.cohort)


def may_read(user: User, response: Response) -> bool:
    """The writer; her facilitators unless it is for herself alone; the group if it is for the group."""
    cohort = response.membership.cohort
    if response.membership.user_id == user.pk:
        return True
    if facilitates(user, cohort):
        return response.readers != "self"
    return takes_part(user, cohort) and response.readers == "group"


def may_know_of(user: User, response: Response) -> bool:
    """That something is written is known to the office, whoever may read it."""
    return administers(user, response.membership.cohort)


def may_settle(user: User, response: Response) -> bool:
    """What became of a promise is said by who gave it, while she takes part."""
    mine = response.membership.user_id == user.pk and response.prompt.section.kind == "action"
    return mine and takes_part(user, response.membership.cohort)


def hears(user: User, response: Response) -> bool:
    """The worksheet lets others speak who take part themselves, and who said something."""
    writer, cohort = response.membership, response.membership.cohort
    told = response.readers == "group" and response.written and writer.left_at is None
    return told and writer.user_id != user.pk and takes_part(user, cohort)


def may_read_revision(user: User, revision: Revision) -> bool:
    """History is the writer's; a facilitator also reads what her own comment answers."""
    response = revision.response
    if response.membership.user_id == user.pk:
        return True
    if revision.text == response.text:
        return may_read(user, response)
    answered = any(feedback.author_id == user.pk for feedback in revision.feedback.all())
    return answered and revision.readers != "self" and may_read(user, response)


def may_read_feedback(user: User, feedback: Feedback) -> bool:
    """The writer of the words, and her facilitators while they may read the words."""
    response = feedback.revision.response
    facilitated = facilitates(user, response.membership.cohort)
    return response.membership.user_id == user.pk or (facilitated and may_read(user, response))


def may_answer(user: User, response: Response) -> bool:
    """Her facilitators, while they may read it; who facilitates today is not answered."""
    writer = response.membership
    led = writer.role == "member" and writer.user_id != user.pk and facilitates(user, writer.cohort)
    return led and may_read(user, response)


def may_read_draft(user: User, draft: Draft) -> bool:
    """What is not sent yet is its author's, while she facilitates, whatever became of the words it was for."""
    return draft.author_id == user.pk and facilitates(user, draft.response.membership.cohort)


def may_know_who_answers(user: User, draft: Draft) -> bool:
    """The others who facilitate today are told who is at it, of words that they could answer themselves."""
    is_going_on = bool(draft.text) and draft.updated_at > timezone.now() - timedelta(seconds=90)
    is_hers = draft.author_id == user.pk or not facilitates(draft.author, draft.response.membership.cohort)
    return is_going_on and not is_hers and may_answer(user, draft.response)


def may_read_note(user: User, note: Note) -> bool:
    """The facilitators of a member, of today or before, keep them for each other; nobody reads about herself."""
    about = note.membership
    return about.role == "member" and about.user_id != user.pk and facilitates(user, about.cohort)


def allowed_tokens(user: User | None) -> set[str]:
    """Every token that this user may read somewhere."""
    if user is None:
        return set()
    rules = [
        (Response, may_read),
        (Revision, may_read_revision),
        (Feedback, may_read_feedback),
        (Draft, may_read_draft),
        (Note, may_read_note),
    ]
    return {row.text for model, rule in rules for row in all_rows(model) if rule(user, row)}


def all_rows(model: type[Model]) -> Iterable[Any]:
    return model._default_manager.all()


def tokens_in(text: str) -> set[str]:
    return set(TOKEN.findall(text))
