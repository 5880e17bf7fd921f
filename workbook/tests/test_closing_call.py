"""Which pages ask whether the last minutes of a session have begun, of whom, and between which moments."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.cast import make_cohort
from workbook.templatetags.closing import closing_of

BAR = "data-closing "
ADDRESS = 'data-watch="/cohorts/ours/weeks/2/session/state/"'
PAGES = ["/", "/cohorts/ours/", "/cohorts/ours/words/"]


@pytest.fixture
def week(cast):
    """The second one, whose session is running."""
    week = cast.cohort.weeks.get(number=2)
    week.session_at = timezone.now() - timedelta(minutes=30)
    week.save()
    return week


def html_of(client, user, path):
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/cohorts/ours/weeks/2/"])
def test_members_pages_ask_about_the_session_of_these_days(client, cast, week, path):
    html = html_of(client, cast.member, path)
    assert html.count(BAR) == html.count(ADDRESS) == 1
    assert f'data-user="{cast.member.pk}"' in html
    assert ("data-away" in html, "js/page" in html) == (path in PAGES, path in PAGES)


def test_the_sheet_of_another_week_does_not_ask(client, cast, week):
    assert BAR not in html_of(client, cast.member, "/cohorts/ours/weeks/1/")


@pytest.mark.parametrize("path", PAGES)
def test_who_facilitates_is_led_nowhere(client, cast, week, path):
    assert BAR not in html_of(client, cast.facilitator, path)


def test_organizers_and_who_left_are_asked_nothing(client, cast, week):
    assert BAR not in html_of(client, cast.organizer, "/cohorts/ours/")
    assert BAR not in html_of(client, cast.organizer, "/cohorts/ours/weeks/2/")
    assert BAR not in html_of(client, cast.removed, "/cohorts/ours/words/")


@pytest.mark.parametrize("path", [*PAGES, "/cohorts/ours/weeks/2/"])
def test_a_finished_cohort_asks_nothing(client, cast, week, path):
    cast.cohort.finish(cast.organizer)
    assert BAR not in html_of(client, cast.member, path)


def test_it_is_asked_from_shortly_before_until_long_after(db):
    weeks = list(make_cohort("call").weeks.order_by("number"))
    now = timezone.now()
    for week, days in zip(weeks, (-7, 0, 7, 14), strict=True):
        week.session_at, week.session_minutes = now + timedelta(days=days), 60
    weeks[1].session_at = now - timedelta(minutes=149)
    call = closing_of(weeks)
    assert call == (weeks[1], call.week.session_at - timedelta(minutes=10), now + timedelta(minutes=1))
    weeks[1].session_at = now - timedelta(minutes=151)
    assert closing_of(weeks).week == weeks[2]
    assert closing_of(weeks[1]) is None
    assert closing_of([]) is None


def test_moments_on_the_page_have_a_zone(client, cast, week):
    html = html_of(client, cast.member, "/")
    moments = [html.partition(f'data-{name}="')[2].partition('"')[0] for name in ("from", "now", "until")]
    begins, now, ends = map(datetime.fromisoformat, moments)
    assert begins < now < ends
    assert now.tzinfo is not None
    assert ends - begins == timedelta(minutes=160)
