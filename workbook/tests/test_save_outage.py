"""A database that is away, full, or has become read-only: 503, and the next request finds a better connection."""

import json
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from tests.cast import prompt_of
from workbook.models import Response

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def prompt(cast):
    return prompt_of(cast.cohort, week=2)


def save(client, prompt, text="考え"):
    body = {"operation_id": str(uuid4()), "base_version": 0, "text": text, "readers": "self"}
    return client.post(reverse("workbook:response_save", args=[prompt.pk]), json.dumps(body), content_type=JSON)


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def renamed(table):
    """A time in which a table cannot be read; SQLite calls that an outage, too. Elsewhere it is locked."""
    if connection.vendor == "sqlite":
        execute(f"ALTER TABLE {table} RENAME TO away")
        yield
        execute(f"ALTER TABLE away RENAME TO {table}")
        return
    blocker = connection.copy()
    try:
        blocker.set_autocommit(False)
        blocker.cursor().execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        execute("SET lock_timeout = '50ms'")
        yield
    finally:
        blocker.close()


def unavailable(answer):
    assert (answer.status_code, answer["Content-Type"]) == (503, JSON)
    assert (answer.json()["error"], answer["Retry-After"]) == ("unavailable", "2")
    assert answer.json()["message"].startswith("いまは保存できません。")


@pytest.mark.parametrize("table", ["django_session", "cohorts_user"])
def test_already_who_asks_cannot_be_read(table, visitor, prompt):
    with renamed(table):
        unavailable(save(visitor, prompt))
    assert save(visitor, prompt).status_code == 200


@pytest.mark.parametrize("table", ["django_session", "cohorts_user", "workbook_response"])
def test_a_page_says_so_in_japanese(table, visitor):
    with renamed(table):
        answer = visitor.get(reverse("workbook:week_detail", args=["ours", 2]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "少しお待ちください" in answer.content.decode()
    assert visitor.get(reverse("workbook:week_detail", args=["ours", 2])).status_code == 200


def test_a_read_only_server_is_left(visitor, prompt):
    """After a failover the old server still answers; only a new connection finds the one that takes words."""
    execute("PRAGMA query_only = ON" if connection.vendor == "sqlite" else "SET default_transaction_read_only = on")
    old = connection.connection
    unavailable(save(visitor, prompt))
    assert connection.connection is not old
    assert save(visitor, prompt).status_code == 200
    assert Response.objects.get(prompt=prompt).text == "考え"


def test_a_page_leaves_a_read_only_server_too(visitor):
    execute("PRAGMA query_only = ON" if connection.vendor == "sqlite" else "SET default_transaction_read_only = on")
    profile = {"nickname": "なのはな", "mails_feedback": "on"}
    assert visitor.post("/profile/", profile).status_code == 503
    assert visitor.post("/profile/", profile).status_code == 302


@contextmanager
def full_disk():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        execute("PRAGMA max_page_count = 1000000")
        return
    message = 'could not extend file "base/1/2": No space left on device'
    execute(
        f"CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER no_space BEFORE INSERT ON workbook_revision EXECUTE FUNCTION no_space()",
    )
    yield
    execute("DROP TRIGGER no_space ON workbook_revision", "DROP FUNCTION no_space()")


def test_a_full_disk(visitor, prompt):
    with full_disk():
        unavailable(save(visitor, prompt, "あ" * 100_000))
    assert not Response.objects.filter(prompt=prompt).exists()
    assert save(visitor, prompt, "あ" * 100_000).status_code == 200
