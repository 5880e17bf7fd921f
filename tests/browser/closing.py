"""What the tests of a session's last minutes share."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page

from tests.cast import Cast
from workbook.models import Room, Week

SOON = 12_000  # the pages ask every three seconds; a busy machine answers later


def running(cast: Cast, minutes: int = 50) -> Week:
    """The second week, whose session began so long ago."""
    week = cast.cohort.weeks.get(number=2)
    week.session_at = timezone.now() - timedelta(minutes=minutes)
    week.save()
    return week


def steer(week: Week, cast: Cast, deed: str) -> Room:
    return Room.objects.steer(week.pk, cast.facilitator, deed)


def run_out(week: Week) -> None:
    """The three minutes are over by now."""
    now = timezone.now()
    Room.objects.filter(week=week).update(closing_at=now - timedelta(minutes=3), closing_ends_at=now)


def open_sheet(page: Page, week: Week, fragment: str = "") -> Page:
    page.goto(f"{week.get_absolute_url()}{fragment}")
    page.locator("form[data-ready]").wait_for()
    return page


def bar(page: Page) -> Locator:
    return page.locator(".closing")


def shown(page: Page) -> None:
    """Until the bar is there, and the page has stopped moving."""
    page.locator(".closing:visible").wait_for(timeout=SOON)
    page.evaluate(SETTLED)


def where(page: Page) -> list[float]:
    """How far the page is scrolled, at rest, and where on the screen that stands which has the focus."""
    page.evaluate(SETTLED)
    return page.evaluate("[scrollY, document.activeElement.getBoundingClientRect().top]")


SETTLED = """() => new Promise((resolve) => {
  let last = -1;
  const look = () => {
    if (scrollY === last) return resolve();
    last = scrollY;
    setTimeout(look, 200);
  };
  look();
})"""
IN_VIEW = """(name) => {
  const { top } = document.querySelector(`[data-kind="${name}"]`).getBoundingClientRect();
  return top >= 0 && top < innerHeight / 2;
}"""
