"""お知らせ: organizers see who is mailed what and when, and add their own sentence."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from cohorts.models import Cohort, Mail, Membership, User
from cohorts.stopping import stop_token
from tests.cast import join, prompt_of, write
from workbook.models import Feedback

NOON = datetime(2026, 12, 2, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture(autouse=True)
def noon(time_machine):
    """Noon, before anybody of the cast joins: their first session was four days ago, the next is in three."""
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def office(client, cast):
    client.force_login(cast.organizer)
    return client


def address(cohort):
    return f"/admin/cohorts/cohort/{cohort.pk}/reminders/"


def rows(client, cohort):
    return {str(row.kind): row for row in client.get(address(cohort)).context["rows"]}


def names(row):
    return sorted(person.nickname for person in row.people)


def test_who_gets_what_and_when(office, cast):
    found = rows(office, cast.cohort)
    assert (found["begins"].is_now, names(found["begins"])) == (True, ["colleague", "member"])
    week = found["session"].week
    assert (week.number, found["session"].moment) == (2, NOON + timedelta(hours=44))  # 36 hours before is midnight
    assert names(found["session"]) == ["colleague", "member"]
    assert found["summary"].moment > NOON
    page = office.get(address(cast.cohort)).text
    assert page.count(">colleague</li>") == 3
    assert "removed" not in page


def test_the_page_tells_what_the_command_does(office, cast, noon):
    """Those who stand there get it when it says, and nobody else."""
    write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort, week=2), "あ")
    row = rows(office, cast.cohort)["session"]
    noon.move_to(row.moment - timedelta(minutes=1), tick=False)
    call_command("send_due_mail", stdout=StringIO())
    assert not Mail.objects.filter(kind="session").exists()
    noon.move_to(row.moment, tick=False)
    call_command("send_due_mail", stdout=StringIO())
    sent = Mail.objects.filter(kind="session", cohort=cast.cohort, state="sent")
    assert sorted(sent.values_list("recipient__nickname", flat=True)) == names(row)
    letters = {message.to[0]: message for message in mail.outbox if cast.cohort.name in message.subject}
    letter = letters[row.people[0].email]
    assert (letter.subject, letter.body.splitlines()[:8]) == (row.subject, row.body.splitlines()[:8])


def test_who_got_it_stands_there_no_more(office, cast):
    call_command("send_due_mail", stdout=StringIO())
    row = rows(office, cast.cohort)["begins"]
    assert (row.people, row.sent, row.doubtful) == ([], 2, 0)
    Mail.objects.filter(kind="begins", recipient=cast.member).update(state="failed")
    row = rows(office, cast.cohort)["begins"]
    assert (row.people, row.sent, row.doubtful) == ([], 1, 1)


def test_who_wants_none_or_has_left_stands_nowhere(office, cast):
    User.objects.filter(pk=cast.member.pk).update(mails_session=False)
    Membership.objects.get(user=cast.colleague).close()
    found = rows(office, cast.cohort)
    assert names(found["session"]) == []
    assert names(found["begins"]) == ["member"]


def test_comments(office, cast):
    said = timezone.now() - timedelta(minutes=10)
    revision = cast.shared.revisions.get()
    Feedback.objects.create(revision=revision, author=cast.facilitator, text="CANARY-secret", created_at=said)
    row = rows(office, cast.cohort)["feedback"]
    assert (names(row), row.moment, row.is_now) == (["member"], said + timedelta(minutes=30), False)
    assert "CANARY" not in office.get(address(cast.cohort)).text


def test_the_link_that_stops_mails_is_not_shown(office, cast):
    page = office.get(address(cast.cohort)).text
    for person in (cast.member, cast.colleague):
        assert not [kind for kind in ("begins", "session", "summary", "feedback") if stop_token(person, kind) in page]


def test_a_sentence_of_ones_own(office, cast):
    answer = office.post(address(cast.cohort), {"mail_note": "水曜に会いましょう。"})
    assert answer["Location"] == address(cast.cohort)
    assert Cohort.objects.get(pk=cast.cohort.pk).mail_note == "水曜に会いましょう。"
    assert all("水曜に会いましょう。" in row.body for row in rows(office, cast.cohort).values())
    assert "水曜に会いましょう。" in LogEntry.objects.get().change_message
    office.post(address(cast.cohort), {"mail_note": "水曜に会いましょう。"})
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("note", ["長" * 201, "二行\nの文"])
def test_a_sentence_that_is_none(office, cast, note):
    answer = office.post(address(cast.cohort), {"mail_note": note})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (200, {"mail_note"})
    assert Cohort.objects.get(pk=cast.cohort.pk).mail_note == ""
    assert note not in answer.context["rows"][0].body


def test_moving_dates_keeps_the_sentence(office, cast):
    office.post(address(cast.cohort), {"mail_note": "ひとこと"})
    cast.cohort.weeks.filter(number=2).update(session_at=NOON + timedelta(days=2))
    assert all("ひとこと" in row.body for row in rows(office, cast.cohort).values())


def test_a_cohort_that_has_ended(office, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(finished_at=NOON)
    found = rows(office, cast.cohort)
    assert [kind for kind in ("begins", "session", "summary") if found[kind].people or found[kind].body] == []
    assert 'class="ended"' in office.get(address(cast.cohort)).text


def test_a_cohort_without_weeks(office, cast):
    empty = Cohort.objects.create(name="空", slug="empty")
    join(empty, cast.colleague)
    assert [row.body for row in rows(office, empty).values()] == [""] * 4


@pytest.mark.parametrize("members", [1, 3, 300])
def test_queries(office, cast, members, django_assert_num_queries):
    cohort = cast.cohort
    Membership.objects.filter(cohort=cohort, role="member").update(left_at=NOON)
    people = User.objects.bulk_create(User(email=f"m{n}@example.com", nickname=f"m{n}") for n in range(members))
    Membership.objects.bulk_create(Membership(user=user, cohort=cohort) for user in people)
    with django_assert_num_queries(15):
        page = office.get(address(cohort))
    assert page.text.count(">m0</li>") == 3
