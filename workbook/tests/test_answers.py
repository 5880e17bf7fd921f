"""The saving of a box over HTTP: JSON with a sentence, whatever comes."""

import hashlib
import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import prompt_of, write
from workbook.models import Readers, Response


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


def body(text="考え", **more):
    data = {"operation_id": str(uuid4()), "base_version": 0, "text": text, "readers": "facilitators"}
    return data | {"sha256": hashlib.sha256(text.encode()).hexdigest()} | more


def post(client, prompt, data):
    content = data if isinstance(data, str | bytes) else json.dumps(data, ensure_ascii=False)
    return client.post(reverse("workbook:response_save", args=[prompt.pk]), content, content_type="application/json")


def test_save_answers_with_the_hash_of_what_is_stored(client, cast, prompt):
    client.force_login(cast.member)
    data = body("　きょうの\n気づき😀\n")
    answer = post(client, prompt, data)
    assert answer.status_code == 200
    assert answer.json()["sha256"] == data["sha256"]
    assert (answer.json()["version"], answer.json()["state"]) == (1, "written")
    assert Response.objects.get(prompt=prompt).text == data["text"]


def test_save_queries(client, cast, prompt, django_assert_num_queries):
    write(cast.membership, prompt, "はじめ")
    client.force_login(cast.member)
    # session, user, the place (rights, questions, version), revision, swap; a savepoint and its release only in tests
    with django_assert_num_queries(7):
        assert post(client, prompt, body(base_version=1)).status_code == 200


def test_100_000_characters(client, cast, prompt):
    client.force_login(cast.member)
    assert post(client, prompt, body("😀" * 100_000)).status_code == 200
    refused = post(client, prompt, body("あ" * 100_001, base_version=1))
    assert refused.status_code == 422
    assert "1" in refused.json()["message"]
    assert post(client, prompt, body("😀" * 300_000)).status_code == 413


@pytest.mark.parametrize(
    "more",
    [
        {"text": None, "sha256": "0" * 64},
        {"text": 5},
        {"text": ["a"]},
        {"text": "a\x00b", "sha256": ""},
        {"base_version": -1},
        {"base_version": "x"},
        {"base_version": 10**30},
        {"operation_id": "x"},
        {"readers": "everybody"},
        {"sha256": "0" * 64},
    ],
)
def test_bad_input_is_422_with_a_sentence(client, cast, prompt, more):
    client.force_login(cast.member)
    answer = post(client, prompt, body() | more)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Response.objects.filter(prompt=prompt).exists()


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", "5", '"a"', "[" * 100_000, b"\xff\xfe", '{"text": "\\ud800"}'])
def test_unreadable_input_is_422(client, cast, prompt, raw):
    client.force_login(cast.member)
    assert post(client, prompt, raw).status_code == 422


def test_lone_surrogate_is_422(client, cast, prompt):
    client.force_login(cast.member)
    data = json.dumps(body() | {"text": "半分\ud83d", "sha256": ""})
    assert post(client, prompt, data).status_code == 422


def test_conflict_carries_the_other_text(client, cast, prompt):
    write(cast.membership, prompt, "電車で", Readers.GROUP)
    client.force_login(cast.member)
    answer = post(client, prompt, body("家で", readers="self"))
    data = answer.json()
    assert answer.status_code == 409
    assert (data["error"], data["text"], data["version"], data["readers"]) == ("conflict", "電車で", 2, "self")


def test_same_operation_twice_and_with_another_text(client, cast, prompt):
    client.force_login(cast.member)
    data = body("一度")
    assert post(client, prompt, data).json()["version"] == 1
    assert post(client, prompt, data).json()["version"] == 1
    other = body("べつ") | {"operation_id": data["operation_id"]}
    assert (post(client, prompt, other).status_code, Response.objects.get(prompt=prompt).text) == (422, "一度")


def test_signed_out_is_401(client, cast, prompt):
    answer = post(client, prompt, body())
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


@pytest.mark.parametrize("who", ["stranger", "removed", "organizer", "superuser", "other_facilitator"])
def test_not_ones_own_is_404(client, cast, prompt, who):
    client.force_login(getattr(cast, who))
    assert post(client, prompt, body()).status_code == 404
    assert post(client, type(prompt)(pk=10**9), body()).status_code == 404


def test_closed_week_is_404(client, cast):
    client.force_login(cast.member)
    assert post(client, prompt_of(cast.cohort, week=4), body()).status_code == 404


@pytest.mark.parametrize("owner", [0, 10**6])
def test_page_of_somebody_else_is_refused(client, cast, prompt, owner):
    client.force_login(cast.member)
    answer = post(client, prompt, body(user=owner))
    assert (answer.status_code, answer.json()["error"]) == (409, "user_changed")
    assert not Response.objects.filter(prompt=prompt).exists()


def test_extra_keys_change_nothing(client, cast, prompt):
    client.force_login(cast.member)
    post(client, prompt, body(version=9, membership=1, written=False, user=cast.member.pk))
    response = Response.objects.get(prompt=prompt)
    assert (response.version, response.written, response.membership_id) == (1, True, cast.membership.pk)


def test_without_csrf_token_is_403_in_json(cast, prompt):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    answer = post(client, prompt, body())
    assert answer.status_code == 403
    assert answer.json()["message"]


def test_only_post(client, cast, prompt):
    client.force_login(cast.member)
    assert client.get(reverse("workbook:response_save", args=[prompt.pk])).status_code == 405
