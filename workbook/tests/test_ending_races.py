"""Ends that meet: each deed happens once, and what is brought back is never half gone."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cohorts.models import Cohort
from tests.cast import join, make_cohort, make_user, prompt_of, write
from tests.together import at_once
from workbook.models import Response
from workbook.purge import GRACE, purge

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def test_finished_once_by_many(cast):
    copies = [Cohort.objects.get(pk=cast.cohort.pk) for _ in range(CROWD)]
    ended = at_once(*[lambda copy=copy: copy.finish(cast.organizer) for copy in copies])
    assert sum(ended) == 1
    assert LogEntry.objects.filter(object_id=cast.cohort.pk).count() == 1


@pytest.mark.parametrize("number", range(4))
def test_brought_back_or_gone_as_a_whole(cast, number):
    cohort = make_cohort(f"race{number}")
    write(join(cohort, make_user("writer")), prompt_of(cohort), "ことば")
    Cohort.objects.filter(pk=cohort.pk).update(deleted_at=timezone.now() - GRACE - timedelta(hours=1))
    first, second = Cohort.objects.get(pk=cohort.pk), Cohort.objects.get(pk=cohort.pk)
    deeds = [lambda: bool(purge(first)), lambda: second.restore(cast.organizer)]
    results = at_once(*(deeds[::-1] if number % 2 else deeds))
    gone, back = results[::-1] if number % 2 else results
    assert gone != back
    assert Cohort.objects.unfinished().filter(pk=cohort.pk).exists() == back
    assert Response.objects.filter(membership__cohort=cohort.pk).exists() == back
    assert LogEntry.objects.filter(object_id=cohort.pk, user=cast.organizer).exists() == back
