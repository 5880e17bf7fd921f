"""わたし, and the health check."""

import pytest
from django.db import DatabaseError

from cohorts.models import Mail, User


def test_profile_shows_what_is_ones_own(client, cast):
    client.force_login(cast.member)
    page = client.get("/profile/").text
    for address in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"):
        assert f'href="{address}"' in page
    assert 'action="/accounts/logout/"' in page
    assert "/admin/" not in page


@pytest.mark.parametrize("who", ["organizer", "facilitator"])
def test_profile_of_staff_leads_to_the_office(client, cast, who):
    client.force_login(getattr(cast, who))
    assert 'href="/admin/"' in client.get("/profile/").text


def test_profile_changes_name_and_mails(client, cast):
    client.force_login(cast.member)
    response = client.post("/profile/", {"nickname": " あおい "})
    assert response["Location"] == "/profile/"
    member = User.objects.get(pk=cast.member.pk)
    assert (member.nickname, member.mails_feedback) == ("あおい", False)


def test_profile_refuses_a_bad_name_and_keeps_the_old(client, cast):
    client.force_login(cast.member)
    response = client.post("/profile/", {"nickname": "x" * 31})
    assert response.context["form"].errors
    assert User.objects.get(pk=cast.member.pk).nickname == "member"


def test_profile_changes_nothing_else(client, cast):
    client.force_login(cast.member)
    client.post("/profile/", {"nickname": "あおい", "email": "x@example.com", "is_superuser": "1"})
    member = User.objects.get(pk=cast.member.pk)
    assert (member.email, member.is_superuser) == (cast.member.email, False)


def test_profile_needs_sign_in(client, db):
    assert client.get("/profile/")["Location"] == "/accounts/login/?next=/profile/"


def test_language_is_switched_by_a_press(client, cast):
    client.force_login(cast.member)
    response = client.post("/language/", {"language": "en", "next": "/profile/"})
    assert response["Location"] == "/profile/"
    assert '<html lang="en">' in client.get("/profile/").text


def test_profile_queries(client, cast, django_assert_num_queries):
    client.force_login(cast.member)
    with django_assert_num_queries(5):
        client.get("/profile/")


def test_healthz(client, db, django_assert_num_queries):
    with django_assert_num_queries(4):  # a savepoint, the row, and both taken back
        response = client.get("/healthz/")
    assert (response.status_code, response.text) == (200, "ok")
    assert not Mail.objects.exists()


def test_healthz_says_when_the_database_takes_no_writes(client, db, monkeypatch):
    def refuse(**fields):
        raise DatabaseError("read-only")

    monkeypatch.setattr(Mail.objects, "create", refuse)
    assert client.get("/healthz/").status_code == 503
