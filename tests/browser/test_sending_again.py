"""What a sending means when other words, or other comments, come while it is on its way."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from playwright.sync_api import expect

from cohorts.models import User
from tests.browser.office import (
    DRAFT,
    LATER,
    SENT,
    comments,
    cut,
    draft_of,
    entry_of,
    field,
    make_private,
    open_page,
    send_button,
    status,
)
from tests.browser.test_storage import eventually
from tests.cast import QUESTIONS, join, make_user
from workbook.models import Feedback, Reading, Response, Save

ARRIVED = "The comment from before has arrived. What stands here is a new draft."
NOTICED = 3_500
"""Milliseconds after which what came has been noticed."""

GOING_ON = "On to the next as soon as the comment is sent."
CUT_OFF = "There is no connection right now. When there is, press “I have read this” once more."
ALSO = "A comment by {names} has arrived too."
CLOSED = "These words are not open to you any more. Your comment can be copied and kept."
LOOK = "document.dispatchEvent(new CustomEvent('hisho:changed'))"


def rewrite(response, text):
    """The member writes something else."""
    now = Response.objects.get(pk=response.pk)
    Response.objects.write(Save(now.prompt_id, now.membership_id, uuid4(), now.version, text, now.readers, QUESTIONS))


@pytest.fixture
def taken_back(reading, cast):
    """The first comment has arrived, but the page does not know: it was taken back. Call it, and the answer comes."""
    held = []
    reading.route("**/feedback/", lambda route: route.continue_() if held else held.append((route, route.fetch())))
    field(reading, cast.shared).press_sequentially("ひとこと")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    reading.keyboard.press("Control+Enter")
    expect(send_button(reading, cast.shared)).to_have_text("送るのをやめる")
    send_button(reading, cast.shared).click()
    expect(field(reading, cast.shared)).to_be_focused()
    return lambda: held[0][0].fulfill(response=held[0][1])


def test_answer_to_an_earlier_sending_does_not_end_the_next(reading, cast, taken_back):
    reading.keyboard.type("、直しました")
    reading.keyboard.press("Control+Enter")
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "ひとこと、直しました")
    expect(status(reading, cast.shared)).not_to_have_text(SENT)
    taken_back()
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "ひとこと"), ("facilitator", "ひとこと、直しました")]
    expect(field(reading, cast.shared)).to_have_value("")


def test_read_waits_for_the_next_sending_too(reading, cast, taken_back):
    reading.keyboard.type("、直しました")
    reading.keyboard.press("Control+Enter")
    reading.keyboard.press("m")
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "ひとこと、直しました")
    with reading.expect_navigation():
        taken_back()
    assert [text for _, text in comments(cast.shared)] == ["ひとこと", "ひとこと、直しました"]
    assert draft_of(cast.shared, cast.facilitator) == ""


def test_nothing_is_called_sent_that_was_typed_since(reading, cast, taken_back):
    reading.keyboard.type("、まだ書いています")
    taken_back()
    expect(status(reading, cast.shared)).to_have_text(gettext(ARRIVED))
    eventually(reading, lambda: draft_of(cast.shared, cast.facilitator) == "ひとこと、まだ書いています")
    expect(status(reading, cast.shared)).not_to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "ひとこと")]


def test_what_had_arrived_after_all_leaves_the_box(reading, cast, taken_back):
    taken_back()
    expect(field(reading, cast.shared)).to_have_value("")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert comments(cast.shared) == [("facilitator", "ひとこと")]


def test_comment_answers_what_was_shown_when_she_sent_it(reading, cast):
    cut(reading)  # nothing is saved for a while; reading goes on
    field(reading, cast.shared).press_sequentially("前の文章への返事")
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_contain_text(LATER)
    read = Response.objects.get(pk=cast.shared.pk).version
    rewrite(cast.shared, "すっかり書きかえた")
    reading.evaluate(LOOK)
    expect(entry_of(reading, cast.shared)).to_contain_text("すっかり書きかえた")
    reading.wait_for_timeout(NOTICED)
    reading.unroute("**/draft/")
    reading.evaluate("dispatchEvent(new Event('focus'))")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    assert Feedback.objects.get().revision.version == read
    assert Reading.objects.get(reader=cast.facilitator, response=cast.shared).version == read


def test_what_came_just_now_is_not_taken_for_noticed(reading, cast):
    """News of one text does not make the words that change shortly after it known."""
    script = """async (name) => {
      const entry = document.querySelector(`[data-box="${name}"]`).closest("[data-entry]");
      const field = entry.querySelector("[data-shown]");
      const said = () => document.dispatchEvent(new CustomEvent("hisho:live"));
      const pause = (time) => new Promise((done) => { setTimeout(done, time); });
      const before = field.value;
      said();
      await pause(2_500);
      entry.querySelector("[data-shown-now]").dataset.shownNow = "later";
      said();
      await pause(1_500);
      const between = field.value;
      await pause(2_000);
      return [between === before, field.value];
    }"""
    assert reading.evaluate(script, f"answer-{cast.shared.pk}") == [True, "later"]


def bar(page):
    return page.locator("[data-page-status]")


def test_taken_back_while_read_waited_for_it(reading, cast, url):
    cut(reading, "**/feedback/")
    field(reading, cast.shared).press_sequentially("やっぱり書き直す")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    reading.keyboard.press("Control+Enter")
    reading.keyboard.press("m")
    expect(bar(reading)).to_have_text(gettext(GOING_ON))
    expect(send_button(reading, cast.shared)).to_have_text("送るのをやめる")
    send_button(reading, cast.shared).click()
    expect(field(reading, cast.shared)).to_be_focused()
    expect(bar(reading)).not_to_have_text(gettext(GOING_ON))
    reading.unroute("**/feedback/")
    reading.wait_for_timeout(1_500)
    expect(reading).to_have_url(re.compile(f"{url}$"))
    assert not Reading.objects.exists()


@pytest.mark.parametrize("is_known", [True, False])
def test_read_without_a_network_stays(reading, cast, url, is_known):
    """Whether the browser knows it or not."""
    if is_known:
        reading.context.set_offline(True)
    else:
        cut(reading, "**/session/")
        cut(reading, url)
    field(reading, cast.shared).press_sequentially("途中")
    reading.keyboard.press("Escape")
    reading.keyboard.press("m")
    expect(bar(reading).get_by_role("status")).to_have_text(gettext(CUT_OFF))
    expect(reading).to_have_url(re.compile(f"{url}$"))
    expect(field(reading, cast.shared)).to_have_value("途中")
    reading.context.set_offline(False)
    reading.unroute_all()
    reading.evaluate(LOOK)
    expect(bar(reading)).not_to_have_text(gettext(CUT_OFF))
    with reading.expect_navigation():
        reading.keyboard.press("m")
    assert Reading.objects.filter(reader=cast.facilitator, response=cast.shared).exists()


def test_read_means_what_was_shown_when_it_was_pressed(reading, cast):
    cut(reading, "**/feedback/")
    field(reading, cast.group).press_sequentially("少し待つ")
    expect(status(reading, cast.group)).to_have_text(DRAFT)
    reading.keyboard.press("Control+Enter")
    reading.keyboard.press("m")
    expect(bar(reading)).to_have_text(gettext(GOING_ON))
    read = Response.objects.get(pk=cast.shared.pk).version
    rewrite(cast.shared, "待つあいだに書きかえた")
    reading.evaluate(LOOK)
    expect(entry_of(reading, cast.shared)).to_contain_text("待つあいだに書きかえた")
    reading.wait_for_timeout(NOTICED)
    with reading.expect_navigation():
        reading.unroute("**/feedback/")
        reading.evaluate("dispatchEvent(new Event('focus'))")
    assert Reading.objects.get(reader=cast.facilitator, response=cast.shared).version == read


SPOKEN = """() => {
  window.said = [];
  const line = document.querySelector("[data-page-status]");
  const watch = new MutationObserver(() => window.said.push(line.querySelector("[role=status]")?.textContent ?? "-"));
  watch.observe(line, { childList: true, characterData: true, subtree: true });
}"""


def test_page_speaks_of_drafts_as_drafts_and_not_beside_the_boxes(reading, cast):
    reading.evaluate(SPOKEN)
    field(reading, cast.shared).press_sequentially("まだ下書き")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    expect(bar(reading)).to_contain_text(gettext("The draft is saved"))
    reading.keyboard.press("Control+Enter")
    expect(status(reading, cast.shared)).to_have_text(SENT)
    expect(bar(reading)).not_to_contain_text(gettext("The draft is saved"))
    expect(bar(reading)).to_contain_text(gettext("Saved"))
    assert set(reading.evaluate("window.said")) == {""}


def test_times_are_those_of_the_cohort(new_page, cast, sign_in, url):
    """Not of the place where the facilitator is."""
    abroad = new_page(timezone_id="America/New_York")
    sign_in(abroad, cast.facilitator)
    for page in (url, reverse("admin:workbook_week_board", args=[cast.cohort.weeks.get(number=1).pk])):
        before = here(cast)
        abroad.goto(page)
        expect(abroad.locator("[data-live-status]")).to_have_text(re.compile(r"\d\d:\d\d"))
        shown = re.search(r"\d\d:\d\d", abroad.locator("[data-live-status]").inner_text())[0]
        assert before <= shown <= here(cast) or before > here(cast)
    field(open_page(abroad, url), cast.shared).fill("時差")
    expect(bar(abroad)).to_have_text(re.compile(r"\d\d:\d\d"))
    assert here(cast)[:2] in bar(abroad).inner_text() or here(cast)[3:] == "00"


def here(cast):
    return f"{timezone.now().astimezone(cast.cohort.zone):%H:%M}"


@pytest.fixture
def partner(new_page, cast, sign_in, url):
    """Another facilitator reads the same."""
    user = make_user("partner")
    join(cast.cohort, user, "facilitator")
    page = new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, user)
    return open_page(page, url)


def send(page, response, text):
    field(page, response).fill(text)
    expect(status(page, response)).to_have_text(DRAFT)
    send_button(page, response).click()
    expect(status(page, response)).to_contain_text(SENT)


def look(page, response, count):
    page.evaluate(LOOK)
    expect(entry_of(page, response).locator(".said")).to_have_count(count)


def also(name):
    return re.compile(re.escape(gettext(ALSO).replace("{names}", name)))


def test_who_sent_first_is_told_of_the_second(reading, partner, cast):
    send(reading, cast.shared, "ひとりめ")
    send(partner, cast.shared, "ふたりめ")
    expect(status(partner, cast.shared)).to_contain_text("facilitator")
    look(reading, cast.shared, 2)
    expect(status(reading, cast.shared)).to_have_text(SENT)
    expect(status(reading, cast.shared)).to_have_text(also("partner"))
    field(reading, cast.shared).press_sequentially("つぎ")
    expect(status(reading, cast.shared)).not_to_have_text(also("partner"))
    look(partner, cast.shared, 2)
    assert status(partner, cast.shared).inner_text().count("facilitator") == 1


def test_who_sends_second_is_told_though_it_was_on_the_page_by_then(reading, partner, cast):
    field(partner, cast.shared).fill("ふたりめ")
    expect(status(partner, cast.shared)).to_have_text(DRAFT)
    send(reading, cast.shared, "ひとりめ")
    look(partner, cast.shared, 1)
    send_button(partner, cast.shared).click()
    expect(status(partner, cast.shared)).to_have_text(SENT)
    said = gettext("Sent. %(names)s commented too; both comments are there.") % {"names": "facilitator"}
    expect(status(partner, cast.shared)).to_have_text(said)


def test_who_is_writing_is_told_and_it_stays_while_she_types(reading, partner, cast):
    field(partner, cast.shared).press_sequentially("書いている")
    send(reading, cast.shared, "ひとりめ")
    look(partner, cast.shared, 1)
    expect(status(partner, cast.shared)).to_have_text(also("facilitator"))
    field(partner, cast.shared).press_sequentially("ところ")
    eventually(partner, lambda: draft_of(cast.shared, User.objects.get(nickname="partner")) == "書いているところ")
    expect(status(partner, cast.shared)).to_have_text(also("facilitator"))


def test_who_only_reads_is_not_told(reading, partner, cast):
    send(reading, cast.shared, "ひとりめ")
    look(partner, cast.shared, 1)
    expect(status(partner, cast.shared)).to_have_text("")


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_said_where_the_words_were_closed(reading, cast, is_sent):
    field(reading, cast.shared).fill("途中まで")
    expect(status(reading, cast.shared)).to_have_text(DRAFT)
    make_private(cast.shared)
    if is_sent:
        reading.keyboard.press("Control+Enter")
    else:
        field(reading, cast.shared).press_sequentially("書いた")
    box = reading.locator(f'[data-box="answer-{cast.shared.pk}"]')
    expect(box.locator("[data-status]").first).to_have_text(gettext(CLOSED))
    expect(box.locator("[data-rescue]")).to_be_visible()
