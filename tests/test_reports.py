"""What operators are mailed about an error holds nothing that a member wrote."""

import sys

from django.test import RequestFactory
from django.views.debug import technical_500_response


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
