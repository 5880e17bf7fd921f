"""Saves at the same moment: one is taken, none is lost, and no reader comes in by a race.

On PostgreSQL everybody has read the box before anybody writes into it. On SQLite a transaction begins as a writing
one, so that nobody reads in between: there the meeting is given up after a moment, and the outcome must be the same.
"""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from tests.cast import prompt_of
from tests.together import at_once
from workbook.models import Feedback, Readers, Reading, Response, Revision, Save, find_place
from workbook.models.words import ResponseQuerySet

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6
PATIENCE = 0.3


def meeting(size: int) -> ResponseQuerySet:
    """Responses whose writers wait for each other, once, between reading a box and writing into it."""
    barrier, mine = threading.Barrier(size), threading.local()

    class Meeting(ResponseQuerySet):
        def _write_once(self, save, current, **more):
            if not hasattr(mine, "waited"):
                mine.waited = arrivals.append(save) or True
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(PATIENCE)
            return super()._write_once(save, current, **more)

    arrivals = Meeting.arrivals = []
    return Meeting(Response)


def write_at_once(*saves: Save) -> list:
    """What became of the saves; fails if the queryset is so changed that nobody waits any more."""
    responses = meeting(len(saves))
    saved = at_once(*[lambda save=save: responses.write(save) for save in saves])
    assert len(responses.arrivals) == len(saves)
    return saved


@pytest.fixture
def prompts(cast):
    return [prompt_of(cast.cohort, week=2, position=place) for place in (1, 2)]


@pytest.fixture
def save(cast, prompts):
    """A first save of the first box; `replace` makes the others."""
    return Save(prompts[0].pk, cast.membership.pk, uuid4(), 0, "はじめ", Readers.FACILITATORS, [])


def crowd(save: Save, base: int) -> list[Save]:
    texts = [f"{number}人め" for number in range(CROWD)]
    return [replace(save, operation_id=uuid4(), base_version=base, text=text) for text in texts]


def history(prompt) -> list[Revision]:
    """All revisions of a box, whose versions must be 1, 2, 3 … up to the current one, which holds the current text."""
    response = Response.objects.get(prompt=prompt)
    revisions = list(response.revisions.all())
    versions = sorted(revision.version for revision in revisions if revision.version)
    assert versions == list(range(1, response.version + 1))
    current = next(revision for revision in revisions if revision.version == response.version)
    assert (current.text, current.readers) == (response.text, response.readers)
    return revisions


def texts(prompt) -> list[str]:
    return sorted(revision.text for revision in history(prompt))


@pytest.mark.parametrize("base", [0, 1])
def test_one_of_many_is_accepted_and_all_are_kept(base, save, prompts):
    """With 0 the box is new to all of them, with 1 they all come from the same text."""
    before = [save.text] if base else []
    if base:
        Response.objects.write(save)
    saves = crowd(save, base)
    saved = write_at_once(*saves)
    assert sorted(one.accepted for one in saved) == [False] * (CROWD - 1) + [True]
    assert texts(prompts[0]) == sorted([*before, *(one.text for one in saves)])
    (winner,) = [one.text for one, result in zip(saves, saved, strict=True) if result.accepted]
    response = Response.objects.get(prompt=prompts[0])
    assert (response.text, response.version) == (winner, base + 1)
    for one, result in zip(saves, saved, strict=True):
        if not result.accepted:
            assert result.version == base + 1
            assert Revision.objects.get(pk=result.branch_id).text == one.text


@pytest.mark.parametrize(("before", "base"), [(0, 0), (1, 1), (2, 1)])
def test_one_operation_is_one_revision(before, base, save, prompts):
    """On an empty box, on the current text, and on an old one, where it becomes the other side of a conflict."""
    for version in range(before):
        Response.objects.write(replace(save, operation_id=uuid4(), base_version=version, text=f"{version}"))
    mine = replace(save, base_version=base, text="一度だけ")
    saved = write_at_once(*[mine] * CROWD)
    assert texts(prompts[0]).count("一度だけ") == 1
    assert len(history(prompts[0])) == before + 1
    assert len({(one.accepted, one.version, one.branch_id) for one in saved}) == 1
    assert saved[0].accepted == (before == base)


@pytest.mark.parametrize("narrow_first", [True, False])
def test_narrower_readers_hold_against_a_text_at_the_same_time(narrow_first, save, prompts):
    Response.objects.write(replace(save, readers=Readers.GROUP))
    narrow = replace(save, operation_id=uuid4(), base_version=1, readers=Readers.SELF)
    longer = replace(save, operation_id=uuid4(), base_version=1, text="つづき", readers=Readers.GROUP)
    order = [narrow, longer] if narrow_first else [longer, narrow]
    saved = write_at_once(*order)
    assert any(one.accepted for one in saved)
    assert Response.objects.get(prompt=prompts[0]).readers == Readers.SELF
    assert {"はじめ", "つづき"} == set(texts(prompts[0]))


@pytest.mark.parametrize("_round", range(4))
def test_the_narrowest_of_two_late_ones_holds(_round, save, prompts):
    for version in range(2):
        text = f"{version}"
        Response.objects.write(
            replace(save, operation_id=uuid4(), base_version=version, text=text, readers=Readers.GROUP)
        )
    late = [
        replace(save, operation_id=uuid4(), base_version=1, text=f"{who}へ", readers=who)
        for who in (Readers.FACILITATORS, Readers.SELF)
    ]
    assert [one.accepted for one in write_at_once(*late)] == [False, False]
    assert Response.objects.get(prompt=prompts[0]).readers == Readers.SELF
    assert {"0", "1", "selfへ", "facilitatorsへ"} == set(texts(prompts[0]))


# The form of a whole week


def form_of(save: Save, prompts, words: str) -> list[Save]:
    return [
        replace(save, prompt_id=prompt.pk, operation_id=uuid4(), base_version=1, text=f"{words}{prompt.position}")
        for prompt in prompts
    ]


@pytest.fixture
def current(save, prompts) -> dict[int, Response]:
    """What both boxes hold, as the page of the form knows it."""
    saves = [replace(save, prompt_id=prompt.pk, operation_id=uuid4()) for prompt in prompts]
    return {one.prompt_id: Response.objects.write(one).row for one in saves}


def test_form_and_autosave_at_once(save, prompts, current):
    form = form_of(save, prompts, "机で")
    auto = replace(form[0], operation_id=uuid4(), text="電話で")
    responses = meeting(2)
    (first, second), third = at_once(
        lambda: responses.write_together(form, current),
        lambda: responses.write(auto),
    )
    assert len(responses.arrivals) == 2
    assert (second.accepted, sorted([first.accepted, third.accepted])) == (True, [False, True])
    assert texts(prompts[0]) == sorted(["はじめ", "机で1", "電話で"])
    assert texts(prompts[1]) == ["はじめ", "机で2"]


def test_form_after_an_autosave_that_its_page_has_not_seen(save, prompts, current):
    form = form_of(save, prompts, "机で")
    Response.objects.write(replace(form[0], operation_id=uuid4(), text="電話で"))
    first, second = Response.objects.write_together(form, current)
    assert (first.accepted, second.accepted) == (False, True)
    assert Response.objects.get(prompt=prompts[0]).text == "電話で"
    assert texts(prompts[0]) == sorted(["はじめ", "机で1", "電話で"])


def test_form_pressed_many_times_at_once(save, prompts):
    form = [replace(one, base_version=0) for one in form_of(save, prompts, "机で")]
    responses = meeting(CROWD)
    for boxes in at_once(*[lambda: responses.write_together(form, {})] * CROWD):
        assert [(box.accepted, box.version) for box in boxes] == [(True, 1)] * 2
    assert (texts(prompts[0]), texts(prompts[1])) == (["机で1"], ["机で2"])


# The swap by itself: it must refuse also where the history has nothing against it


def test_the_swap_refuses_a_version_that_moved_without_a_trace(save, prompts, current):
    Response.objects.filter(prompt=prompts[0]).update(version=2, text="よそから")
    form = form_of(save, prompts, "机で")
    first, second = Response.objects.write_together(form, current)
    assert (first.accepted, second.accepted) == (False, True)
    assert Response.objects.get(prompt=prompts[0]).text == "よそから"
    assert Revision.objects.get(pk=first.branch_id).text == "机で1"


def test_five_lost_races_are_told_and_change_nothing(save, prompts, current):
    attempts = []

    class Overtaken(ResponseQuerySet):
        """Between reading and writing the box moves on, every time."""

        def _write_once(self, save, current, **more):
            attempts.append(self.filter(pk=current.pk).update(version=F("version") + 1))
            return super()._write_once(save, current, **more)

    with pytest.raises(OperationalError):
        Overtaken(Response).write(replace(save, operation_id=uuid4(), base_version=1, text="あとから"))
    assert attempts == [1] * 5
    assert texts(prompts[0]) == ["はじめ"]


@pytest.mark.parametrize("base", [0, 1])
def test_a_box_that_moved_on_since_its_place_was_found(base, cast, save, prompts):
    """Whether the text fitted the box as it was then or not: the answer tells of the box as it is now."""
    Response.objects.write(save)
    place = find_place(cast.member, prompts[0].pk)
    Response.objects.write(replace(save, operation_id=uuid4(), base_version=1, text="電話で"))
    late = Response.objects.write(replace(save, operation_id=uuid4(), base_version=base, text="机で"), place)
    assert (late.accepted, late.version, late.row.text) == (False, 2, "電話で")
    assert texts(prompts[0]) == sorted(["はじめ", "電話で", "机で"])


def test_a_box_that_was_empty_when_its_place_was_found(cast, save, prompts):
    place = find_place(cast.member, prompts[0].pk)
    assert place.response is None
    Response.objects.write(save)
    late = Response.objects.write(replace(save, operation_id=uuid4(), text="机で"), place)
    assert (late.accepted, late.version, late.row.text) == (False, 1, "はじめ")


# What is noted about a text while it moves on


def meanwhile(table: str, deed: Callable[[], object]) -> Callable:
    """For `execute_wrapper`: somebody does the deed on a connection of her own, just before the table is changed."""

    def wrapper(execute, sql, *rest):
        if sql.startswith((f'UPDATE "{table}"', f'INSERT INTO "{table}"')) and not done:
            done.append(sql)
            at_once(deed)
        return execute(sql, *rest)

    done = wrapper.done = []
    return wrapper


def test_a_text_saved_while_its_box_is_counted_again_keeps_its_own_count(save, prompts):
    """The old text says nothing but the new question, the text that comes in between does."""
    response = Response.objects.write(replace(save, text="あたらしい問い？")).row
    prompts[0].text = "あたらしい問い？"
    own = replace(save, operation_id=uuid4(), base_version=1, text="わたしの言葉", questions=[prompts[0].text])
    counting = meanwhile("workbook_response", lambda: Response.objects.write(own))
    with connection.execute_wrapper(counting):
        prompts[0].save()
    response.refresh_from_db()
    assert len(counting.done) == 1
    assert (response.text, response.written) == ("わたしの言葉", True)


@pytest.mark.parametrize("first", [None, 1])
def test_an_older_page_of_a_reader_takes_nothing_back(first, cast, save):
    response = Response.objects.write(save).row
    if first:
        Reading.objects.note(cast.facilitator, {response.pk: first})
    newer = meanwhile("workbook_reading", lambda: Reading.objects.note(cast.facilitator, {response.pk: 5}))
    with connection.execute_wrapper(newer):
        Reading.objects.note(cast.facilitator, {response.pk: 3, cast.shared.pk: 1})
    assert len(newer.done) == 1
    assert Reading.objects.get(reader=cast.facilitator, response=response).version == 5
    assert Reading.objects.get(reader=cast.facilitator, response=cast.shared).version == 1


# Through the pages


def test_autosaves_over_http_at_once(cast, prompts):
    url = reverse("workbook:response_save", args=[prompts[0].pk])
    clients = [Client() for _number in range(CROWD)]
    for client in clients:
        client.force_login(cast.member)

    def post(client, number):
        body = {"operation_id": str(uuid4()), "base_version": 0, "text": f"{number}台め", "readers": "group"}
        return client.post(url, json.dumps(body), content_type="application/json")

    answers = at_once(*[lambda args=args: post(*args) for args in zip(clients, range(CROWD), strict=True)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CROWD - 1)
    assert texts(prompts[0]) == [f"{number}台め" for number in range(CROWD)]
    current = Response.objects.get(prompt=prompts[0]).text
    assert {answer.json()["text"] for answer in answers if answer.status_code == 409} == {current}


def test_one_comment_sent_many_times_at_once(cast):
    whole = ("response__membership__user", "response__membership__cohort", "response__prompt__section__week")
    revision = Revision.objects.select_related(*whole).get(response=cast.shared)
    operation = uuid4()

    def comment():
        return Feedback.objects.answer(revision, cast.facilitator, "すてきです", operation)

    rows = at_once(*[comment] * CROWD)
    assert len({row.pk for row in rows}) == 1
    assert Feedback.objects.count() == 1
