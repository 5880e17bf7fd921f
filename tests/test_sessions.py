"""Sessions: who is signed in, and for how long."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

STORE = import_module(settings.SESSION_ENGINE).SessionStore
pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    store = STORE()
    store["name"] = "なのはな"
    store.save()
    return store.session_key


def test_a_session_is_read_in_one_query(key, django_assert_num_queries):
    store = STORE(key)
    with django_assert_num_queries(1):
        assert (store["name"], store.get("other")) == ("なのはな", None)
    assert store.session_key == key


@pytest.mark.parametrize("unknown", ["a" * 32, "", "a\x00" * 16, None])
def test_an_unknown_key_is_not_kept(unknown, key):
    store = STORE(unknown)
    assert store.get("name") is None
    assert not store.session_key


def test_an_old_session_is_over(key):
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=5))
    assert STORE(key).get("name") == "なのはな"
    Session.objects.update(expire_date=F("expire_date") - timedelta(seconds=5))
    store = STORE(key)
    assert (store.get("name"), store.session_key) == (None, None)


def test_what_was_changed_by_hand_is_not_believed(key):
    Session.objects.update(session_data="eyJuYW1lIjoieCJ9:forged:forged")
    assert STORE(key).get("name") is None


def test_after_an_old_session_the_page_asks_to_sign_in(client, cast):
    client.force_login(cast.member)
    assert client.get("/").status_code == 200
    Session.objects.update(expire_date=timezone.now())
    assert client.get("/").status_code == 302
