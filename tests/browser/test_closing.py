"""おわりの3分: open pages turn to the summary; who writes is left alone; nothing locks when the time is up."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cohorts.models import Membership
from tests.browser.axe import findings_in_both
from tests.browser.closing import IN_VIEW, SOON, bar, open_sheet, run_out, running, shown, steer, where
from tests.browser.office import compose
from tests.browser.test_worksheet import SAVED, line
from tests.cast import prompt_of, write
from workbook.models import Readers, Response, Section

TIME = re.compile(r"^[23]:\d\d$")
POLLS = "**/session/state/**"
COUNTED = """
  const [begin, end] = [setInterval, clearInterval];
  window.counting = new Set();
  window.setInterval = (...how) => { const id = begin(...how); counting.add(id); return id; };
  window.clearInterval = (id) => { counting.delete(id); end(id); };
"""


@pytest.fixture
def week(cast):
    return running(cast)


@pytest.fixture
def notes(cast, week):
    """The box for the session's notes, with enough in it to scroll."""
    prompt = prompt_of(cast.cohort, 2, Section.Kind.SESSION_NOTES)
    write(cast.membership, prompt, "\n".join(f"- きいたこと{number}" for number in range(12)))
    return prompt


@pytest.fixture
def member(phone: Page, cast, sign_in, notes):
    sign_in(phone, cast.member)
    return phone


def test_an_open_sheet_turns_once(member, cast, week):
    open_sheet(member, week)
    expect(bar(member)).to_be_hidden()
    steer(week, cast, "close")
    shown(member)
    assert member.evaluate(IN_VIEW, "summary")
    expect(member.locator("[data-left]")).to_have_text(TIME)
    expect(member.locator("[data-step=summary]")).to_have_attribute("aria-current", "step")
    assert member.evaluate("document.activeElement.tagName") == "SECTION"
    assert findings_in_both(member) == {}

    member.locator("[data-step=action]").tap()
    expect(member.locator("[data-step=action]")).to_have_attribute("aria-current", "step")
    expect(member.locator('[data-kind="action"] details.lines')).to_have_attribute("open", "")
    # As a hand does it: until then the page holds its place while it still opens.
    member.evaluate("dispatchEvent(new Event('wheel')); scrollTo({ top: 0, behavior: 'instant' })")
    steer(week, cast, "close_more")
    expect(member.locator("[data-left]")).to_have_text(re.compile(r"^3:[3-5]\d$"), timeout=SOON)
    assert member.evaluate("scrollY") == 0

    steer(week, cast, "close_end")
    expect(bar(member)).to_be_hidden(timeout=SOON)
    expect(member.locator(".weeks")).to_be_visible()


def test_who_writes_is_left_alone(member, cast, week, notes):
    open_sheet(member, week)
    field = member.locator(f"#text-{notes.pk}")
    field.focus()
    field.evaluate("field => field.setSelectionRange(8, 8)")
    compose(member, "きょう")
    before = where(member)
    steer(week, cast, "close")
    shown(member)
    assert where(member) == before
    expect(field).to_be_focused()
    assert field.evaluate("field => field.value.slice(8, 11)") == "きょう"
    assert field.evaluate("field => field.selectionEnd") == 11
    member.locator("[data-step=summary]").tap()
    member.wait_for_function(IN_VIEW, arg="summary")
    expect(field).not_to_be_focused()
    expect(line(member)).to_have_text(SAVED)
    assert "きょう" in Response.objects.get(prompt=notes).text


def test_nothing_locks_when_the_time_is_up(member, cast, week):
    open_sheet(member, week)
    steer(week, cast, "close")
    shown(member)
    run_out(week)
    expect(member.locator("[data-over]").last).to_be_visible(timeout=SOON)
    expect(member.locator("[data-left]")).to_be_hidden()
    summary = prompt_of(cast.cohort, 2, Section.Kind.SUMMARY)
    member.locator(f"#text-{summary.pk}").fill("まだ書いています")
    expect(line(member)).to_have_text(SAVED)
    assert Response.objects.get(prompt=summary).text == "まだ書いています"


@pytest.mark.parametrize("path", ["/", "/cohorts/ours/", "/cohorts/ours/words/"])
def test_other_pages_lead_there_once(member, cast, week, path):
    member.goto(path)
    steer(week, cast, "close")
    member.wait_for_url("**/weeks/2/#closing", timeout=SOON)
    shown(member)
    assert member.evaluate(IN_VIEW, "summary")
    member.goto(path)
    with member.expect_response(POLLS):
        pass
    shown(member)
    expect(bar(member).get_by_role("link").first).to_have_attribute("href", f"{week.get_absolute_url()}#closing")
    assert findings_in_both(member) == {}


def test_the_room_on_a_phone_turns_too(member, cast, week):
    member.goto(f"{week.get_absolute_url()}session/")
    member.locator("form[data-ready]").wait_for()
    assert not member.evaluate(IN_VIEW, "summary")
    steer(week, cast, "close")
    shown(member)
    assert member.evaluate(IN_VIEW, "summary")


@pytest.mark.parametrize("path", ["", "session/"])
def test_a_page_opened_in_these_minutes_turns_whatever_still_comes_above(member, cast, week, path):
    thought = prompt_of(cast.cohort, 2)
    write(Membership.objects.get(user=cast.colleague), thought, "ながい考え\n\n" * 12, Readers.GROUP)
    steer(week, cast, "close")
    member.goto(f"{week.get_absolute_url()}{path}")
    member.locator("form[data-ready]").wait_for()
    shown(member)
    assert member.locator('[data-kind="summary"]').bounding_box()["y"] < 140


def test_who_came_for_a_box_stays_there(member, cast, week, notes):
    steer(week, cast, "close")
    open_sheet(member, week, f"#box-{notes.pk}")
    before = where(member)
    shown(member)
    assert where(member) == before


def test_a_sheet_opened_at_a_box_before_turns_too(member, cast, week, notes):
    member.goto("/")
    href = member.locator(f'a[href$="#box-{notes.pk}"]').first.get_attribute("href")
    member.goto(href)
    member.locator("form[data-ready]").wait_for()
    steer(week, cast, "close")
    shown(member)
    assert member.evaluate(IN_VIEW, "summary")


@pytest.mark.parametrize("ending", ["over", "gone"])
def test_afterwards_nothing_is_counted_any_more(member, cast, week, ending):
    member.clock.install(time=timezone.now())
    member.add_init_script(COUNTED)
    open_sheet(member, week)
    before = member.evaluate("counting.size")
    steer(week, cast, "close")
    shown(member)
    assert member.evaluate("counting.size") == before + 1
    if ending == "gone":
        cast.membership.close()
    else:
        member.clock.fast_forward("04:30")
    expect(bar(member)).to_be_hidden(timeout=SOON)
    assert member.evaluate("counting.size") == before


def test_without_a_network_the_page_stays_as_it_is(member, cast, week):
    open_sheet(member, week)
    member.wait_for_load_state("networkidle")
    before = member.locator("main").inner_text()
    member.context.set_offline(True)
    steer(week, cast, "close")
    member.wait_for_timeout(4_000)
    expect(bar(member)).to_be_hidden()
    assert member.evaluate("scrollY") == 0
    assert member.locator("main").inner_text() == before
    member.context.set_offline(False)
    shown(member)
    assert member.evaluate(IN_VIEW, "summary")


def test_it_is_asked_while_it_can_be_and_somebody_looks(member, cast):
    week = running(cast, minutes=-120)
    steer(week, cast, "close")
    asked = []
    member.on("request", lambda request: "/session/state/" in request.url and asked.append(request.url))
    member.clock.install(time=timezone.now())
    member.goto("/")
    member.wait_for_load_state("networkidle")
    member.clock.run_for(60_000)
    assert asked == []
    member.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true })")
    member.clock.fast_forward("01:52:00")
    assert asked == []
    member.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    member.wait_for_url("**/weeks/2/#closing", timeout=SOON)
    assert asked[0].endswith("/weeks/2/session/state/?only=closing")
