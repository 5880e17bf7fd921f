"""Mails of one kind are switched off by one press, without signing in, and by nothing less."""

import re

import pytest
from django.test import Client

from cohorts.logs import without_links
from cohorts.models import User
from cohorts.stopping import KINDS, field_of, stop_token, stop_url


def address(user, kind="session"):
    return stop_url(user, kind).removeprefix("http://testserver")


def switches(user):
    user = User.objects.get(pk=user.pk)
    return {str(kind): getattr(user, field_of(kind)) for kind in KINDS}


ALL_ON = {"begins": True, "session": True, "summary": True, "feedback": True}


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, cast, method):
    assert getattr(client, method)(address(cast.member)).status_code == 200
    assert switches(cast.member) == ALL_ON


@pytest.mark.parametrize("method", ["options", "put", "delete"])
def test_other_methods_change_nothing(client, cast, method):
    assert getattr(client, method)(address(cast.member)).status_code == 405
    assert switches(cast.member) == ALL_ON


@pytest.mark.parametrize("kind", sorted(ALL_ON))
def test_one_press_stops_one_kind_of_one_person(client, cast, kind):
    page = client.post(address(cast.member, kind), {"off": "1"})
    assert page.status_code == 200
    assert switches(cast.member) == {**ALL_ON, kind: False}
    assert switches(cast.colleague) == ALL_ON
    assert 'name="on"' in page.text
    assert 'name="on"' in client.get(address(cast.member, kind)).text


def test_mail_program_presses_the_button(cast):
    """RFC 8058: a POST without cookies, which is not led on to another page."""
    program = Client(enforce_csrf_checks=True)
    answer = program.post(address(cast.member), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert switches(cast.member)["session"] is False


def test_pressing_twice_is_pressing_once(client, cast):
    for _press in range(2):
        client.post(address(cast.member))
    assert switches(cast.member) == {**ALL_ON, "session": False}


def test_on_again(client, cast):
    client.post(address(cast.member))
    assert 'name="off"' in client.post(address(cast.member), {"on": "1"}).text
    assert switches(cast.member) == ALL_ON


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: token + "x"])
def test_token_that_is_not_whole_does_nothing(client, cast, change):
    path = address(cast.member).replace(stop_token(cast.member, "session"), change(stop_token(cast.member, "session")))
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert switches(cast.member) == ALL_ON


def test_token_of_somebody_who_is_gone(client, db):
    gone = User.objects.create_user("gone@example.com", nickname="gone")
    path = address(gone)
    gone.delete()
    assert client.post(path).status_code == 404


def test_the_link_opens_nothing_else(client, cast):
    client.post(address(cast.member))
    assert client.get("/profile/")["Location"].startswith("/accounts/login/")
    page = client.get(address(cast.member))
    assert cast.member.email not in page.text
    assert page["Referrer-Policy"] == "no-referrer"


def test_the_link_stands_in_no_log(cast):
    token = stop_token(cast.member, "session")
    assert token not in without_links(f"GET {address(cast.member)} HTTP/1.1")
    assert token not in without_links(f"/accounts/login/?next=%2Fmails%2Foff%2F{token}%2F")


@pytest.mark.parametrize(("signed_in", "queries"), [(False, 1), (True, 4)])
def test_queries(client, cast, signed_in, queries, django_assert_num_queries):
    if signed_in:
        client.force_login(cast.member)
    with django_assert_num_queries(queries):
        client.get(address(cast.member))
    with django_assert_num_queries(queries + 1):
        client.post(address(cast.member))


def test_every_kind_has_a_switch_under_me(client, cast):
    client.force_login(cast.member)
    client.post("/profile/", {"nickname": "あおい", "mails_summary": "on"})
    assert switches(cast.member) == {"begins": False, "session": False, "summary": True, "feedback": False}


def on_page(client):
    """The fields of わたし as a browser that has the page open would send them."""
    response = client.get("/profile/")
    form = response.context["form"]
    shown = {name: "on" for name in form.fields if name.startswith("mails_") and form[name].value()}
    inputs = re.findall(r'<input type="hidden" name="(initial-mails_\w+)" value="(\w+)"', response.text)
    assert len(inputs) == 4
    return {"nickname": form["nickname"].value(), **shown, **dict(inputs)}


def test_an_old_page_of_me_does_not_switch_on_again(client, cast):
    client.force_login(cast.member)
    page = on_page(client)
    Client().post(address(cast.member, "session"), {"List-Unsubscribe": "One-Click"})
    del page["mails_summary"]
    client.post("/profile/", {**page, "nickname": "あおい"})
    assert switches(cast.member) == {"begins": True, "session": False, "summary": False, "feedback": True}
    client.post("/profile/", {**on_page(client), "mails_session": "on"})
    assert switches(cast.member) == {"begins": True, "session": True, "summary": False, "feedback": True}


def test_a_bad_name_keeps_what_the_page_began_with(client, cast):
    client.force_login(cast.member)
    page = on_page(client)
    del page["mails_begins"]
    refused = client.post("/profile/", {**page, "nickname": ""})
    assert 'name="initial-mails_begins" value="True"' in refused.text
    assert refused.context["form"]["mails_begins"].value() is False
    assert switches(cast.member)["begins"] is True
