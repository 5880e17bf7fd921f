"""Who read or exported whose words is noted once for each visit, stays noted, and holds no words."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Membership, RoleChange
from tests.cast import join, make_user, prompt_of
from workbook.importer import bundled
from workbook.models import AccessRecord, Readers, Response, Save
from workbook.opening import open_cohort

Deed = AccessRecord.Deed
record_reading = AccessRecord.objects.record_reading


def noted() -> list[tuple]:
    return list(AccessRecord.objects.order_by("pk").values_list("actor", "membership", "week", "prompt", "deed"))


def age(minutes: int) -> None:
    """Make all that is noted so much older."""
    moment = timezone.now() - timedelta(minutes=minutes)
    AccessRecord._base_manager.update(created_at=moment)


def test_a_reading_is_noted(cast):
    week = cast.cohort.weeks.get(number=1)
    record_reading(cast.facilitator, [cast.membership], week)
    assert noted() == [(cast.facilitator.pk, cast.membership.pk, week.pk, None, "read")]


@pytest.mark.parametrize(("minutes", "times"), [(0, 1), (14, 1), (16, 2)])
def test_once_for_each_visit(cast, minutes, times):
    record_reading(cast.facilitator, [cast.membership])
    age(minutes)
    record_reading(cast.facilitator, [cast.membership])
    assert len(noted()) == times


def test_what_differs_is_another_reading(cast):
    week, prompt = cast.cohort.weeks.get(number=1), prompt_of(cast.cohort)
    here, beside = cast.membership, Membership.objects.get(user=cast.colleague)
    for _twice in range(2):
        record_reading(cast.facilitator, [here])
        record_reading(cast.facilitator, [here], week)
        record_reading(cast.facilitator, [here], week, prompt)
        record_reading(cast.facilitator, [here], deed=Deed.SEARCH)
        record_reading(cast.other_facilitator, [here])
        record_reading(cast.facilitator, [here, beside, beside])
    assert len(noted()) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_two_queries_however_many(cast, count, django_assert_num_queries):
    places = [join(cast.cohort, make_user(f"m{number}")) for number in range(count)]
    with django_assert_num_queries(2):
        record_reading(cast.facilitator, places)
    with django_assert_num_queries(2):
        record_reading(cast.facilitator, places)
    with django_assert_num_queries(0):
        record_reading(cast.facilitator, [])
    assert len(noted()) == count


def test_words_opened_during_a_visit_are_another_reading(cast):
    record_reading(cast.facilitator, [cast.membership])
    save = Save(cast.private.prompt_id, cast.membership.pk, uuid4(), 1, "いまなら読める", Readers.FACILITATORS, [])
    Response.objects.write(save)
    for _twice in range(2):
        record_reading(cast.facilitator, [cast.membership])
    assert len(noted()) == 2


def test_words_changed_during_a_visit_are_the_same_reading(cast):
    record_reading(cast.facilitator, [cast.membership])
    for response, readers in ((cast.shared, Readers.GROUP), (cast.private, Readers.SELF)):
        save = Save(response.prompt_id, cast.membership.pk, uuid4(), 1, "つづき", readers, [])
        Response.objects.write(save)
    record_reading(cast.facilitator, [cast.membership])
    assert len(noted()) == 1


def test_a_sheet_that_could_not_be_saved_shows_the_others_words_too(client, cast):
    client.force_login(cast.facilitator)
    url = reverse("workbook:week_detail", args=["ours", 1])
    answer = client.post(url, {f"text-{prompt_of(cast.cohort).pk}": "あ" * 100_001})
    assert (answer.status_code, "CANARY-ours-member-group" in answer.content.decode()) == (422, True)
    week = cast.cohort.weeks.get(number=1)
    assert noted() == [(cast.facilitator.pk, cast.membership.pk, week.pk, None, "read")]


def test_taking_ones_words_along_is_noted_every_time(client, cast):
    client.force_login(cast.member)
    for _twice in range(2):
        assert client.get(reverse("workbook:words_download", args=["ours"])).status_code == 200
    assert noted() == [(cast.member.pk, cast.membership.pk, None, None, "export")] * 2


def test_what_is_not_ones_own_is_not_exported_nor_noted(client, cast):
    client.force_login(cast.stranger)
    assert client.get(reverse("workbook:words_download", args=["ours"])).status_code == 404
    assert noted() == []


def test_only_ever_added(cast):
    record_reading(cast.facilitator, [cast.membership])
    record, rows = AccessRecord.objects.get(), AccessRecord.objects.all()
    for deed in (
        record.save,
        record.delete,
        rows.delete,
        lambda: rows.update(deed=Deed.EXPORT),
        lambda: rows.bulk_update([record], ["deed"]),
        lambda: AccessRecord.objects.update_or_create(pk=record.pk, defaults={"deed": Deed.EXPORT}),
        prompt_of(cast.cohort).access_records.clear,
        lambda: cast.facilitator.access_records.all().delete(),
        lambda: cast.membership.access_records.update(deed=Deed.EXPORT),
    ):
        with pytest.raises(TypeError):
            deed()
    record.refresh_from_db()
    assert record.deed == Deed.READ


def test_no_room_for_words():
    """A record consists of who, what and when: there is no field that a text would fit in."""
    for model in (AccessRecord, RoleChange):
        for field in model._meta.get_fields():
            assert not isinstance(field, models.CharField | models.TextField) or field.choices, field.name


def test_an_organizer_who_appoints_herself_is_named(cast):
    cohort = open_cohort(
        name="つぎ",
        slug="next",
        first_session=timezone.now() + timedelta(days=9),
        workbook=bundled(),
        facilitators=[cast.organizer.email, "nobody-yet@example.com"],
        invited_by=cast.organizer,
    )
    change = RoleChange.objects.get(membership__cohort=cohort)
    assert (change.role, change.deed) == ("facilitator", RoleChange.Deed.BEGAN)
    assert change.actor == change.membership.user == cast.organizer
