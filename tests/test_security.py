"""Rules of the whole site that no single app holds: hosts, headers, languages, errors."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from hisho import errors
from hisho.urls import *  # noqa: F403
from hisho.urls import urlpatterns as real_urls
from tests.html_rules import header_faults, html_faults

LONG = 9 * 1024 * 1024


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("CANARY-in-an-error")


def silent(request: HttpRequest) -> HttpResponse:
    raise OperationalError("CANARY-in-an-error")


urlpatterns = [path("broken/", broken), path("silent/", silent), *real_urls]


def test_unknown_host_is_refused(client):
    response = client.get("/accounts/login/", headers={"host": "evil.example.com"})
    assert response.status_code == 400
    assert "evil.example.com" not in response.content.decode()


def test_unknown_page_leads_on_in_japanese(client, cast):
    client.force_login(cast.member)
    response = client.get("/no-such-page/")
    text = response.content.decode()
    assert response.status_code == 404
    assert '<html lang="ja">' in text
    assert 'href="/"' in text
    assert header_faults(response) + html_faults(text) == []


def test_forbidden_page_has_a_way_on(rf: RequestFactory):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    response = errors.forbidden(request, PermissionError())
    assert response.status_code == 403
    assert 'href="/"' in response.content.decode()


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.urls("tests.test_security")
def test_an_error_shows_nothing_of_itself(kind, method, cast, visitor):
    response = visitor.generic(method, "/broken/", "{}", content_type=kind)
    text = response.content.decode()
    assert response.status_code == 500
    assert response["Content-Type"].split(";")[0] == kind
    assert header_faults(response) == []
    for word in ("CANARY", "ZeroDivisionError", "test_security", cast.member.email):
        assert word not in text


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.urls("tests.test_security")
def test_a_silent_database_is_no_fault_of_ours(kind, visitor):
    """503 says that trying again will help; the page then sends the words again by itself."""
    response = visitor.post("/silent/", "{}", content_type=kind)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response["Content-Type"].split(";")[0] == kind
    assert header_faults(response) == []
    assert "CANARY" not in response.content.decode()
    if kind == "application/json":
        assert response.json()["message"]


@pytest.mark.urls("tests.test_security")
def test_the_error_page_stands_alone(visitor, django_assert_num_queries):
    response = visitor.get("/broken/")
    text = response.content.decode()
    assert response.status_code == 500
    assert '<html lang="ja">' in text
    assert "CANARY" not in text
    assert header_faults(response) + html_faults(text) == []
    with django_assert_num_queries(0):
        errors.server_error(RequestFactory().get("/"))


def test_missing_token_is_explained(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    page = client.post("/preview/", {"text": "あ"})
    assert page.status_code == 403
    assert '<html lang="ja">' in page.content.decode()
    json = client.post(f"/prompts/{cast.private.prompt_id}/response/", {}, content_type="application/json")
    assert json.status_code == 403
    assert json["Content-Type"] == "application/json"


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize("page", ["/preview/", "/cohorts/ours/weeks/2/", "/profile/"])
def test_too_much_at_once_is_413(page, checks, cast):
    """Who reads the body first, the check of the form's token or the view, must make no difference."""
    client = Client(enforce_csrf_checks=checks)
    client.force_login(cast.member)
    client.cookies["csrftoken"] = "a" * 32
    plain = {"content_type": "application/x-www-form-urlencoded"}
    for response in (client.post(page, {"text": "x" * LONG}), client.post(page, "text=" + "x" * LONG, **plain)):
        text = response.content.decode()
        assert response.status_code == 413
        assert '<html lang="ja">' in text
        assert header_faults(response) + html_faults(text) == []


@pytest.mark.parametrize("checks", [True, False])
def test_too_much_in_json_is_413_in_json(checks, cast):
    client = Client(enforce_csrf_checks=checks)
    client.force_login(cast.member)
    client.cookies["csrftoken"] = token = "a" * 32
    box = f"/prompts/{cast.private.prompt_id}/response/"
    response = client.post(box, "x" * LONG, content_type="application/json", headers={"x-csrftoken": token})
    assert (response.status_code, response["Content-Type"]) == (413, "application/json")
    assert response.json()["message"]


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"), [("", "en", "ja"), ("en", "ja", "en"), ("xx", "en", "ja"), ("ja", "en", "ja")]
)
def test_language_is_the_chosen_one_not_the_browsers(client, db, cookie, accepted, language):
    if cookie:
        client.cookies["django_language"] = cookie
    text = client.get("/accounts/login/", headers={"accept-language": accepted}).content.decode()
    assert f'<html lang="{language}">' in text


def test_health_is_open_and_plain(client, db):
    response = client.get("/healthz/")
    assert (response.status_code, response.content) == (200, b"ok")
