"""The board as it stands open on a facilitator's screen."""

import re

import pytest
from django.utils.translation import gettext
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.cast import join, make_users, prompt_of, write
from workbook.admin.board import State

GONE = "This page is not open to you any more."
AWAY = "You are signed out. Please open the page again and sign in."
STALE = "As of {time}. There is no connection right now; it goes on by itself."
NEWS = 9_000
"""Milliseconds in which news must have come: one is asked for every five seconds."""


@pytest.fixture
def board(desk, cast, sign_in):
    """The board of week 1 on the facilitator's screen."""
    sign_in(desk, cast.facilitator)
    desk.goto(f"/admin/workbook/week/{cast.cohort.weeks.get(number=1).pk}/board/")
    return desk


def cell(page, membership, place):
    return page.locator(f"#member-{membership.pk} td").nth(place)


def says(state):
    return re.compile(f"^{re.escape(str(state.label))}$")


def ask_now(page):
    page.evaluate("document.dispatchEvent(new Event('hisho:changed'))")


def test_follows_a_member_who_writes(board, phone, cast, sign_in):
    expect(cell(board, cast.membership, 3)).to_have_text(says(State.EMPTY))
    sign_in(phone, cast.member)
    phone.goto("/cohorts/ours/weeks/1/")
    summary = prompt_of(cast.cohort, kind="summary")
    phone.locator(f"textarea[name=text-{summary.pk}]").press_sequentially("たねをまきます")
    expect(cell(board, cast.membership, 3)).to_have_text(says(State.WRITING), timeout=NEWS)
    assert "たねをまきます" not in board.content()


def test_says_when_it_was_new_and_that_the_connection_is_lost(board):
    line = board.locator("[data-live-status]")
    expect(line).to_have_text(re.compile(r"\d\d:\d\d"))
    board.context.set_offline(True)
    ask_now(board)
    expect(line).to_contain_text(gettext(STALE).partition("{time}")[2])
    board.context.set_offline(False)
    expect(line).not_to_contain_text(gettext(STALE).partition("{time}")[2])


def test_empties_itself_when_she_facilitates_no_more(board, cast):
    assert "member" in board.locator("#content-main").inner_text()
    Membership.objects.get(user=cast.facilitator).close()
    alert = board.get_by_role("alert")
    expect(alert).to_have_text(gettext(GONE), timeout=NEWS)
    assert board.locator("[data-live] *").count() == 0
    assert "member" not in board.locator("#content-main").inner_text()


def test_empties_itself_when_she_signed_out_elsewhere(board):
    board.context.clear_cookies()
    ask_now(board)
    expect(board.get_by_role("alert")).to_have_text(gettext(AWAY))
    assert board.locator("[data-live] *").count() == 0


def test_nothing_is_sent_where_nothing_is_new(board):
    answers = []
    board.on("response", lambda answer: answer.url.endswith("/board/") and answers.append(answer.status))
    board.wait_for_timeout(6_500)
    assert answers == [304]


HIDE = "Object.defineProperty(document, 'visibilityState', { get: () => (window.shown ? 'visible' : 'hidden') })"


def test_nothing_is_asked_while_nobody_looks(board):
    board.add_init_script(HIDE)
    board.reload()
    asked = []
    board.on("request", lambda request: request.url.endswith("/board/") and asked.append(request))
    board.wait_for_timeout(6_500)
    assert asked == []
    with board.expect_request("**/board/"):
        board.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")


def test_what_she_opened_stays_open_and_where_she_is_she_stays(board, cast):
    for user in make_users(*(f"more{number}" for number in range(30))).values():
        join(cast.cohort, user)
    ask_now(board)
    expect(board.locator(".board-scroll").first.locator("tbody tr")).to_have_count(32)
    board.locator("details.left summary").click()
    room = board.locator(".board-scroll").first
    room.evaluate("room => room.scrollTo(0, 300)")
    link = board.locator("tbody a").nth(20)
    link.focus()
    here = board.get_by_role("link", name="more18", exact=True)
    height = here.bounding_box()["y"]
    colleague = Membership.objects.get(user=cast.colleague)
    write(colleague, prompt_of(cast.cohort), "ことば")
    Membership.objects.get(user__nickname="more0").close()
    ask_now(board)
    expect(cell(board, colleague, 0)).to_have_text(says(State.WRITING))
    expect(board.locator("details.left tbody tr")).to_have_count(2)
    assert board.locator("details.left").get_attribute("open") is not None
    assert board.evaluate("document.activeElement.textContent") == "more18"
    assert abs(here.bounding_box()["y"] - height) < 1


def test_nothing_is_wider_than_a_phone(phone, cast, sign_in):
    sign_in(phone, cast.facilitator)
    phone.goto(f"/admin/workbook/week/{cast.cohort.weeks.get(number=1).pk}/board/")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    room = phone.locator(".board-scroll").first
    name = phone.locator("tbody th").first
    before = name.bounding_box()["x"]
    room.evaluate("room => room.scrollTo(400, 0)")
    assert room.evaluate("room => room.scrollLeft") > 100
    assert name.bounding_box()["x"] == before


REGIONS = """async ([before, after]) => {
  const { Regions } = await import("/static/js/admin/regions.js");
  const page = document.createElement("div");
  page.innerHTML = before;
  document.body.replaceChildren(page);
  for (const box of page.querySelectorAll("textarea")) box.value = `${box.id}!`;
  const regions = new Regions(page);
  for (const html of after) {
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    regions.take(fresh);
  }
  return [page.innerHTML, [...page.querySelectorAll("textarea")].map((box) => box.value)];
}"""


def entry(name, text):
    return f'<article id="e{name}"><p data-live="{name}">{text}</p><textarea id="b{name}"></textarea></article>'


def closed(name):
    return f'<article id="e{name}"></article>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1, 2), (1, 2)),
        ((2,), (1, 2)),
        ((1,), (1, 2, 3)),
        ((1, 4), (1, 2, 3, 4)),
        ((), (1, 2)),
        ((3,), (1, 2, 3, 4, 5)),
    ],
)
def test_new_regions_come_where_they_belong_and_boxes_stay(desk, before, after, live_server):
    desk.goto("/accounts/login/")
    old = "".join(entry(name, "old") for name in before)
    new = "<header></header>" + "".join(entry(name, "new") for name in after) + "<footer></footer>"
    html, typed = desk.evaluate(REGIONS, [f"<header></header>{old}<footer></footer>", [new, new]])
    assert re.findall(r'data-live="(\d)">new<', html) == [str(name) for name in after]
    assert typed == [f"b{name}!" if name in before else "" for name in after]


def test_a_region_that_went_is_emptied_and_may_come_again(desk, live_server):
    desk.goto("/accounts/login/")
    both, one = entry(1, "a") + entry(2, "b"), entry(1, "a")
    html, typed = desk.evaluate(REGIONS, [both, [one]])
    assert re.findall(r'data-live="(\d)">(.*?)</p>', html) == [("1", "a"), ("2", "")]
    html, typed = desk.evaluate(REGIONS, [both, [one, entry(1, "a") + entry(2, "c")]])
    assert re.findall(r'data-live="(\d)">(.*?)</p>', html) == [("1", "a"), ("2", "c")]
    assert typed == ["b1!", "b2!"]


LISTS = [
    ("<i id=a>1</i><i id=b>2</i><i id=c>3</i>", "<i id=c>3</i><i id=a>1</i><i id=d>4</i><i id=b>5</i>"),
    ("<i id=a>1</i>x<i id=b>2</i>", "<b>0</b><i id=b>2</i>y"),
    ("", "<u>1</u><u>2</u>"),
    ("<u>1</u><u>2</u><u>3</u>", "<u>3</u>"),
    ("<details open><summary>s</summary>t</details>", "<details open><summary>s</summary>u<em>v</em></details>"),
    ("<a href=/1 class=x>1</a>", "<a href=/2 title=t>1</a>"),
    ("<i id=a><b id=c>1</b></i>", "<b id=c>1</b><i id=a></i>"),
    ("text", "<p>text</p>"),
    ("<i id=a>1</i><i>2</i>", "<i>2</i><i id=a>1</i><i id=q>1</i>"),
]


@pytest.mark.parametrize(("old", "fresh"), LISTS)
def test_whatever_stood_there_becomes_what_came(desk, old, fresh, live_server):
    desk.goto("/accounts/login/")
    script = """async ([old, fresh]) => {
      const { morph } = await import("/static/js/admin/morph.js");
      const [one, other, wanted] = [old, fresh, fresh].map((html) => {
        const room = document.createElement("div");
        room.innerHTML = html;
        return room;
      });
      morph(one, other);
      return [one.innerHTML, wanted.innerHTML, one.isEqualNode(wanted)];
    }"""
    became, wanted, is_equal = desk.evaluate(script, [old, fresh])
    assert is_equal, (became, wanted)
