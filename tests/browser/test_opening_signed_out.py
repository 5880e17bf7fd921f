"""The page that opens a cohort while nobody, or somebody else, is signed in: nothing typed is lost or goes astray."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import expect

from cohorts.models import Cohort, Invitation
from tests.browser.axe import findings_in_both, fits
from tests.browser.opening import ADD, NAME, PEOPLE, SECOND, begin, kept_of, press_open, session, wait_until_kept
from workbook.tests.test_admin_opening import PAGE

WORDS = "はな hana@example.com"


@pytest.fixture(autouse=True)
def no_codes_asked_for_before(db):
    """The limits of sign-in outlive a test: they stand in the cache."""
    cache.clear()


@pytest.fixture
def opening(desk, cast, sign_in):
    """The page, filled in, and its dates laid out."""
    sign_in(desk, cast.organizer)
    desk.goto(ADD)
    begin(desk)
    desk.get_by_label(PEOPLE).fill(WORDS)
    expect(session(desk, 2)).to_have_value(SECOND)
    wait_until_kept(desk, cast.organizer, people=WORDS)
    return desk


def sign_out():
    Session.objects.all().delete()


def dialog(page):
    return page.locator("[data-signin]")


def told(page):
    return page.locator("[data-press-status]")


def sentence(page, name):
    """What the page has to say, in the words of its language."""
    return page.locator("[data-follow]").get_attribute(f"data-{name}")


def enter_code(page, mails):
    dialog(page).get_by_role("button", name="コードを受け取る", exact=True).click()
    expect(dialog(page).get_by_label("コード")).to_be_focused()
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", mails[-1].body, re.M)[0]
    dialog(page).get_by_label("コード").fill(code)
    dialog(page).get_by_role("button", name="ログイン", exact=True).click()


def expect_opened(page):
    page.wait_for_url("**/change/")
    cohort = Cohort.objects.get(name=NAME)
    assert Invitation.objects.get(cohort=cohort, role="member").email == "hana@example.com"
    return cohort


def test_the_button_asks_to_sign_in_and_then_opens(opening, mailoutbox):
    sign_out()
    press_open(opening)
    expect(dialog(opening)).to_be_visible()
    assert findings_in_both(opening) == {}
    assert all(fits(opening, width) for width in (360, 768, 1280))
    enter_code(opening, mailoutbox)
    expect_opened(opening)


def test_a_file_that_was_chosen_comes_along(opening, cast, mailoutbox):
    opening.locator("summary", has_text="くわしく").click()
    file = {"name": "page.md", "mimeType": "text/markdown", "buffer": PAGE.encode()}
    opening.get_by_label("問いをどこから").select_option("file")
    opening.locator("input[type=file]").set_input_files(file)
    expect(opening.locator("[data-field=file]")).to_contain_text(["", "page.md"])
    expect(opening.locator(".weeks > li")).to_have_count(2)
    sign_out()
    press_open(opening)
    enter_code(opening, mailoutbox)
    assert expect_opened(opening).weeks.first().theme == "たねをまく"


def test_typing_asks_to_sign_in_and_goes_on(opening, cast, mailoutbox):
    sign_out()
    opening.get_by_label("最初のセッション").fill("2026-12-16T19:00")
    expect(dialog(opening)).to_be_visible()
    enter_code(opening, mailoutbox)
    expect(dialog(opening)).to_be_hidden()
    expect(session(opening, 2)).to_have_value("2026-12-23T19:00")
    wait_until_kept(opening, cast.organizer, people=WORDS, first_session="2026-12-16T19:00")
    press_open(opening)
    expect_opened(opening)


def test_later_says_so_and_asks_again(opening, mailoutbox):
    sign_out()
    for _ in range(2):
        press_open(opening)
        expect(dialog(opening)).to_be_visible()
        opening.keyboard.press("Escape")
        expect(told(opening)).to_have_text(sentence(opening, "signed-out"))
        expect(told(opening)).to_be_in_viewport()
    expect(opening.get_by_label(PEOPLE)).to_have_value(WORDS)
    assert mailoutbox == []
    assert not Cohort.objects.filter(name=NAME).exists()
    press_open(opening)
    enter_code(opening, mailoutbox)
    expect_opened(opening)


def test_leaving_while_signed_out_is_asked_about(opening):
    sign_out()
    press_open(opening)
    expect(dialog(opening)).to_be_visible()
    opening.keyboard.press("Escape")
    expect(told(opening)).to_have_text(sentence(opening, "signed-out"))
    with opening.expect_event("dialog") as asked:
        opening.on("dialog", lambda dialog: dialog.dismiss())
        opening.evaluate("setTimeout(() => location.assign('/admin/'))")
    assert asked.value.type == "beforeunload"
    expect(opening.get_by_label(PEOPLE)).to_have_value(WORDS)


def test_somebody_else_sends_nothing(opening, cast, sign_in):
    cast.other_facilitator.is_superuser = True
    cast.other_facilitator.save()
    sign_in(opening, cast.other_facilitator)
    press_open(opening)
    expect(dialog(opening).get_by_text("ほかの方がこのブラウザでログインしています")).to_be_visible()
    opening.keyboard.press("Escape")
    expect(told(opening)).to_have_text(sentence(opening, "somebody-else"))
    expect(opening.get_by_label(PEOPLE)).to_have_value(WORDS)
    assert kept_of(cast.other_facilitator) == {}
    assert not Cohort.objects.filter(name=NAME).exists()
    sign_in(opening, cast.organizer)
    press_open(opening)
    expect_opened(opening)


def test_signed_in_again_in_another_tab(opening, cast, sign_in):
    """The token is another one, and what was kept is gone."""
    sign_out()
    sign_in(opening, cast.organizer)
    cookie = next(cookie for cookie in opening.context.cookies() if cookie["name"] == "csrftoken")
    opening.context.add_cookies([{**cookie, "value": cookie["value"][::-1]}])
    opening.get_by_label("最初のセッション").fill("2026-12-16T19:00")
    expect(session(opening, 2)).to_have_value("2026-12-23T19:00")
    wait_until_kept(opening, cast.organizer, people=WORDS, first_session="2026-12-16T19:00")
    opening.context.add_cookies([cookie])
    press_open(opening)
    expect_opened(opening)


def test_without_an_answer_the_page_stays(opening):
    opening.route("**/session/", lambda route: route.abort("connectionreset"))
    press_open(opening)
    expect(told(opening)).to_have_text(sentence(opening, "unreachable"))
    expect(opening.get_by_label(PEOPLE)).to_have_value(WORDS)
    assert not Cohort.objects.filter(name=NAME).exists()
    opening.unroute("**/session/")
    press_open(opening)
    expect_opened(opening)


def test_moving_dates_asks_to_sign_in_too(desk, cast, sign_in, mailoutbox):
    sign_in(desk, cast.organizer)
    desk.goto(f"/admin/cohorts/cohort/{cast.cohort.pk}/dates/")
    session(desk, 4).fill("2040-01-05T20:00")
    expect(desk.locator(".moved .before")).not_to_have_count(0)
    sign_out()
    desk.get_by_role("button", name="この日程にする").click()
    enter_code(desk, mailoutbox)
    expect(desk.locator(".messagelist")).to_contain_text("日程を変えました")
