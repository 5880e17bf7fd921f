"""What was closed long ago is deleted for good, as a whole, and nothing else."""

import io
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.db import IntegrityError, connection, models
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Mail
from tests.cast import join, make_cohort, make_user, prompt_of, write
from workbook.models import (
    AccessRecord,
    Attendance,
    Draft,
    DraftSave,
    Feedback,
    FormerWording,
    Note,
    NoteSave,
    Readers,
    Reading,
    Response,
    Room,
)
from workbook.purge import GRACE, INSIDE, due, purge

names = count()


def fill(cast, slug: str) -> Cohort:
    """A cohort with some of everything in it."""
    cohort = make_cohort(slug)
    leader, member = cast.facilitator, make_user(f"writer{next(names)}")
    join(cohort, leader, "facilitator")
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cohort, email=member.email)
    Mail.objects.post_invitation(invitation)
    assert invitation.accept(member)
    membership = cohort.memberships.get(user=member)
    response = write(membership, prompt_of(cohort), "ことば", Readers.GROUP)
    revision = response.revisions.get()
    Feedback.objects.answer(revision, leader, "よい話", uuid4())
    Reading.objects.note(leader, {response.pk: 1})
    AccessRecord.objects.record_reading(leader, [membership], cohort.weeks.first(), response.prompt)
    Draft.objects.write(DraftSave(response.pk, leader.pk, uuid4(), 0, "まだ"))
    FormerWording.objects.create(prompt=response.prompt, text="もとの問い")
    Room.objects.create(week=cohort.weeks.first(), prompt=response.prompt, spotlight=response, steered_by=leader)
    Attendance.objects.create(week=cohort.weeks.first(), membership=membership, noted_by=leader)
    Note.objects.write(NoteSave(membership.pk, leader.pk, uuid4(), 0, "メモ"))
    for row in (membership, invitation, cohort.weeks.first(), cohort):
        LogEntry.objects.log_actions(cast.organizer.pk, [row], CHANGE, single_object=True)
    return cohort


def mark(cohort: Cohort, ago: timedelta) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(deleted_at=timezone.now() - ago)


def run(**options) -> str:
    out = io.StringIO()
    call_command("purge", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[type[models.Model], set]:
    """Every row there is, of every kind."""
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in apps.get_models()}


@pytest.fixture
def old(cast):
    cohort = fill(cast, "old")
    mark(cohort, GRACE + timedelta(minutes=1))
    return cohort


def test_everything_of_it_goes_and_nothing_else(cast):
    fill(cast, "neighbour")
    before = rows()
    old = fill(cast, "old")
    mark(old, GRACE + timedelta(minutes=1))
    account = {model: pks for model, pks in rows().items() if model.__name__ in {"User", "EmailAddress"}}
    about = set(LogEntry.objects.filter(content_type__model="cohort", object_id=old.pk).values_list("pk", flat=True))
    run()
    connection.check_constraints()
    assert rows() == {**before, **account, LogEntry: before[LogEntry] | about}


def test_every_kind_was_there_to_go(cast, old):
    kinds = {model for model, path in INSIDE if model._base_manager.filter(**{path: old.pk}).exists()}
    assert kinds == {model for model, _path in INSIDE}


def test_every_kind_of_row_in_a_cohort_is_known():
    """A new model that points into a cohort must be added, or say here why it is none of it."""
    known = {model for model, _path in INSIDE}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            points = isinstance(field, models.ForeignKey) and field.related_model in known
            assert not points or model in known, model


@pytest.mark.parametrize("ago", [None, timedelta(0), GRACE - timedelta(minutes=1)])
def test_what_is_open_or_closed_lately_stays(cast, ago):
    cohort = fill(cast, "young")
    if ago is not None:
        mark(cohort, ago)
    before = rows()
    assert run() == "Nothing to delete.\n"
    assert rows() == before


def test_dry_run_only_says_what_would_go(cast, old):
    before = rows()
    said = run(dry_run=True)
    assert rows() == before
    assert said.startswith("Would delete old (closed ")
    assert said.partition(": ")[2] == run().partition(": ")[2]
    assert "Revision=1 Response=1 FormerWording=1 Prompt=20 Section=16 Week=4" in said
    assert not Cohort.objects.filter(slug="old").exists()
    assert run() == "Nothing to delete.\n"


def test_mails_that_do_not_say_to_whom_they_belong(cast, old):
    """As the release before wrote them."""
    Mail.objects.filter(invitation__cohort=old).update(cohort=None)
    Mail.objects.create(key=f"feedback:{Feedback.objects.get().pk}", kind=Mail.Kind.FEEDBACK, to="x@example.com")
    run()
    assert not Mail.objects.exists()


def test_in_batches(cast, old):
    assert purge(old, batch=7)["Prompt"] == 20
    assert not due().exists()


def test_brought_back_in_time(cast, old):
    Cohort.objects.filter(pk=old.pk).update(deleted_at=None)
    before = rows()
    assert purge(old) == {}
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_all_of_it_or_nothing(cast, old):
    """Something that should not be there points into the cohort: the database refuses, and nothing is gone."""
    AccessRecord.objects.record_reading(cast.facilitator, [cast.membership], old.weeks.first())
    before = rows()
    with pytest.raises(IntegrityError):
        purge(old)
    assert rows() == before
    assert Response.objects.get(membership__cohort=old).text == "ことば"


def test_several_the_oldest_first(cast, old):
    older = fill(cast, "older")
    mark(older, 3 * GRACE)
    assert [line.split()[1] for line in run().splitlines()] == ["older", "old"]
