"""Pages of the workbook."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def _stub(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("")


today = cohort_detail = week_detail = words = words_download = _stub
response_save = response_outcome = feedback_thanks = preview = privacy = _stub
