"""The history of a box in a real browser: what was there is found again and comes back; readable by everybody."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.boxwriter import BoxWriter
from tests.browser.axe import findings_in_both, fits
from workbook.models import Readers, Response

LONG = "帰りの電車で、今日のことを思い返していた。" * 15


@pytest.fixture
def writer(cast):
    return BoxWriter(cast)


def test_what_was_deleted_comes_back(phone, cast, sign_in, writer):
    sign_in(phone, cast.member)
    phone.goto(writer.prompt.section.week.get_absolute_url())
    for version, text in enumerate([LONG, "消してしまった"], start=1):
        phone.locator(f"#text-{writer.prompt.pk}").fill(text)
        expect(phone.locator(f"#box-{writer.prompt.pk} [data-version]")).to_have_value(f"{version}")
    phone.goto(writer.url)
    newest, before = phone.get_by_role("article").all()
    expect(newest).to_contain_text("いまの文章")
    expect(newest.locator("del").first).to_contain_text("帰りの電車で")
    before.get_by_role("button", name="この文章に戻す").click()
    expect(phone.get_by_text("の文章に戻しました。いままでの文章も履歴に残っています。")).to_be_visible()
    expect(phone.locator(f"#text-{writer.prompt.pk}")).to_have_value(LONG)
    expect(phone).to_have_url(re.compile(rf"#box-{writer.prompt.pk}$"))
    response = Response.objects.get(prompt=writer.prompt)
    assert (response.text, response.version) == (LONG, 3)


def test_without_javascript(plain_page, cast, sign_in, writer):
    writer.save("まえ")
    writer.save("いま", minutes=30)
    sign_in(plain_page, cast.member)
    plain_page.goto(writer.url)
    plain_page.get_by_role("link", name="この文章を開く").last.click()
    expect(plain_page.get_by_label("書いたとおりの文字")).to_have_value("まえ")
    plain_page.get_by_role("button", name="この文章に戻す").click()
    expect(plain_page.locator(f"#text-{writer.prompt.pk}")).to_have_value("まえ")


def test_a_version_can_be_copied(desk, cast, sign_in, writer):
    revision = writer.save("　はじめの文\n- ひとつ")
    sign_in(desk, cast.member)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(reverse("workbook:history_revision", args=[writer.prompt.pk, revision.pk]))
    desk.get_by_role("button", name="コピー").click()
    expect(desk.get_by_role("button", name="コピーしました")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == "　はじめの文\n- ひとつ"


def test_no_findings(new_page, cast, sign_in, writer):
    page = new_page(viewport={"width": 360, "height": 800})
    sign_in(page, cast.member)
    found = {}

    def look(name):
        broken = findings_in_both(page)
        wide = [width for width in (320, 768, 1280) if not fits(page, width)]
        page.set_viewport_size({"width": 360, "height": 800})
        if broken or wide:
            found[name] = broken, wide

    page.goto(writer.url)
    look("nothing yet")
    writer.save(LONG, device="iPhone", readers=Readers.SELF)
    writer.save("w" * 300, minutes=30)
    branch = writer.save("別の文", base=1, device="iPhone")
    for number in range(20):
        writer.save(f"{LONG}{number}\n\nおわり", minutes=30)
    for path in (writer.url, f"{writer.url}?page=2"):
        page.goto(path)
        look(path)
    page.goto(reverse("workbook:history_revision", args=[writer.prompt.pk, branch.pk]))
    look("one version")
    assert found == {}


def test_both_sides_of_a_conflict_without_javascript(plain_page, cast, sign_in, writer):
    sign_in(plain_page, cast.member)
    writer.save("はじめ")
    plain_page.goto(writer.prompt.section.week.get_absolute_url())
    writer.save("今日は晴れ。", minutes=1)
    plain_page.locator(f"#text-{writer.prompt.pk}").fill("今日は雨。")
    plain_page.get_by_role("button", name="保存", exact=True).click()
    expect(plain_page.locator(".conflict mark")).to_have_text(["雨", "晴れ"])


def test_a_conflict_from_before_the_script_came_is_chosen_not_saved_over(phone, cast, sign_in, writer):
    """Saved by the plain form, because the script was late; the page with both texts has it."""
    sign_in(phone, cast.member)
    writer.save("はじめ")
    phone.route("**/*.js", lambda route: route.abort("connectionreset"))
    phone.goto(writer.prompt.section.week.get_absolute_url())
    field = phone.locator(f"#text-{writer.prompt.pk}")
    field.fill("机で")
    writer.save("電話で")
    phone.unroute("**/*.js")
    phone.get_by_role("button", name="保存", exact=True).click()
    bar = phone.locator(".conflict").filter(has=phone.locator("[data-keep]"))
    expect(bar.locator("[data-other]")).to_have_text("電話で")
    expect(field).to_have_value("机で")
    response = Response.objects.get(prompt=writer.prompt)
    assert (response.text, response.version) == ("電話で", 2)
    bar.get_by_role("button", name="これを残す").click()
    expect(phone.locator(f"#box-{writer.prompt.pk} [data-version]")).to_have_value("3")
    response.refresh_from_db()
    assert (response.text, response.version) == ("机で", 3)
