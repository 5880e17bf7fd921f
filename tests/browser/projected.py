"""What the tests of a session's room share, as who facilitates it projects it."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Locator, Page

from cohorts.models import User
from tests.cast import Cast, join, make_user, prompt_of, write
from workbook.models import Readers, Response

PROJECTED = {"width": 1280, "height": 720}
POLL = 6_000
"""Within so many milliseconds what is new is on every page: the next poll, on a machine that is busy."""

SHORT = "お礼のメールに、相手の言葉を引用した。"


def opened(page: Page, sign_in: Callable, user: User, cast: Cast) -> Page:
    """The room of the first week, as this user has it."""
    sign_in(page, user)
    page.goto(reverse("workbook:room", args=[cast.cohort.slug, 1]))
    page.locator("[data-taken]").wait_for()
    return page


def add(cast: Cast, name: str, text: str, readers: Readers = Readers.GROUP) -> Response:
    """Somebody new in the group, with a text to the question."""
    return write(join(cast.cohort, make_user(name)), prompt_of(cast.cohort), text, readers)


def cards(page: Page) -> Locator:
    return page.locator("[data-card]")


def card(page: Page, text: str) -> Locator:
    return page.locator("[data-card]", has_text=text)


def middle(page: Page) -> Locator:
    return page.locator("[data-middle]")


def menu(page: Page, number: int) -> Locator:
    """Opens a menu of the bar: questions, looks, timer, people."""
    page.locator("[data-menu] > summary").nth(number).click()
    return page.locator("[data-menu]").nth(number)
