"""Opening a cohort and moving its dates, in a browser: the page follows what is typed and loses nothing of it."""

import re
from datetime import timedelta

import pytest
from django.core.signals import request_started
from django.utils import timezone
from playwright.sync_api import expect

from cohorts.models import Cohort, Invitation
from tests.browser.axe import findings_in_both, fits
from tests.browser.opening import ADD, OPEN, PEOPLE, PREVIEW, begin, press_open, session, wait_until_kept
from tests.browser.test_storage import eventually
from tests.cast import join, make_cohort


@pytest.fixture
def opening(desk, cast, sign_in):
    """The page to open a cohort, as a copy of the newest run."""
    sign_in(desk, cast.organizer)
    desk.goto(ADD)
    return desk


LEAVE = (
    "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
    "document.dispatchEvent(new Event('visibilitychange')); dispatchEvent(new Event('pagehide'))"
)
TYPE = "document.querySelector('#id_people').dispatchEvent(new Event('input', { bubbles: true }))"


def test_the_dates_follow_what_is_typed(opening):
    begin(opening)
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    expect(opening.locator("#week-3 .warnings")).to_contain_text("年末年始")
    session(opening, 3).fill("2027-01-05T20:00")
    expect(opening.locator("#week-3 .warnings")).to_have_count(0)
    expect(session(opening, 3)).to_be_focused()
    begin(opening, "2026-12-16T19:00")
    expect(session(opening, 2)).to_have_value("2026-12-23T19:00")
    expect(session(opening, 3)).to_have_value("2027-01-05T20:00")
    opening.locator("#week-3 [data-reset]").click()
    expect(session(opening, 3)).to_have_value("2026-12-30T19:00")
    expect(opening.locator("#week-3 [data-reset]")).to_have_count(0)
    assert Cohort.objects.count() == 2


def test_what_is_typed_before_the_script_came_counts(desk, cast, sign_in):
    sign_in(desk, cast.organizer)
    held = []

    def hold(route):
        held.append(route)

    desk.route(re.compile(r"/js/admin/opening"), hold)
    desk.goto(ADD, wait_until="commit")
    begin(desk)
    eventually(desk, lambda: held)
    held[0].continue_()
    expect(session(desk, 2)).to_have_value("2026-12-24T21:00")


def test_a_cohort_with_its_people_on_one_page(opening, cast):
    join(cast.other, cast.facilitator, "facilitator")
    opening.reload()
    begin(opening)
    opening.get_by_label(PEOPLE).fill("\n".join(f"p{number}@example.com" for number in range(12)))
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    opening.get_by_role("button", name=OPEN, exact=True).dblclick()
    opening.wait_for_url("**/change/")
    cohort = Cohort.objects.get(name="春のコホート")
    assert Invitation.objects.filter(cohort=cohort, role="member").count() == 12
    assert set(cohort.memberships.values_list("user", "role")) == {
        (user.pk, "facilitator") for user in (cast.facilitator, cast.other_facilitator)
    }
    opening.goto(ADD)
    expect(opening.get_by_label("名前")).to_have_value("")


def test_another_run_brings_its_people_and_its_dates(opening, cast):
    make_cohort("two", weeks=2)
    opening.reload()
    begin(opening)
    expect(opening.locator(".weeks > li")).to_have_count(2)
    opening.locator("summary", has_text="くわしく").click()
    opening.get_by_label("問いをどこから").select_option(str(cast.cohort.pk))
    expect(opening.locator(".weeks > li")).to_have_count(4)
    expect(opening.get_by_label(cast.facilitator.nickname)).to_be_checked()
    opening.get_by_label("時間帯").fill("Europe/Berlin")
    expect(opening.locator("#week-1 .when")).to_contain_text("21:00")


def test_what_is_typed_survives(opening, cast):
    begin(opening)
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    opening.get_by_label(PEOPLE).fill("はな hana@example.com")
    opening.goto("/admin/")
    wait_until_kept(opening, cast.organizer, people="はな hana@example.com")  # the last request outlives its page
    opening.go_back()
    opening.goto(ADD)
    expect(opening.get_by_label(PEOPLE)).to_have_value("はな hana@example.com")
    expect(opening.get_by_label("名前")).to_have_value("春のコホート")
    opening.get_by_role("button", name="はじめから書く").click()
    expect(opening.get_by_label("名前")).to_have_value("")


def test_going_to_another_tab_keeps_what_is_typed_once(opening, cast):
    begin(opening)
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    wait_until_kept(opening, cast.organizer, name="春のコホート")
    asked = []

    def note(environ, **_):
        asked.append(environ["PATH_INFO"])

    request_started.connect(note)
    opening.evaluate(LEAVE)
    opening.evaluate(f"document.querySelector('#id_people').value = 'はな hana@example.com'; {TYPE}; {LEAVE}")
    wait_until_kept(opening, cast.organizer, people="はな hana@example.com")
    opening.evaluate(LEAVE)
    opening.goto("/admin/")
    opening.wait_for_timeout(600)
    assert asked.count("/admin/cohorts/cohort/preview/") == 1


def test_enter_in_a_field_shows_the_dates_and_stays(opening):
    begin(opening)
    opening.evaluate("window.isSame = true")
    opening.get_by_label("名前").press("Enter")
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    assert opening.evaluate("window.isSame")


def test_back_to_a_refused_form_and_reloading_it_are_harmless(opening):
    begin(opening)
    opening.get_by_label(PEOPLE).fill("ハナさん")
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    press_open(opening)
    errors = opening.locator("[data-field=people] .errorlist")
    expect(errors).to_contain_text("ハナさん")
    opening.reload()
    expect(errors).to_contain_text("ハナさん")
    opening.goto("/admin/")
    opening.go_back()
    expect(errors).to_contain_text("ハナさん")
    opening.go_back()
    expect(opening.get_by_label(PEOPLE)).to_have_value("ハナさん")
    expect(errors).to_have_count(0)
    opening.get_by_label(PEOPLE).fill("hana@example.com")
    press_open(opening)
    opening.wait_for_url("**/change/")


def test_what_reaches_the_server_after_the_button_is_not_kept(opening):
    asked = []
    opening.on("request", lambda request: request.url.endswith("/preview/") and asked.append(request))
    begin(opening)
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    opening.get_by_label(PEOPLE).fill("ハナさん")
    press_open(opening)
    expect(opening.locator("[data-field=people] .errorlist")).to_contain_text("ハナさん")
    late = asked[0]
    sent = {"data": late.post_data_buffer, "headers": {"Content-Type": late.headers["content-type"]}}
    assert opening.request.post(late.url, **sent).ok
    opening.reload()
    expect(opening.get_by_label(PEOPLE)).to_have_value("ハナさん")
    expect(opening.get_by_label("名前")).to_have_value("春のコホート")


def test_without_the_server_nothing_typed_is_lost(opening):
    opening.route(PREVIEW, lambda route: route.abort("connectionreset"))
    opening.get_by_label("名前").fill("春のコホート")
    expect(opening.locator("[data-follow-status]")).to_contain_text("いまは日程を計算できませんでした")
    expect(opening.get_by_label("名前")).to_have_value("春のコホート")
    opening.unroute(PREVIEW)
    begin(opening)
    expect(session(opening, 2)).to_have_value("2026-12-24T21:00")
    expect(opening.locator("[data-follow-status]")).to_contain_text("全4回")


def test_sessions_are_moved_with_a_look_at_before_and_after(desk, cast, sign_in):
    sign_in(desk, cast.organizer)
    desk.goto(f"/admin/cohorts/cohort/{cast.cohort.pk}/dates/")
    third, fourth = (cast.cohort.weeks.get(number=number).session_at for number in (3, 4))
    new = timezone.localtime(third + timedelta(days=1)).replace(second=0, microsecond=0)
    session(desk, 3).fill(new.strftime("%Y-%m-%dT%H:%M"))
    expect(desk.locator(".moved .before")).to_have_count(4)
    desk.get_by_label("変えた回だけ動かす").check()
    expect(desk.locator(".moved .before")).to_have_count(2)
    desk.get_by_role("button", name="この日程にする").click()
    expect(desk.locator(".messagelist")).to_contain_text("日程を変えました")
    assert cast.cohort.weeks.get(number=3).session_at == new
    assert cast.cohort.weeks.get(number=4).session_at == fourth


def test_both_pages_are_accessible_and_fit(phone, cast, sign_in):
    sign_in(phone, cast.organizer)
    phone.goto(ADD)
    begin(phone)
    expect(phone.locator(".warnings")).to_have_count(1)
    for summary in phone.locator("[data-follow] summary").all():
        summary.click()
    assert findings_in_both(phone) == {}
    assert all(fits(phone, width) for width in (360, 768, 1280))
    phone.goto(f"/admin/cohorts/cohort/{cast.cohort.pk}/dates/")
    session(phone, 3).fill("2020-01-01T10:00")
    expect(phone.locator("#week-3 .errorlist")).to_have_count(1)
    assert findings_in_both(phone) == {}
    assert all(fits(phone, width) for width in (360, 768, 1280))
