"""今週の様子: what the start page of the office says, and about whom."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from cohorts.models import Membership
from tests.cast import join, make_cohort, make_user, make_users, prompt_of, write
from workbook.admin.office import Office
from workbook.models import Draft, DraftSave, Prompt, Readers, Reading, Response, Save, Section

GO_ON = "Go on reading"
CARE = "Whom a kind word may help"
NOTHING = "There is nothing to read yet."
OVER = "This cohort has come to its end."


@pytest.fixture
def running(cast):
    """The cast's cohort when it began three weeks ago, everybody was there from the start, and nobody wrote since."""
    move(cast.cohort, -15)
    Membership.objects.update(joined_at=days_ago(22))
    Response.objects.update(updated_at=days_ago(15))
    return cast


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def move(cohort, days):
    for week in cohort.weeks.all():
        week.opens_at += timedelta(days=days)
        week.session_at += timedelta(days=days)
        week.save()


def desk(user, cohort=None):
    found = [one for one in Office(user).desks if cohort is None or one.cohort == cohort]
    assert len(found) == 1
    return found[0]


def unread_of(count):
    return ngettext("%(counter)s unread", "%(counter)s unread", count) % {"counter": count}


def unsent_of(count):
    return ngettext("%(counter)s comment not sent yet", "%(counter)s comments not sent yet", count) % {"counter": count}


def silent(cast):
    return [str(membership.user) for membership in desk(cast.facilitator).silent]


class TestWeek:
    def test_says_the_session_the_link_and_how_many_wrote(self, reader, cast):
        for prompt in Prompt.objects.filter(section__week__cohort=cast.cohort, section__week__number=2):
            write(cast.membership, prompt, "ことば")
        found = desk(cast.facilitator)
        assert (found.week.number, found.members) == (2, 2)
        assert [written for _section, written in found.sections] == [1, 1, 1, 1]
        assert [section.position for section, _written in found.sections] == [1, 2, 3, 4]
        body = reader.get("/admin/").content.decode()
        assert 'href="https://zoom.example.com/j/1"' in body
        assert f"/admin/workbook/week/{found.week.pk}/board/" in body

    def test_each_cohort_counts_for_itself(self, cast):
        second = make_cohort("second")
        join(second, cast.facilitator, "facilitator")
        write(join(second, make_user("other")), prompt_of(second, 2, Section.Kind.SUMMARY), "ことば")
        ours, theirs = desk(cast.facilitator, cast.cohort), desk(cast.facilitator, second)
        assert [[written for _one, written in found.sections] for found in (ours, theirs)] == [[0] * 4, [0, 0, 1, 0]]
        assert (ours.members, theirs.members) == (2, 1)
        assert (ours.unread, ours.unread_before, theirs.unread, theirs.unread_before) == (0, 3, 1, 0)


class TestUnread:
    def test_one_button_goes_on_with_this_week_first(self, reader, cast):
        write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, 2), "ことば")
        found = desk(cast.facilitator)
        assert (found.unread, found.unread_before) == (1, 3)
        assert found.next_before == (cast.membership.pk, 1)
        body = reader.get("/admin/").content.decode()
        assert body.count(f">{gettext(GO_ON)}<") == 1
        assert f'class="button default" href="/admin/workbook/response/read/{found.next_unread}/2/"' in body

    def test_then_with_what_came_late_into_the_weeks_before(self, reader, cast):
        body = reader.get("/admin/").content.decode()
        assert f'class="button default" href="/admin/workbook/response/read/{cast.membership.pk}/1/"' in body
        assert body.count(f">{gettext(GO_ON)}<") == 1

    def test_none_when_all_is_read(self, reader, cast):
        Reading.objects.note(cast.facilitator, dict.fromkeys(Response.objects.values_list("pk", flat=True), 1))
        found = desk(cast.facilitator)
        assert (found.unread, found.unread_before, found.next_unread, found.next_before) == (0, 0, None, None)
        body = reader.get("/admin/").content.decode()
        assert f">{gettext(GO_ON)}<" not in body
        assert gettext(NOTHING) in body
        late = write(cast.membership, prompt_of(cast.cohort, 2), "ことば")
        Reading.objects.note(cast.facilitator, {late.pk: 1})
        body = reader.get("/admin/").content.decode()
        assert gettext(NOTHING) not in body
        assert gettext("Everything is read") in body

    def test_nobody_is_praised_for_reading_nothing(self, reader, cast):
        assert not desk(cast.facilitator).has_words
        body = reader.get("/admin/").content.decode()
        assert gettext("Everything is read") not in body
        assert gettext(NOTHING) in body
        write(cast.membership, prompt_of(cast.cohort, 2), "ことば", Readers.SELF)
        assert not desk(cast.facilitator).has_words
        write(cast.membership, prompt_of(cast.cohort, 2, Section.Kind.SUMMARY), "ことば")
        assert desk(cast.facilitator).has_words

    def test_private_texts_are_not_counted(self, cast):
        write(cast.membership, prompt_of(cast.cohort, 2), "ことば", Readers.SELF)
        assert desk(cast.facilitator).unread == 0

    def test_long_after_the_end_nothing_presses(self, reader, cast):
        move(cast.cohort, -60)
        body = reader.get("/admin/").content.decode()
        assert f">{gettext(GO_ON)}<" in body
        assert "button default" not in body

    def test_what_is_over_is_folded_below_what_runs(self, reader, cast):
        """It says so, and what waits there; nobody is sent to its meeting any more."""
        move(cast.cohort, -60)
        later = make_cohort("later")
        join(later, cast.facilitator, "facilitator")
        Draft.objects.write(DraftSave(cast.shared.pk, cast.facilitator.pk, uuid4(), 0, "まだ途中"))
        assert [found.cohort for found in Office(cast.facilitator).desks] == [later, cast.cohort]
        running, folded = reader.get("/admin/").content.decode().split('<details class="sheet finished">')
        assert later.name in running
        assert cast.cohort.name not in running
        summary, _summary, rest = folded.partition("</summary>")
        for words in (cast.cohort.name, gettext(OVER), unread_of(3), unsent_of(1)):
            assert words in summary
        assert "zoom.example.com" not in folded
        assert f">{gettext(GO_ON)}<" in rest

    def test_what_ended_the_other_day_still_stands_open(self, reader, cast):
        last = cast.cohort.weeks.latest("number")
        move(cast.cohort, (days_ago(13) - last.session_at).days)
        body = reader.get("/admin/").content.decode()
        assert gettext(OVER) not in body


class TestDrafts:
    def draft(self, response, author, text="まだ途中"):
        Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), 0, text))

    def test_her_comments_that_are_not_sent_yet(self, reader, cast):
        self.draft(cast.shared, cast.facilitator)
        self.draft(cast.group, cast.facilitator, "")
        found = desk(cast.facilitator)
        assert (found.drafts, found.first_draft) == (1, (cast.membership.pk, 1))
        body = reader.get("/admin/").content.decode()
        assert unsent_of(1) in body
        assert "まだ途中" not in body

    def test_not_those_of_others_nor_on_words_that_were_taken_back(self, cast):
        second = make_user("second")
        join(cast.cohort, second, "facilitator")
        self.draft(cast.shared, second)
        self.draft(cast.private, cast.facilitator)
        assert desk(cast.facilitator).drafts == 0


class TestCare:
    def test_whom_nothing_was_heard_of_for_two_weeks(self, reader, running):
        assert silent(running) == ["member", "colleague"]
        body = reader.get("/admin/").content.decode()
        assert gettext(CARE) in body
        for membership in Membership.objects.filter(user__in=[running.member, running.colleague]):
            assert f'<a href="/admin/workbook/response/read/{membership.pk}/">{membership.user}</a>' in body

    def test_in_the_order_of_joining_and_no_other(self, running):
        Membership.objects.filter(user=running.colleague).update(joined_at=days_ago(40))
        assert silent(running) == ["colleague", "member"]
        Response.objects.filter(membership=running.membership).update(updated_at=days_ago(30))
        assert silent(running) == ["colleague", "member"]

    @pytest.mark.parametrize("readers", Readers.values)
    def test_whatever_she_writes_counts_also_what_is_hers_alone(self, running, readers):
        write(running.membership, prompt_of(running.cohort, 2), "ことば", readers)
        assert silent(running) == ["colleague"]

    def test_begun_or_emptied_is_a_sign_of_life_too(self, running):
        response = running.private
        save = Save(response.prompt_id, response.membership_id, uuid4(), 1, "", Readers.SELF, [])
        Response.objects.write(save)
        assert silent(running) == ["colleague"]

    def test_thirteen_days_are_not_long(self, running):
        Response.objects.filter(pk=running.private.pk).update(updated_at=days_ago(13.9))
        assert silent(running) == ["colleague"]

    def test_who_has_just_come_or_has_left_or_facilitates_is_not_in_it(self, running):
        late = join(running.cohort, make_user("late"))
        Membership.objects.filter(pk=late.pk).update(joined_at=days_ago(13.9))
        Membership.objects.get(user=running.colleague).close()
        assert silent(running) == ["member"]
        Membership.objects.filter(pk=late.pk).update(joined_at=days_ago(14.1))
        assert silent(running) == ["member", "late"]

    def test_nobody_in_a_cohort_that_has_just_begun_or_is_over(self, running):
        move(running.cohort, 14)
        assert silent(running) == []
        move(running.cohort, -14 - 14)
        assert silent(running) == []

    def test_organizers_are_not_shown_who_is_silent(self, client, running):
        client.force_login(running.organizer)
        assert desk(running.organizer, running.cohort).silent == []
        assert gettext(CARE) not in client.get("/admin/").content.decode()


class TestOrganizers:
    def test_who_facilitates_nothing_sees_numbers_and_the_way_to_the_cohort(self, client, cast):
        client.force_login(cast.organizer)
        body = client.get("/admin/").content.decode()
        assert f"/admin/cohorts/cohort/{cast.cohort.pk}/change/" in body
        for office in ("/board/", "/response/", gettext(GO_ON), gettext("Everything is read")):
            assert office not in body


@pytest.mark.parametrize("members", [3, 300])
def test_queries(reader, running, django_assert_num_queries, members):
    users = make_users(*(f"more{number}" for number in range(members))).values()
    rows = Membership.objects.bulk_create(
        Membership(user=user, cohort=running.cohort, joined_at=days_ago(22)) for user in users
    )
    prompts = list(Prompt.objects.filter(section__week__cohort=running.cohort, section__week__number__lte=2))
    texts = Response.objects.bulk_create(
        Response(prompt=prompt, membership=row, text="ことば", written=True) for row in rows[1:] for prompt in prompts
    )
    Draft.objects.bulk_create(Draft(response=one, author=running.facilitator, text="まだ") for one in texts[::9])
    with django_assert_num_queries(11):
        reader.get("/admin/")
    assert len(desk(running.facilitator).silent) == 3
