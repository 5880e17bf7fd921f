"""A cohort in a minute: from the sign-in page to an open cohort with twelve invitations, at the pace of a calm hand.

The clock counts what a person needs, at six signs a second and a second's thought before each click, and the real time
in which she waits for the pages.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from cohorts.models import Cohort, Mail

SIGNS_A_SECOND = 6
THOUGHT = 1.0
TAB = 0.3
PASTED = "\n".join(f"メンバー{number}\tmember{number}@example.net" for number in range(1, 13))


@dataclass
class Hand:
    """Counts clicks, fields and seconds."""

    page: Page
    seconds: float = 0.0
    clicks: int = 0
    fields: int = 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        self.seconds += THOUGHT
        self._wait(target.click)

    def go(self, path: str) -> None:
        self._wait(lambda: self.page.goto(path))

    def enter(self, field: Locator, text: str, signs: int | None = None) -> None:
        """Type; the field before it is left by Tab. `signs`: how many keys that takes, if not one for each sign."""
        self.fields += 1
        self.seconds += TAB + (len(text) if signs is None else signs) / SIGNS_A_SECOND
        field.fill(text)

    def paste(self, field: Locator, text: str) -> None:
        """Ctrl and V, after a moment's thought; it counts as a click."""
        self.clicks += 1
        self.seconds += THOUGHT
        self.enter(field, text, signs=2)

    def _wait(self, deed) -> None:
        began = time.monotonic()
        deed()
        self.page.wait_for_load_state()
        self.seconds += time.monotonic() - began


def test_a_cohort_in_a_minute(desk, cast, record_property):
    cast.organizer.set_password("tane-wo-maku-hito")
    cast.organizer.save()
    day = timezone.localtime() + timedelta(days=20)
    first, last = (at.strftime("%Y-%m-%dT21:00") for at in (day, day + timedelta(weeks=3)))
    hand = Hand(desk)

    hand.go("/accounts/login/?next=/admin/")
    hand.click(desk.get_by_text("パスワードでログイン"))
    hand.enter(desk.locator("#id_login"), cast.organizer.email)
    hand.enter(desk.locator("#id_password"), "tane-wo-maku-hito")
    hand.click(desk.get_by_role("button", name="ログイン", exact=True))
    before = hand.fields

    hand.click(desk.get_by_role("link", name="コホートを開く"))
    hand.enter(desk.get_by_label("名前", exact=True), "春のコホート", signs=12)
    hand.enter(desk.get_by_label("最初のセッション"), first, signs=12)
    hand.enter(desk.get_by_label("Zoom"), "https://zoom.us/j/1234567890")
    hand.paste(desk.locator("[name=people]"), PASTED)
    expect(desk.locator("[name=session-4]")).to_have_value(last)
    hand.click(desk.locator("button[name=open]"))

    desk.wait_for_url("**/change/**")
    cohort = Cohort.objects.get(name="春のコホート")
    mails = Mail.objects.filter(cohort=cohort, invitation__isnull=False, state=Mail.State.SENT)
    assert mails.filter(to__endswith="@example.net").count() == 12
    assert cohort.weeks.count() == 4
    record_property("measured", f"{hand.seconds:.0f} s, {hand.clicks} clicks, {hand.fields - before} fields")
    assert (hand.clicks <= 10, hand.fields - before <= 6, hand.seconds <= 60) == (True, True, True), hand
