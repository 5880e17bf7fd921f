"""The organizers' start page: every run once, in its place, with what waits in it; and no more queries for many."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from cohorts.models import ORGANIZERS, Cohort, Invitation, Mail, Membership
from tests.cast import join, make_cohort, make_users, prompt_of, write
from workbook.admin.office import Office
from workbook.admin.runs import FINISHED_SHOWN, SHOWN, page_number
from workbook.models import Readers, Response

NOT_A_LINE = "Not a line yet"


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def move(cohort, days):
    for week in cohort.weeks.all():
        week.opens_at += timedelta(days=days)
        week.session_at += timedelta(days=days)
        week.save()
    return cohort


def slugs(desks):
    return [desk.cohort.slug for desk in desks]


def past(office):
    return [week.cohort.slug for week in office.finished.rows]


def desk(user, cohort):
    return Office(user).by_cohort[cohort.pk]


@pytest.fixture
def office(client, cast):
    client.force_login(cast.organizer)
    return client


class TestPlaces:
    def test_running_coming_and_finished_each_stand_in_their_place(self, cast):
        move(make_cohort("coming"), 30)
        move(make_cohort("past"), -60)
        found = Office(cast.organizer)
        assert slugs(found.running) == ["ours", "theirs"]
        assert slugs(found.coming) == ["coming"]
        assert past(found) == ["past"]
        assert found.over == []

    def test_the_next_session_comes_first(self, cast):
        move(cast.cohort, 1)
        move(make_cohort("soon"), -1)
        assert slugs(Office(cast.organizer).running) == ["soon", "theirs", "ours"]

    def test_between_the_last_session_and_two_weeks_later_it_still_runs(self, cast):
        last = cast.cohort.weeks.latest("number")
        move(cast.cohort, (days_ago(13.5) - last.session_at) / timedelta(days=1))
        found = Office(cast.organizer)
        assert slugs(found.running) == ["theirs", "ours"]
        move(cast.cohort, -1)
        found = Office(cast.organizer)
        assert (slugs(found.running), past(found)) == (["theirs"], ["ours"])

    def test_a_cohort_with_a_long_break_still_runs(self, cast):
        for week in cast.cohort.weeks.filter(number__gte=2):
            week.opens_at, week.session_at = days_ago(-30), days_ago(-37)
            week.save()
        cast.cohort.weeks.filter(number=1).update(session_at=days_ago(20), opens_at=days_ago(27))
        found = Office(cast.organizer)
        assert set(slugs(found.running)) == {"ours", "theirs"}
        assert not desk(cast.facilitator, cast.cohort).is_over

    def test_what_was_finished_by_hand_is_finished_at_once(self, cast):
        Cohort.objects.filter(pk=cast.cohort.pk).update(finished_at=timezone.now())
        found = Office(cast.organizer)
        assert (slugs(found.running), past(found)) == (["theirs"], ["ours"])

    def test_what_is_marked_as_deleted_is_nowhere(self, cast):
        cast.cohort.mark_deleted()
        move(cast.other, -60).mark_deleted()
        found = Office(cast.organizer)
        assert (found.desks, found.finished.rows) == ([], [])

    def test_every_cohort_stands_there_exactly_once_whatever_its_dates(self, cast):
        """Also when weeks are not in the order of their dates, or two sessions are at the same moment."""
        now = timezone.now()
        odd = [(-40, 20, -1, 3), (5, 5, 5, 5), (-3, -3, -3, -3), (20, -40, -41, -42), (-40, -41, -5, -43)]
        for number, days in enumerate(odd):
            cohort = make_cohort(f"odd{number}")
            for week, day in zip(cohort.weeks.order_by("number"), days, strict=True):
                week.session_at = now + timedelta(days=day)
                week.opens_at = week.session_at - timedelta(days=7)
                week.save()
        found = Office(cast.organizer)
        everywhere = slugs(found.desks) + past(found)
        assert sorted(everywhere) == sorted(Cohort.objects.values_list("slug", flat=True))

    def test_her_own_come_first_and_are_not_listed_twice(self, cast):
        join(cast.other, cast.organizer, "facilitator")
        mine = move(make_cohort("mine"), -60)
        join(mine, cast.organizer, "facilitator")
        found = Office(cast.organizer)
        assert slugs(found.running) == ["theirs", "ours"]
        assert slugs(found.over) == ["mine"]
        assert past(found) == []

    def test_facilitators_see_their_own_alone(self, reader, cast):
        move(make_cohort("past"), -60)
        found = Office(cast.facilitator)
        assert slugs(found.desks) == ["ours"]
        body = reader.get("/admin/?page=1&finished=1").content.decode()
        for word in ("theirs", "past", gettext("Running"), gettext("Finished"), "progress.csv", "/admin/cohorts/"):
            assert word not in body


class TestPages:
    def test_turns_to_the_next_ten(self, office, cast):
        for number in range(SHOWN):
            move(make_cohort(f"more{number:02}"), 5 + number)
        first, second = Office(cast.organizer), Office(cast.organizer, page=2)
        assert len(first.desks) == SHOWN
        assert slugs(second.desks) == [f"more{number:02}" for number in range(SHOWN - 2, SHOWN)]
        assert 'href="?page=2"' in office.get("/admin/").content.decode()
        body = office.get("/admin/?page=2").content.decode()
        assert 'href="?page=1"' in body
        assert 'href="?page=3"' not in body

    def test_of_those_that_are_over_too(self, office, cast):
        for number in range(FINISHED_SHOWN + 1):
            move(make_cohort(f"past{number:02}"), -60 - number)
        assert past(Office(cast.organizer)) == [f"past{number:02}" for number in range(FINISHED_SHOWN)]
        assert past(Office(cast.organizer, finished_page=2)) == [f"past{FINISHED_SHOWN:02}"]
        assert 'href="?finished=2#finished"' in office.get("/admin/").content.decode()
        assert 'href="?finished=1#finished"' in office.get("/admin/?finished=2").content.decode()

    @pytest.mark.parametrize("text", ["", "0", "-1", "x", "1.5", "１", "9" * 40, "'", "²"])
    def test_what_is_no_page_is_the_first_one(self, office, text):
        assert page_number(text) == 1
        assert office.get("/admin/", {"page": text, "finished": text}).status_code == 200

    def test_behind_the_last_page_is_a_way_back(self, office):
        body = office.get("/admin/?page=7&finished=9").content.decode()
        assert 'href="?page=6"' in body
        assert 'href="?finished=8#finished"' in body


class TestWhatWaits:
    def test_who_began_week_by_week(self, cast):
        write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, 2), "ことば", Readers.SELF)
        found = desk(cast.organizer, cast.cohort)
        assert [column.count for column in found.strip.columns] == [1, 1, 0, 0]
        assert [week.is_open for week in found.weeks] == [True, True, False, False]

    def test_those_without_a_line_are_named_after_some_days(self, office, cast):
        Membership.objects.update(joined_at=days_ago(4))
        assert [str(one.user) for one in desk(cast.organizer, cast.cohort).not_begun] == ["colleague"]
        body = office.get("/admin/").content.decode()
        assert gettext(NOT_A_LINE) in body
        assert "/response/read/" not in body
        Membership.objects.filter(user=cast.colleague).update(joined_at=days_ago(2.9))
        assert desk(cast.organizer, cast.cohort).not_begun == []

    def test_nobody_is_named_before_there_was_time_to_write(self, cast):
        Membership.objects.update(joined_at=days_ago(40))
        move(cast.cohort, 5)
        assert [str(one.user) for one in desk(cast.organizer, cast.cohort).not_begun] == ["colleague"]
        cast.cohort.weeks.filter(number=1).update(opens_at=days_ago(2.9))
        assert desk(cast.organizer, cast.cohort).not_begun == []

    def test_an_emptied_box_is_a_line_too_and_who_left_is_not_missed(self, cast):
        Membership.objects.update(joined_at=days_ago(4))
        colleague = Membership.objects.get(user=cast.colleague)
        Response.objects.create(prompt=prompt_of(cast.cohort), membership=colleague, text="")
        assert desk(cast.organizer, cast.cohort).not_begun == []
        Response.objects.filter(membership=colleague).delete()
        colleague.close()
        assert desk(cast.organizer, cast.cohort).not_begun == []

    def test_facilitators_are_not_told_twice_who_is_silent(self, cast):
        Membership.objects.update(joined_at=days_ago(40))
        Response.objects.update(updated_at=days_ago(20))
        move(cast.cohort, -15)
        found = desk(cast.facilitator, cast.cohort)
        assert ([str(one.user) for one in found.silent], found.not_begun) == (["member", "colleague"], [])
        cast.facilitator.groups.add(Group.objects.get(name=ORGANIZERS))
        del cast.facilitator.is_organizer
        found = desk(cast.facilitator, cast.cohort)
        assert [str(one.user) for one in found.silent] == ["member"]
        assert [str(one.user) for one in found.not_begun] == ["colleague"]

    def test_many_names_are_counted(self, office, cast):
        users = make_users(*(f"quiet{number:02}" for number in range(20))).values()
        Membership.objects.bulk_create(Membership(user=user, cohort=cast.cohort) for user in users)
        Membership.objects.update(joined_at=days_ago(4))
        found = desk(cast.organizer, cast.cohort)
        assert (len(found.named), found.unnamed) == (12, 9)
        more = ngettext("and %(counter)s more", "and %(counter)s more", 9) % {"counter": 9}
        assert more in office.get("/admin/").content.decode()

    def test_invitations_without_an_answer(self, office, cast):
        invite = Invitation.objects.invite
        for number in range(4):
            invite(created_by=cast.organizer, cohort=cast.cohort, email=f"new{number}@example.com")
        invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=9)
        Invitation.objects.get(email="new0@example.com").revoke()
        Invitation.objects.filter(email="new1@example.com").update(uses=1)
        Invitation.objects.filter(email="new2@example.com").update(expires_at=days_ago(1))
        assert desk(cast.organizer, cast.cohort).invitations == 1
        assert desk(cast.organizer, cast.other).invitations == 0
        link = f"/admin/cohorts/invitation/?cohort={cast.cohort.pk}&amp;state=open"
        assert link in office.get("/admin/").content.decode()

    def test_who_is_in_charge(self, office, cast):
        Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=cast.organizer)
        Cohort.objects.filter(pk=cast.other.pk).update(organizer=cast.superuser)
        body = office.get("/admin/").content.decode()
        assert gettext("You are in charge") in body
        assert gettext("In charge: %(name)s") % {"name": "superuser"} in body


class TestTroubles:
    def mail(self, cohort, state, invitation=None, key="k", days=0):
        return Mail.objects.create(
            key=f"{key}{Mail.objects.count()}",
            kind=Mail.Kind.INVITATION,
            to="new@example.com",
            cohort=cohort,
            invitation=invitation,
            state=state,
            created_at=days_ago(days),
        )

    def test_only_what_did_not_arrive_counts(self, office, cast):
        for state in Mail.State.values:
            self.mail(cast.cohort, state)
        self.mail(cast.cohort, Mail.State.FAILED, days=31)
        assert desk(cast.organizer, cast.cohort).troubles == 2
        assert desk(cast.organizer, cast.other).troubles == 0
        link = f"/admin/cohorts/mail/?cohort={cast.cohort.pk}&amp;state=trouble"
        assert link in office.get("/admin/").content.decode()

    @pytest.mark.parametrize(("minutes", "troubles"), [(59, 0), (61, 1)])
    def test_what_does_not_leave_within_an_hour_counts(self, office, cast, minutes, troubles):
        """As with a wrong password for the mail server: every mail is tried again and again."""
        self.mail(cast.cohort, Mail.State.PENDING, days=minutes / 24 / 60)
        assert desk(cast.organizer, cast.cohort).troubles == troubles
        rows = office.get(f"/admin/cohorts/mail/?cohort={cast.cohort.pk}&state=trouble").context["cl"].result_list
        assert len(rows) == troubles

    def test_the_list_behind_the_link_shows_them(self, office, cast):
        self.mail(cast.cohort, Mail.State.FAILED)
        self.mail(cast.cohort, Mail.State.SENT)
        body = office.get(f"/admin/cohorts/mail/?cohort={cast.cohort.pk}&state=trouble").content.decode()
        assert body.count('"field-to"') == 1

    def test_what_somebody_has_seen_to_is_over(self, cast):
        invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
        self.mail(cast.cohort, Mail.State.FAILED, invitation)
        assert desk(cast.organizer, cast.cohort).troubles == 1
        self.mail(cast.cohort, Mail.State.SENT, invitation)
        assert desk(cast.organizer, cast.cohort).troubles == 0
        Mail.objects.filter(state=Mail.State.SENT).delete()
        invitation.revoke()
        assert desk(cast.organizer, cast.cohort).troubles == 0

    def test_mails_to_future_organizers_stand_at_the_top(self, office, cast):
        self.mail(None, Mail.State.UNKNOWN)
        assert Office(cast.organizer).troubles == 1
        assert 'href="/admin/cohorts/mail/?state=trouble"' in office.get("/admin/").content.decode()


def test_nobodys_words(office, cast):
    assert "CANARY" not in office.get("/admin/").content.decode()


class TestQueries:
    @pytest.mark.parametrize("more", [0, 2, 30])
    def test_of_an_organizer(self, office, cast, django_assert_num_queries, more):
        self.furnish(cast, more)
        with django_assert_num_queries(12):
            office.get("/admin/")

    @pytest.mark.parametrize("more", [0, 2, 30])
    def test_of_who_facilitates_too(self, office, cast, django_assert_num_queries, more):
        join(cast.cohort, cast.organizer, "facilitator")
        self.furnish(cast, more)
        with django_assert_num_queries(15):
            office.get("/admin/")

    def furnish(self, cast, more):
        """So many more cohorts that run, are coming and are over, each with three people."""
        users = make_users("one", "two", "three").values()
        for number in range(more):
            for slug, days in (("run", 0), ("coming", 30), ("past", -60)):
                cohort = move(make_cohort(f"{slug}{number}"), days)
                Membership.objects.bulk_create(Membership(cohort=cohort, user=user) for user in users)
                Invitation.objects.invite(created_by=cast.organizer, cohort=cohort, email="new@example.com")
