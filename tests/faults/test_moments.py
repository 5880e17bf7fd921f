"""The judge of what pages say is itself judged: it finds each lie and only lies."""

import pytest

from .moments import (
    IDLE,
    TYPING,
    UNSENT,
    WAITING,
    History,
    Moment,
    false_claims,
    last_key_to_confirmed,
    longest_silence,
)

SAVED = "保存しました 14:32"
HELD = History([(1, "あ", 1, 10.0), (1, "あい", 2, 20.0), (1, "他", None, 25.0)])


def said(*moments):
    return [Moment(at, line, {1: text}) for at, line, text in moments]


@pytest.mark.parametrize("line", [SAVED, IDLE])
@pytest.mark.parametrize(
    ("at", "text", "is_false"),
    [(9, "", False), (9, "あ", True), (11, "あ", False), (11, "あい", True), (21, "あい", False), (21, "あ", True)],
)
def test_a_claim_is_true_while_the_server_holds_that_text(line, at, text, is_false):
    assert len(false_claims(said((at, line, text)), HELD)) == is_false


@pytest.mark.parametrize("line", [TYPING, WAITING, UNSENT])
def test_other_sentences_claim_nothing(line):
    assert false_claims(said((11, line, "新しい")), HELD) == []


def test_the_other_side_of_a_conflict_is_not_what_the_server_holds():
    assert len(false_claims(said((26, SAVED, "他")), HELD)) == 1
    assert len(HELD.branches) == 1


def test_silence_counts_from_the_oldest_change_that_is_not_held():
    moments = said((5, IDLE, ""), (7, TYPING, "あ"), (9, TYPING, "あい"), (19, UNSENT, "あい"), (30, SAVED, "あい"))
    assert longest_silence(moments, HELD) == 19 - 9
    assert longest_silence(moments[:3] + said((9.5, UNSENT, "あい")), HELD) == 9.5 - 7


def test_trouble_that_is_said_is_no_silence():
    assert longest_silence(said((5, IDLE, ""), (7, UNSENT, "い"), (60, WAITING, "い"), (90, UNSENT, "い")), HELD) == 0


def test_from_the_last_key_to_the_saving():
    moments = said((5, IDLE, ""), (7, TYPING, "あ"), (9, TYPING, "あい"), (20, SAVED, "あい"), (30, SAVED, "あい"))
    assert last_key_to_confirmed(moments) == [11]
