"""What counts as written: one own line, however the questions were pasted."""

import time

import pytest

from workbook.ownwords import bare, has_own_words

QUESTIONS = ["「うれしかった」一言は、どんな言葉？", "それはなぜ？", "", "1日10分でできることは？"]

NOTHING = {
    "nothing": "",
    "white space": " \n\t\n　　\n",
    "empty bullets": "- \n*\n・\n1.\n2)\n- [ ] \n- [x]\n□\n①",
    "dividers": "---\n***\n_ _ _\n====\nーーーー\n――――\n────",
    "marks alone": "？\n…\n！！\n「」\n->\n**",
    "as it stands": QUESTIONS[0],
    "all of them": "\n".join(QUESTIONS),
    "all on one line": "　".join(QUESTIONS),
    "some on one line": "　".join(QUESTIONS[3:] + QUESTIONS[:2]),
    "numbered": "1. 「うれしかった」一言は、どんな言葉？\n1. それはなぜ？",
    "other numbers": "（１）それはなぜ？\n２．それはなぜ？\n③それはなぜ？\n⑴ それはなぜ？\n4、それはなぜ？",
    "bullets": "- それはなぜ？\n* それはなぜ？\n・それはなぜ？\n● それはなぜ？\n→ それはなぜ？\n☐ それはなぜ？",
    "to-dos": "- [ ] それはなぜ？\n- [x]  それはなぜ？",
    "quoted": "> それはなぜ？\n> > - それはなぜ？",
    "heading": "### それはなぜ？\n**それはなぜ？**\n__それはなぜ__\nQ1. それはなぜ？\nＱ：それはなぜ？",
    "indented": "　　それはなぜ？\n\t\tそれはなぜ？",
    "other quotes": "うれしかった一言は、どんな言葉?\n“うれしかった”一言は,どんな言葉？",
    "full width": "１日１０分でできることは？",
    "broken over lines": "「うれしかった」\n一言は、\nどんな言葉？",
    "two broken questions": "「うれしかった」一言は、\nどんな言葉？\n\nそれは\nなぜ？",
    "question then empty bullet": "それはなぜ？\n- \n---",
}

OWN = {
    "a word": "ありがとう",
    "one sign": "種",
    "emoji": "😊",
    "a number": "3",
    "a time": "10:30",
    "under a question": "それはなぜ？\nうれしかったから",
    "behind a question": "それはなぜ？→うれしかったから",
    "between questions": "それはなぜ？うれしかったから。それはなぜ？",
    "before a question": "うれしかったから\nそれはなぜ？",
    "part of a question": "それは",
    "in a list": "- それはなぜ？\n  - 声が明るい",
    "done": "- [x] 電話した",
    "latin": "OK!",
    "x": "x",
    "another question": "どうして？",
    "address": "https://example.com/",
    "long vowel inside": "メール",
    "begins like a marker": "1日10分",
}


@pytest.mark.parametrize("case", NOTHING)
def test_says_nothing_of_its_own(case):
    assert not has_own_words(NOTHING[case], QUESTIONS)


@pytest.mark.parametrize("case", OWN)
def test_own_words(case):
    assert has_own_words(OWN[case], QUESTIONS)


def test_without_questions_any_word_counts():
    assert has_own_words("それはなぜ？", [])
    assert not has_own_words("- \n", [])


def test_questions_of_several_lines():
    assert not has_own_words("なに？\nなぜ？", ["なに？\nなぜ？"])
    assert not has_own_words("なぜ？", ["なに？\nなぜ？"])


def test_questions_may_come_as_an_iterator():
    assert not has_own_words("\n".join(QUESTIONS), iter(QUESTIONS))


def test_bare_is_only_for_comparing():
    assert bare("　１．「なに」？ ") == bare("- **なに**") == "なに"
    assert bare("1.5倍") != bare("5倍")


@pytest.mark.parametrize("piece", ["- ", "1.", "それはなぜ？\n", "[", "「", "①", "a\n", "[ ] ", "\u3000", "> "])
def test_long_texts_cost_little(piece):
    started = time.process_time()
    has_own_words(piece * (100_000 // len(piece)), QUESTIONS)
    assert time.process_time() - started < 2
