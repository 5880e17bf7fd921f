"""Two organizers in one workbook at once."""

import pytest
from django.test import Client

from cohorts.models import ORGANIZERS
from tests.cast import make_user
from tests.editing import Editor, asked, part_of, week_of


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.organizer)
    return Editor(client, cast.cohort)


@pytest.fixture
def colleague(cast):
    user = make_user("second_organizer")
    user.groups.add(cast.organizer.groups.get(name=ORGANIZERS))
    client = Client()
    client.force_login(user)
    return Editor(client, cast.cohort)


def test_the_second_one_is_told_and_nothing_is_lost(editor, colleague, cast):
    week, part = week_of(cast), part_of(cast)
    colleague.save(**{f"week-{week.pk}-theme": "先に保存", f"section-{part.pk}-due": "前日まで"})
    page = editor.save(**{f"week-{week.pk}-theme": "あとから", f"week-{week.pk}-aim": "わたしのねらい"})
    assert page.status_code == 200
    assert "second_organizer" in editor.text
    assert week_of(cast).theme == "先に保存"
    assert week_of(cast).aim == "ねらい"
    for words in ("先に保存", "あとから", "わたしのねらい", "前日まで"):
        assert words in editor.text
    assert editor.save().status_code == 302
    week = week_of(cast)
    assert (week.theme, week.aim, part_of(cast).due) == ("あとから", "わたしのねらい", "前日まで")


def test_questions_of_both_are_there(editor, colleague, cast):
    part = part_of(cast)
    _first, second = part.prompts.all()
    colleague.press("remove", second.pk)
    colleague.press("add", part.pk)
    colleague.save(**{f"prompt-{colleague.page.context['page'].fresh}-text": "同僚の問い？"})
    editor.press("add", part.pk)
    mine = editor.page.context["page"].fresh
    assert (
        editor.save(**{f"prompt-{mine}-text": "わたしの問い？", f"prompt-{second.pk}-text": "直した？"}).status_code
        == 200
    )
    assert editor.save().status_code == 302
    assert sorted(asked(cast)) == sorted(["うれしかった一言は？", "わたしの問い？", "同僚の問い？", "直した？"])


def test_weeks_of_both_are_there(editor, colleague, cast):
    colleague.press("add_week")
    colleague.save(**{f"week-{colleague.page.context['page'].fresh}-theme": "同僚の週"})
    editor.press("add_week")
    new = editor.page.context["page"].fresh
    assert editor.save(**{f"week-{new}-theme": "わたしの週"}).status_code == 200
    assert editor.save().status_code == 302
    assert [week.theme for week in cast.cohort.weeks.all()][4:] == ["同僚の週", "わたしの週"]


def test_a_week_taken_away_elsewhere_comes_back_if_it_was_edited_here(editor, colleague, cast):
    last = week_of(cast, 4)
    colleague.press("remove_week", last.pk)
    colleague.save()
    assert editor.save(**{f"week-{last.pk}-theme": "まだ要る"}).status_code == 200
    assert editor.save().status_code == 302
    week = week_of(cast, 4)
    assert (week.theme, week.pk == last.pk) == ("まだ要る", False)
    assert asked(cast, number=4) == ["うれしかった一言は？", "それはなぜ？"]
