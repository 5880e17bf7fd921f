"""The office's pages on which a cohort ends: finished, begun again, closed, brought back."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Invitation
from tests.cast import join, make_user, prompt_of, write
from tests.desk import begin, comment, remember
from workbook.purge import GRACE, purge


def url(name, *arguments):
    return reverse(f"admin:cohorts_cohort_{name}", args=arguments)


def fresh(cohort):
    return Cohort.objects.get(pk=cohort.pk)


def notes_of(cohort):
    return list(LogEntry.objects.filter(object_id=cohort.pk).order_by("pk").values_list("user", "action_flag"))


# Finish and begin again


def test_looking_at_the_page_changes_nothing(organizer, cast):
    for name in ("finish", "reopen", "delete"):
        assert organizer.get(url(name, cast.cohort.pk)).status_code == 200
        assert organizer.head(url(name, cast.cohort.pk)).status_code == 200
    assert (fresh(cast.cohort).finished_at, fresh(cast.cohort).deleted_at) == (None, None)
    cast.cohort.finish()
    organizer.get(url("reopen", cast.cohort.pk))
    assert fresh(cast.cohort).finished_at


def test_finish_and_begin_again(organizer, cast):
    page = url("change", cast.cohort.pk)
    assert organizer.post(url("finish", cast.cohort.pk)).url == page
    assert fresh(cast.cohort).finished_at
    shown = organizer.get(page).text
    assert url("reopen", cast.cohort.pk) in shown
    assert url("finish", cast.cohort.pk) not in shown
    assert reverse("admin:cohorts_invitation_add") not in shown
    organizer.post(url("finish", cast.cohort.pk))  # pressed twice
    assert organizer.post(url("reopen", cast.cohort.pk)).url == page
    assert fresh(cast.cohort).finished_at is None
    shown = organizer.get(page).text
    assert url("finish", cast.cohort.pk) in shown
    assert url("reopen", cast.cohort.pk) not in shown
    assert len(notes_of(cast.cohort)) == 2


def test_what_finishing_means_is_said(organizer, cast):
    Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
    page = organizer.get(url("finish", cast.cohort.pk))
    assert page.context["invitations"] == 1
    assert page.context["ahead"].number == 4
    cast.cohort.weeks.update(session_at=timezone.now() - timedelta(days=3), opens_at=timezone.now() - timedelta(days=9))
    assert organizer.get(url("finish", cast.cohort.pk)).context["ahead"] is None


def test_the_other_page_is_no_dead_end(organizer, cast):
    assert '<form method="post"' not in organizer.get(url("reopen", cast.cohort.pk)).text.split('id="content"')[1]
    cast.cohort.finish()
    assert url("reopen", cast.cohort.pk) in organizer.get(url("finish", cast.cohort.pk)).text


def test_the_list_tells_them_apart(organizer, cast):
    cast.cohort.finish()
    for choice, shown in (("finished", {cast.cohort}), ("running", {cast.other}), ("x", set())):
        found = organizer.get(url("changelist"), {"state": choice}).context["cl"].queryset
        assert set(found) == shown
    assert url("closed") in organizer.get(url("changelist")).text


# Close


def test_closing_takes_two_steps_and_the_name(organizer, cast):
    page = url("delete", cast.cohort.pk)
    first = organizer.get(page)
    assert first.context["form"] is None
    assert 'name="name"' not in first.text
    second = organizer.get(page, {"sure": "1"})
    assert 'name="name"' in second.text
    for name in ("", "yes", cast.other.name, f"{cast.cohort.name}x"):
        answer = organizer.post(page, {"name": name, "post": "yes"})
        assert answer.status_code == 200
        assert answer.context["form"].errors["name"]
    assert fresh(cast.cohort).deleted_at is None
    assert organizer.post(page, {"name": cast.cohort.name}).url == url("closed")
    assert fresh(cast.cohort).deleted_at
    assert notes_of(cast.cohort) == [(cast.organizer.pk, DELETION)]
    assert organizer.get(page).status_code == 404


def test_the_name_may_be_typed_in_either_width(organizer, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(name="種まき 第3期")
    assert organizer.post(url("delete", cast.cohort.pk), {"name": "  種まき　第３期 "}).status_code == 302
    assert fresh(cast.cohort).deleted_at


def test_what_closing_takes_away_is_counted_and_never_shown(organizer, cast, django_assert_num_queries):
    begin(cast.shared, cast.facilitator, "CANARY-draft")
    begin(cast.group, cast.facilitator, "CANARY-draft", "")
    comment(cast.shared, cast.facilitator, "CANARY-comment")
    remember(cast.membership, cast.facilitator, "CANARY-note")
    Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
    url_ = url("delete", cast.cohort.pk)
    page = organizer.get(url_)
    assert [number for _label, number in page.context["counts"]] == [2, 1, 4, 1, 1, 1, 1]
    assert "CANARY" not in page.text
    with django_assert_num_queries(11):
        organizer.get(url_)
    for name in ("ichi", "ni", "san"):
        membership = join(cast.cohort, make_user(name))
        comment(write(membership, prompt_of(cast.cohort), "x"), cast.facilitator, "x")
    with django_assert_num_queries(11):
        page = organizer.get(url_)
    assert [number for _label, number in page.context["counts"]] == [5, 1, 7, 4, 1, 1, 1]


# Bring back


def close(cohort, by=None, ago=timedelta()):
    cohort.mark_deleted(by)
    Cohort.objects.filter(pk=cohort.pk).update(deleted_at=timezone.now() - ago)


def test_brought_back_with_everything(organizer, client, cast):
    close(cast.cohort, cast.organizer)
    assert url("restore", cast.cohort.pk) in organizer.get(url("closed")).text
    assert cast.organizer.nickname in organizer.get(url("closed")).text.split('id="content"')[1]
    assert organizer.post(url("restore", cast.cohort.pk)).url == url("change", cast.cohort.pk)
    assert organizer.get(url("change", cast.cohort.pk)).status_code == 200
    assert organizer.post(url("restore", cast.cohort.pk)).status_code == 404
    client.force_login(cast.member)
    assert "CANARY-ours-member-private" in client.get(reverse("workbook:words", args=["ours"])).text
    assert client.get(cast.cohort.get_absolute_url()).status_code == 200


def test_a_finished_one_comes_back_finished(organizer, cast):
    cast.cohort.finish()
    close(cast.cohort)
    organizer.post(url("restore", cast.cohort.pk))
    assert fresh(cast.cohort).finished_at == cast.cohort.finished_at


def test_until_the_day_on_which_it_is_deleted(organizer, cast):
    """The list names the day on which `purge` may delete it, and offers the way back until that has happened."""
    close(cast.cohort, ago=GRACE - timedelta(hours=1))
    row = organizer.get(url("closed")).context["page"][0]
    assert not row.is_due
    assert purge(cast.cohort) == {}
    close(cast.other, ago=GRACE + timedelta(hours=1))
    rows = organizer.get(url("closed")).context["page"]
    assert [(row.slug, row.is_due) for row in rows] == [("ours", False), ("theirs", True)]
    assert purge(cast.other)
    assert organizer.post(url("restore", cast.other.pk)).status_code == 404
    assert [row.slug for row in organizer.get(url("closed")).context["page"]] == ["ours"]


def test_nothing_closed(organizer, cast):
    page = organizer.get(url("closed"))
    assert page.status_code == 200
    assert "<form" not in page.text.split('id="content"')[1]


@pytest.mark.parametrize("closed", [1, 3])
def test_queries_of_the_list(organizer, cast, django_assert_num_queries, closed):
    for number in range(closed):
        close(Cohort.objects.create(name=f"c{number}", slug=f"c{number}"), cast.organizer)
    organizer.get(url("closed"))
    with django_assert_num_queries(7):
        assert len(organizer.get(url("closed")).context["page"]) == closed


def test_many_closed_ones_stand_on_pages(organizer, cast):
    Cohort.objects.bulk_create(
        Cohort(name=f"c{number}", slug=f"c{number}", deleted_at=timezone.now()) for number in range(51)
    )
    first, second = (organizer.get(url("closed"), {"page": number}).context["page"] for number in (1, 2))
    assert (len(first), len(second)) == (50, 1)


def test_the_mark_in_a_cohorts_zone(organizer, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(time_zone="Pacific/Kiritimati")
    moment = timezone.now()
    Cohort.objects.filter(pk=cast.cohort.pk).update(deleted_at=moment)
    row = organizer.get(url("closed")).context["page"][0]
    day = (moment + GRACE).astimezone(row.zone)
    assert row.gone_on.startswith(f"{day.month}月{day.day}日")


def test_only_organizers(client, cast):
    close(cast.other)
    for user in (cast.facilitator, cast.member):
        client.force_login(user)
        for name, pk in (("finish", cast.cohort.pk), ("reopen", cast.cohort.pk), ("restore", cast.other.pk)):
            assert client.post(url(name, pk)).status_code == 404
        assert client.post(url("delete", cast.cohort.pk), {"name": cast.cohort.name}).status_code == 404
        assert client.get(url("closed")).status_code == 404
    assert (fresh(cast.cohort).finished_at, fresh(cast.cohort).deleted_at) == (None, None)
    assert fresh(cast.other).deleted_at
