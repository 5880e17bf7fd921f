"""What a facilitator meets in the admin: her own cohorts and no trace of the others'."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.models import Membership
from tests.cast import QUESTIONS, join, make_cohort, make_user, prompt_of, write
from workbook.models import Feedback, Reading, Revision, Section, Week

RESPONSES = "/admin/workbook/response/"


@pytest.fixture
def reader(client, cast):
    client.force_login(cast.facilitator)
    return client


def rows(client, query=""):
    return list(client.get(RESPONSES + query).context["cl"].result_list)


def test_rows_are_her_members_and_hold_no_text(reader, cast):
    response = reader.get(RESPONSES)
    people = {str(row.membership.user) for row in response.context["cl"].result_list}
    assert people == {"member", "removed"}
    body = response.content.decode()
    assert "CANARY" not in body
    assert f"/admin/workbook/response/read/{cast.membership.pk}/1/" in body


def test_no_foreign_name_in_list_filter_or_drop_down(reader, cast):
    """Filter sidebars, drop-downs, start page: the other cohort's name and people appear nowhere."""
    week = Week.objects.get(cohort=cast.cohort, number=1)
    for page in ["", "workbook/", "workbook/response/", "workbook/week/", f"workbook/week/{week.pk}/change/"]:
        response = reader.get(f"/admin/{page}")
        assert response.status_code == 200
        body = response.content.decode()
        for foreign in ("コホートtheirs", "stranger", "other_facilitator", "CANARY"):
            assert foreign not in body, page


@pytest.mark.parametrize("address", [RESPONSES, "/admin/workbook/week/"])
def test_lookups_are_no_oracle(reader, cast, address):
    for lookup in ("text__startswith", "text__contains", "prompt__text", "membership__user__email__startswith", "q__x"):
        assert reader.get(f"{address}?{lookup}=C").status_code == 400


def test_naming_a_foreign_cohort_in_a_filter_shows_nothing(reader, cast):
    for value in (cast.other.pk, 99999, "x", 10**30, "9" * 5_000, "%00", "１"):
        assert rows(reader, f"?cohort={value}") == []
    assert rows(reader, f"?cohort={cast.cohort.pk}") != []


def test_filters(reader, cast):
    assert rows(reader, "?week=1") != []
    assert rows(reader, "?week=2") == rows(reader, "?week=9") == rows(reader, "?week=x") == []
    assert rows(reader, "?section=action") == [cast.group]
    assert cast.shared in rows(reader, "?written=yes")
    assert rows(reader, "?written=no") == []
    Reading.objects.note(cast.facilitator, {cast.shared.pk: 1})
    unread = rows(reader, "?unread=yes")
    assert cast.shared not in unread
    assert cast.private not in unread
    assert cast.group in unread


def test_changed_since_my_comment(reader, cast):
    assert rows(reader, "?unread=changed") == []
    Feedback.objects.answer(Revision.objects.get(response=cast.shared), cast.facilitator, "いいですね", uuid4())
    assert rows(reader, "?unread=changed") == []
    type(cast.shared).objects.filter(pk=cast.shared.pk).update(version=2)
    assert rows(reader, "?unread=changed") == [cast.shared]
    other = make_user("second")
    join(cast.cohort, other, "facilitator")
    reader.force_login(other)
    assert rows(reader, "?unread=changed") == []


@pytest.mark.parametrize("who", ["member", "organizer", "superuser", "removed", "stranger"])
def test_the_list_is_for_facilitators(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(RESPONSES).status_code == 404


def test_words_have_no_page_to_change_or_delete(reader, cast):
    for page in (f"{cast.shared.pk}/change/", f"{cast.shared.pk}/delete/", f"{cast.shared.pk}/history/", "add/"):
        assert reader.get(RESPONSES + page).status_code == 404
        assert reader.post(RESPONSES + page, {"text": "x", "post": "yes"}).status_code == 404
    reader.post(RESPONSES, {"action": "delete_selected", "_selected_action": cast.shared.pk, "post": "yes"})
    cast.shared.refresh_from_db()
    assert cast.shared.text == "CANARY-ours-member-shared"


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_the_list(reader, cast, django_assert_num_queries, more):
    for number in range(more):
        write(join(cast.cohort, make_user(f"more{number}")), prompt_of(cast.cohort), "ことば")
        join(make_cohort(f"more{number}"), cast.facilitator, "facilitator")
    with django_assert_num_queries(7):
        reader.get(RESPONSES)


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_the_weeks(reader, cast, django_assert_num_queries, more):
    for number in range(more):
        join(make_cohort(f"more{number}"), cast.facilitator, "facilitator")
    with django_assert_num_queries(7):
        reader.get("/admin/workbook/week/")


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_the_start_page(reader, cast, django_assert_num_queries, more):
    for number in range(more):
        cohort = make_cohort(f"more{number}")
        join(cohort, cast.facilitator, "facilitator")
        write(join(cohort, make_user(f"more{number}")), prompt_of(cohort), "ことば")
    with django_assert_num_queries(11):
        reader.get("/admin/")


def test_the_start_page_counts(reader, cast):
    """Week 2 is open: one member of two has written its reflection; what is unread leads to her."""
    for position in (1, 2):
        write(cast.membership, prompt_of(cast.cohort, 2, position=position), "ことば")
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, 2), "半分だけ", "self")
    (desk,) = reader.get("/admin/").context["office"].desks
    assert (desk.week.number, desk.members, desk.unread) == (2, 2, 2)
    assert [written for _section, written in desk.sections] == [1, 0, 0, 0]
    assert desk.sections[0][0].kind == Section.Kind.REFLECTION
    assert desk.next_unread == cast.membership.pk


def test_reading_begins_with_who_joined_first(reader, cast):
    colleague = Membership.objects.get(user=cast.colleague)
    Membership.objects.filter(pk=colleague.pk).update(joined_at=cast.membership.joined_at - timedelta(days=1))
    for membership in (cast.membership, colleague):
        write(membership, prompt_of(cast.cohort, 2), "ことば")
    (desk,) = reader.get("/admin/").context["office"].desks
    assert desk.next_unread == desk.first_member == colleague.pk


def test_without_members_there_is_a_sentence_instead_of_zeros(client, cast):
    cast.cohort.memberships.members().update(left_at=timezone.now())
    client.force_login(cast.organizer)
    for page in ("", f"cohorts/cohort/{cast.cohort.pk}/change/"):
        body = client.get(f"/admin/{page}").content.decode()
        assert gettext("When members have joined, you see here how far they are.") in body


def test_the_list_says_what_was_asked_and_how_far_it_is(reader, cast):
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort), QUESTIONS[0])
    body = reader.get(RESPONSES).content.decode()
    states = re.findall(r'<td class="field-state">([^<]*)</td>', body)
    assert len(set(states)) == 2
    assert "icon-no" not in body
    assert f'<td class="field-question">{QUESTIONS[1]}</td>' in body


def test_organizers_see_numbers_on_the_cohort_never_words(client, cast):
    client.force_login(cast.organizer)
    response = client.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/change/")
    first = response.context["progress"][0]
    assert (first["written"], first["boxes"]) == (3, 10)
    for page in ("", f"cohorts/cohort/{cast.cohort.pk}/change/", "cohorts/membership/", "workbook/week/"):
        assert "CANARY" not in client.get(f"/admin/{page}").content.decode()


def test_organizer_sees_running_cohorts_in_numbers(client, cast):
    client.force_login(cast.organizer)
    page = client.get("/admin/").content.decode()
    assert cast.cohort.name in page
    assert cast.other.name in page
    assert "/admin/workbook/response/read/" not in page
    assert "CANARY" not in page
