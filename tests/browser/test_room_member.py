"""The room of a session on a member's phone: what the group shares, her own text shown with one tap, her own boxes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.axe import findings_in_both, fits
from tests.browser.offline import PHONE, box, come_back, go_offline, open_week, text_of, wait_until
from tests.browser.test_worksheet import SAVED, line
from tests.cast import join, make_user, prompt_of, write
from tests.reader import rewrite
from workbook.models import Attendance, Readers, Response, Revision, Room, Section, Week
from workbook.tests.watcher import hold_today

POLL = 9_000
"""Within so many milliseconds what is new is on every page, on a machine that is busy."""
OWN = "CANARY-ours-member-private"
THEIRS = "お礼のメールに、相手の言葉を引用した。"


@pytest.fixture
def theirs(cast):
    """The colleague shares a text with the group."""
    return write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort), THEIRS, Readers.GROUP)


@pytest.fixture
def notes(cast):
    return prompt_of(cast.cohort, kind=Section.Kind.SESSION_NOTES)


@pytest.fixture
def room(new_page, sign_in, cast, theirs):
    """The member's phone in the room of the first week."""
    return opened(new_page(**PHONE), sign_in, cast.member, cast)


def opened(page, sign_in, user, cast):
    """On the day of the session."""
    hold_today(cast.cohort)
    sign_in(page, user)
    page.goto(reverse("workbook:room", args=[cast.cohort.slug, 1]))
    page.locator("[data-ready]").wait_for()
    page.locator("[data-taken]").wait_for()
    return page


def card(page, text):
    return page.locator("[data-card]", has_text=text)


def share(page):
    return page.locator("[data-share-button]")


def own():
    return Response.objects.get(text=OWN)


def test_ones_own_text_is_shown_and_taken_back_with_one_tap(room, new_page, sign_in, cast):
    other = opened(new_page(**PHONE), sign_in, cast.colleague, cast)
    expect(share(room)).to_have_attribute("aria-pressed", "false")
    expect(room.locator("[data-share-line]")).to_have_text("いま読める人：自分だけ")
    share(room).tap()
    expect(share(room)).to_have_attribute("aria-pressed", "true")
    expect(card(other, OWN)).to_be_visible(timeout=POLL)
    expect(card(other, OWN).locator("[data-name]")).to_have_text("member")
    expect(card(room, OWN).locator("[data-mine]")).to_be_visible(timeout=POLL)
    expect(room.locator("[data-share-line]")).to_contain_text("名前つきで、グループに見えています。", timeout=POLL)
    share(room).tap()
    expect(card(other, OWN)).to_have_count(0, timeout=POLL)
    expect(card(room, OWN)).to_have_count(0, timeout=POLL)
    expect(room.locator("[data-share-line]")).to_have_text("いま読める人：自分だけ", timeout=POLL)
    assert own().readers == Readers.SELF


def test_it_is_hers_again_also_after_the_page_was_opened_anew(room):
    share(room).tap()
    expect(line(room)).to_have_text(SAVED)
    room.reload()
    room.locator("[data-taken]").wait_for()
    expect(share(room)).to_have_attribute("aria-pressed", "true")
    share(room).tap()
    wait_until(room, lambda: own().readers == Readers.SELF)


def test_what_the_group_sees_is_said_and_shown(room, cast):
    Room.objects.create(week=prompt_of(cast.cohort).section.week, is_named=False, order="random")
    share(room).tap()
    expect(room.locator("[data-share-line]")).to_contain_text("この画面では名前を出していません。", timeout=POLL)
    room.get_by_role("button", name="みんなからの見え方").tap()
    expect(card(room, OWN)).to_be_focused()
    expect(card(room, OWN)).to_be_in_viewport()


def test_the_panel_follows_the_question_and_leads_to_its_box(room, cast):
    question = prompt_of(cast.cohort, kind=Section.Kind.SUMMARY)
    Room.objects.create(week=question.section.week, prompt=question)
    expect(room.locator("[data-share-none]")).to_be_visible(timeout=POLL)
    expect(share(room)).to_be_hidden()
    room.locator("[data-share-write]").tap()
    expect(box(room, question)).to_be_focused()
    room.keyboard.type("ひとことで言うと、急がない。")
    expect(room.locator("[data-share-text]")).to_have_text("ひとことで言うと、急がない。")
    share(room).tap()
    expect(card(room, "ひとことで言うと、急がない。")).to_be_visible(timeout=POLL)


def test_who_is_here(room, cast):
    here = room.get_by_role("button", name="参加しています")
    expect(here).to_have_attribute("aria-pressed", "false")
    here.tap()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(room.locator("[data-here]")).to_have_text("1", timeout=POLL)
    room.locator("[data-whom] summary").tap()
    expect(room.locator("[data-here-names]")).to_have_text("member")
    attendance = Attendance.objects.get(membership=cast.membership)
    assert attendance.is_present
    Attendance.objects.filter(pk=attendance.pk).update(is_present=False)  # the facilitator corrects
    expect(here).to_have_attribute("aria-pressed", "false", timeout=POLL)
    expect(room.locator("[data-whom]")).to_be_hidden()


def test_on_another_day_there_is_nothing_to_press(room, cast):
    here = room.get_by_role("button", name="参加しています")
    expect(here).to_be_visible()
    Week.objects.filter(cohort=cast.cohort, number=1).update(session_at=timezone.now() - timedelta(days=2))
    expect(here).to_be_hidden(timeout=POLL)


def test_that_it_did_not_arrive_is_said(room):
    go_offline(room)
    here = room.get_by_role("button", name="参加しています")
    here.tap()
    expect(room.locator("[data-here-line]")).not_to_be_empty()
    expect(here).to_have_attribute("aria-pressed", "false")
    assert not Attendance.objects.exists()


def test_nothing_moves_under_somebody_who_types(room, cast, notes):
    box(room, notes).tap()
    room.keyboard.type("きょうのメモ")
    session = room.context.new_cdp_session(room)
    session.send("Input.imeSetComposition", {"text": "へんかん", "selectionStart": 4, "selectionEnd": 4})
    place = "[document.activeElement.getBoundingClientRect().top, document.activeElement.selectionStart]"
    before = room.evaluate(place)
    for number in range(3):
        write(
            join(cast.cohort, make_user(f"new{number}")), prompt_of(cast.cohort), f"新しい記入{number}", Readers.GROUP
        )
    expect(card(room, "新しい記入2")).to_have_count(1, timeout=POLL)
    room.wait_for_timeout(800)  # the cards settle
    after = room.evaluate(place)
    assert abs(after[0] - before[0]) <= 1
    assert after[1] == before[1]
    session.send("Input.insertText", {"text": "変換"})
    expect(box(room, notes)).to_have_value("きょうのメモ変換")
    expect(line(room)).to_have_text(SAVED)


def test_notes_are_those_of_the_worksheet(room, cast, notes):
    box(room, notes).tap()
    room.get_by_role("button", name="colleagueさん").tap()
    room.keyboard.type("よく聞く人")
    expect(line(room)).to_have_text(SAVED)
    room.goto(notes.section.week.get_absolute_url())
    expect(box(room, notes)).to_have_value("colleagueさん\nよく聞く人")


def test_the_week_on_the_device_knows_what_was_written_in_the_room(room, notes):
    open_week(room, notes)
    room.goto(reverse("workbook:room", args=[notes.section.week.cohort.slug, 1]))
    room.locator("[data-ready]").wait_for()
    box(room, notes).fill("部屋で書いたこと")
    expect(line(room)).to_have_text(SAVED)
    room.wait_for_timeout(500)  # until the device has it
    go_offline(room)
    room.goto(notes.section.week.get_absolute_url())
    expect(box(room, notes)).to_have_value("部屋で書いたこと")


def test_room_and_worksheet_in_two_tabs_lose_no_words(room, cast, notes):
    sheet = room.context.new_page()
    sheet.goto(notes.section.week.get_absolute_url())
    sheet.locator("[data-ready]").wait_for()
    expect(sheet.locator("[data-tabs]")).to_be_visible()
    expect(room.locator("[data-tabs]")).to_be_hidden()
    go_offline(room)  # of both
    box(room, notes).fill("部屋で書いたこと")
    box(sheet, notes).fill("シートで書いたこと")
    for page in (room, sheet):
        expect(line(page)).to_have_text("この端末に保存済み・送信待ち")
    room.close()
    sheet.close()
    again = sheet.context.new_page()
    come_back(again)
    again.goto(notes.section.week.get_absolute_url())
    again.locator("[data-ready]").wait_for()

    def texts():
        return set(Revision.objects.filter(response__prompt=notes).values_list("text", flat=True))

    wait_until(again, lambda: {"部屋で書いたこと", "シートで書いたこと"} <= texts())


def test_a_box_that_met_another_text_is_not_folded_away(room, cast, prompt):
    rewrite(own(), "べつの端末で書いたこと", Readers.SELF)
    room.locator(".thoughts summary").tap()
    box(room, prompt).fill("ここで書いたこと")
    room.locator(".thoughts summary").tap()
    expect(room.locator(".thoughts .conflict")).to_be_visible()
    expect(box(room, prompt)).to_have_value("ここで書いたこと")


def test_without_a_network_all_stays_and_words_are_kept(room, notes):
    go_offline(room)
    expect(room.locator("[data-age]")).to_contain_text("通信できません", timeout=15_000)
    expect(card(room, THEIRS)).to_be_visible()
    box(room, notes).fill("電波のない所で")
    expect(line(room)).to_have_text("この端末に保存済み・送信待ち")
    come_back(room)
    expect(line(room)).to_have_text(SAVED)
    expect(room.locator("[data-age]")).to_be_hidden(timeout=20_000)
    assert text_of(notes) == "電波のない所で"


def test_who_is_signed_out_sees_nobody_elses_words_and_loses_none(room, notes):
    box(room, notes).fill("ログインが切れる前に")
    expect(line(room)).to_have_text(SAVED)
    Session.objects.all().delete()
    expect(card(room, THEIRS)).to_have_count(0, timeout=POLL)
    expect(room.locator("dialog[open]")).to_be_visible()
    expect(box(room, notes)).to_have_value("ログインが切れる前に")


@pytest.mark.parametrize("state", ["calm", "shared", "closing"])
def test_room_has_no_findings(room, cast, state):
    if state == "shared":
        share(room).tap()
        expect(card(room, OWN)).to_be_visible(timeout=POLL)
        room.get_by_role("button", name="参加しています").tap()
        room.locator("[data-whom] summary").tap()
        room.locator(".thoughts summary").tap()
    if state == "closing":
        Room.objects.steer(prompt_of(cast.cohort).section.week_id, cast.facilitator, Room.Deed.CLOSE)
        expect(room.locator("[data-closing]")).to_be_visible(timeout=POLL)
    assert findings_in_both(room) == {}


def test_room_fits_every_screen_and_every_finger(room):
    room.locator(".thoughts summary").tap()
    for width in (320, 360, 768, 1280):
        assert fits(room, width)
    room.set_viewport_size({"width": 360, "height": 740})
    small = room.locator("main :is(button, summary, .ways a):visible").evaluate_all(
        "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML)"
    )
    assert small == []


def test_without_javascript_it_is_a_page_with_forms(plain_page, cast, sign_in, theirs, notes):
    hold_today(cast.cohort)
    sign_in(plain_page, cast.member)
    plain_page.goto(reverse("workbook:room", args=[cast.cohort.slug, 1]))
    expect(card(plain_page, THEIRS)).to_be_visible()
    expect(share(plain_page)).to_be_hidden()
    plain_page.get_by_role("button", name="参加しています").click()
    expect(plain_page.get_by_role("button", name="参加しています")).to_have_attribute("aria-pressed", "true")
    box(plain_page, notes).fill("ボタンで保存")
    plain_page.get_by_role("button", name="保存").click()
    expect(plain_page.get_by_role("status").filter(has_text="保存しました。")).to_be_visible()
    assert text_of(notes) == "ボタンで保存"
