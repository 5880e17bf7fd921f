"""Four weeks in small: a cohort is opened, somebody joins and writes, is read and answered, and sees it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from cohorts.models import Cohort, Membership
from workbook.models import Response

SAVED = re.compile("保存しました")
TEXTS = [
    "返事が早いより、気持ちが見える人。\n- 「助かります」の一言",
    "安心して次をお願いできるから。",
    "なぎさん\n- 小さな報告がうれしい",
    "- 早めの一報\n- ひと言の温度",
    "月曜の朝に、一通だけ近況を送る。",
]


@pytest.fixture
def first_session():
    """Two days from now, in the evening: the first week is open already."""
    moment = timezone.localtime() + timedelta(days=2)
    return moment.replace(hour=21, minute=0, second=0, microsecond=0)


def open_cohort(page: Page, cast, first_session) -> Cohort:
    page.goto("/admin/")
    page.get_by_role("link", name="コホートを開く").click()
    page.get_by_label("名前").fill("春のコホート")
    page.locator("summary", has_text="くわしく").click()
    page.get_by_label("問いをどこから").select_option("bundled")
    page.get_by_label("最初のセッション").fill(first_session.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("リンク").fill("https://zoom.example.com/j/42")
    page.get_by_label("ファシリテーターのメールアドレス").fill(cast.facilitator.email)
    check = page.get_by_role("button", name="日程を確かめる")
    if check.is_visible():
        check.click()
    expect(page.locator("#session-4")).to_have_value((first_session + timedelta(days=21)).strftime("%Y-%m-%dT%H:%M"))
    assert not Cohort.objects.filter(name="春のコホート").exists()
    fourth = first_session + timedelta(days=22)
    page.locator("#session-4").fill(fourth.strftime("%Y-%m-%dT20:30"))
    expect(page.locator("#week-4 [data-reset]")).to_have_count(int(not check.is_visible()))
    page.get_by_role("button", name="開く", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/cohorts/cohort/\d+/"))
    cohort = Cohort.objects.get(name="春のコホート")
    assert [week.session_at for week in cohort.weeks.all()][3] == fourth.replace(hour=20, minute=30)
    return cohort


def invite(page: Page, cohort: Cohort, lines: str) -> str:
    """Paste addresses; gives the path of the link in the newest mail."""
    page.goto(f"/admin/cohorts/invitation/add/?cohort={cohort.pk}")
    form = page.locator("form").filter(has=page.get_by_role("button", name="メールで招待する"))
    form.get_by_label("コホート").select_option(label=cohort.name)
    form.get_by_label("メールアドレス").fill(lines)
    form.get_by_role("button", name="メールで招待する").click()
    expect(page.get_by_role("row", name="これはアドレスではない")).to_contain_text("読みとれませんでした")
    link = re.search(r"http\S+/invitations/\S+", mail.outbox[-1].body)[0]
    return urlsplit(link).path


def accept(page: Page, path: str, nickname: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("春のコホート")
    page.get_by_role("button", name="参加").click()
    page.get_by_label("ニックネーム").fill(nickname)
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_url("**/")


def test_the_whole_way(desk, phone, new_page, cast, sign_in, first_session):
    sign_in(desk, cast.organizer)
    cohort = open_cohort(desk, cast, first_session)
    path = invite(desk, cohort, "これはアドレスではない\nひより ＜hiyori＠example.com＞")

    accept(phone, path, "ひより")
    expect(phone.locator("main")).to_contain_text("あと2日")
    phone.get_by_role("link", name="書きはじめる").click()
    boxes = phone.locator("textarea")
    expect(boxes).to_have_count(5)
    for number, text in enumerate(TEXTS):
        boxes.nth(number).fill(text)
    phone.locator("select").nth(4).select_option("group")
    expect(phone.locator("[data-page-status]")).to_have_text(SAVED)
    expect(phone.locator("[data-state].written")).to_have_count(5)
    membership = Membership.objects.get(user__nickname="ひより", cohort=cohort)
    order = ["prompt__section__position", "prompt__position"]
    assert list(Response.objects.filter(membership=membership).order_by(*order).values_list("text", flat=True)) == TEXTS

    reader = new_page(viewport={"width": 1280, "height": 800})
    sign_in(reader, cast.facilitator)
    reader.goto("/admin/")
    desk_card = reader.locator("section").filter(has_text="春のコホート")
    desk_card.get_by_role("link", name="つづきから読む").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("ひより")
    expect(reader.locator(".words").first).to_contain_text("気持ちが見える人")
    reader.locator(".answer textarea").last.fill("一通だけ、がいいですね。")
    reader.locator("[data-send]").last.click()
    reader.get_by_role("button", name="読みました").click()
    expect(reader.locator(".messagelist")).to_contain_text("この週は、すべて読みました。")
    desk_card.get_by_role("link", name="この週を読む").click()
    expect(reader.locator(".said")).to_contain_text("一通だけ、がいいですね。")
    assert mail.outbox[-1].to == ["hiyori@example.com"]
    assert "一通だけ" not in mail.outbox[-1].body

    phone.goto("/")
    expect(phone.locator(".said")).to_contain_text("一通だけ、がいいですね。")
    phone.get_by_role("link", name="自分の文章と並べて読む").click()
    phone.get_by_role("button", name="ありがとう").click()
    expect(phone.locator(".said")).to_contain_text("ありがとうを伝えました")


def test_the_whole_way_without_javascript(new_page, cast, sign_in, first_session):
    plain = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    organizer, member, reader = new_page(**plain), new_page(**plain), new_page(**plain)
    sign_in(organizer, cast.organizer)
    cohort = open_cohort(organizer, cast, first_session)
    accept(member, invite(organizer, cohort, "これはアドレスではない\nhiyori@example.com"), "ひより")
    member.get_by_role("link", name="書きはじめる").click()
    for number, text in enumerate(TEXTS):
        member.locator("textarea").nth(number).fill(text)
    member.get_by_role("button", name="保存").click()
    expect(member.locator("[data-state].written")).to_have_count(5)

    sign_in(reader, cast.facilitator)
    membership = Membership.objects.get(user__nickname="ひより", cohort=cohort)
    reader.goto(f"/admin/workbook/response/read/{membership.pk}/1/")
    reader.locator(".answer textarea").first.fill("読みましたよ")
    reader.get_by_role("button", name="コメントだけ送る").click()
    member.goto("/")
    expect(member.locator(".said")).to_contain_text("読みましたよ")


def test_promise_of_last_week(phone, cast, sign_in):
    sign_in(phone, cast.member)
    phone.goto("/")
    promise = phone.locator("#promise")
    expect(promise).to_contain_text("CANARY-ours-member-group")
    promise.get_by_role("button", name="途中").click()
    expect(promise.get_by_role("button", name="途中")).to_have_attribute("aria-pressed", "true")
    promise.get_by_role("button", name="できた").click()
    expect(promise.get_by_role("button", name="できた")).to_have_attribute("aria-pressed", "true")


def test_sign_in_with_the_mailed_code(phone, cast):
    phone.goto("/")
    phone.locator("#id_email").fill(cast.member.email)
    phone.get_by_role("button", name="コードを受け取る").click()
    phone.wait_for_url("**/confirm/**")
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z0-9]{6,9})\s*$", mail.outbox[-1].body, re.M)[1]
    phone.locator("input[name=code]").fill(code)
    phone.locator("main form").get_by_role("button").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("テーマ2")


def test_people_who_share_a_link(phone, new_page, cast, sign_in):
    """A shared link asks for the address and proves it with a code."""
    from cohorts.models import Invitation

    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=2)
    phone.goto(urlsplit(invitation.url).path)
    phone.get_by_role("button", name="参加").click()
    phone.get_by_label("メールアドレス").fill("sora@example.com")
    phone.get_by_label("ニックネーム").fill("そら")
    phone.locator("main form").get_by_role("button").first.click()
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z0-9]{6,9})\s*$", mail.outbox[-1].body, re.M)[1]
    phone.locator("input[name=code]").fill(code)
    phone.locator("main form").get_by_role("button").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("テーマ2")
    assert Membership.objects.filter(cohort=cast.cohort, user__nickname="そら").exists()
