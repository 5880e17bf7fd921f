"""Several organizers: who is in charge, handing a cohort over, and the end of the role."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.cast import make_user, make_users

from cohorts.models import ORGANIZERS, Cohort, Invitation, Membership, User
from cohorts.organizers import CannotEnd, end_organizing

PAGE = "/admin/cohorts/membership/organizers/"


def make_organizers(*names):
    people = make_users(*names)
    Group.objects.get_or_create(name=ORGANIZERS)[0].user_set.add(*people.values())
    return list(people.values())


@pytest.fixture
def second(cast):
    return make_organizers("second")[0]


def names(client):
    return [person.email.split("@")[0] for person, _charges in client.get(PAGE).context["rows"]]


def changes_of(row):
    entries = LogEntry.objects.filter(object_id=str(row.pk), content_type__model=row._meta.model_name)
    return [str(entry.get_change_message()) for entry in entries.order_by("pk")]


def end(client, person):
    return client.post(PAGE, {"end": person.pk}, follow=True)


def hand_over(client, cohort, to, **more):
    address = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    fields = client.get(address).context["adminform"].form.initial
    formsets = [formset.formset for formset in client.get(address).context["inline_admin_formsets"]]
    data = {"name": fields["name"], "organizer": to.pk if to else "", **more}
    for formset in formsets:
        for form in [formset.management_form, *formset.forms]:
            data |= {
                form.add_prefix(name): form[name].value() for name in form.fields if form[name].value() is not None
            }
    moments = {name: value.strftime("%Y-%m-%dT%H:%M") for name, value in data.items() if hasattr(value, "strftime")}
    return client.post(address, {**data, **moments})


def test_the_organizers(organizer, cast, second):
    Cohort.objects.update(organizer=second)
    inactive = make_organizers("inactive")[0]
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    assert names(organizer) == ["organizer", "second", "superuser"]
    assert [charges for _person, charges in organizer.get(PAGE).context["rows"]] == [0, 2, 0]


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_the_list(organizer, cast, django_assert_num_queries, more):
    for number, person in enumerate(make_organizers(*[f"more{number}" for number in range(more + 1)])):
        Cohort.objects.create(name=f"c{number}", slug=f"c{number}", organizer=person)
        LogEntry.objects.log_actions(cast.organizer.pk, [person], 2, "x", single_object=True)
    with django_assert_num_queries(7):
        assert organizer.get(PAGE).status_code == 200


def test_handing_over_is_noted_with_both_names(organizer, cast, second):
    Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=cast.organizer)
    assert hand_over(organizer, cast.cohort, second).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.organizer == second
    assert len(changes_of(cast.cohort)) == 1
    assert "organizer → second" in changes_of(cast.cohort)[0]


def test_what_else_was_changed_is_noted_too(organizer, cast, second):
    assert hand_over(organizer, cast.cohort, second, name="なつ").status_code == 302
    told = changes_of(cast.cohort)
    assert len(told) == 1
    assert "→ second" in told[0]
    assert hand_over(organizer, cast.cohort, second, name="あき").status_code == 302
    assert len(changes_of(cast.cohort)) == 2
    assert "second" not in changes_of(cast.cohort)[1]


def test_who_is_told_that_she_is_in_charge(organizer, cast, second):
    hand_over(organizer, cast.cohort, second)
    organizer.force_login(second)
    told = organizer.get("/admin/").text
    organizer.force_login(cast.organizer)
    assert told != organizer.get("/admin/").text
    assert "second" in organizer.get("/admin/").text


@pytest.mark.parametrize("who", ["member", "facilitator", "stranger"])
def test_only_an_organizer_can_be_in_charge(organizer, cast, who):
    assert hand_over(organizer, cast.cohort, getattr(cast, who)).status_code == 200
    cast.cohort.refresh_from_db()
    assert cast.cohort.organizer is None


def test_the_role_ends_with_the_next_request(organizer, cast, second):
    hers = Client()
    hers.force_login(second)
    assert hers.get("/admin/").status_code == 200
    assert end(organizer, second).status_code == 200
    assert hers.get("/admin/").status_code == 404
    assert hers.get("/admin/cohorts/invitation/add/").status_code == 404
    assert names(organizer) == ["organizer", "superuser"]
    assert len(changes_of(second)) == 1


def test_her_cohorts_pass_to_the_one_who_ends_it(organizer, cast, second):
    Cohort.objects.update(organizer=second)
    cast.other.mark_deleted()
    end(organizer, second)
    assert {cohort.organizer for cohort in Cohort.objects.all()} == {cast.organizer}
    for cohort in (cast.cohort, cast.other):
        assert "second → organizer" in changes_of(cohort)[-1]


def test_what_waits_in_her_mailbox_dies(organizer, cast, second):
    fields = {"created_by": None, "email": second.email}
    again = Invitation.objects.invite(role="organizer", **fields)
    member = Invitation.objects.invite(cohort=cast.cohort, **fields)
    another = Invitation.objects.invite(role="organizer", created_by=None, email="another@example.com")
    end(organizer, second)
    states = [Invitation.objects.get(pk=row.pk).state for row in (again, member, another)]
    assert states == ["revoked", "open", "open"]


def test_one_leaves_oneself_when_nothing_is_in_ones_charge(organizer, cast, second):
    Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=cast.organizer)
    end(organizer, cast.organizer)
    assert "organizer" in names(organizer)
    Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=second)
    assert end(organizer, cast.organizer).redirect_chain == [("/", 302)]
    assert organizer.get(PAGE).status_code == 404
    cast.cohort.refresh_from_db()
    assert cast.cohort.organizer == second


def test_the_last_one_stays(organizer, cast):
    User.objects.filter(is_superuser=True).update(is_active=False)
    assert 'name="end"' not in organizer.get(PAGE).text
    end(organizer, cast.organizer)
    assert names(organizer) == ["organizer"]
    assert changes_of(cast.organizer) == []


def test_the_servers_own_stays(organizer, cast):
    end(organizer, cast.superuser)
    assert "superuser" in names(organizer)


@pytest.mark.parametrize("value", ["", "x", "0", "9" * 30, "\0"])
def test_nobody_else_can_be_named(organizer, cast, value):
    for wanted in (value, cast.member.pk):
        assert organizer.post(PAGE, {"end": wanted}).status_code == 404


def test_others_do_not_see_the_page(client, cast):
    for user in (cast.member, cast.facilitator, cast.stranger):
        client.force_login(user)
        assert client.get(PAGE).status_code == client.post(PAGE, {"end": cast.organizer.pk}).status_code == 404
    assert User.objects.organizers().filter(pk=cast.organizer.pk).exists()


def test_a_facilitator_keeps_that(organizer, cast, second):
    Membership.objects.create(user=second, cohort=cast.cohort, role="facilitator")
    end(organizer, second)
    organizer.force_login(second)
    assert organizer.get("/admin/").status_code == 200
    assert organizer.get(PAGE).status_code == 404


def test_the_invitation_for_an_organizer_is_prepared(organizer, cast):
    page = organizer.get("/admin/cohorts/invitation/add/?role=organizer")
    assert page.context["form"]["role"].value() == "organizer"
    assert organizer.get("/admin/cohorts/invitation/add/?role=x").status_code == 200


def test_names_are_escaped(organizer, cast, second):
    User.objects.filter(pk=second.pk).update(nickname="<b>x</b>")
    assert "<b>x</b>" not in organizer.get(PAGE).text


@pytest.mark.django_db(transaction=True)
def test_the_last_two_cannot_end_each_other_at_once():
    one, two = make_organizers("one", "two")

    def run(pair):
        try:
            end_organizing(pair[0], by=pair[1])
        except CannotEnd:
            return False
        finally:
            connection.close()
        return True

    for _round in range(3):
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(run, [(one, two), (two, one)]))
        assert ended.count(True) == 1
        assert User.objects.organizers().count() == 1
        Group.objects.get(name=ORGANIZERS).user_set.add(one, two)


def test_the_role_that_nobody_gave_cannot_be_ended(cast):
    with pytest.raises(CannotEnd):
        end_organizing(make_user("nobody"), by=cast.organizer)
