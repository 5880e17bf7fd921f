"""What changed between two texts: complete, readable, and never slow."""

import random
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbook.changes import CLOSE_LENGTH, SECONDS, changes

LONG = 100_000
KANA = "".join(map(chr, range(0x3041, 0x3090)))
MARKS = "".join(sign for sign in map(chr, range(0x20000)) if unicodedata.category(sign)[0] == "M")
SIGNS = st.sampled_from(
    ["あ", "い", "か\u3099", "。", "\n", "👨‍👩‍👧", "🇯🇵", "e\u0301", "👍🏽", "葛\U000e0100", "\u0301", "\u200d"]
)
WORDS = st.lists(st.text(max_size=5) | SIGNS | st.sampled_from(["今日は、", "よい日でした。\n"]), max_size=12).map(
    "".join
)


def chance_text(seed: int, signs: str, length: int = LONG) -> str:
    return "".join(random.Random(seed).choices(signs, k=length))


def side(found, sign):
    return "".join(text for kind, text in found if kind in {"=", sign})


def assert_complete(before, after):
    found = changes(before, after)
    assert (side(found, "-"), side(found, "+")) == (before, after)
    assert all(text for _kind, text in found)
    kinds = "".join(kind for kind, _text in found)
    assert not any(pair in kinds for pair in ("==", "--", "++", "+-"))


@settings(deadline=None, max_examples=300)
@given(WORDS, WORDS)
@example("", "")
@example("か\u3099", "か\u309a")
def test_both_texts_can_be_put_together_again(before, after):
    assert_complete(before, after)


@settings(deadline=None, max_examples=10)
@given(st.lists(WORDS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_long_texts_too(parts, chance):
    before = "".join(chance.choices(parts, k=600)) + chance_text(1, KANA, CLOSE_LENGTH)
    after = "".join(chance.choices(parts, k=600)) + chance_text(2, KANA, CLOSE_LENGTH)
    assert_complete(before, after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "はじめ", [("+", "はじめ")]),
        ("おなじ", "おなじ", [("=", "おなじ")]),
        (
            "明日、電話する。",
            "明日、母に電話する。それから散歩する。",
            [("=", "明日、"), ("+", "母に"), ("=", "電話する。"), ("+", "それから散歩する。")],
        ),
        ("今日は雨。", "今日は晴れ。", [("=", "今日は"), ("-", "雨"), ("+", "晴れ"), ("=", "。")]),
        ("うれしい言葉", "かなしい出来事", [("-", "うれしい言葉"), ("+", "かなしい出来事")]),
        ("は\u3099ね", "は\u309aね", [("-", "は\u3099"), ("+", "は\u309a"), ("=", "ね")]),
        ("👨‍👩‍👧と", "👨‍👩‍👦と", [("-", "👨‍👩‍👧"), ("+", "👨‍👩‍👦"), ("=", "と")]),
        ("👍🏽です", "👍🏿です", [("-", "👍🏽"), ("+", "👍🏿"), ("=", "です")]),
        ("🇯🇵から", "🇯🇲から", [("-", "🇯🇵"), ("+", "🇯🇲"), ("=", "から")]),
    ],
)
def test_reads_well(before, after, expected):
    assert changes(before, after) == expected


def test_one_word_in_a_long_text():
    text = chance_text(3, KANA)
    found = changes(text, text[:50_000] + "「ここ」" + text[50_000:])
    assert found == [("=", text[:50_000]), ("+", "「ここ」"), ("=", text[50_000:])]


def test_words_here_and_there_in_a_long_text():
    lines = [chance_text(seed, KANA, 200) + "。\n" for seed in range(400)]
    before = "".join(lines)
    lines[10], lines[390] = "あたらしい。\n", lines[390][:100] + "（かっこ）" + lines[390][100:]
    found = changes(before, "".join(lines))
    assert [text for kind, text in found if kind == "+"] == ["あたらしい", "（かっこ）"]
    assert_complete(before, "".join(lines))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (chance_text(1, KANA + "。、\n"), chance_text(2, KANA + "。、\n")),
        (chance_text(1, KANA), chance_text(2, KANA)),
        (chance_text(1, "あ\n"), chance_text(2, "あ\n")),
        ("あ\n" * (LONG // 2), "い\nあ\n" * (LONG // 4)),
        ("あ。い。" * (LONG // 4), "い。う。あ。" * (LONG // 6)),
        ("か\u3099" * (LONG // 2), "か\u309a" * (LONG // 2)),
        ("👨‍👩‍👧" * (LONG // 5), "👨‍👩‍👦" * (LONG // 5)),
        ("".join(f"{n}。おなじ。" for n in range(LONG // 10)), "".join(f"x{n}。おなじ。" for n in range(LONG // 10))),
        (chance_text(1, MARKS), chance_text(2, MARKS)),
        (chance_text(1, "あ。" * 500 + MARKS), chance_text(2, "い。" * 500 + MARKS)),
        ("".join(f"あ{mark}い。" * 12 for mark in MARKS), "".join(f"う{mark}い。" * 12 for mark in MARKS)),
        (
            chance_text(1, "".join(map(chr, range(0x4E00, 0x9FFF)))),
            chance_text(2, "".join(map(chr, range(0x4E00, 0x9FFF)))),
        ),
        ("ab" * 1_000, "ba" * 999 + "c"),
        ("a\n" * 1_000, "b\na\n" * 500),
    ],
    ids=[
        *("prose", "no stops", "two signs", "lines", "sentences", "marks", "emoji", "numbers"),
        *("all marks", "marks and stops", "marks in sentences", "kanji", "shifted", "short lines"),
    ],
)
@pytest.mark.parametrize(("seconds", "limit"), [(SECONDS, 0.3), (0, 0.02)])
def test_never_slow(before, after, seconds, limit):
    started = time.process_time()
    changes(before, after, seconds)
    assert time.process_time() - started < limit


def test_without_time_all_is_replaced():
    assert changes("まえ", "まあ", 0) == [("-", "まえ"), ("+", "まあ")]
    assert changes("おなじ", "おなじ", 0) == [("=", "おなじ")]
    assert changes("", "", 0) == []
