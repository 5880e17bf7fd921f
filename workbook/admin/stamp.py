"""What the live pages would show, in short: one query that also asks whether they may be seen.

A stamp is never shown. It holds nothing of a text that is for its writer alone but that one is written.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from cohorts.models import Membership, User
from cohorts.prepared import Prepared, Slot
from workbook.models import ANSWERING, Attendance, Draft, Feedback, Note, Readers, Reading, Response

WRITING = timedelta(minutes=3)
"""Who changed a text so short a time ago is still at it."""
SHARED = [Readers.FACILITATORS, Readers.GROUP]

Scope = dict[str, Slot]
"""Which responses a page is about: lookups of a response."""


class Line(Func):
    """What an expression says of all rows, as one text. In which order is the database's own affair."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(self, *args: Any, **options: Any) -> tuple[str, list[Any]]:
        return self.as_sql(*args, **{**options, "function": "GROUP_CONCAT"})


def week_stamp(user: User, week_id: int) -> str | None:
    """Of a week's board. None if the user does not facilitate its cohort."""
    return _ask(_week, user, week=week_id)


def member_stamp(user: User, membership_id: int, number: int | None = None) -> str | None:
    """Of a member's page, of one week or of all. None if the user does not facilitate her cohort."""
    if number is None:
        return _ask(_member, user, membership=membership_id)
    return _ask(_member_week, user, membership=membership_id, number=number)


def question_stamp(user: User, prompt_id: int) -> str | None:
    """Of all answers to one question. None if the user does not facilitate its cohort."""
    return _ask(_question, user, prompt=prompt_id)


def _ask(query: Callable[[], Prepared], user: User, **values: int) -> str | None:
    now = timezone.now()
    rows = query().ask(user=user.pk, writing=now - WRITING, answering=now - ANSWERING, **values)
    return "\n".join(_sorted(text) for text in rows[0]) if rows else None


def _sorted(text: str | None) -> str:
    return ",".join(sorted((text or "").split(",")))


@cache
def _week() -> Prepared:
    week = Slot("week", BigIntegerField())
    # The chart shows the other weeks too.
    others = Response.objects.filter(
        written=True, membership__cohort=OuterRef("cohort"), membership__left_at=None, membership__role="member"
    )
    grown = _all(others, _of_each(_number("COUNT", "pk"), _number("SUM", "prompt")))
    parts = {"grown": grown, "came": _came(Attendance.objects.filter(week=week), "membership")}
    return _prepare(Q(cohort__weeks=week), {"prompt__section__week": week}, **parts)


@cache
def _member() -> Prepared:
    membership = Slot("membership", BigIntegerField())
    parts = {"noted": _noted(membership), "came": _came(Attendance.objects.filter(membership=membership), "week")}
    return _prepare(Q(cohort__memberships=membership), {"membership": membership}, **parts)


@cache
def _member_week() -> Prepared:
    membership, number = Slot("membership", BigIntegerField()), Slot("number", BigIntegerField())
    scope = {"membership": membership, "prompt__section__week__number": number}
    return _prepare(Q(cohort__memberships=membership), scope, noted=_noted(membership))


@cache
def _question() -> Prepared:
    prompt = Slot("prompt", BigIntegerField())
    return _prepare(Q(cohort__weeks__sections__prompts=prompt), {"prompt": prompt})


def _prepare(here: Q, scope: Scope, **more: Subquery) -> Prepared:
    """One row if the user facilitates the cohort of `here`, none otherwise."""
    hers = Membership.objects.current().facilitators().filter(here, user=Slot("user", BigIntegerField()))
    own = {"written": _written(scope), "people": _people(), "read": _read(scope), "said": _said(scope)}
    parts = {**own, "answering": _answering(scope), **more}
    return Prepared(hers.order_by().annotate(**parts).values_list(*parts))


def _written(scope: Scope) -> Subquery:
    """Of each readable text all that may change; of a private one that it is written.

    What facilitators wrote themselves is among them: the page shows none of it, and may be sent once too often.
    """
    fresh = Case(When(updated_at__gt=Slot("writing", DateTimeField()), then=Value("w")), default=Value(""))
    open_one = _of_each(*map(_text, ["pk", "version", "readers", "written", "outcome"]), fresh)
    each = Case(When(readers=Readers.SELF, then=_text("pk")), default=open_one)
    there = Q(readers__in=SHARED) | Q(written=True)
    return _all(Response.objects.filter(there, **scope), Line(each))


def _people() -> Subquery:
    """Who takes part as a member, and who has left."""
    gone = Case(When(left_at=None, then=Value("")), default=Value("left"))
    return _all(Membership.objects.members().filter(cohort=OuterRef("cohort")), Line(_of_each(_text("pk"), gone)))


def _read(scope: Scope) -> Subquery:
    """Readings are only added, or raised to a newer version: number and sum say whether any changed."""
    readings = Reading.objects.filter(**_from(scope, "response__"), response__readers__in=SHARED)
    return _all(readings, _of_each(_number("COUNT", "pk"), _number("SUM", "version")))


def _said(scope: Scope) -> Subquery:
    """Comments are only added, and each is seen once and thanked for once."""
    path = "revision__response__"
    said = Feedback.objects.filter(**_from(scope, path), revision__response__readers__in=SHARED)
    return _all(said, _of_each(*(_number("COUNT", name) for name in ("pk", "seen_at", "thanked_at"))))


def _answering(scope: Scope) -> Subquery:
    """Who else writes a comment now, and where, as `Draft.objects.beside` has it."""
    drafts = Draft.objects.exclude(text="").filter(
        **_from(scope, "response__"),
        response__readers__in=SHARED,
        updated_at__gt=Slot("answering", DateTimeField()),
        author__memberships__cohort=OuterRef("cohort"),
        author__memberships__left_at=None,
        author__memberships__role=Membership.Role.FACILITATOR,
    )
    others = drafts.exclude(author=Slot("user", BigIntegerField()))
    return _all(others, Line(_of_each(_text("response"), _text("author"))))


def _noted(membership: Slot) -> Subquery:
    """The notes of the other facilitators about a member."""
    notes = Note.objects.filter(membership=membership).exclude(author=Slot("user", BigIntegerField()))
    return _all(notes, Line(_of_each(_text("pk"), _text("version"))))


def _came(attendances: QuerySet, name: str) -> Subquery:
    """Who took part in a session, or in which sessions somebody took part."""
    return _all(attendances.filter(is_present=True), Line(_text(name)))


def _from(scope: Scope, path: str) -> Scope:
    """The scope from another table's point of view."""
    return {f"{path}{name}": value for name, value in scope.items()}


def _all(rows: QuerySet, summary: Func) -> Subquery:
    return Subquery(rows.order_by().annotate(summary=summary).values("summary"), output_field=TextField())


def _of_each(*parts: Any) -> Concat:
    """The parts as one text, with a sign between them."""
    between = [part for one in parts for part in (Value(":"), one)]
    return Concat(*between, output_field=TextField())


def _text(name: str) -> Cast:
    return Cast(F(name), TextField())


def _number(function: str, name: str) -> Cast:
    return Cast(Func(F(name), function=function, output_field=BigIntegerField()), TextField())
