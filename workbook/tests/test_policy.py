"""Who may read, know, write: every queryset of rights against plain loops, over people's ways by chance."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.urls import reverse

from cohorts.models import Cohort, Membership, User
from tests import world
from tests.histories import make_history
from workbook.models import Draft, Feedback, Note, Prompt, Readers, Reading, Response, Week
from workbook.search import readable_words

# Without the mark pytest-django would not make a test database, and the histories would be made in the real one.
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Rule:
    """A queryset of the application, and the loop that it must agree with."""

    asked: Callable[[User], QuerySet]
    may: Callable[[User, Any], bool]


RULES = {
    "read words": Rule(Response.objects.readable_by, world.may_read),
    "find words marked": Rule(
        lambda user: Reading.objects.mark(Response.objects.all(), user).filter(is_readable=True), world.may_read
    ),
    "find words unread": Rule(
        lambda user: Reading.objects.mark(Response.objects.all(), user).filter(is_unread=True),
        lambda user, response: (
            world.may_read(user, response) and user.pk not in [reading.reader_id for reading in response.readings.all()]
        ),
    ),
    "read comments": Rule(Feedback.objects.readable_by, world.may_read_feedback),
    "answer": Rule(Response.objects.answerable_by, world.may_answer),
    "find words": Rule(readable_words, world.may_answer),
    "go on with drafts": Rule(
        Draft.objects.of,
        lambda user, draft: (
            bool(draft.text) and world.may_read_draft(user, draft) and world.may_answer(user, draft.response)
        ),
    ),
    "hold drafts": Rule(
        Draft.objects.held_by, lambda user, draft: bool(draft.text) and world.may_read_draft(user, draft)
    ),
    "copy stranded drafts": Rule(
        Draft.objects.stranded_of,
        lambda user, draft: (
            bool(draft.text) and world.may_read_draft(user, draft) and not world.may_answer(user, draft.response)
        ),
    ),
    "know who answers": Rule(Draft.objects.beside, world.may_know_who_answers),
    "read notes": Rule(Note.objects.readable_by, world.may_read_note),
    "settle promises": Rule(Response.objects.promises_of, world.may_settle),
    "write": Rule(Prompt.objects.writable_by, world.may_write),
    "joined": Rule(Cohort.objects.joined_by, world.takes_part),
    "facilitated": Rule(Cohort.objects.facilitated_by, world.facilitates),
    "administered": Rule(Cohort.objects.administered_by, world.administers),
    "visible": Rule(Cohort.objects.visible_to, world.may_open),
    "weeks administered": Rule(Week.objects.administered_by, lambda user, week: world.administers(user, week.cohort)),
    "memberships administered": Rule(
        Membership.objects.administered_by,
        lambda user, membership: world.administers(user, membership.cohort),
    ),
}
COHORT_OF = {
    Cohort: [],
    Week: ["cohort"],
    Membership: ["cohort"],
    Prompt: ["section__week__cohort"],
    Response: ["membership__cohort", "prompt__section__week", "readings"],
    Feedback: ["revision__response__membership__cohort"],
    Draft: ["response__membership__cohort", "author"],
    Note: ["membership__cohort"],
}


@pytest.fixture(scope="module", params=[1, 2])
def histories(request, django_db_setup: None, django_db_blocker) -> Iterator[dict[type[Model], list[Any]]]:
    """All rows by model, with what the loops need of each, read once; undone in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_history(request.param)
        count_rows()
        yield {model: rows_of(model, paths) for model, paths in COHORT_OF.items()}
        transaction.set_rollback(True)


def count_rows() -> None:
    """Nobody else sees these rows: without this the planner takes the tables for empty."""
    with connection.cursor() as cursor:
        for model in COHORT_OF:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def rows_of(model: type[Model], paths: list[str]) -> list[Any]:
    cohort = f"{paths[0]}__memberships" if paths else "memberships"
    return list(model._default_manager.prefetch_related(*paths, cohort))


def people() -> list[User]:
    """Everybody, fetched anew: a user remembers her places."""
    return list(User.objects.prefetch_related("groups"))


def names(rows: Any) -> list[Any]:
    return sorted(row.pk for row in rows)


@pytest.mark.parametrize("name", RULES)
def test_rule(name, histories):
    rule, shares = RULES[name], []
    for user in people():
        asked = rule.asked(user)
        expected = names(row for row in histories[asked.model] if rule.may(user, row))
        assert names(asked) == expected, user
        shares.append(len(expected) / len(histories[asked.model]))
    assert 0 < sum(shares) < len(shares)


def test_progress_tells_of_all_words_of_the_cohorts_and_shows_none(histories):
    for user in people():
        rows = list(Response.objects.progress_for(user))
        known = [row for row in histories[Response] if world.may_know_of(user, row)]
        assert sorted((row["membership"], row["prompt"]) for row in rows) == sorted(
            (row.membership_id, row.prompt_id) for row in known
        )
        assert "CANARY" not in str(rows)


def test_a_writable_prompt_comes_with_ones_own_membership(histories):
    mine = {(row.user_id, row.cohort_id): row.pk for row in histories[Membership]}
    cohorts = {prompt.pk: prompt.section.week.cohort_id for prompt in histories[Prompt]}
    for user in people():
        for prompt in Prompt.objects.writable_by(user):
            assert prompt.membership_id == mine[user.pk, cohorts[prompt.pk]]


def test_current_memberships(histories):
    expected = names(row for row in histories[Membership] if not row.left_at and not row.cohort.deleted_at)
    assert names(Membership.objects.current()) == expected


@pytest.mark.parametrize("histories", [1], indirect=True)
def test_worksheet_shows_ones_own_and_the_voices_of_today(histories, client):
    responses = [row for row in histories[Response] if row.prompt.section.week.number == 1]
    comments = {row.revision.response_id: row.text for row in histories[Feedback]}
    for membership in Membership.objects.current().filter(user__is_active=True).select_related("user", "cohort"):
        user, here = membership.user, [row for row in responses if row.membership.cohort_id == membership.cohort_id]
        own = [row for row in here if row.membership_id == membership.pk]
        expected = {row.text for row in [*own, *(row for row in here if world.hears(user, row))]}
        expected |= {comments[row.pk] for row in own if row.pk in comments}
        client.force_login(user)
        page = client.get(reverse("workbook:week_detail", args=[membership.cohort.slug, 1]))
        assert world.tokens_in(page.content.decode()) == expected, membership


def test_the_histories_hold_every_case(histories):
    """Agreement would be cheap if chance never brought a facilitator who left face to face with a private text."""
    cases, office = set(), set()
    for user in people():
        ways = {row.cohort_id: way_of(row) for row in histories[Membership] if row.user_id == user.pk}
        office |= {way for way in ways.values() if world.is_office(user)}
        for response in histories[Response]:
            cohort, is_hers = response.membership.cohort, response.membership.user_id == user.pk
            cases.add((is_hers, ways.get(cohort.pk, "stranger"), response.readers, bool(cohort.deleted_at)))
    assert office == WAYS
    hers, others = product([True], WAYS), product([False], {*WAYS, "stranger"})
    circles = list(product(Readers.values, [True, False]))
    assert cases == {(*one, *circle) for one, circle in product([*hers, *others], circles)}


WAYS = {"member", "facilitator", "left member", "left facilitator"}


def way_of(membership: Membership) -> str:
    return f"{'left ' if membership.left_at else ''}{membership.role}"


# Those who may not sign in any more


def test_the_barred_are_signed_out_everywhere(client, cast):
    client.force_login(cast.member)
    cast.member.is_active = False
    cast.member.save()
    for page in ("/", cast.cohort.get_absolute_url(), reverse("workbook:words", args=["ours"])):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")
    box = reverse("workbook:response_save", args=[cast.private.prompt_id])
    answer = client.post(box, json.dumps({"text": "x"}), content_type="application/json")
    assert answer.status_code == 401
