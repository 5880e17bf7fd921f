"""What operators are mailed about an error holds nothing that a member wrote, and no link that opens anything."""

import logging
import sys

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.debug import technical_500_response

from cohorts.logs import without_links
from hisho.urls import *  # noqa: F403
from hisho.urls import urlpatterns as real_urls


@login_not_required
def broken(request: HttpRequest, **parts: str) -> HttpResponse:
    raise RuntimeError("broken")


urlpatterns = [
    path("invitations/<str:token>/", broken),
    path("invitations/<str:token>/<str:proof>/", broken),
    path("accounts/password/reset/key/<str:token>/", broken),
    *real_urls,
]


def test_report_has_no_words():
    words = "-".join(["CANARY", "words"])  # put together, so that the shown source does not hold it
    request = RequestFactory().post("/prompts/1/response/", {"text": words})
    request.COOKIES["sessionid"] = words
    try:
        raise RuntimeError(len(words))
    except RuntimeError:
        report = technical_500_response(request, *sys.exc_info()).content.decode()
    assert "RuntimeError" in report
    assert words not in report


@pytest.mark.urls("tests.test_reports")
@pytest.mark.parametrize("start", ["/invitations/", "/invitations/token/", "/accounts/password/reset/key/"])
def test_report_has_no_open_link(db, settings, caplog, start):
    settings.ADMINS = [("", "operator@example.com")]
    secret = "CANARY-" + "5ec3e7"
    headers = {"referer": f"http://testserver{start}{secret}/"}
    Client(raise_request_exception=False).get(f"{start}{secret}/?next={start}{secret}/", headers=headers)
    assert [message.to for message in mail.outbox] == [["operator@example.com"]]
    report = str(mail.outbox[0].message())
    assert "RuntimeError" in report
    assert secret not in report
    assert secret not in mail.outbox[0].subject + mail.outbox[0].body
    assert not [record for record in caplog.records if secret in record.getMessage()]


def test_only_our_handlers_mail():
    """Django's own would mail the link as it stands."""
    assert [type(handler).__name__ for handler in logging.getLogger("django").handlers] == ["AdminEmailHandler"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET /invitations/abc/def/?x=1 200", "GET /invitations/…?x=1 200"),
        ("next=%2Finvitations%2Fabc%2F&a=b", "next=%2Finvitations%2F…&a=b"),
        ("'/accounts/password/reset/key/1-abc/'", "'/accounts/password/reset/key/…'"),
        ("/accounts/password/reset/", "/accounts/password/reset/"),
        ("/admin/cohorts/invitation/", "/admin/cohorts/invitation/"),
    ],
)
def test_links_are_cut(text, left):
    assert without_links(text) == left
