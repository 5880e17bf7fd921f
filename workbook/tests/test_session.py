"""Who is signed in here, with her key, and one's own boxes of a week, as a page asks for them."""

import logging
from base64 import b64decode

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from tests.cast import make_user, prompt_of, write
from workbook.models import JournalKey, Readers

URL = "/session/"


def responses_url(cohort, number=1):
    return reverse("workbook:week_responses", args=[cohort.slug, number])


def boxes_of(client, cohort, number=1):
    return client.get(responses_url(cohort, number)).json()["boxes"]


def test_signed_in_gets_her_own_key_and_keeps_it(client, cast):
    client.force_login(cast.member)
    first, second = client.get(URL).json(), client.get(URL).json()
    assert first == second
    assert first["user"] == cast.member.pk
    assert len(b64decode(first["key"])) == 32
    assert JournalKey.objects.get().user == cast.member


def test_everybody_has_another_key(client, cast):
    keys = set()
    for user in (cast.member, cast.colleague, cast.facilitator):
        client.force_login(user)
        answer = client.get(URL).json()
        assert answer["user"] == user.pk
        keys.add(answer["key"])
    assert len(keys) == 3


def test_key_does_not_hang_on_the_secret(client, cast, settings):
    client.force_login(cast.member)
    before = client.get(URL).json()["key"]
    settings.SECRET_KEY = "another-" + "s" * 50
    client.force_login(cast.member)
    assert client.get(URL).json()["key"] == before


def test_nobody_gets_nulls_and_a_token(client, db):
    response = client.get(URL)
    assert (response.status_code, response.json()) == (200, {"user": None, "key": None})
    assert response.cookies[settings.CSRF_COOKIE_NAME].value
    assert not JournalKey.objects.exists()


def test_inactive_gets_nulls(client, cast):
    client.force_login(cast.member)
    cast.member.is_active = False
    cast.member.save()
    assert client.get(URL).json() == {"user": None, "key": None}


def test_dead_session_gets_nulls(client, cast):
    client.force_login(cast.member)
    client.session.flush()
    response = client.get(URL)
    assert (response.status_code, response.json()["user"]) == (200, None)


def test_is_stored_nowhere(client, cast):
    client.force_login(cast.member)
    for user in (cast.member, None):
        if user is None:
            client.logout()
        assert client.get(URL)["Cache-Control"] == "private, no-store"


def test_token_is_given_anew_when_the_cookie_is_gone(client, cast):
    client.force_login(cast.member)
    client.cookies.pop(settings.CSRF_COOKIE_NAME, None)
    assert client.get(URL).cookies[settings.CSRF_COOKIE_NAME].value


def test_only_reading(client, cast):
    client.force_login(cast.member)
    assert client.post(URL).status_code == 405


def test_queries(client, cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(URL)
    client.force_login(cast.member)
    client.get(URL)
    with django_assert_num_queries(3):  # session, person, key
        client.get(URL)


def test_key_is_shown_nowhere_else(client, cast, caplog):
    caplog.set_level(logging.DEBUG)
    client.force_login(cast.member)
    answer = client.get(URL)
    key = JournalKey.objects.get()
    assert JournalKey not in admin.site._registry
    assert answer.json()["key"] not in caplog.text
    assert key.key.hex() not in f"{key!r} {key} {caplog.text}"


def test_person_without_words_may_go_and_her_key_with_her(client, db):
    user = make_user("gast")
    JournalKey.objects.of(user)
    user.delete()
    assert not JournalKey.objects.exists()


def test_own_boxes_as_they_are_held(client, cast):
    prompt = cast.private.prompt
    client.force_login(cast.member)
    answer = client.get(responses_url(cast.cohort)).json()
    assert answer["user"] == cast.member.pk
    assert len(answer["boxes"]) == 5
    cast.private.refresh_from_db()
    assert answer["boxes"][str(prompt.pk)] == {
        "version": cast.private.version,
        "text": cast.private.text,
        "readers": cast.private.readers,
        "state": cast.private.state,
        "saved_at": cast.private.updated_at.isoformat(),
    }


def test_box_that_was_never_saved(client, cast):
    client.force_login(cast.member)
    boxes = boxes_of(client, cast.cohort, number=2)
    empty = {"version": 0, "text": "", "readers": Readers.FACILITATORS, "state": "empty", "saved_at": None}
    assert boxes[str(prompt_of(cast.cohort, week=2).pk)] == empty


def test_others_words_are_not_among_them(client, cast):
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort), "CANARY-colleague", Readers.GROUP)
    for reader in (cast.member, cast.facilitator):
        client.force_login(reader)
        assert b"CANARY-colleague" not in client.get(responses_url(cast.cohort)).content


@pytest.mark.parametrize("number", [3, 4, 9, 0, 10**30])
def test_week_that_is_not_open_or_not_there(client, cast, number):
    client.force_login(cast.member)
    response = client.get(responses_url(cast.cohort, number))
    assert (response.status_code, response.json()["error"]) == (404, "not_found")


def test_who_left_or_is_a_stranger_is_told_nothing(client, cast):
    for user in (cast.removed, cast.stranger, cast.organizer, cast.superuser):
        client.force_login(user)
        response = client.get(responses_url(cast.cohort))
        assert (response.status_code, response.json()["error"]) == (404, "not_found")


def test_signed_out_is_said_in_json(client, cast):
    response = client.get(responses_url(cast.cohort))
    assert (response.status_code, response.json()["error"]) == (401, "signed_out")


def test_boxes_are_stored_nowhere(client, cast):
    client.force_login(cast.member)
    assert client.get(responses_url(cast.cohort))["Cache-Control"] == "private, no-store"


def test_queries_of_boxes(client, cast, django_assert_num_queries):
    client.force_login(cast.member)
    week = {"section__week__cohort": cast.cohort, "section__week__number": 2}
    written = 0
    for rows in (1, 3):
        for prompt in prompt_of(cast.cohort, week=2).__class__.objects.filter(**week)[written:rows]:
            write(cast.membership, prompt, "ひとこと")
        written = rows
        with django_assert_num_queries(4):  # session, person, prompts, boxes
            boxes = boxes_of(client, cast.cohort, number=2)
        assert sum(box["version"] for box in boxes.values()) == rows
