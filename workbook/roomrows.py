"""The two queries from which a session's room is read, every few seconds by everybody in it."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
)

from cohorts.models import Membership, User
from cohorts.prepared import Prepared, Slot

from .models import Prompt, Readers, Response, Room, Section, Week

LAST = (Section.Kind.SUMMARY, Section.Kind.ACTION)
MAX_NUMBER = 32_767


class Fact(NamedTuple):
    """A week with its room and one's own place in its cohort; and one of its questions, if it has any."""

    week_id: int
    cohort_id: int
    opens_at: datetime
    session_at: datetime
    finished_at: datetime | None
    time_zone: str
    membership_id: int
    role: str
    chosen_id: int | None
    is_named: bool
    order: str
    seed: int
    spotlight_id: int | None
    timer_ends_at: datetime | None
    closing_at: datetime | None
    closing_ends_at: datetime | None
    steered_at: datetime | None
    steered_by_id: int | None
    steered_by: str | None
    kind: str | None
    heading: str | None
    prompt_id: int | None
    text: str | None
    is_secured: bool


COLUMNS = (
    *("pk", "cohort_id", "opens_at", "session_at", "cohort__finished_at", "cohort__time_zone"),
    *("cohort__memberships__pk", "cohort__memberships__role"),
    *("room__prompt_id", "room__is_named", "room__order", "room__seed", "room__spotlight_id", "room__timer_ends_at"),
    *("room__closing_at", "room__closing_ends_at", "room__steered_at"),
    *("room__steered_by_id", "room__steered_by__nickname"),
    *("sections__kind", "sections__heading", "sections__prompts__pk", "sections__prompts__text", "is_secured"),
)
MOMENTS = [place for place, name in enumerate(Fact._fields) if name.endswith("_at")]


def rows_of(user: User, slug: str, number: int) -> list[Fact]:
    """One row for each question of the week, in order; none if the user takes no part there. One query."""
    if number > MAX_NUMBER:
        return []
    return [_fact(row) for row in _weeks().ask(user=user.pk, slug=slug, number=number)]


def _fact(row: tuple[Any, ...]) -> Fact:
    values = list(row)
    for place in MOMENTS:
        values[place] = _moment(values[place])
    fact = Fact(*values)
    if fact.order is None:  # nobody has steered yet
        return fact._replace(is_named=True, order=Room.Order.NAME, seed=0)
    return fact


def _moment(value: datetime | None) -> datetime | None:
    """SQLite keeps moments in UTC, and does not say so."""
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


@cache
def _weeks() -> Prepared:
    user, slug, number = (
        Slot("user", BigIntegerField()),
        Slot("slug", CharField()),
        Slot("number", IntegerField()),
    )
    factors = Authenticator.objects.filter(user=OuterRef("cohort__memberships__user"))
    weeks = Week.objects.filter(
        number=number,
        cohort__slug=slug,
        cohort__deleted_at=None,
        cohort__memberships__user=user,
        cohort__memberships__left_at=None,
    ).annotate(is_secured=Exists(factors))
    in_order = ("sections__position", "sections__pk", "sections__prompts__position", "sections__prompts__pk")
    return Prepared(weeks.order_by(*in_order).values_list(*COLUMNS))


class Person(NamedTuple):
    """Somebody who takes part today; `response_id` if she shared an answer to the question of the moment."""

    pk: int
    user_id: int
    name: str
    role: str
    response_id: int | None
    version: int | None
    came: bool | None
    written: int | None = None
    is_busy: bool = False

    @property
    def leads(self) -> bool:
        return self.role == Membership.Role.FACILITATOR

    @property
    def is_present(self) -> bool:
        return bool(self.came)


def people_of(cohort: int, week: int, prompt: int, since: datetime | None = None) -> list[Person]:
    """Who takes part in a cohort today, by how long. One query.

    Args:
        since: begin of the closing; with it each has how many of the week's last boxes are written, and whether she
            has saved one of them since.
    """
    if since is None:
        return [Person(*row) for row in _people().ask(cohort=cohort, week=week, prompt=prompt)]
    return [Person(*row) for row in _writers().ask(cohort=cohort, week=week, prompt=prompt, since=since)]


PERSON = ("pk", "user_id", "user__nickname", "role", "shared__pk", "shared__version", "came__is_present")


def _memberships() -> Any:
    cohort, week, prompt = (Slot(name, BigIntegerField()) for name in ("cohort", "week", "prompt"))
    is_shared = Q(responses__prompt=prompt, responses__readers=Readers.GROUP, responses__written=True)
    return (
        Membership.objects.filter(cohort=cohort, left_at=None)
        .annotate(
            shared=FilteredRelation("responses", condition=is_shared),
            came=FilteredRelation("attendances", condition=Q(attendances__week=week)),
        )
        .order_by("joined_at", "pk")
    )


@cache
def _people() -> Prepared:
    return Prepared(_memberships().values_list(*PERSON))


@cache
def _writers() -> Prepared:
    week, since = Slot("week", BigIntegerField()), Slot("since", DateTimeField())
    prompts = Prompt.objects.filter(section__week=week, section__kind__in=LAST).order_by()
    last = Response.objects.filter(membership=OuterRef("pk"), prompt__in=prompts).order_by()
    done = last.filter(written=True).values("membership").annotate(n=Count("pk")).values("n")
    counted = _memberships().annotate(done=Subquery(done), is_busy=Exists(last.filter(updated_at__gte=since)))
    return Prepared(counted.values_list(*PERSON, "done", "is_busy"))
