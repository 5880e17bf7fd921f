"""The reading pages with all that can stand on them: no accessibility finding, nothing wider than the screen."""

from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Membership
from tests.browser.axe import findings_in_both, fits
from tests.cast import join, make_user, prompt_of, write
from tests.reader import begin, comment, rewrite
from workbook.models import Note, NoteSave, Readers, Reading

LONG = "帰りの電車で、今日のことを思い返していた。" * 15
WIDTHS = (320, 360, 768, 1280, 1920)


@pytest.fixture
def busy(cast):
    """Comments, changes, drafts of two facilitators, notes, a text that was closed, a long word, a promise."""
    second = make_user("second")
    join(cast.cohort, second, "facilitator")
    colleague = Membership.objects.get(user=cast.colleague)
    closed = write(colleague, cast.shared.prompt, "ことば")
    begin(closed, cast.facilitator, "もう送れないことば")
    rewrite(closed, "自分だけ", Readers.SELF)
    comment(cast.shared, cast.facilitator, "- すてき\n- です\n\n> 引用")
    comment(cast.shared, second, "w" * 300)
    Reading.objects.note(second, {cast.shared.pk: 1})
    rewrite(cast.shared, f"{LONG}\n\n# 見出し\n\n| a | b |\n|---|---|\n| {'w' * 200} | い |")
    begin(cast.shared, second, "書いています")
    begin(cast.group, cast.facilitator, "書きかけ")
    write(cast.membership, prompt_of(cast.cohort, kind="summary"), "w" * 300)
    cast.group.settle("done")
    for author in (cast.facilitator, second):
        Note.objects.write(NoteSave(cast.membership.pk, author.pk, uuid4(), 0, f"メモ{'w' * 200}"))
    return cast


def pages_of(cast):
    member, prompt = cast.membership.pk, cast.shared.prompt_id
    return [
        reverse("admin:workbook_response_read", args=[member, 1]),
        reverse("admin:workbook_response_person", args=[member]),
        reverse("admin:workbook_response_question", args=[prompt]),
        reverse("admin:workbook_response_question", args=[cast.private.prompt_id]),
    ]


def test_no_findings(new_page, busy, sign_in):
    page = new_page(viewport={"width": 360, "height": 800})
    sign_in(page, busy.facilitator)
    found = {}

    def look(name):
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if broken := findings_in_both(page):
                found[name, width] = broken
        if wide := [width for width in WIDTHS if not fits(page, width)]:
            found[name, "wide"] = wide

    for path in pages_of(busy):
        page.goto(path)
        page.locator("form[data-ready]").wait_for()
        look(path)
        page.evaluate("document.querySelectorAll('#content details').forEach((each) => { each.open = true; })")
        look(f"{path} unfolded")
        page.keyboard.press("?")
        look(f"{path} with its keys")
    assert found == {}


COVERED = """() => {
  const here = document.activeElement;
  const bar = document.querySelector(".finish");
  if (here === document.body || bar.contains(here)) return null;
  const [one, other] = [here, bar].map((element) => element.getBoundingClientRect());
  const isBehind = getComputedStyle(bar).position === "sticky" && one.top >= other.top && one.top < other.bottom;
  const isOutside = one.bottom <= 0 || one.top >= innerHeight;
  return isBehind || isOutside ? `${here.tagName} ${here.textContent.trim()} ${one.top}` : null;
}"""


@pytest.mark.parametrize("size", [(1280, 800), (360, 640), (320, 256)])
def test_what_has_the_focus_is_in_sight(new_page, busy, sign_in, size):
    """Also at 400 %, where the bar would fill half of the screen."""
    page = new_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, busy.facilitator)
    page.goto(pages_of(busy)[0])
    page.locator("form[data-ready]").wait_for()
    covered = []
    for _press in range(45):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))
    assert list(filter(None, covered)) == []


def test_where_colours_are_forced_the_text_she_is_at_and_the_buttons_have_a_frame(new_page, busy, sign_in):
    page = new_page(viewport={"width": 1280, "height": 800}, forced_colors="active")
    sign_in(page, busy.facilitator)
    page.goto(pages_of(busy)[0])
    page.locator("form[data-ready]").wait_for()
    page.keyboard.press("j")
    look = "element => ['outlineStyle', 'borderTopWidth'].map((name) => getComputedStyle(element)[name])"
    assert page.locator("[data-entry]:focus").evaluate(look) == ["solid", "1px"]
    assert page.locator("[data-read]").evaluate(look)[1] == "1px"


def test_a_long_text_is_folded_and_nothing_of_it_is_missing(new_page, busy, sign_in):
    rewrite(busy.shared, "\n\n".join(f"{number}番目の{LONG[:40]}" for number in range(300)) + "\n\nおしまい")
    page = new_page(viewport={"width": 360, "height": 640})
    sign_in(page, busy.facilitator)
    page.goto(pages_of(busy)[0])
    page.locator("form[data-ready]").wait_for()
    entry = page.locator(f"#entry-{busy.membership.pk}-{busy.shared.prompt_id}")
    words, box = entry.locator(".words"), entry.locator("textarea")

    def height():
        return words.bounding_box()["height"]

    assert height() <= 640
    assert "おしまい" in words.inner_text()
    assert box.bounding_box()["y"] - entry.bounding_box()["y"] < 2_500
    entry.locator(".fold summary").click()
    assert height() > 10_000
    rewrite(busy.shared, "あたらしい\n\n" + "ことば\n\n" * 300)
    page.evaluate("document.dispatchEvent(new Event('hisho:changed'))")
    expect(words).to_contain_text("あたらしい")
    assert height() > 10_000
    entry.locator(".fold summary").click()
    assert height() <= 640
    rewrite(busy.shared, "みじかい")
    page.evaluate("document.dispatchEvent(new Event('hisho:changed'))")
    expect(entry.locator(".fold")).to_have_count(0)
    assert height() < 100


@pytest.mark.parametrize("name", ["search", "board", "start"])
def test_a_slash_leads_into_the_search_box(new_page, busy, sign_in, name):
    page = new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, busy.facilitator)
    week = busy.cohort.weeks.first()
    addresses = {
        "search": reverse("admin:workbook_response_search"),
        "board": reverse("admin:workbook_week_board", args=[week.pk]),
        "start": "/admin/",
    }
    page.goto(addresses[name])
    field = page.locator("input[data-search]")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    page.evaluate("localStorage.setItem('hisho-keys-off', '1')")
    field.blur()
    page.keyboard.press("/")
    expect(field).not_to_be_focused()
