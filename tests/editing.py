"""An organizer at the workbook's editor, without a browser."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from cohorts.models import Cohort
from tests.cast import Cast
from workbook.models import Section, Week


def address_of(cohort: Cohort) -> str:
    return f"/admin/cohorts/cohort/{cohort.pk}/editor/"


def typed(response: HttpResponse) -> dict[str, str]:
    """What the shown page would send."""
    page = response.context["page"]
    return {"state": page.state, **page.mine.values}


class Editor:
    """An organizer at the page: she opens it, types, presses buttons, saves."""

    def __init__(self, client: Client, cohort: Cohort) -> None:
        self.client, self.address = client, address_of(cohort)
        self.open()

    def open(self) -> None:
        self.page = self.client.get(self.address)
        self.data = typed(self.page)

    def press(self, button: str, value: Any = "1", **changes: str) -> HttpResponse:
        self.page = self.client.post(self.address, {**self.data, **changes, button: value})
        if self.page.status_code == 200 and button != "preview":
            self.data = typed(self.page)
        return self.page

    def save(self, **changes: str) -> HttpResponse:
        return self.press("save", **changes)

    @property
    def text(self) -> str:
        return self.page.content.decode()


def week_of(cast: Cast, number: int = 2) -> Week:
    return Week.objects.get(cohort=cast.cohort, number=number)


def page_of(week: Week) -> str:
    """The week's own page in the office."""
    return f"/admin/workbook/week/{week.pk}/change/"


def part_of(cast: Cast, kind: str = "reflection", number: int = 2) -> Section:
    return week_of(cast, number).sections.get(kind=kind)


def asked(cast: Cast, kind: str = "reflection", number: int = 2) -> list[str]:
    return [prompt.text for prompt in part_of(cast, kind, number).prompts.all()]
