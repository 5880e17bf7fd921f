"""Two sessions at once: whose, and of which cohort."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cohorts.models import Cohort
from tests.cast import join, make_users, make_week
from workbook.clashes import find_clashes
from workbook.models import Week

AT = datetime(2027, 6, 9, 21, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
HOUR = timedelta(hours=1)
SPAN = (AT, AT + HOUR)


@pytest.fixture
def people(db):
    return make_users("hana", "sora")


def cohort_with(user, slug, session_at=AT, role="facilitator"):
    cohort = Cohort.objects.create(name=slug, slug=slug)
    join(cohort, user, role)
    return make_week(cohort, 1, session_at)


def told(emails, *spans, **options):
    return [[(clash.week.cohort.name, clash.people) for clash in row] for row in find_clashes(emails, spans, **options)]


@pytest.mark.parametrize(
    ("minutes", "found"), [(-61, False), (-60, False), (-59, True), (0, True), (59, True), (60, False), (1440, False)]
)
def test_sessions_clash_when_they_overlap(people, minutes, found):
    cohort_with(people["hana"], "a", AT + timedelta(minutes=minutes))
    assert told(["hana@example.com"], SPAN) == [[("a", ("hana",))] if found else []]


def test_a_long_session_of_another_cohort_counts_whole(people):
    week = cohort_with(people["hana"], "a", AT - 10 * HOUR)
    Week.objects.filter(pk=week.pk).update(session_minutes=601)
    assert told(["hana@example.com"], SPAN) == [[("a", ("hana",))]]


def test_only_of_these_people_and_of_running_cohorts(people):
    cohort_with(people["sora"], "others")
    cohort_with(people["hana"], "member", role="member")
    left, closed, finished = (cohort_with(people["hana"], slug).cohort for slug in ("left", "closed", "finished"))
    left.memberships.get().close()
    closed.mark_deleted()
    Cohort.objects.filter(pk=finished.pk).update(finished_at=timezone.now())
    assert told(["hana@example.com"], SPAN) == [[("member", ("hana",))]]
    assert told([], SPAN, SPAN) == [[], []]
    assert told(["hana@example.com"]) == []


def test_not_with_itself(people):
    week = cohort_with(people["hana"], "a")
    assert told(["hana@example.com"], SPAN, apart_from=week.cohort) == [[]]


def test_one_query_however_many(people, django_assert_num_queries):
    spans = [(AT + timedelta(days=7 * number), AT + timedelta(days=7 * number) + HOUR) for number in range(5)]
    for number in range(3):
        cohort = cohort_with(people["hana"], f"c{number}").cohort
        join(cohort, people["sora"], "facilitator")
    with django_assert_num_queries(1):
        assert told(["hana@example.com", "sora@example.com"], *spans)[0] == [
            (f"c{number}", ("hana", "sora")) for number in range(3)
        ]
