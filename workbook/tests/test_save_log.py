"""Every save leaves one line in the log, by which a report of lost words can be answered; never a word of the text."""

import hashlib
import json
import logging
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connection
from django.test import Client
from django.urls import reverse
from django.utils.crypto import salted_hmac

from tests.cast import prompt_of, write
from workbook.models import Readers

WORDS = "CANARY-words-in-a-log"
OPERATION = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def lines(caplog):
    """What the log says so far, but for Django's own lines about statuses."""
    caplog.set_level(logging.INFO, "workbook.saves")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "workbook.saves"]


def send(client, prompt, **more):
    body = {"operation_id": OPERATION, "base_version": 0, "text": WORDS, "readers": "self", **more}
    content = json.dumps(body)
    url = reverse("workbook:response_save", args=[prompt.pk])
    return client.post(url, content, content_type="application/json")


def mark_of(text):
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return salted_hmac("workbook.saves", sha256, algorithm="sha256").hexdigest()[:12]


def test_a_save_is_one_line(client, cast, prompt, lines):
    client.force_login(cast.member)
    send(client, prompt)
    assert lines() == [
        f"save status=200 error=- user={cast.member.pk} prompt={prompt.pk} operation={OPERATION} base=0 version=1 "
        f"signs=100 mark={mark_of(WORDS)}"
    ]


@pytest.mark.parametrize(("length", "told"), [(0, 0), (1, 100), (100, 100), (101, 200), (99_901, 100_000)])
def test_lengths_are_told_roughly(length, told, client, cast, prompt, lines):
    client.force_login(cast.member)
    send(client, prompt, text="あ" * length)
    assert f" signs={told} " in lines()[0]


def test_a_short_text_cannot_be_guessed(client, cast, prompt, lines, settings):
    """Whoever has the log but not the site's key cannot try out words; two texts can still be told apart."""
    client.force_login(cast.member)
    for key, text in [("a" * 50, "はい"), ("a" * 50, "いいえ"), ("a" * 50, "はい"), ("b" * 50, "はい")]:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = key
        send(client, prompt, text=text, operation_id=str(uuid4()))
    yes, no, again, elsewhere = (line.split("mark=")[1] for line in lines())
    assert yes == again
    assert len({yes, no, elsewhere, hashlib.sha256("はい".encode()).hexdigest()[:12]}) == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": f"{WORDS}?", "operation_id": str(UUID(int=1))}, "status=409 error=conflict"),
        ({"operation_id": WORDS}, "status=422 error=invalid"),
        ({"sha256": WORDS}, "status=422 error=invalid"),
        ({"base_version": WORDS}, "status=422 error=invalid"),
        ({"readers": WORDS}, "status=422 error=invalid"),
        ({"user": WORDS}, "status=422 error=invalid"),
        ({"text": WORDS * 6_000}, "status=422 error=invalid"),
        ({"text": WORDS * 60_000}, "status=413 error=too_large"),
        ({"text": WORDS * 600_000}, "status=413 error=too_large"),
        ({"user": 0}, "status=409 error=user_changed"),
    ],
)
def test_what_was_refused_is_a_line_without_words(more, said, client, cast, prompt, lines, caplog):
    write(cast.membership, prompt, "べつの文", Readers.SELF)
    client.force_login(cast.member)
    send(client, prompt, **more)
    (line,) = lines()
    assert f"save {said} user={cast.member.pk} prompt={prompt.pk} " in line
    assert "CANARY" not in caplog.text


def test_who_may_not_is_a_line_too(client, cast, prompt, lines):
    send(client, prompt)
    client.force_login(cast.stranger)
    send(client, prompt)
    first, second = lines()
    assert first.startswith(f"save status=401 error=signed_out user=None prompt={prompt.pk} operation=None ")
    assert second.startswith(f"save status=404 error=not_found user={cast.stranger.pk} prompt={prompt.pk} ")


def test_what_breaks_is_a_line_too(cast, visitor, prompt, lines):
    def broken(execute, sql, *rest):
        if sql.startswith("INSERT"):
            raise DataError
        return execute(sql, *rest)

    with connection.execute_wrapper(broken):
        assert send(visitor, prompt).status_code == 500
    assert lines()[0].startswith(f"save status=500 error=- user={cast.member.pk} ")


def test_who_lacks_the_token_of_the_page_is_logged_elsewhere(cast, prompt, lines, caplog):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    assert send(client, prompt).status_code == 403
    assert lines() == []
    assert f"CSRF check failed at /prompts/{prompt.pk}/response/ for user {cast.member.pk}: " in caplog.text
