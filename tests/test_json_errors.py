"""Whatever goes wrong with what a script asks, it gets JSON: one word for itself and a sentence for the person."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from hisho.urls import *  # noqa: F403
from hisho.urls import urlpatterns as real_urls

JSON = "application/json"
LONG = 9 * 1024 * 1024


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken), *real_urls]


@pytest.fixture
def box(cast):
    return reverse("workbook:response_save", args=[cast.private.prompt_id])


def told(answer):
    assert answer["Content-Type"] == JSON
    assert answer.json()["message"]
    return answer.status_code, answer.json()["error"]


def test_a_save_without_a_token(cast, box):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    assert told(client.post(box, {}, content_type=JSON)) == (403, "csrf")
    assert told(client.post(box, {"text": "あ"}, headers={"accept": JSON})) == (403, "csrf")
    assert told(client.post(box, {"text": "あ"})) == (403, "csrf")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("kind", [JSON, "text/plain"])
def test_a_save_by_another_method(kind, method, visitor, box):
    answer = visitor.generic(method, box, "{}", content_type=kind)
    assert (answer.status_code, answer["Content-Type"], answer["Allow"]) == (405, JSON, "POST")
    assert method == "HEAD" or told(answer) == (405, "method_not_allowed")


def test_reading_pages_of_scripts_by_another_method(visitor):
    for name, arguments in (("session", []), ("week_responses", ["ours", 2])):
        assert told(visitor.post(reverse(f"workbook:{name}", args=arguments))) == (405, "method_not_allowed")


def test_no_such_address(visitor):
    assert told(visitor.post("/no-such-page/", {}, content_type=JSON)) == (404, "not_found")
    assert told(visitor.get("/no-such-page/", headers={"accept": JSON})) == (404, "not_found")


def test_a_wrong_host(visitor, box):
    assert told(visitor.post(box, {}, content_type=JSON, headers={"host": "evil.example.com"})) == (400, "bad_request")


@pytest.mark.parametrize("kind", [JSON, "text/plain", "application/x-www-form-urlencoded"])
def test_far_too_much(kind, visitor, box):
    assert told(visitor.post(box, "x" * LONG, content_type=kind)) == (413, "too_large")


@pytest.mark.urls("tests.test_json_errors")
def test_our_own_fault(visitor):
    assert told(visitor.post("/broken/", {}, content_type=JSON)) == (500, "server_error")


def test_a_person_gets_a_page(visitor):
    answer = visitor.get("/no-such-page/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, "text/html")
