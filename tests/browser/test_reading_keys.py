"""The reading pages under the fingers: thirty people are read and answered without a mouse, and no key goes astray."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cohorts.models import Membership
from tests.cast import join, make_users, prompt_of, write
from workbook.models import Feedback, Reading, Response

PEOPLE = 30


class Fingers:
    """A keyboard that counts what is pressed beside the words."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)


def week_of(membership, number=1):
    return reverse("admin:workbook_response_read", args=[membership.pk, number])


def question_of(prompt):
    return reverse("admin:workbook_response_question", args=[prompt.pk])


def name_of_current(page):
    return page.evaluate("document.activeElement.closest('[data-entry]')?.id ?? ''")


@pytest.fixture
def open_page(desk, cast, sign_in):
    sign_in(desk, cast.facilitator)

    def go(url):
        desk.goto(url)
        desk.locator("form[data-ready]").wait_for()
        return desk

    return go


@pytest.fixture
def week(open_page, cast):
    return open_page(week_of(cast.membership))


def test_thirty_members_are_read_and_answered_with_three_keys_each(open_page, cast):
    Membership.objects.get(user=cast.colleague).close()
    Response.objects.filter(membership__user=cast.removed).update(text="")
    users = make_users(*(f"more{number}" for number in range(PEOPLE - 1)))
    people = [cast.membership, *(join(cast.cohort, user) for user in users.values())]
    for person in people[1:]:
        write(person, prompt_of(cast.cohort), f"{person.user}のことば")
    page = open_page(week_of(people[0]))
    fingers = Fingers(page)
    for person, following in zip(people, [*people[1:], None], strict=True):
        fingers.press("a")
        fingers.write(f"{person.user}さんへ")
        fingers.press("Control+Enter")
        fingers.press("m")
        page.wait_for_url(f"**{week_of(following) if following else '/admin/'}")
        if following:
            page.locator("form[data-ready]").wait_for()
    assert fingers.presses <= 3 * PEOPLE
    said = {row.revision.response.membership: row.text for row in Feedback.objects.select_related("revision__response")}
    assert said == {person: f"{person.user}さんへ" for person in people}
    unread = Reading.objects.unread_by(cast.facilitator).filter(prompt__section__week__number=1)
    assert not unread.exists()


def test_from_text_to_text_and_into_the_box(week, cast):
    keys = week.keyboard
    first, second = (f"entry-{cast.membership.pk}-{prompt.pk}" for prompt in (cast.private.prompt, cast.shared.prompt))
    keys.press("j")
    assert name_of_current(week) == first
    keys.press("j")
    assert name_of_current(week) == second
    keys.press("k")
    keys.press("k")
    assert name_of_current(week) == first
    keys.press("j")
    keys.press("a")
    expect(week.locator(f"#answer-{cast.shared.pk}-text")).to_be_focused()
    keys.press("Escape")
    expect(week.locator(f"#{second}")).to_be_focused()


def test_from_person_to_person_and_from_question_to_question(week, open_page, cast):
    colleague = Membership.objects.get(user=cast.colleague)
    week.keyboard.press("n")
    week.wait_for_url(f"**{week_of(colleague)}")
    week.locator("form[data-ready]").wait_for()
    week.keyboard.press("p")
    week.wait_for_url(f"**{week_of(cast.membership)}")
    page = open_page(question_of(cast.private.prompt))
    page.keyboard.press("n")
    page.wait_for_url(f"**{question_of(cast.shared.prompt)}")
    page.locator("form[data-ready]").wait_for()
    page.keyboard.press("/")
    page.wait_for_url(f"**{reverse('admin:workbook_response_search')}")


def test_what_is_folded_away_is_not_stepped_on(open_page, cast):
    page = open_page(question_of(cast.private.prompt))
    gone = Membership.objects.get(user=cast.removed)
    page.keyboard.press("j")
    assert name_of_current(page) == ""
    page.locator("details.left > summary").click()
    page.keyboard.press("j")
    assert name_of_current(page) == f"entry-{gone.pk}-{cast.private.prompt_id}"


def test_no_key_acts_while_she_types(week, cast):
    field = week.locator(f"#answer-{cast.shared.pk}-text")
    field.focus()
    for key in "jknpam/?":
        week.keyboard.press(key)
    expect(field).to_have_value("jknpam/?")
    expect(field).to_be_focused()
    expect(week).to_have_url(re.compile(f"{week_of(cast.membership)}$"))
    expect(week.locator("[data-keys]")).to_be_hidden()
    assert not Reading.objects.exists()


def test_no_key_acts_while_she_converts(week, cast):
    field = week.locator(f"#answer-{cast.shared.pk}-text")
    field.focus()
    tools = week.context.new_cdp_session(week)
    tools.send("Input.imeSetComposition", {"text": "かんじ", "selectionStart": 3, "selectionEnd": 3})
    for key in ("Escape", "Enter", "m"):
        converting = {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": 229, "modifiers": 2 * (key == "Enter")}
        tools.send("Input.dispatchKeyEvent", converting)
    expect(field).to_be_focused()
    expect(field).to_have_value("かんじ")
    assert not Feedback.objects.exists()
    tools.send("Input.insertText", {"text": "漢字"})
    expect(field).to_have_value("漢字")
    week.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    for key in ("m", "n", "a"):
        tools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": 229})
    week.wait_for_timeout(300)
    expect(week).to_have_url(re.compile(f"{week_of(cast.membership)}$"))
    assert not Reading.objects.exists()


def test_keys_with_another_key_belong_to_the_browser(week, cast):
    for key in ("Control+a", "Alt+n", "Meta+m", "Shift+J"):
        week.keyboard.press(key)
    week.wait_for_timeout(300)
    assert name_of_current(week) == ""
    expect(week).to_have_url(re.compile(f"{week_of(cast.membership)}$"))


def test_all_keys_are_shown_and_can_be_switched_off(week, cast):
    week.keyboard.press("?")
    dialog = week.get_by_role("dialog", name="キー操作")
    expect(dialog).to_be_visible()
    week.keyboard.press("n")
    expect(dialog).to_be_visible()
    dialog.get_by_label("1文字のキーで操作する").uncheck()
    dialog.get_by_role("button", name="閉じる").click()
    week.reload()
    week.locator("form[data-ready]").wait_for()
    week.keyboard.press("j")
    assert name_of_current(week) == ""
    week.get_by_role("button", name="? でキー操作").click()
    expect(dialog.get_by_label("1文字のキーで操作する")).not_to_be_checked()
    dialog.get_by_label("1文字のキーで操作する").check()
    week.keyboard.press("Escape")
    week.keyboard.press("j")
    assert name_of_current(week) != ""


def test_a_new_text_can_be_answered_after_opening_the_page_again(open_page, cast):
    page = open_page(question_of(cast.shared.prompt))
    colleague = Membership.objects.get(user=cast.colleague)
    written = write(colleague, cast.shared.prompt, "たったいま書きました")
    page.evaluate("document.dispatchEvent(new CustomEvent('hisho:changed'))")
    entry = page.locator(f"#entry-{colleague.pk}-{cast.shared.prompt_id}")
    expect(entry).to_contain_text("たったいま書きました")
    entry.get_by_role("button", name="開き直してコメントする").click()
    expect(page.locator(f"#answer-{written.pk}-text")).to_be_visible()
