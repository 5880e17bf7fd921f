"""Twenty at a session while おわりの3分 starts: one is offline, one in the middle of a conversion. Nothing is lost,
nothing moves for who writes, and the counts are right."""

import time
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.closing import IN_VIEW, SOON, bar, open_sheet, running, shown, steer, where
from tests.browser.guests import Guest, all_at_once
from tests.browser.office import compose
from tests.browser.offline import PHONE
from tests.browser.test_worksheet import SAVED, line
from tests.cast import make_users, prompt_of
from workbook.models import Response, Section

KINDS = Section.Kind
ENDS = """() => {
  window.ends = 0;
  document.addEventListener("compositionend", () => { window.ends += 1; }, true);
}"""
BOTH, SUMMARY_ALONE, SILENT = 10, 4, 2


@pytest.fixture
def week(cast):
    return running(cast)


@pytest.fixture
def prompts(cast):
    return {kind: prompt_of(cast.cohort, 2, kind) for kind in KINDS}


@pytest.fixture
def guests(cast, week, live_server):
    """Sixteen who have no browser in this test; with those who have one there are twenty members."""
    people = make_users(*(f"guest{number}" for number in range(18)))
    Membership.objects.bulk_create(Membership(cohort=cast.cohort, user=user) for user in people.values())
    assert Membership.objects.filter(cohort=cast.cohort, role="member", left_at=None).count() == 20
    return [Guest(urlsplit(live_server.url).port, user, week) for user in people.values()]


@pytest.fixture
def phone_of(new_page, sign_in):
    def signed_in(user):
        page = new_page(**PHONE)
        sign_in(page, user)
        return page

    return signed_in


@pytest.fixture
def room(phone_of, cast, week, prompts):
    """The colleague's phone in the room, in the middle of a conversion in her notes."""
    page = phone_of(cast.colleague)
    page.goto(reverse("workbook:room", args=[cast.cohort.slug, week.number]))
    page.locator("form[data-ready]").wait_for()
    page.locator(f"#text-{prompts[KINDS.SESSION_NOTES].pk}").press_sequentially("きいたこと")
    expect(line(page)).to_have_text(SAVED)
    page.evaluate(ENDS)
    return page


def noted(guest, prompts, number):
    """Before the end: notes of her own, and now and then a thought for all."""
    guest.write(prompts[KINDS.SESSION_NOTES], f"メモ{number}")
    if number % 3 == 0:
        guest.write(prompts[KINDS.REFLECTION], f"みんなへ{number}", "group")


def finish(guest, prompts, number):
    """Her page hears of it within its polls; then she writes what there is time for."""
    deadline = time.monotonic() + 30
    while not guest.poll("closing")["closing"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    if number < BOTH + SUMMARY_ALONE:
        guest.write(prompts[KINDS.SUMMARY], f"まとめ{number}")
        guest.write(prompts[KINDS.SUMMARY], f"まとめ{number}、つづき")
    if number < BOTH:
        guest.write(prompts[KINDS.ACTION], f"明日{number}")


def text_of(prompt, user):
    return Response.objects.get(prompt=prompt, membership__user=user).text


def is_where(page, before):
    """What she writes in stands where it stood on her screen, whatever came above it."""
    return abs(where(page)[1] - before[1]) < 1


def is_converting(room, prompts):
    notes = room.locator(f"#text-{prompts[KINDS.SESSION_NOTES].pk}")
    assert room.locator(".card").count() > 3, "texts of others came above what she writes"
    expect(notes).to_be_focused()
    expect(notes).to_have_value("きいたことへんかん")
    assert notes.evaluate("field => [field.selectionEnd, window.ends]") == [9, 0]


def kept_of(guests):
    """What the server keeps of them, by person and prompt."""
    rows = Response.objects.filter(membership__user__in=[guest.user for guest in guests])
    return {(row.membership.user_id, row.prompt_id): row.text for row in rows.select_related("membership")}


def test_nothing_is_lost_and_nothing_moves(phone_of, cast, week, prompts, guests, room):
    *silent, offline_guest, today_guest = guests
    idle, away, today = (phone_of(user) for user in (cast.member, offline_guest.user, today_guest.user))
    open_sheet(idle, week)
    idle.locator(f"#text-{prompts[KINDS.SESSION_NOTES].pk}").fill("- 急がないという一言\n- 待つ時間")
    idle.evaluate("document.activeElement.blur()")
    expect(line(idle)).to_have_text(SAVED)
    open_sheet(away, week)
    away.context.set_offline(True)
    away.locator(f"#text-{prompts[KINDS.SUMMARY].pk}").fill("電波のないところで")
    before_away = where(away)
    today.goto("/")

    tools = compose(room, "へんかん")
    before = where(room)
    all_at_once([lambda g=guest, n=n: noted(g, prompts, n) for n, guest in enumerate(silent)])
    steer(week, cast, "close")
    all_at_once([lambda g=guest, n=n: finish(g, prompts, n) for n, guest in enumerate(silent)])

    shown(room)
    assert is_where(room, before)
    is_converting(room, prompts)
    tools.send("Input.insertText", {"text": "変換"})
    expect(line(room)).to_have_text(SAVED)
    assert text_of(prompts[KINDS.SESSION_NOTES], cast.colleague) == "きいたこと変換"

    assert is_where(away, before_away)
    expect(bar(away)).to_be_hidden()
    today.wait_for_url("**/weeks/2/#closing", timeout=SOON)
    shown(idle)
    assert idle.evaluate(IN_VIEW, "summary")
    for kind in (KINDS.SUMMARY, KINDS.ACTION):
        idle.locator(f'[data-kind="{kind}"] [data-line]').first.tap()
    expect(line(idle)).to_have_text(SAVED)

    leader = Guest(guests[0].port, cast.facilitator, week)
    counts = {"writing": SUMMARY_ALONE, "written": BOTH + 1, "all": 20}
    assert leader.poll()["counts"] == counts
    away.context.set_offline(False)
    expect(line(away)).to_have_text(SAVED, timeout=SOON)
    shown(away)
    assert is_where(away, before_away)
    assert text_of(prompts[KINDS.SUMMARY], offline_guest.user) == "電波のないところで"
    assert leader.poll()["counts"] == {**counts, "writing": SUMMARY_ALONE + 1}

    assert kept_of(silent) == {
        (guest.user.pk, prompt): text for guest in silent for prompt, (_version, text) in guest.held.items()
    }
    assert len(silent) == BOTH + SUMMARY_ALONE + SILENT
