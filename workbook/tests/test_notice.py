"""What is posted in the salon's chat: when, how many, never who."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils.translation import gettext, override

from cohorts.models import Cohort, Membership
from tests.cast import add_weeks, make_users, prompt_of
from workbook.admin.notice import notice
from workbook.models import Response, Section

SESSION = datetime.fromisoformat("2026-06-10T21:00+09:00")


@pytest.fixture
def week(db):
    cohort = Cohort.objects.create(name="夜の会", slug="night")
    return add_weeks(cohort, {1: SESSION, 2: SESSION + timedelta(days=7)})[0]


def said(week, now, written=7, members=12, kind=Section.Kind.REFLECTION):
    sections = list(week.sections.all())
    counts = {section.pk: written for section in sections if section.kind == kind}
    with time_machine.travel(datetime.fromisoformat(now), tick=False), override("en"):
        return notice(week, sections, counts, members).split("\n")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-06-05T12:00+09:00", "Our session of Week 1 is on Wednesday, June 10 at 9 p.m."),
        ("2026-06-08T23:59+09:00", "Our session of Week 1 is on Wednesday, June 10 at 9 p.m."),
        ("2026-06-09T00:00+09:00", "Our session of Week 1 is tomorrow at 9 p.m."),
        ("2026-06-09T23:59+09:00", "Our session of Week 1 is tomorrow at 9 p.m."),
        ("2026-06-10T00:00+09:00", "Our session of Week 1 is today at 9 p.m."),
        ("2026-06-10T21:59+09:00", "Our session of Week 1 is today at 9 p.m."),
        ("2026-06-10T22:00+09:00", "Thank you for the session of Week 1. Now is a good time to sum up and decide."),
    ],
)
def test_says_the_day_as_people_do(week, now, words):
    assert said(week, now)[0].startswith(words)


def test_days_are_those_of_the_cohort(week):
    week.cohort.time_zone = "America/New_York"
    assert "is today at 8 a.m." in said(week, "2026-06-10T04:30+00:00")[0]
    assert "is tomorrow at 8 a.m." in said(week, "2026-06-10T03:30+00:00")[0]


def test_minutes_are_said_if_there_are_any(week):
    week.session_at += timedelta(minutes=30)
    assert "9:30 p.m." in said(week, "2026-06-09T12:00+09:00")[0]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (0, "One line is enough to begin with."),
        (7, "7 of 12 have written so far."),
        (12, "All 12 of us have written."),
    ],
)
def test_counts_those_who_are_ready(week, written, words):
    assert said(week, "2026-06-09T12:00+09:00", written)[1] == words
    assert said(week, "2026-06-11T12:00+09:00", written, kind=Section.Kind.ACTION)[1] == words


def test_before_it_the_own_thoughts_after_it_the_actions(week):
    assert said(week, "2026-06-09T12:00+09:00", kind=Section.Kind.ACTION)[1] == "One line is enough to begin with."
    assert said(week, "2026-06-11T12:00+09:00")[1] == "One line is enough to begin with."


def test_another_workbook_has_other_sections(week):
    week.sections.filter(kind__in=[Section.Kind.REFLECTION, Section.Kind.ACTION]).update(position=9)
    for section in week.sections.filter(position=9):
        section.prompts.all().delete()
        section.delete()
    assert said(week, "2026-06-09T12:00+09:00", kind=Section.Kind.SESSION_NOTES)[1] == "7 of 12 have written so far."
    assert said(week, "2026-06-11T12:00+09:00", kind=Section.Kind.SUMMARY)[1] == "7 of 12 have written so far."
    assert len(notice(week, [], {}, 12).split("\n")) == 2


def test_before_the_week_opens_it_says_from_when(week):
    assert said(week, "2026-06-01T12:00+09:00")[1] == "You can write from Wednesday, June 3 on."


def test_without_members_nothing_is_counted(week):
    assert len(said(week, "2026-06-09T12:00+09:00", 0, 0)) == 2


def test_leads_to_the_sheet_and_never_to_the_meeting(week, settings):
    settings.BASE_URL = "https://salon.example.com"
    lines = said(week, "2026-06-09T12:00+09:00")
    assert lines[-1].endswith("https://salon.example.com/cohorts/night/weeks/1/")
    assert "zoom" not in "\n".join(lines)


class TestPages:
    def test_stands_on_the_start_page_and_on_the_board(self, reader, cast):
        board = f"/admin/workbook/week/{cast.cohort.weeks.get(number=2).pk}/board/"
        for page in ("/admin/", board):
            body = reader.get(page).content.decode()
            assert body.count("data-copy-button") == 1
            assert "/cohorts/ours/weeks/2/</textarea>" in body

    def test_counts_as_the_board_does(self, reader, cast):
        users = make_users("a", "b", "c").values()
        rows = Membership.objects.bulk_create(Membership(user=user, cohort=cast.cohort) for user in users)
        for position in (1, 2):
            prompt = prompt_of(cast.cohort, 2, position=position)
            Response.objects.bulk_create(
                Response(prompt=prompt, membership=row, text="ことば", written=True) for row in rows[position - 1 :]
            )
        words = gettext("%(written)d of %(members)d have written so far.") % {"written": 2, "members": 5}
        for page in ("/admin/", f"/admin/workbook/week/{cast.cohort.weeks.get(number=2).pk}/board/"):
            assert words in reader.get(page).content.decode()

    def test_long_after_the_session_the_board_offers_none(self, reader, cast):
        week = cast.cohort.weeks.get(number=1)
        week.opens_at, week.session_at = week.opens_at - timedelta(days=14), week.session_at - timedelta(days=14)
        week.save()
        assert "data-copy-button" not in reader.get(f"/admin/workbook/week/{week.pk}/board/").content.decode()
