"""The earlier versions of a box: kept whole, and told in groups."""

import gzip
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from workbook.models import Readers, Revision


def entries(client, writer, page=1):
    return list(client.get(writer.url, {"page": page}).context["page"].object_list)


def texts(client, writer):
    return [entry.revision.text for entry in entries(client, writer)]


# What stands together


def test_ten_minutes_of_one_device_are_one_version(member, writer):
    for minutes, text in [(0, "あ"), (4, "あい"), (5, "あいう"), (2, "あいうえ")]:
        writer.save(text, minutes=minutes)
    assert texts(member, writer) == ["あいうえ", "あいう"]
    newest, oldest = entries(member, writer)
    assert (len(newest.marks), len(oldest.marks)) == (1, 3)
    assert oldest.began_at == writer.moment - timedelta(minutes=11)


def test_another_device_is_another_version(member, writer):
    writer.save("あ", device="iPhone")
    writer.save("あい", device="Mac", minutes=1)
    writer.save("あいう", device="iPhone", minutes=1)
    assert texts(member, writer) == ["あいう", "あい", "あ"]


def test_the_last_before_a_long_pause_is_a_version(member, writer):
    writer.save("朝")
    writer.save("朝の", minutes=1)
    writer.save("朝の考え", minutes=31)
    assert texts(member, writer) == ["朝の考え", "朝の"]


def test_what_stood_before_much_went_is_a_version(member, writer):
    long = "あ" * 400
    writer.save("は")
    writer.save(long, minutes=1)
    writer.save("い", minutes=1)
    writer.save("いう", minutes=1)
    assert texts(member, writer) == ["いう", long]


def test_the_longest_is_a_version_also_when_it_went_little_by_little(member, writer):
    for length in (100, 600, 500, 400, 310, 250, 200, 120, 10):
        writer.save("あ" * length, minutes=0.2)
    assert [len(text) for text in texts(member, writer)] == [10, 250, 600]


@pytest.mark.parametrize(("before", "after", "versions"), [(402, 201, 1), (402, 200, 2), (250, 50, 1), (251, 50, 2)])
def test_how_much_is_much(member, writer, before, after, versions):
    writer.save("あ" * before)
    writer.save("あ" * after)
    assert len(texts(member, writer)) == versions


def test_the_other_side_of_a_conflict_stands_alone(member, writer):
    writer.save("はじめ")
    writer.save("電話で", base=1)
    branch = writer.save("机で", base=1)
    writer.save("電話で、続き", minutes=1)
    assert texts(member, writer) == ["電話で、続き", "机で", "電話で"]
    shown = entries(member, writer)[1]
    assert (shown.is_branch, shown.revision, shown.before.text) == (True, branch, "電話で")
    assert shown.readers == Readers.SELF.label
    page = member.get(writer.url).content.decode()
    assert "欄には入りませんでした" in page
    assert writer.restore_url(branch) in page


def test_what_follows_a_conflict_is_compared_with_what_was_in_the_box(member, writer):
    writer.save("はじめ")
    writer.save("はじめと", minutes=20)
    writer.save("よそ", base=1)
    writer.save("はじめと終わり", minutes=20)
    newest, branch, *_older = entries(member, writer)
    assert newest.found == [("=", "はじめと"), ("+", "終わり")]
    assert branch.is_branch


# What is told of a version


def test_a_version_says_when_where_how_much_and_who_could_read(member, writer):
    writer.save("今日は雨。", device="iPhone", readers=Readers.SELF)
    writer.save("今日は晴れ。", device="", minutes=60, readers=Readers.GROUP)
    page = member.get(writer.url).content.decode()
    for said in [
        "iPhone",
        "端末はわかりません",
        "自分だけ",
        "グループ",
        "いまの文章",
        "5文字",
        "2文字書き足し、1文字消しました",
    ]:
        assert said in page
    assert "今日は" in page
    assert '雨<span class="visually-hidden">' in page
    assert '晴れ<span class="visually-hidden">' in page


def test_moments_are_told_in_the_time_zone_of_the_cohort(member, writer):
    revision = writer.save("あ")
    moment = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    Revision.objects.filter(pk=revision.pk).update(created_at=moment)
    assert "3月2日（月）00:30" in member.get(writer.url).content.decode()


def test_readers_alone_changed(member, writer):
    writer.save("おなじ", readers=Readers.GROUP)
    writer.save("おなじ", readers=Readers.SELF, minutes=30)
    newest = entries(member, writer)[0]
    assert newest.is_unchanged
    assert "読める人だけを変えました" in member.get(writer.url).content.decode()
    writer.save("おなじ", readers=Readers.SELF, minutes=30)
    assert not entries(member, writer)[0].has_new_readers


def test_what_went_may_be_an_empty_line_only(member, writer):
    writer.save("あ\n\nい")
    writer.save("あ\nい", minutes=30)
    assert "（改行）" in member.get(writer.url).content.decode()


def test_long_unchanged_parts_are_folded(member, writer):
    before = "は" * 1_000 + "か" + "へ" * 1_000
    writer.save(before)
    writer.save(before.replace("か", "き"), minutes=30)
    pieces = entries(member, writer)[0].pieces
    kinds = [(piece.kind, len(piece.text), piece.left_out) for piece in pieces]
    assert kinds == [("…", 0, 960), ("=", 40, 0), ("-", 1, 0), ("+", 1, 0), ("=", 40, 0), ("…", 0, 960)]


def test_folds_at_the_end_of_a_sentence(member, writer):
    before = "はじめ。" * 100 + "ここで区切れる文です。" + "A" + "このあとに続く文です。" + "おわり。" * 100
    writer.save(before)
    writer.save(before.replace("A", "B"), minutes=30)
    shown = [piece.text for piece in entries(member, writer)[0].pieces]
    assert shown[1].startswith("はじめ。")
    assert shown[1].endswith("ここで区切れる文です。")
    assert shown[4].endswith("おわり。")


@pytest.mark.parametrize("text", ["", " \n", "　はじめ\n</textarea><b>", "あ" * 100_000])
def test_one_version_whole_and_to_the_letter(member, writer, text):
    revision = writer.save(text)
    url = reverse("workbook:history_revision", args=[writer.prompt.pk, revision.pk])
    answer = member.get(url)
    assert answer.context["entry"].revision.text == text
    page = answer.content.decode()
    assert (f"\n{text}</textarea>" in page) == (text not in {"", "　はじめ\n</textarea><b>"})
    assert "<b>" not in page


def test_an_empty_box(member, writer):
    page = member.get(writer.url).content.decode()
    assert "まだ保存された文章はありません" in page
    assert "<article" not in page


@pytest.mark.parametrize("signs", [range(0x4E00, 0x9FA0), [*range(0x300, 0x370), 0x3002]], ids=["kanji", "marks"])
def test_a_page_of_the_longest_texts_stays_light(member, writer, signs):
    chance = random.Random(1)
    letters = [chr(code) for code in signs]
    for number in range(21):
        writer.save("".join(chance.choices(letters, k=100_000)), minutes=number % 2 * 60, device=f"{number}")
    started = time.process_time()
    answer = member.get(writer.url)
    assert time.process_time() - started < 1.5
    assert len(answer.context["page"]) == 20
    assert len(gzip.compress(answer.content)) <= 60_000


def test_many_small_changes_in_long_texts_stay_light(member, writer):
    lines = [f"{number}番目のことば。" for number in range(9_000)]
    writer.save("".join(lines))
    for step in range(20):
        lines[step::50] = [f"{line}{step}" for line in lines[step::50]]
        writer.save("".join(lines), minutes=30)
    assert len(gzip.compress(member.get(writer.url).content)) <= 60_000


# How much it costs


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("each", [1, 40])
def test_queries(member, writer, django_assert_num_queries, groups, each):
    for number in range(groups):
        for step in range(each):
            writer.save(f"{number}-{step}", minutes=0 if step else 30)
    with django_assert_num_queries(7):
        assert len(entries(member, writer)) == groups


def test_pages_of_twenty(member, writer):
    for number in range(43):
        writer.save(f"{number}", minutes=20)
    assert [len(entries(member, writer, page)) for page in (1, 2, 3, 99, "x")] == [20, 20, 3, 3, 20]
    assert "?page=2" in member.get(writer.url).content.decode()
    assert entries(member, writer, 2)[0].revision.text == "22"
