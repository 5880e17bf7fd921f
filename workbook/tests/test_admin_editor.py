"""The workbook of a cohort on one page: editing, moving, adding, and the trace of it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.cast import join, make_cohort, make_user, prompt_of, write
from tests.editing import Editor, address_of, asked, part_of, week_of
from workbook.models import AccessRecord, FormerWording, Prompt, Response, Section, Week


@pytest.fixture
def editor(organizer, cast):
    return Editor(organizer, cast.cohort)


def trace(cast):
    """What was noted about the cohort, newest first."""
    return [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=str(cast.cohort.pk))]


# --- Texts ---------------------------------------------------------------------------------------


def test_all_weeks_stand_on_one_page(editor, cast):
    assert [editor.text.index(f'id="week-{week.pk}"') for week in cast.cohort.weeks.all()] == sorted(
        editor.text.index(f'id="week-{week.pk}"') for week in cast.cohort.weeks.all()
    )
    assert editor.text.count("うれしかった一言は？") == 4
    assert "CANARY" not in editor.text


def test_saving_as_it_is_changes_nothing(editor, cast):
    before = list(Prompt.objects.order_by("pk").values()), list(Section.objects.order_by("pk").values())
    assert editor.save().status_code == 302
    assert (list(Prompt.objects.order_by("pk").values()), list(Section.objects.order_by("pk").values())) == before
    assert not LogEntry.objects.exists()


def test_what_a_browser_does_to_line_ends_is_no_change(editor, cast):
    week = week_of(cast)
    Week.objects.filter(pk=week.pk).update(aim="一\n二")
    editor.open()
    assert editor.save(**{f"week-{week.pk}-aim": "一\r\n二"}).status_code == 302
    assert not LogEntry.objects.exists()


def test_wording_of_weeks_sections_and_questions(editor, cast):
    week, part, prompt = week_of(cast), part_of(cast), prompt_of(cast.cohort, 2)
    changes = {
        f"week-{week.pk}-theme": "新しいテーマ",
        f"week-{week.pk}-aim": "* ねらい",
        f"section-{part.pk}-heading": "ひとりで考える",
        f"section-{part.pk}-due": "前日まで",
        f"prompt-{prompt.pk}-text": "新しい問い？",
        f"prompt-{prompt.pk}-hint": "補足",
    }
    assert editor.save(**changes).status_code == 302
    week, part = week_of(cast), part_of(cast)
    prompt.refresh_from_db()
    assert (week.theme, week.aim, part.heading, part.due) == ("新しいテーマ", "* ねらい", "ひとりで考える", "前日まで")
    assert (prompt.text, prompt.hint) == ("新しい問い？", "補足")
    assert week_of(cast, 1).theme == "テーマ1"


@pytest.mark.parametrize(("field", "value"), [("theme", ""), ("theme", "長" * 201)])
def test_a_theme_is_needed_and_not_too_long(editor, cast, field, value):
    week = week_of(cast)
    page = editor.save(**{f"week-{week.pk}-theme": value, f"week-{week.pk}-aim": "べつのねらい"})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in editor.text
    assert "べつのねらい" in editor.text
    assert week_of(cast).aim == "ねらい"


def test_a_heading_is_needed(editor, cast):
    assert editor.save(**{f"section-{part_of(cast).pk}-heading": " "}).status_code == 200
    assert part_of(cast).heading == "自分の考え"


# --- Moving, adding, taking away -----------------------------------------------------------------


def test_moving_a_question_keeps_what_was_typed_and_stores_nothing_yet(editor, cast):
    first, second = part_of(cast).prompts.all()
    editor.press("down", first.pk, **{f"week-{week_of(cast).pk}-theme": "まだ"})
    assert editor.text.index(f'id="prompt-{second.pk}"') < editor.text.index(f'id="prompt-{first.pk}"')
    assert 'value="まだ"' in editor.text
    assert asked(cast) == ["うれしかった一言は？", "それはなぜ？"]
    assert editor.save().status_code == 302
    assert asked(cast) == ["それはなぜ？", "うれしかった一言は？"]
    assert week_of(cast).theme == "まだ"
    editor.open()
    editor.press("up", first.pk)
    editor.save()
    assert asked(cast) == ["うれしかった一言は？", "それはなぜ？"]


def test_a_question_goes_over_into_the_section_beside(editor, cast):
    _first, second = part_of(cast).prompts.all()
    editor.press("down", second.pk)
    editor.save()
    assert asked(cast) == ["うれしかった一言は？"]
    assert asked(cast, "session_notes") == ["それはなぜ？", ""]
    assert [prompt.position for prompt in part_of(cast, "session_notes").prompts.all()] == [1, 2]


def test_an_answered_question_stays_in_its_section(editor, cast):
    second = prompt_of(cast.cohort, 1, position=2)
    assert Response.objects.filter(prompt=second).exists()
    editor.press("down", second.pk)
    assert not editor.page.context["page"].is_changed


def test_the_last_question_of_a_section_stays(editor, cast):
    only = part_of(cast, "action").prompts.get()
    for button in ("up", "down", "remove"):
        editor.press(button, only.pk)
    assert not editor.page.context["page"].is_changed


def test_adding_and_taking_away_questions(editor, cast):
    part = part_of(cast)
    editor.press("add", part.pk)
    new = editor.page.context["page"].fresh
    assert f'id="prompt-{new}"' in editor.text
    assert editor.save(**{f"prompt-{new}-text": "三つめ？"}).status_code == 302
    assert asked(cast) == ["うれしかった一言は？", "それはなぜ？", "三つめ？"]
    editor.open()
    editor.press("remove", part.prompts.get(position=1).pk)
    editor.save()
    assert asked(cast) == ["それはなぜ？", "三つめ？"]
    assert [prompt.position for prompt in part.prompts.all()] == [1, 2]


def test_a_new_question_left_empty_is_none(editor, cast):
    editor.press("add", part_of(cast).pk)
    assert editor.save().status_code == 302
    assert Prompt.objects.filter(section=part_of(cast)).count() == 2
    assert not LogEntry.objects.exists()


def test_a_section_takes_thirty_questions(editor, cast):
    part = part_of(cast)
    Prompt.objects.bulk_create(Prompt(section=part, position=place, text="?") for place in range(3, 31))
    editor.open()
    editor.press("add", part.pk)
    assert not editor.page.context["page"].is_changed


def test_a_question_with_words_stays(editor, cast):
    prompt = cast.shared.prompt
    assert f'name="remove" value="{prompt.pk}"' not in editor.text
    editor.press("remove", prompt.pk)
    assert not editor.page.context["page"].is_changed


def test_a_question_that_gets_words_meanwhile_stays_and_the_reason_is_told(editor, cast):
    prompt = prompt_of(cast.cohort, 2, position=2)
    editor.press("remove", prompt.pk)
    write(cast.membership, prompt, "あいだに")
    page = editor.save()
    assert page.status_code == 200
    assert "errornote" in editor.text
    assert Prompt.objects.filter(pk=prompt.pk).exists()


def test_how_many_have_answered_is_told_in_numbers(editor, cast):
    rows = {
        prompt.key: prompt.answers
        for week in editor.page.context["page"].rows
        for section in week.sections
        for prompt in section.prompts
    }
    assert rows[str(cast.private.prompt_id)] == 2  # one of them by a person who has left
    assert rows[str(cast.shared.prompt_id)] == 1
    assert sum(rows.values()) == 4


# --- Weeks ---------------------------------------------------------------------------------------


def test_a_week_more_at_the_end(editor, cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    editor.press("add_week")
    new = editor.page.context["page"].fresh
    assert editor.save().status_code == 200  # a theme is needed
    assert editor.save(**{f"week-{new}-theme": "五つめ"}).status_code == 302
    last, week = week_of(cast, 4), week_of(cast, 5)
    then, now = (one.session_at.astimezone(cast.cohort.zone).replace(tzinfo=None) for one in (last, week))
    assert (now - then).days == 7
    assert now.time() == then.time()
    assert week.opens_at.astimezone(cast.cohort.zone).date() == then.date() + (now - then) / 7
    assert (week.theme, week.meeting_url) == ("五つめ", last.meeting_url)
    shape = [(part.kind, part.heading, part.prompts.count()) for part in week.sections.all()]
    assert shape == [(part.kind, part.heading, 1) for part in last.sections.all()]


def test_the_last_week_goes_if_nobody_wrote_in_it(editor, cast):
    last = week_of(cast, 4)
    editor.press("remove_week", week_of(cast, 3).pk)
    assert not editor.page.context["page"].is_changed
    editor.press("remove_week", last.pk)
    assert editor.save().status_code == 302
    assert [week.number for week in cast.cohort.weeks.all()] == [1, 2, 3]
    assert not Section.objects.filter(week_id=last.pk).exists()


def test_a_week_with_words_stays(editor, cast):
    write(cast.membership, prompt_of(cast.cohort, 4), "もう書いた")
    editor.open()
    assert "remove_week" not in editor.text
    editor.press("remove_week", week_of(cast, 4).pk)
    assert not editor.page.context["page"].is_changed


def test_a_week_of_which_somebody_read_stays(editor, cast):
    AccessRecord.objects.record_reading(cast.facilitator, [cast.membership], week_of(cast, 4))
    editor.press("remove_week", week_of(cast, 4).pk)
    assert not editor.page.context["page"].is_changed


def test_two_coming_weeks_change_places_and_the_dates_stay(editor, cast):
    third, fourth = week_of(cast, 3), week_of(cast, 4)
    Week.objects.filter(pk__in=[third.pk, fourth.pk]).update(opens_at=third.session_at)
    editor.open()
    editor.press("week_up", fourth.pk, **{f"week-{fourth.pk}-theme": "さきに"})
    assert editor.save().status_code == 302
    assert [week.pk for week in cast.cohort.weeks.all()][2:] == [fourth.pk, third.pk]
    now = week_of(cast, 3)
    assert (now.theme, now.session_at, now.sequence) == ("さきに", third.session_at, 1)
    assert week_of(cast, 4).session_at == fourth.session_at


def test_an_open_week_keeps_its_place(editor, cast):
    editor.press("week_up", week_of(cast, 2).pk)
    assert not editor.page.context["page"].is_changed


# --- What stays of it ----------------------------------------------------------------------------


def test_every_change_leaves_a_trace(editor, cast, organizer):
    week, part = week_of(cast), part_of(cast)
    first, second = part.prompts.all()
    editor.press("down", first.pk)
    editor.press("add", part_of(cast, "summary").pk)
    new = editor.page.context["page"].fresh
    editor.press("remove", second.pk)
    editor.save(
        **{
            f"week-{week.pk}-theme": "芽",
            f"section-{part.pk}-heading": "ひとりで",
            f"prompt-{first.pk}-text": "どんな一言？",
            f"prompt-{new}-text": "ひとことで言うと？",
        }
    )
    (message,) = trace(cast)
    for words in ("テーマ2", "芽", "自分の考え", "ひとりで", "うれしかった一言は？", "どんな一言？", "それはなぜ？"):
        assert words in message
    assert len(message.splitlines()) == 5
    shown = organizer.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/history/").content.decode()
    for line in message.splitlines():
        assert f"<li>{line}</li>" in shown


def test_the_order_and_the_weeks_are_in_the_trace(editor, cast):
    editor.press("down", part_of(cast).prompts.first().pk)
    editor.press("remove_week", week_of(cast, 4).pk)
    editor.save()
    gone, order = trace(cast)[0].splitlines()
    assert "テーマ4" in gone
    assert order.index("それはなぜ？") < order.index("うれしかった一言は？")


def test_an_answered_question_keeps_its_old_wording(editor, cast):
    answered, unseen = cast.shared.prompt, prompt_of(cast.cohort, 4)
    editor.save(**{f"prompt-{answered.pk}-text": "なぜでしょう？", f"prompt-{unseen.pk}-text": "まだ開いていない？"})
    former = FormerWording.objects.get()
    assert (former.prompt, former.text, former.replaced_by) == (answered, "それはなぜ？", cast.organizer)


def test_a_changed_question_counts_the_words_anew(editor, cast):
    response = write(cast.membership, prompt_of(cast.cohort, 2), "もう一つの問いは？")
    assert response.written
    editor.save(**{f"prompt-{response.prompt_id}-text": "もう一つの問いは？"})
    response.refresh_from_db()
    assert not response.written
    editor.open()
    editor.press("add", part_of(cast, "summary").pk)
    editor.save(
        **{
            f"prompt-{response.prompt_id}-text": "べつの問い？",
            f"prompt-{editor.page.context['page'].fresh}-text": "もう一つの問いは？",
        }
    )
    response.refresh_from_db()
    assert not response.written


def test_an_open_worksheet_keeps_saving(editor, cast):
    prompt = cast.shared.prompt
    first, second = prompt.section.prompts.all()
    editor.press("up", second.pk)
    editor.save(**{f"prompt-{prompt.pk}-text": "書きかえた問い？", f"prompt-{first.pk}-text": "これも？"})
    client = Client()
    client.force_login(cast.member)
    body = {
        "operation_id": "6a1f0c7e-3b7e-4f0e-9d53-6f6f1f6f1f6f",
        "base_version": cast.shared.version,
        "text": "書きつづけている",
        "readers": "facilitators",
    }
    answer = client.post(f"/prompts/{prompt.pk}/response/", body, content_type="application/json")
    assert answer.status_code == 200
    cast.shared.refresh_from_db()
    assert cast.shared.text == "書きつづけている"


# --- As a member sees it -------------------------------------------------------------------------


def test_the_preview_is_the_members_page_of_what_is_typed(editor, cast):
    week = week_of(cast)
    editor.press("add", part_of(cast).pk)
    new = editor.page.context["page"].fresh
    changes = {f"week-{week.pk}-theme": "見てみる", f"prompt-{new}-text": "新しい？", f"prompt-{new}-hint": "**太く**"}
    page = editor.press("preview", week.pk, **changes)
    assert "workbook/week.html" in [template.name for template in page.templates]
    for words in ("見てみる", "新しい？", "<strong>太く</strong>", "自分の考え"):
        assert words in editor.text
    assert "CANARY" not in editor.text
    assert week_of(cast).theme == "テーマ2"


def test_the_preview_of_a_new_week_and_of_none(editor, cast):
    editor.press("add_week")
    new = editor.page.context["page"].fresh
    assert "五つめ" in editor.press("preview", new, **{f"week-{new}-theme": "五つめ"}).content.decode()
    assert editor.press("preview", "999999").status_code == 404


# --- What comes from outside ---------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "x", "W3t9LHt9XQ:1abc:xyz", "[]"])
def test_a_page_without_its_state_still_keeps_what_was_typed(editor, cast, state):
    week = week_of(cast)
    page = editor.press("up", "1", state=state, **{f"week-{week.pk}-theme": "残る"})
    assert page.status_code == 200
    assert 'value="残る"' in editor.text


@pytest.mark.parametrize("button", ["up", "down", "add", "remove", "remove_week", "week_up", "week_down"])
@pytest.mark.parametrize("value", ["", "x", "999999", "new9"])
def test_buttons_of_what_is_not_there(editor, button, value):
    assert editor.press(button, value).status_code == 200
    assert not editor.page.context["page"].is_changed


def test_other_cohorts_are_out_of_reach(editor, cast):
    foreign = prompt_of(cast.other, 2)
    editor.save(**{f"prompt-{foreign.pk}-text": "x", f"week-{foreign.section.week_id}-theme": "x"})
    foreign.refresh_from_db()
    assert (foreign.text, foreign.section.week.theme) == ("うれしかった一言は？", "テーマ2")


def test_it_is_for_organizers(client, cast):
    for user in (cast.facilitator, cast.member):
        client.force_login(user)
        for ask in (client.get, client.post):
            assert ask(address_of(cast.cohort)).status_code == 404
    client.force_login(cast.organizer)
    assert client.get("/admin/cohorts/cohort/999999/editor/").status_code == 404


@pytest.mark.parametrize(("weeks", "members"), [(2, 1), (6, 3)])
def test_queries(client, cast, django_assert_num_queries, weeks, members):
    cohort = make_cohort(f"run-{weeks}", weeks)
    for number in range(members):
        write(join(cohort, make_user(f"writer-{number}")), prompt_of(cohort), "書いた")
    client.force_login(cast.organizer)
    with django_assert_num_queries(10):
        client.get(address_of(cohort))


def test_a_workbook_of_a_year_can_be_saved(organizer, cast):
    cohort = make_cohort("year", 37)
    editor = Editor(organizer, cohort)
    assert len(editor.data) > 1_000
    assert editor.save(**{f"week-{cohort.weeks.last().pk}-theme": "最後の週"}).status_code == 302
    assert cohort.weeks.last().theme == "最後の週"
