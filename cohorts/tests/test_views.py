"""わたし, and the health check."""

import re

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


def sent_by(page):
    """What the browser sends of a form as it stands, its boxes ticked or not as they came."""
    form = page.context["form"]
    ticked = {name: "on" for name, value in form.initial.items() if value is True}
    hidden = dict(re.findall(r'name="(initial-[^"]+)" value="([^"]*)"', page.text))
    return {**ticked, **hidden, "nickname": form.initial["nickname"]}


def test_an_old_page_switches_no_mail_on_again(client, cast):
    client.force_login(cast.member)
    old = sent_by(client.get("/profile/"))
    User.objects.filter(pk=cast.member.pk).update(mails_session=False)
    assert client.post("/profile/", {**old, "nickname": "あおい"}).status_code == 302
    member = User.objects.get(pk=cast.member.pk)
    assert (member.nickname, member.mails_session, member.mails_begins) == ("あおい", False, True)


@pytest.mark.parametrize("nickname", ["あおい", "x" * 31])
def test_a_mail_is_switched_off_and_on_again(client, cast, nickname):
    """Also at the second try, after a name that was refused."""
    client.force_login(cast.member)
    off = sent_by(client.get("/profile/"))
    del off["mails_session"]
    page = client.post("/profile/", {**off, "nickname": nickname})
    if page.status_code == 200:
        hidden = dict(re.findall(r'name="(initial-[^"]+)" value="([^"]*)"', page.text))
        assert {name: off[name] for name in hidden} == hidden != {}
        client.post("/profile/", off)
    assert not User.objects.get(pk=cast.member.pk).mails_session
    client.post("/profile/", {**sent_by(client.get("/profile/")), "mails_session": "on"})
    assert User.objects.get(pk=cast.member.pk).mails_session


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
