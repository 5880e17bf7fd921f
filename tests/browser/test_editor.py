"""The workbook's editor in a browser: buttons in place, and without JavaScript."""

import pytest
from django.urls import reverse

from tests.browser.axe import findings_in_both, fits
from tests.cast import Cast
from tests.editing import week_of
from workbook.models import Week

pytestmark = pytest.mark.browser


def open_editor(page, cast: Cast, sign_in):
    sign_in(page, cast.organizer)
    page.goto(reverse("admin:cohorts_cohort_editor", args=[cast.cohort.pk]))
    return page


def asked(week: Week) -> list[str]:
    return [prompt.text for prompt in week.sections.get(kind="reflection").prompts.all()]


def place_of(button) -> float:
    return button.evaluate("button => button.getBoundingClientRect().top")


def test_buttons_work_in_place(desk, cast, sign_in):
    page, week = open_editor(desk, cast, sign_in), week_of(cast)
    first, second = week.sections.get(kind="reflection").prompts.all()
    page.fill(f'[name="week-{week.pk}-theme"]', "まだ保存していない")
    down = page.locator(f'button[name="down"][value="{first.pk}"]')
    down.scroll_into_view_if_needed()
    down.click()
    page.locator(f"#prompt-{first.pk} :focus").wait_for()
    up = page.locator(f'button[name="up"][value="{second.pk}"]')
    assert up.is_disabled()
    assert page.input_value(f'[name="week-{week.pk}-theme"]') == "まだ保存していない"
    assert asked(week) == ["うれしかった一言は？", "それはなぜ？"]
    page.locator(f'#section-{first.section_id} button[name="add"]').click()
    page.locator('[name^="prompt-new"]:focus').wait_for()
    page.keyboard.type("三つめは？")
    page.locator(".savebar button").click()
    page.locator(".messagelist").wait_for()
    assert asked(week) == ["それはなぜ？", "うれしかった一言は？", "三つめは？"]
    assert week_of(cast).theme == "まだ保存していない"


def test_the_button_stays_under_the_finger(desk, cast, sign_in):
    """A question goes down by pressing twice at one place; also from one section into the next."""
    page, week = open_editor(desk, cast, sign_in), week_of(cast)
    second = week.sections.get(kind="reflection").prompts.get(position=2)
    button = page.locator(f'button[name="down"][value="{second.pk}"]')
    button.scroll_into_view_if_needed()
    before = place_of(button)
    button.click()
    notes = week.sections.get(kind="session_notes")
    page.locator(f"#section-{notes.pk} #prompt-{second.pk} :focus").wait_for()
    assert abs(place_of(button) - before) < 2


def test_what_is_typed_does_not_leave_unseen(desk, cast, sign_in):
    page, week = open_editor(desk, cast, sign_in), week_of(cast)
    asks = []
    page.on("dialog", lambda dialog: (asks.append(dialog.type), dialog.accept()))
    page.locator(f'[name="week-{week.pk}-theme"]').press_sequentially("まだ")
    page.goto(reverse("admin:index"))
    assert asks == ["beforeunload"]


def test_no_connection_keeps_what_was_typed(desk, cast, sign_in):
    page, week = open_editor(desk, cast, sign_in), week_of(cast)
    page.fill(f'[name="week-{week.pk}-theme"]', "残る")
    page.route("**/editor/", lambda route: route.abort("connectionreset"))
    page.locator('button[name="down"]:enabled').first.click()
    page.locator("[data-state]", has_text=page.get_attribute(".editor form", "data-failed")).wait_for()
    assert page.input_value(f'[name="week-{week.pk}-theme"]') == "残る"
    page.unroute("**/editor/")
    page.locator(".savebar button").click()
    page.locator(".messagelist").wait_for()
    assert week_of(cast).theme == "残る"


def test_the_preview_opens_beside_it(desk, cast, sign_in):
    page, week = open_editor(desk, cast, sign_in), week_of(cast)
    page.fill(f'[name="week-{week.pk}-theme"]', "見てみる")
    with page.context.expect_page() as opened:
        page.locator(f'button[name="preview"][value="{week.pk}"]').click()
    assert opened.value.locator("h1").inner_text() == "見てみる"
    assert page.input_value(f'[name="week-{week.pk}-theme"]') == "見てみる"


def test_it_works_without_javascript(plain_page, cast, sign_in):
    page, week = open_editor(plain_page, cast, sign_in), week_of(cast)
    first = week.sections.get(kind="reflection").prompts.first()
    page.fill(f'[name="week-{week.pk}-theme"]', "スクリプトなし")
    page.locator(f'button[name="down"][value="{first.pk}"]').click()
    assert page.url.endswith(f"#prompt-{first.pk}")
    assert page.input_value(f'[name="week-{week.pk}-theme"]') == "スクリプトなし"
    page.locator(f'[name="week-{week.pk}-theme"]').press("Enter")  # saves: no other button is the first one
    page.locator(".messagelist").wait_for()
    assert asked(week) == ["それはなぜ？", "うれしかった一言は？"]
    assert week_of(cast).theme == "スクリプトなし"


def test_what_both_changed_stands_together(phone, cast, sign_in):
    page, week = open_editor(phone, cast, sign_in), week_of(cast)
    Week.objects.filter(pk=week.pk).update(theme="ほかの人のテーマ")
    page.fill(f'[name="week-{week.pk}-theme"]', "わたしのテーマ")
    page.locator(".savebar button").click()
    page.locator("[data-look]:focus").wait_for()
    assert "ほかの人のテーマ" in page.inner_text(f"#week-{week.pk}")
    assert week_of(cast).theme == "ほかの人のテーマ"
    assert (findings_in_both(page), fits(page, 320)) == ({}, True)
    page.locator(".savebar button").click()
    page.locator(".messagelist").wait_for()
    assert week_of(cast).theme == "わたしのテーマ"
