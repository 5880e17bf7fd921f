"""Who took part in a session, as the office tells it: on the board, on a person's page; and what it holds fast."""

import pytest
from django.utils.translation import gettext

from cohorts.models import Membership
from tests.cast import join, make_users
from tests.editing import Editor
from workbook.admin.board import Board
from workbook.admin.stamp import member_stamp, question_stamp, week_stamp
from workbook.models import Attendance, Room, Week

LIVE = {"X-Live": "1"}
IN_USE = "What you took away is in use: somebody has written, read or taken part there. Nothing is saved yet."


def week_of(cast, number=1):
    return cast.cohort.weeks.get(number=number)


def attend(cast, who="member", week=1, *, is_present=True):
    membership = Membership.objects.get(user=getattr(cast, who), cohort=cast.cohort)
    fields = {"membership": membership, "week": week_of(cast, week), "noted_by": membership.user}
    return Attendance.objects.create(is_present=is_present, **fields)


def board(cast, week=1):
    return Board(cast.facilitator, week_of(cast, week).pk)


def address(cast, week=1):
    return f"/admin/workbook/week/{week_of(cast, week).pk}/board/"


def person(cast):
    return f"/admin/workbook/response/read/{cast.membership.pk}/"


class TestBoard:
    def test_who_took_part_and_how_many(self, reader, cast):
        attend(cast)
        attend(cast, "colleague", is_present=False)
        attend(cast, "removed")
        attend(cast, "facilitator")
        found = board(cast)
        came = {str(row.membership.user): row.came for row in found.everybody}
        assert came == {"member": True, "colleague": False, "removed": True}
        assert found.came == 1
        body = reader.get(address(cast)).content.decode()
        assert body.count(f"</svg>{gettext('Took part')}</td>") == 2
        assert body.count(gettext("not noted")) == 1

    def test_before_the_session_there_is_a_column_only_when_somebody_has_come(self, cast):
        assert (board(cast).has_session, board(cast, 2).has_session) == (True, False)
        attend(cast, week=2)
        assert board(cast, 2).has_session

    def test_another_week_is_another_session(self, cast):
        attend(cast, week=2)
        assert board(cast).came == 0

    def test_an_open_board_hears_of_it(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        attend(cast, is_present=False)
        assert reader.get(address(cast), headers={**LIVE, "If-None-Match": tag}).status_code == 304
        Attendance.objects.update(is_present=True)
        answer = reader.get(address(cast), headers={**LIVE, "If-None-Match": tag})
        assert gettext("Took part") in answer.content.decode()

    @pytest.mark.parametrize("members", [1, 3])
    def test_queries(self, reader, cast, django_assert_num_queries, members):
        for name, user in make_users(*(f"more{number}" for number in range(members))).items():
            setattr(cast, name, user)
            join(cast.cohort, user)
            attend(cast, name)
        page = address(cast)
        with django_assert_num_queries(15):
            assert reader.get(page).status_code == 200


class TestPerson:
    def test_in_which_weeks_she_took_part(self, reader, cast):
        attend(cast)
        attend(cast, "colleague", week=2)
        attend(cast, week=2, is_present=False)
        body = reader.get(person(cast)).content.decode()
        assert body.count(gettext("Took part in the session")) == 1
        first, second = body.index('id="week-1"'), body.index('id="week-2"')
        assert first < body.index(gettext("Took part in the session")) < second

    def test_an_open_page_hears_of_it(self, reader, cast):
        tag = reader.get(person(cast))["ETag"]
        attend(cast, "colleague")
        assert reader.get(person(cast), headers={**LIVE, "If-None-Match": tag}).status_code == 304
        attend(cast)
        assert reader.get(person(cast), headers={**LIVE, "If-None-Match": tag}).status_code == 200


def test_only_the_stamps_of_these_two_pages_change(cast):
    def stamps():
        reader, prompt = cast.facilitator, cast.shared.prompt
        return {
            "board": week_stamp(reader, prompt.section.week_id),
            "other board": week_stamp(reader, week_of(cast, 2).pk),
            "person": member_stamp(reader, cast.membership.pk),
            "person, week 1": member_stamp(reader, cast.membership.pk, 1),
            "question": question_stamp(reader, prompt.pk),
        }

    before = stamps()
    row = attend(cast)
    after = stamps()
    assert {page for page in before if before[page] != after[page]} == {"board", "person"}
    Attendance.objects.filter(pk=row.pk).update(is_present=False)
    assert stamps() == before


@pytest.mark.parametrize("who", ["member", "stranger", "other_facilitator"])
def test_nobody_else_is_told(cast, who):
    attend(cast)
    assert not Attendance.objects.progress_for(getattr(cast, who)).exists()


def test_facilitators_and_organizers_are_told_who_came_and_not_who_did_not(cast):
    row = attend(cast)
    attend(cast, "colleague", is_present=False)
    for who in (cast.facilitator, cast.organizer):
        assert list(Attendance.objects.progress_for(who)) == [row]


class TestEditor:
    @pytest.fixture
    def editor(self, client, cast):
        client.force_login(cast.organizer)
        return Editor(client, cast.cohort)

    @pytest.mark.parametrize("is_present", [True, False])
    def test_a_week_with_attendances_stays(self, editor, cast, is_present):
        attend(cast, week=4, is_present=is_present)
        editor.open()
        assert "remove_week" not in editor.text
        editor.press("remove_week", week_of(cast, 4).pk)
        assert not editor.page.context["page"].is_changed

    def test_who_comes_meanwhile_keeps_the_week(self, editor, cast):
        editor.press("remove_week", week_of(cast, 4).pk)
        attend(cast, week=4)
        page = editor.save()
        assert page.status_code == 200
        assert page.context["page"].problem == gettext(IN_USE)
        assert week_of(cast, 4).attendances.count() == 1

    def test_a_room_goes_with_its_week(self, editor, cast):
        Room.objects.create(week=week_of(cast, 4), steered_by=cast.facilitator)
        editor.press("remove_week", week_of(cast, 4).pk)
        assert editor.save().status_code == 302
        assert not Week.objects.filter(cohort=cast.cohort, number=4).exists()
        assert not Room.objects.exists()

    def test_a_question_that_a_room_shows_may_go(self, editor, cast):
        section = week_of(cast, 4).sections.first()
        first = section.prompts.first()
        room = Room.objects.create(week=week_of(cast, 4), prompt=first)
        editor.press("remove", first.pk)
        assert editor.save().status_code == 302
        room.refresh_from_db()
        assert room.prompt is None


class TestWaysToTheRoom:
    def room(self, cast, week=2):
        return f'href="/cohorts/{cast.cohort.slug}/weeks/{week}/session/"'

    def test_from_the_office_and_from_this_week(self, reader, cast):
        assert self.room(cast) in reader.get("/admin/").content.decode()
        assert self.room(cast, 4) in reader.get(address(cast, 4)).content.decode()
        assert self.room(cast, 3) in reader.get(f"/admin/workbook/week/{week_of(cast, 3).pk}/change/").content.decode()
        assert self.room(cast) in reader.get("/").content.decode()

    def test_a_finished_cohort_has_none_on_the_start_page(self, reader, cast):
        cast.cohort.finish()
        assert "/session/" not in reader.get("/admin/").content.decode()

    def test_who_does_not_facilitate_is_not_led_where_she_may_not_go(self, client, cast):
        client.force_login(cast.organizer)
        for page in ("/admin/", f"/admin/workbook/week/{week_of(cast, 3).pk}/change/"):
            assert "/session/" not in client.get(page).content.decode()
