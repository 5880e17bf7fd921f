"""Signing out takes the key off the device, and asks first while words wait there."""

from playwright.sync_api import expect

from tests.browser.offline import (
    BACK,
    CALM,
    OWN,
    STORED,
    block_saves,
    box,
    come_back,
    count,
    go_offline,
    settle,
    text_of,
    wait_for_text,
    wait_until,
    write_offline,
)
from tests.faults.plans import UNBROKEN
from workbook.models import Response


def test_sign_out_takes_the_key_and_leaves_the_words_sealed(sheet, proxy, cast, sign_in, prompt, week):
    block_saves(proxy)
    write_offline(sheet, prompt, "CANARY-sealed")
    come_back(sheet)
    sheet.goto("/profile/")
    sheet.get_by_role("button", name="ログアウト").click()
    panel = sheet.locator("[data-before-sign-out]")
    expect(panel.get_by_role("heading")).to_have_text("送信していない文章が1件あります")
    panel.get_by_role("button", name="この端末に残してログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (0, 1)
    assert "CANARY" not in sheet.evaluate(STORED)

    go_offline(sheet)
    sheet.goto(week)
    expect(sheet.locator("h1")).to_have_text(CALM)
    expect(sheet.locator("[data-locked]")).to_be_visible()
    expect(sheet.locator("body")).not_to_contain_text("CANARY")

    come_back(sheet)
    proxy.plan = UNBROKEN
    sign_in(sheet, cast.colleague)
    sheet.goto(week)
    settle(sheet)
    expect(box(sheet, prompt)).to_have_value("")
    wait_until(sheet, lambda: (count(sheet, "keys"), count(sheet, "unsent")) == (1, 1))
    go_offline(sheet)
    sheet.goto("/")
    expect(sheet.locator("[data-waiting]")).to_be_hidden()

    come_back(sheet)
    assert text_of(prompt) == OWN
    sign_in(sheet, cast.member)
    sheet.goto("/profile/")
    wait_for_text(sheet, prompt, "CANARY-sealed")
    assert not Response.objects.filter(membership__user=cast.colleague).exists()


def test_sign_out_sends_first(sheet, proxy, prompt):
    block_saves(proxy)
    write_offline(sheet, prompt, "送ってから")
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    panel = sheet.locator("[data-before-sign-out]")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="送ってからログアウト").click()
    expect(panel.locator("[data-status]")).to_contain_text("まだ送れていません", timeout=2 * BACK)
    assert text_of(prompt) == OWN
    proxy.plan = UNBROKEN
    panel.get_by_role("button", name="送ってからログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert text_of(prompt) == "送ってから"
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (0, 0)


def test_sign_out_without_waiting_words_asks_nothing(sheet):
    sheet.goto("/profile/")
    sheet.get_by_role("button", name="ログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
    assert count(sheet, "keys") == 0


def test_sign_out_can_be_left(sheet, proxy, prompt):
    block_saves(proxy)
    write_offline(sheet, prompt, "やめておく")
    come_back(sheet)
    sheet.goto("/accounts/logout/")
    sheet.get_by_role("link", name="ログアウトしない").click()
    sheet.wait_for_url("**/")
    assert (count(sheet, "keys"), count(sheet, "unsent")) == (1, 1)


def test_sign_out_of_a_browser_that_does_not_open_its_storage(sheet):
    sheet.add_init_script("IDBFactory.prototype.open = () => ({});")
    sheet.goto("/profile/")
    sheet.get_by_role("button", name="ログアウト").click()
    sheet.wait_for_url("**/accounts/login/**")
