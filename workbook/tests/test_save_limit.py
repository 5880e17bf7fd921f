"""One box takes 120 revisions in a minute, from all devices together. What it took before is known for ever."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db.models import F
from django.urls import reverse

from tests.cast import QUESTIONS, prompt_of
from workbook.models import Response, Revision, Save, TooManySaves, find_place

LIMIT = 120


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def post(client, cast, prompt):
    client.force_login(cast.member)

    def send(text, base, operation=None):
        body = {"operation_id": operation or str(uuid4()), "base_version": base, "text": text, "readers": "self"}
        url = reverse("workbook:response_save", args=[prompt.pk])
        return client.post(url, body, content_type="application/json")

    return send


def fill(cast, prompt, accepted, branches=0):
    """A box with so many revisions, all of this moment."""
    first = Save(prompt.pk, cast.membership.pk, uuid4(), 0, "版1", "self", QUESTIONS)
    response = Response.objects.write(first).row
    rows = [{"version": number, "text": f"版{number}"} for number in range(2, accepted + 1)]
    rows += [{"version": None, "text": f"別{number}"} for number in range(branches)]
    Revision.objects.bulk_create(Revision(response=response, sha256="", readers="self", **row) for row in rows)
    Response.objects.update(version=accepted, text=f"版{accepted}")
    return response


def age(response, seconds):
    response.revisions.update(created_at=F("created_at") - timedelta(seconds=seconds))


def test_120_saves_in_a_minute_and_not_one_more(cast, prompt, post):
    assert settings.SAVES_PER_MINUTE == LIMIT
    answers = [post(f"版{number}", number) for number in range(LIMIT)]
    assert {answer.status_code for answer in answers} == {200}
    refused = post("あふれた", LIMIT)
    assert (refused.status_code, refused.json()["error"], refused["Retry-After"]) == (429, "too_many", "20")
    assert refused.json()["message"]
    response = Response.objects.get(prompt=prompt)
    assert (response.text, response.version, response.revisions.count()) == ("版119", LIMIT, LIMIT)
    age(response, 61)
    assert post("あふれた", LIMIT).json()["version"] == LIMIT + 1


def test_saves_on_an_old_base_are_counted_too(cast, prompt, post):
    response = fill(cast, prompt, 1)
    answers = [post(f"別{number}", 0) for number in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [409] * (LIMIT - 1) + [429]
    assert response.revisions.count() == LIMIT


@pytest.mark.parametrize(
    ("accepted", "branches", "status"), [(60, 59, 200), (60, 60, 429), (1, 118, 200), (1, 119, 429)]
)
def test_both_kinds_are_counted_together(accepted, branches, status, cast, prompt, post):
    fill(cast, prompt, accepted, branches)
    assert post("つぎ", accepted).status_code == status


def test_a_known_operation_is_never_refused(cast, prompt, post):
    response = fill(cast, prompt, LIMIT - 1)
    operation = str(uuid4())
    assert post("一度だけ", LIMIT - 1, operation).status_code == 200
    again = post("一度だけ", LIMIT - 1, operation)
    assert (again.status_code, again.json()["version"]) == (200, LIMIT)
    assert post("べつ", LIMIT, operation).status_code == 422
    assert post("べつ", LIMIT).status_code == 429
    assert response.revisions.count() == LIMIT


def test_other_boxes_go_on(cast, prompt, post, client):
    fill(cast, prompt, LIMIT)
    other = prompt_of(cast.cohort, week=2, position=2)
    assert post("つぎ", LIMIT).status_code == 429
    body = {"operation_id": str(uuid4()), "base_version": 0, "text": "となり", "readers": "self"}
    url = reverse("workbook:response_save", args=[other.pk])
    assert client.post(url, body, content_type="application/json").status_code == 200


def test_the_form_says_so_and_keeps_the_text(cast, prompt, client):
    fill(cast, prompt, LIMIT)
    client.force_login(cast.member)
    fields = {"text": "あふれた", "base_version": LIMIT, "readers": "self", "operation_id": uuid4()}
    answer = client.post(
        reverse("workbook:week_detail", args=["ours", 2]),
        {f"{name}-{prompt.pk}": value for name, value in fields.items()},
    )
    assert answer.status_code == 422
    assert "あふれた" in answer.content.decode()
    assert Response.objects.get(prompt=prompt).text == f"版{LIMIT}"


def test_the_verb_refuses_with_and_without_a_place(cast, prompt):
    fill(cast, prompt, LIMIT)
    save = Save(prompt.pk, cast.membership.pk, uuid4(), LIMIT, "あふれた", "self", QUESTIONS)
    for place in (None, find_place(cast.member, prompt.pk)):
        with pytest.raises(TooManySaves):
            Response.objects.write(save, place)


@pytest.mark.parametrize("revisions", [1, 3])
def test_looking_at_the_limit_costs_no_query(revisions, cast, prompt, post, django_assert_num_queries):
    fill(cast, prompt, revisions)
    with django_assert_num_queries(7):
        assert post("つぎ", revisions).status_code == 200


def test_texts_are_compared_thirty_times_in_a_minute(post):
    """A save whose answer was lost may be sent again without end; it always gets both texts, but no more work."""
    post("電車で書いた。", 0)
    lost = str(uuid4())
    answers = [post("家で書いた。", 0, lost) for _time in range(31)]
    assert {answer.status_code for answer in answers} == {409}
    told = [answer.json() for answer in answers]
    assert {(each["text"], each["branch"]) for each in told} == {("電車で書いた。", told[0]["branch"])}
    fine = [["-", "家"], ["+", "電車"], ["=", "で書いた。"]]
    whole = [["-", "家で書いた。"], ["+", "電車で書いた。"]]
    assert [each["changes"] for each in told] == [fine] * 30 + [whole]
