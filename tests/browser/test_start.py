"""The organizers' start page with everything that may stand on it: in both themes, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cohorts.models import Cohort, Invitation, Mail, Membership
from tests.browser.axe import findings_in_both, fits
from tests.cast import add_weeks, join, make_cohort, make_user


@pytest.fixture
def salon(cast):
    """A run with all there is to say, one to come, one of seven weeks, and more finished ones than fit on a page."""
    now = timezone.now()
    Membership.objects.update(joined_at=now - timedelta(days=5))
    Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=cast.organizer)
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
    Mail.objects.create(
        key="k", kind="invitation", to="new@example.com", cohort=cast.cohort, invitation=invitation, state="failed"
    )
    coming = Cohort.objects.create(name="これからの会", slug="coming")
    add_weeks(coming, {number: now + timedelta(days=20 + 7 * number) for number in range(1, 5)})
    long = make_cohort("long", weeks=7)
    join(long, make_user("somebody"))
    for number in range(11):
        past = Cohort.objects.create(name=f"終わった会{number}", slug=f"past{number}")
        add_weeks(past, {1: now - timedelta(days=60 + number)})
    return cast


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_everything_fits_and_can_be_read(new_page, salon, sign_in, width):
    page = new_page(viewport={"width": width, "height": 800})
    sign_in(page, salon.organizer)
    page.goto("/admin/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert fits(page, width)
    assert findings_in_both(page) == {}
    small = """[...document.querySelectorAll(".desk :is(a.button, summary, .runs a, button)")]
      .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.textContent)"""
    assert page.evaluate(small) == []


def test_the_text_for_the_chat_can_be_copied(desk, salon, sign_in):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(desk, salon.organizer)
    desk.goto("/admin/")
    card = desk.get_by_role("region", name="コホートours")
    card.locator("summary").click()
    card.get_by_role("button", name="コピー").click()
    expect(card.get_by_role("button", name="コピーしました")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == card.get_by_role("textbox").input_value()
    assert copied.endswith("/cohorts/ours/weeks/2/")
    assert "zoom" not in copied


def test_without_scripts_the_text_is_there_to_select(plain_page, salon, sign_in):
    sign_in(plain_page, salon.organizer)
    plain_page.goto("/admin/")
    card = plain_page.get_by_role("region", name="コホートours")
    card.locator("summary").click()
    assert card.get_by_role("textbox").input_value().endswith("/cohorts/ours/weeks/2/")
    expect(card.get_by_role("button", name="コピー")).to_be_hidden()


def test_older_ones_are_one_press_away(phone, salon, sign_in):
    sign_in(phone, salon.organizer)
    phone.goto("/admin/")
    expect(phone.get_by_role("link", name="終わった会0")).to_be_visible()
    expect(phone.get_by_role("link", name="終わった会10")).to_have_count(0)
    phone.locator("#finished nav a").click()
    expect(phone.get_by_role("link", name="終わった会10")).to_be_visible()
