"""A cohort ends while somebody writes: nothing is lost, nothing is tried for ever, and it is said in a sentence."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.axe import findings_in_both, fits
from tests.browser.offline import BACK, OWN, block_saves, box, come_back, count, go_offline, text_of, wait_until
from tests.cast import prompt_of, write
from tests.faults.plans import LOSE, RESET, UNBROKEN, saves, script
from workbook.models import Readers, Response, Revision

LATE = "終わったあとに書いた言葉"
QUIET = 3_000
"""Milliseconds in which what is tried again and again would have been tried again."""
RETURN = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


class Posts:
    """The saves that a page sends, counted."""

    def __init__(self, page: Page) -> None:
        self.number = 0
        page.on("request", self.see)

    def see(self, request: Request) -> None:
        self.number += request.method == "POST" and request.url.endswith("/response/")


@pytest.fixture
def posts(sheet) -> Posts:
    return Posts(sheet)


def said(page, prompt):
    return page.locator(f"#box-{prompt.pk} [data-status]")


def rescue(page, prompt):
    return page.locator(f"#box-{prompt.pk} [data-rescue]")


def stuck(page):
    return page.locator("[data-stuck] textarea")


def is_told(page, prompt):
    """The sentence, the words in their place, and the ways to take them along."""
    expect(said(page, prompt)).to_contain_text("終わったので", timeout=BACK)
    expect(said(page, prompt)).to_have_class(re.compile("trouble"))
    expect(box(page, prompt)).to_have_value(LATE)
    expect(rescue(page, prompt).locator("[data-copy]")).to_be_visible()
    expect(rescue(page, prompt).locator("[data-download]")).to_be_visible()
    expect(page.locator("[data-ended]")).to_be_visible()


def test_words_typed_into_an_open_page_stay_there(sheet, cast, prompt, posts):
    cast.cohort.finish()
    box(sheet, prompt).fill(LATE)
    is_told(sheet, prompt)
    sent = posts.number
    sheet.wait_for_timeout(QUIET)
    assert posts.number == sent == 1
    assert text_of(prompt) == OWN
    box(sheet, prompt).press("End")
    box(sheet, prompt).press_sequentially("、つづき")  # still hers to write and to take along
    expect(said(sheet, prompt)).to_contain_text("終わったので")
    with sheet.expect_download() as download:
        rescue(sheet, prompt).locator("[data-download]").click()
    assert download.value.path().read_text(encoding="utf-8") == f"{LATE}、つづき"


def test_they_follow_her_until_she_lets_go_of_them(sheet, cast, prompt, posts, week):
    cast.cohort.finish()
    box(sheet, prompt).fill(LATE)
    is_told(sheet, prompt)
    for path in ("/", week):
        sheet.goto(path)
        expect(stuck(sheet)).to_have_value(LATE, timeout=BACK)
        sent = posts.number
        sheet.wait_for_timeout(QUIET)
        assert posts.number == sent
    expect(sheet.locator(f"#box-{prompt.pk} .prose")).to_have_text(OWN)
    assert count(sheet, "unsent") == 1
    drop = sheet.locator("[data-stuck] [data-drop]")
    drop.click()
    sheet.wait_for_timeout(1_000)
    drop.click()
    wait_until(sheet, lambda: count(sheet, "unsent") == 0)
    expect(stuck(sheet)).to_have_count(0)
    assert not Revision.objects.filter(text=LATE).exists()


def test_words_typed_without_a_network_are_refused_on_coming_back(sheet, cast, prompt, posts):
    go_offline(sheet)
    box(sheet, prompt).fill(LATE)
    expect(sheet.locator("[data-page-status]")).to_contain_text("送信待ち")
    cast.cohort.finish()
    come_back(sheet)
    is_told(sheet, prompt)
    sent = posts.number
    sheet.wait_for_timeout(QUIET)
    assert posts.number == sent
    assert count(sheet, "unsent") == 1


def test_words_of_a_page_that_was_closed_wait_on_the_next(sheet, cast, prompt, proxy):
    block_saves(proxy)
    box(sheet, prompt).fill(LATE)
    wait_until(sheet, lambda: count(sheet, "unsent") == 1)
    sheet.goto("/privacy/")
    cast.cohort.finish()
    proxy.plan = UNBROKEN
    sheet.goto(prompt.section.week.get_absolute_url())
    expect(stuck(sheet)).to_have_value(LATE, timeout=BACK)
    assert text_of(prompt) == OWN


def test_begun_again_the_words_arrive_by_themselves(sheet, cast, prompt):
    cast.cohort.finish()
    box(sheet, prompt).fill(LATE)
    is_told(sheet, prompt)
    sheet.goto("/")
    expect(stuck(sheet)).to_have_value(LATE, timeout=BACK)
    cast.cohort.reopen()
    sheet.goto("/cohorts/ours/")
    wait_until(sheet, lambda: text_of(prompt) == LATE)
    wait_until(sheet, lambda: count(sheet, "unsent") == 0)
    sheet.goto(prompt.section.week.get_absolute_url())
    expect(box(sheet, prompt)).to_have_value(LATE)
    expect(box(sheet, prompt)).to_be_editable()


def test_a_save_that_had_arrived_is_not_called_refused(sheet, cast, prompt, proxy):
    """Its answer was lost on the way, and the cohort ended before the page could ask again."""
    proxy.plan = script([LOSE], only=saves, then=RESET)
    box(sheet, prompt).fill(LATE)
    wait_until(sheet, lambda: text_of(prompt) == LATE)
    cast.cohort.finish()
    proxy.plan = UNBROKEN
    expect(sheet.locator("[data-page-status]")).to_contain_text("保存しました", timeout=30_000)
    expect(rescue(sheet, prompt)).to_have_count(0)
    wait_until(sheet, lambda: count(sheet, "unsent") == 0)
    assert Revision.objects.filter(text=LATE).count() == 1


def test_a_page_that_was_away_is_told_and_shows_the_last_words(sheet, cast, prompt, posts):
    """Another device had written in between; here nothing waits, so there is nothing to take along."""
    expect(sheet.locator("[data-ended]")).to_be_hidden()
    Response.objects.filter(prompt=prompt, membership=cast.membership).update(text="べつの端末から", version=2)
    cast.cohort.finish()
    sheet.evaluate(RETURN)
    expect(sheet.locator("[data-ended]")).to_be_visible()
    expect(box(sheet, prompt)).to_have_value("べつの端末から")
    expect(box(sheet, prompt)).not_to_be_editable()
    expect(sheet.locator("[data-rescue]")).to_have_count(0)
    assert posts.number == 0


def test_the_copy_on_the_device_is_for_reading(sheet, cast, prompt, week):
    cast.cohort.finish()
    sheet.goto(week)
    expect(sheet.locator("form[data-worksheet]")).to_have_count(0)
    sheet.wait_for_timeout(500)
    go_offline(sheet)
    sheet.reload()
    expect(sheet.locator("[data-ended]")).to_be_visible()
    expect(box(sheet, prompt)).to_have_value(OWN)
    expect(box(sheet, prompt)).not_to_be_editable()
    come_back(sheet)
    cast.cohort.reopen()
    sheet.goto(week)
    expect(box(sheet, prompt)).to_be_editable()
    sheet.wait_for_timeout(500)
    go_offline(sheet)
    sheet.reload()
    expect(box(sheet, prompt)).to_be_editable()
    expect(sheet.locator("[data-ended]")).to_be_hidden()


def test_without_javascript(plain_page, cast, sign_in, prompt, week):
    sign_in(plain_page, cast.member)
    plain_page.goto(week)
    box(plain_page, prompt).fill(LATE)
    cast.cohort.finish()
    plain_page.get_by_role("button", name="保存").click()
    expect(plain_page.locator("textarea")).to_have_count(1)
    expect(plain_page.locator("textarea")).to_have_value(LATE)
    expect(plain_page.locator(f"#box-{prompt.pk}")).to_contain_text(OWN)
    assert text_of(prompt) == OWN


# The office


def test_an_organizer_ends_closes_and_brings_back(desk, cast, sign_in):
    sign_in(desk, cast.organizer)
    desk.goto(f"/admin/cohorts/cohort/{cast.cohort.pk}/change/")
    desk.get_by_role("link", name="終える", exact=True).click()
    desk.get_by_role("button", name="コホートを終える").click()
    expect(desk.locator(".ended")).to_be_visible()
    desk.get_by_role("link", name="また書きこめるようにする").click()
    desk.get_by_role("button", name="また書きこめるようにする").click()
    expect(desk.locator(".ended")).to_have_count(0)
    desk.get_by_role("link", name="閉じる", exact=True).click()
    desk.get_by_role("button", name="閉じる手順へ進む").click()
    name = desk.get_by_label("確かめるため")
    expect(name).to_be_focused()
    name.fill("ちがう名前")
    desk.get_by_role("button", name="コホートを閉じる").click()
    expect(desk.locator(".errorlist")).to_be_visible()
    name.fill(cast.cohort.name)
    desk.get_by_role("button", name="コホートを閉じる").click()
    desk.get_by_role("button", name="元に戻す").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(cast.cohort.name)
    assert Response.objects.readable_by(cast.member).filter(pk=cast.private.pk).exists()


@pytest.fixture
def ended(cast):
    """A finished cohort with shared words and a comment; a closed one."""
    colleague = cast.cohort.memberships.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort, kind="summary"), "みんなへ\n\n- ひとつ", Readers.GROUP)
    cast.cohort.finish()
    cast.other.mark_deleted(cast.organizer)
    return cast


def test_no_findings(new_page, ended, sign_in):
    office = [f"/admin/cohorts/cohort/{ended.cohort.pk}/{name}/" for name in ("change", "reopen", "finish", "delete")]
    office += [f"/admin/cohorts/cohort/{ended.cohort.pk}/delete/?sure=1", "/admin/cohorts/cohort/closed/"]
    pages = {
        ended.member: [
            "/",
            "/cohorts/ours/",
            "/cohorts/ours/weeks/1/",
            "/cohorts/ours/weeks/4/",
            "/cohorts/ours/words/",
        ],
        ended.organizer: [*office, "/admin/cohorts/cohort/", "/cohorts/ours/weeks/1/"],
    }
    found = {}
    for user, paths in pages.items():
        page = new_page(viewport={"width": 360, "height": 800})
        sign_in(page, user)
        for path in paths:
            page.goto(path)
            broken = findings_in_both(page)
            wide = [width for width in (320, 768, 1280) if not fits(page, width)]
            if broken or wide:
                found[path] = broken, wide
            page.set_viewport_size({"width": 360, "height": 800})
    assert found == {}
