"""Two organizers in one workbook at once."""

from random import Random

import pytest
from django.test import Client

from cohorts.models import ORGANIZERS
from tests.cast import make_user
from tests.editing import Editor, asked, part_of, week_of
from workbook.admin.editor.edition import Edition
from workbook.admin.editor.merging import merge


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


# --- Whatever two people do ----------------------------------------------------------------------


def small_workbook():
    edition = Edition(weeks=["1", "2"], sections={"1": ["1", "2"], "2": ["3", "4"]})
    for section in "1234":
        edition.kinds[section], edition.prompts[section] = "reflection", []
        for place in (1, 2):
            edition.prompts[section].append(f"{section}{place}")
    edition.values = {name: f"before {name}" for week in edition.weeks for name in edition.names_in(week)}
    return edition


def changed(began, random, who):
    """What one of the two makes of it: some texts, some moves, something new, something taken away."""
    edition = began.copy()
    for _step in range(random.randrange(1, 6)):
        prompt = random.choice(edition.prompt_keys)
        deed = random.randrange(6)
        if deed == 0:
            edition.move(prompt, random.choice([-1, 1]))
        elif deed == 1:
            edition.remove(prompt)
        elif deed == 2:
            key = edition.add(edition.section_of(prompt))
            edition.values[f"prompt-{key}-text"] = f"new by {who}"
        elif deed == 3 and len(edition.weeks) > 1:
            edition.remove_week(edition.weeks[-1])
        elif deed == 4:
            edition.add_week()
            edition.values[f"week-{edition.weeks[-1]}-theme"] = f"new week by {who}"
        else:
            edition.values[f"prompt-{prompt}-text"] = f"changed by {who}"
    return edition


def stored(edition):
    """The same after saving: what was new has ids of its own."""
    saved, ids = Edition(), iter(range(900, 999))
    known = {key: key if not key.startswith("new") else str(next(ids)) for keys in keys_of(edition) for key in keys}
    saved.weeks = [known[week] for week in edition.weeks]
    saved.sections = {known[week]: [known[one] for one in edition.sections[week]] for week in edition.weeks}
    for section in [one for week in edition.weeks for one in edition.sections[week]]:
        saved.kinds[known[section]] = edition.kinds[section]
        saved.prompts[known[section]] = [known[prompt] for prompt in edition.prompts[section]]
    for name, value in edition.values.items():
        kind, key, field = name.split("-")
        saved.values[f"{kind}-{known[key]}-{field}"] = value
    return saved


def keys_of(edition):
    """Of weeks, of sections, of questions."""
    return edition.weeks, [one for week in edition.weeks for one in edition.sections[week]], edition.prompt_keys


@pytest.mark.parametrize("seed", range(300))
def test_no_word_of_either_is_lost(seed):
    random, began = Random(seed), small_workbook()
    mine, now = changed(began, random, "me"), stored(changed(began, random, "her"))
    merged = merge(began, mine, now)
    edition = merged.edition
    assert all(len(set(keys)) == len(keys) for keys in keys_of(edition))
    assert set(edition.values) == {name for week in edition.weeks for name in edition.names_in(week)}
    assert all(edition.prompts[section] for week in edition.weeks for section in edition.sections[week])
    shown = [*edition.values.values(), *merged.theirs.values()]
    for words in ("changed by me", "new by me", "new week by me"):
        assert shown.count(words) == list(mine.values.values()).count(words)
    gone = {name for name in began.values if name not in mine.values}
    for week in now.weeks:
        if week in mine.weeks or week not in began.weeks:
            hers = [name for name in now.names_in(week) if now.values[name].endswith("by her") and name not in gone]
            assert all(now.values[name] in shown for name in hers)
