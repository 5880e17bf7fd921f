"""Going back to an earlier version of a box: a new save, by its writer alone; and both sides of a conflict."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workbook.models import Readers, Response, Revision, Week

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"


def after_going_back(label):
    return _("Readers after going back: %(readers)s") % {"readers": label}


def readable_by(label):
    return _("It can be read by: %(readers)s.") % {"readers": label}


def test_going_back_is_a_new_save(member, writer):
    first = writer.save("まえ", readers=Readers.GROUP)
    writer.save("いま", minutes=30, readers=Readers.GROUP)
    answer = member.post(writer.restore_url(first), writer.body(), HTTP_USER_AGENT=IPHONE, follow=True)
    assert answer.redirect_chain == [(f"{writer.prompt.section.week.get_absolute_url()}#box-{writer.prompt.pk}", 302)]
    assert "の文章に戻しました。いままでの文章も履歴に残っています。" in answer.content.decode()
    response = Response.objects.get(prompt=writer.prompt)
    assert (response.text, response.version, response.readers, response.written) == ("まえ", 3, Readers.GROUP, True)
    kept = response.revisions.order_by("pk").values_list("text", "version", "base_version", "device")
    assert list(kept) == [("まえ", 1, 0, "Mac"), ("いま", 2, 1, "Mac"), ("まえ", 3, 2, "iPhone")]


def test_going_back_to_a_question_alone_writes_nothing(member, writer):
    first = writer.save(writer.prompt.text)
    writer.save("いま", minutes=30)
    member.post(writer.restore_url(first), writer.body())
    assert not Response.objects.get(prompt=writer.prompt).written


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [("self", "group", "self"), ("group", "self", "self"), ("facilitators", "facilitators", "facilitators")],
)
def test_going_back_never_lets_more_people_read(member, writer, then, now, expected):
    first = writer.save("まえ", readers=then)
    writer.save("いま", minutes=30, readers=now)
    page = member.post(writer.restore_url(first), writer.body(), follow=True).content.decode()
    assert Response.objects.get(prompt=writer.prompt).readers == expected
    assert ("この文章を読める人は" in page) == (expected != now)


def test_a_newer_text_is_never_overwritten(member, writer):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    page = writer.body()
    writer.save("もっと新しい", minutes=1)
    answer = member.post(writer.restore_url(first), page, follow=True)
    assert answer.redirect_chain == [(writer.url, 302)]
    assert "この欄は変わっています" in answer.content.decode()
    response = Response.objects.get(prompt=writer.prompt)
    assert response.text == "もっと新しい"
    assert response.revisions.get(version=None).text == "まえ"


def test_the_button_pressed_twice_goes_back_once(member, writer):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    body = writer.body()
    for _press in range(2):
        assert "に戻しました" in member.post(writer.restore_url(first), body, follow=True).content.decode()
    assert Response.objects.get(prompt=writer.prompt).revisions.count() == 3


def test_an_old_page_does_not_claim_what_is_not_so(member, writer):
    first = writer.save("まえ")
    second = writer.save("いま", minutes=30)
    body = writer.body()
    member.post(writer.restore_url(first), body)
    writer.version = 3
    writer.save("そのあと", minutes=1)
    for revision in (first, second):
        assert "この欄は変わっています" in member.post(writer.restore_url(revision), body, follow=True).content.decode()
    assert Response.objects.get(prompt=writer.prompt).text == "そのあと"


@pytest.mark.parametrize("body", [{}, {"base_version": "x", "operation_id": "1"}, {"base_version": 0}])
def test_nonsense_changes_nothing(member, writer, body):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    assert member.post(writer.restore_url(first), body).status_code == 302
    assert Revision.objects.filter(response__prompt=writer.prompt).count() == 2


def test_the_other_side_of_a_conflict_can_be_taken_over(member, writer):
    writer.save("はじめ")
    writer.save("電話で", base=1)
    branch = writer.save("机で", base=1)
    member.post(writer.restore_url(branch), writer.body(2))
    assert Response.objects.get(prompt=writer.prompt).text == "机で"
    assert Revision.objects.get(pk=branch.pk).version is None


@pytest.mark.parametrize(
    ("sent", "now", "expected", "label"),
    [
        ("self", "group", "self", "自分だけ"),
        ("group", "self", "self", "自分だけ"),
        ("facilitators", "group", "facilitators", "ファシリテーターまで"),
        ("group", "group", "group", "グループ"),
    ],
)
def test_the_other_side_of_a_conflict_says_who_will_read_it(member, writer, sent, now, expected, label):
    """Nobody could read it so far, whatever was chosen for it: also what stays as wide as the box is told."""
    writer.save("はじめ", readers=Readers.GROUP)
    writer.save("電話で", readers=Readers.GROUP)
    branch = writer.save("机で", base=1, readers=sent)
    writer.version = Response.objects.get(prompt=writer.prompt).version
    writer.save("そのあと", readers=now)
    for url in (writer.url, reverse("workbook:history_revision", args=[writer.prompt.pk, branch.pk])):
        page = member.get(url).content.decode()
        form = page[page.index(f'action="{writer.restore_url(branch)}"') :].partition("</form>")[0]
        described = f"when-{branch.pk} readers-{branch.pk}"
        assert f'aria-describedby="{described}"' in form
        assert f'id="readers-{branch.pk}">{after_going_back(label)}</span>' in form
    page = member.post(writer.restore_url(branch), writer.body(), follow=True).content.decode()
    response = Response.objects.get(prompt=writer.prompt)
    assert (response.text, response.readers) == ("机で", expected)
    assert response.revisions.get(version=response.version).readers == expected
    assert readable_by(label) in page


def test_a_version_with_narrower_readers_says_so_at_the_button(member, writer):
    narrow = writer.save("ひとりの", readers=Readers.SELF)
    wide = writer.save("みんなの", minutes=30, readers=Readers.GROUP)
    writer.save("いま", minutes=30, readers=Readers.GROUP)
    page = member.get(writer.url).content.decode()
    assert [f'id="readers-{revision.pk}"' in page for revision in (narrow, wide)] == [True, False]


def test_no_button_for_what_stands_in_the_box(member, writer):
    first = writer.save("おなじ")
    second = writer.save("ちがう", minutes=30)
    third = writer.save("おなじ", minutes=30)
    page = member.get(writer.url).content.decode()
    shown = [writer.restore_url(revision) in page for revision in (first, second, third)]
    assert shown == [False, True, False]


def test_after_very_many_saves_one_is_asked_to_wait(member, writer, settings):
    settings.SAVES_PER_MINUTE = 2
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    Revision.objects.update(created_at=timezone.now())
    answer = member.post(writer.restore_url(first), writer.body(), follow=True)
    assert answer.redirect_chain == [(writer.url, 302)]
    assert "いまは保存できません" in answer.content.decode()
    response = Response.objects.get(prompt=writer.prompt)
    assert (response.text, response.revisions.count()) == ("いま", 2)


# Whose it is


def test_a_member_who_left_reads_but_does_not_restore(member, writer, cast):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    cast.membership.close()
    page = member.get(writer.url).content.decode()
    assert "まえ" in page
    assert "この文章に戻す" not in page
    assert reverse("workbook:words", args=["ours"]) in page
    assert member.post(writer.restore_url(first), writer.body()).status_code == 404
    assert Response.objects.get(prompt=writer.prompt).text == "いま"


def test_a_closed_week_is_read_only(member, writer):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    tomorrow = timezone.now() + timedelta(days=1)
    Week.objects.filter(pk=writer.prompt.section.week_id).update(opens_at=tomorrow, session_at=tomorrow)
    assert "この文章に戻す" not in member.get(writer.url).content.decode()
    assert member.post(writer.restore_url(first), writer.body()).status_code == 404


@pytest.mark.parametrize("who", ["colleague", "facilitator", "stranger", "organizer", "superuser", "other_facilitator"])
def test_nobody_else_sees_anything_of_it(client, cast, writer, who):
    revision = writer.save("ひみつ", readers=Readers.GROUP)
    client.force_login(getattr(cast, who))
    answer = client.get(writer.url)
    assert (answer.status_code == 404) == (who not in {"colleague", "facilitator"})
    assert "ひみつ" not in answer.content.decode()
    assert client.get(reverse("workbook:history_revision", args=[writer.prompt.pk, revision.pk])).status_code == 404
    assert client.post(writer.restore_url(revision), writer.body()).status_code == 404
    assert Response.objects.filter(prompt=writer.prompt).count() == 1


def test_a_version_of_another_box_is_none_of_this(member, writer, cast):
    mine, other = writer.save("ここ"), cast.private.revisions.get()
    for name in ("history_revision", "history_restore"):
        url = reverse(f"workbook:{name}", args=[writer.prompt.pk, other.pk])
        answer = member.get(url) if name == "history_revision" else member.post(url, writer.body())
        assert answer.status_code == 404
    url = reverse("workbook:history_restore", args=[cast.private.prompt_id, mine.pk])
    assert member.post(url, writer.body()).status_code == 404
    assert Response.objects.get(pk=cast.private.pk).version == 1


def test_looking_and_going_back_change_no_revision(member, writer):
    first = writer.save("まえ")
    writer.save("いま", minutes=30)
    before = list(Revision.objects.order_by("pk").values())
    member.get(writer.url)
    member.post(writer.restore_url(first), writer.body())
    assert list(Revision.objects.order_by("pk").values())[: len(before)] == before


# The other side of a conflict in the plain form


def test_the_plain_form_shows_both_texts_with_their_differences(member, writer):
    writer.save("今日は雨。")
    name, page = writer.prompt.pk, writer.prompt.section.week.get_absolute_url()
    fields = {"text": "今日は晴れ。", "base_version": 0, "readers": "self", "operation_id": str(uuid4())}
    answer = member.post(page, {f"{field}-{name}": value for field, value in fields.items()})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "今日は<mark>晴れ</mark>。" in html
    assert "今日は<mark>雨</mark>。" in html
