"""What the tests of the opening page share: filling it in, pressing its button, looking at what the server keeps."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page

from cohorts.models import User
from tests.browser.offline import wait_until

ADD = "/admin/cohorts/cohort/add/"
PREVIEW = "**/admin/cohorts/cohort/preview/"
FIRST = "2026-12-17T21:00"
SECOND = "2026-12-24T21:00"
OPEN, PEOPLE = "開く", "メンバーのメールアドレス"
NAME = "春のコホート"


def session(page: Page, number: int) -> Locator:
    """The box of one week's date."""
    return page.locator(f"#session-{number}")


def begin(page: Page, first: str = FIRST) -> None:
    page.get_by_label("名前").fill(NAME)
    page.get_by_label("最初のセッション").fill(first)


def press_open(page: Page) -> None:
    page.get_by_role("button", name=OPEN, exact=True).click()


def kept_of(user: User) -> dict[str, list[str]]:
    """What the sessions of this user hold of the form."""
    sessions = [session.get_decoded() for session in Session.objects.all()]
    drafts = [data.get("opening", {}) for data in sessions if data.get(SESSION_KEY) == str(user.pk)]
    return {name: values for draft in drafts for name, values in draft.items()}


def wait_until_kept(page: Page, user: User, **words: str) -> None:
    """The server has these words, whatever becomes of the page."""
    wait_until(page, lambda: words.items() <= {name: values[0] for name, values in kept_of(user).items()}.items())
