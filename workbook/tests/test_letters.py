"""What the mails say, with their files and the way to stop them; and that each leaves once, while it is needed."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from cohorts.models import Cohort, Mail, Membership, User
from cohorts.stopping import stop_url
from tests.cast import add_weeks, join, make_users, prompt_of, write
from workbook.letters import post_due

TOKYO = ZoneInfo("Asia/Tokyo")
SESSION = datetime(2026, 12, 2, 21, tzinfo=TOKYO)
BEFORE, AFTER, OPENS = SESSION - timedelta(hours=30), SESSION + timedelta(hours=12), SESSION - timedelta(days=7)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(BEFORE, tick=False)
    return time_machine


@pytest.fixture
def cohort(db, clock):
    """In its first week, with one member; she has been there for long."""
    cohort = Cohort.objects.create(name="冬のコホート", slug="winter", mail_note="水曜に会いましょう。")
    add_weeks(cohort, {1: SESSION, 2: SESSION + timedelta(days=7)})
    cohort.weeks.update(meeting_url="https://zoom.example.com/j/secret")
    membership = join(cohort, make_users("member")["member"])
    Membership.objects.update(joined_at=OPENS - timedelta(days=1))
    write(membership, prompt_of(cohort), "わたしの言葉")
    return cohort


def send():
    mail.outbox.clear()
    out = StringIO()
    call_command("send_due_mail", stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize(
    ("moment", "kind", "files"),
    [(OPENS + timedelta(hours=1), "begins", 1), (BEFORE, "session", 1), (AFTER, "summary", 0)],
)
def test_each_mail(cohort, clock, moment, kind, files):
    clock.move_to(moment, tick=False)
    if kind == "begins":
        clock.move_to(OPENS.replace(hour=21), tick=False)
    assert send() == "sent=1 pending=0 failed=0 unknown=0 dropped=0"
    message, member = mail.outbox[0], User.objects.get()
    assert Mail.objects.get().kind == kind
    assert message.to == [member.email]
    assert "member" in message.body
    assert "水曜に会いましょう。" in message.body
    assert "http://testserver/cohorts/winter/weeks/1/" in message.body
    assert stop_url(member, kind) in message.body
    assert len(message.attachments) == files


def test_no_private_text(cohort, clock):
    for moment in (OPENS, BEFORE, AFTER):
        clock.move_to(moment, tick=False)
        send()
        whole = mail.outbox[0].message().as_string() + mail.outbox[0].body
        assert "わたしの言葉" not in whole
        assert "zoom" not in mail.outbox[0].body


def test_the_calendar_comes_along(cohort):
    send()
    name, content, kind = mail.outbox[0].attachments[0]
    assert (name, kind) == ("winter.ics", "text/calendar")
    text = content if isinstance(content, str) else content.decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert mail.outbox[0].message().as_bytes()


@pytest.mark.parametrize("hours", [30, 4])
def test_today_and_tomorrow(cohort, clock, hours):
    clock.move_to(SESSION - timedelta(hours=hours), tick=False)
    send()
    words = {30: ("Tomorrow", "明日"), 4: ("Today", "今日")}[hours]
    assert mail.outbox[0].subject.startswith(words)
    assert "21:00" in mail.outbox[0].subject


def test_the_time_is_the_cohorts(cohort, clock):
    Cohort.objects.update(time_zone="America/New_York")
    clock.move_to(SESSION - timedelta(hours=20), tick=False)  # 11 in the morning there, of the day before 7:00
    send()
    assert "07:00" in mail.outbox[0].subject


def test_one_press_in_the_mail_program(cohort):
    send()
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link == stop_url(User.objects.get(), "session")
    answer = Client(enforce_csrf_checks=True).post(
        link.removeprefix("http://testserver"), {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert User.objects.get().mails_session is False


def test_each_leaves_once(cohort):
    assert send().startswith("sent=1")
    for _again in range(3):
        assert send() == "sent=0 pending=0 failed=0 unknown=0 dropped=0"


def test_written_down_twice_at_once(cohort):
    """Two commands that found the same due at the same moment."""
    post_due()
    letter = Mail.objects.get()
    Mail.objects.bulk_create([Mail(key=letter.key, kind="session", to=letter.to)], ignore_conflicts=True)
    post_due()
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("change", ["written", "left", "off", "moved", "finished", "deleted"])
def test_what_is_no_longer_needed_does_not_leave(cohort, change):
    post_due()
    membership = Membership.objects.get()
    if change == "written":
        write(membership, prompt_of(cohort, position=2), "い")
    elif change == "left":
        membership.close()
    elif change == "off":
        User.objects.update(mails_session=False)
    elif change == "moved":
        cohort.weeks.filter(number=1).update(session_at=SESSION + timedelta(days=2))
    else:
        Cohort.objects.update(**{f"{change}_at": BEFORE})
    assert send() == "sent=0 pending=0 failed=0 unknown=0 dropped=1"
    assert mail.outbox == []


def test_who_changes_her_mind_is_reminded(cohort):
    post_due()
    User.objects.update(mails_session=False)
    assert send().endswith("dropped=1")
    User.objects.update(mails_session=True)
    assert send().startswith("sent=1")
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("state", ["sending", "sent", "unknown", "failed"])
def test_what_was_tried_is_not_tried_again(cohort, state):
    post_due()
    Mail.objects.update(state=state, claimed_at=BEFORE)
    assert send() == "sent=0 pending=0 failed=0 unknown=0 dropped=0"


def test_a_reminder_that_waits_overnight_leaves_in_the_morning(cohort, clock, settings):
    clock.move_to(SESSION - timedelta(hours=24, minutes=-30), tick=False)
    settings.EMAIL_BACKEND = "cohorts.tests.test_emails.Greylisting"
    assert send().startswith("sent=0 pending=1")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.move_to(SESSION - timedelta(hours=22), tick=False)
    assert send().endswith("dropped=1")
    clock.move_to(SESSION - timedelta(hours=12), tick=False)
    assert send().startswith("sent=1")


@pytest.mark.parametrize("members", [1, 3])
def test_queries_of_one_mail(cohort, members, django_assert_num_queries):
    for user in make_users(*[f"m{number}" for number in range(members - 1)]).values():
        join(cohort, user)
    Membership.objects.update(joined_at=OPENS)
    post_due()
    letter = Mail.objects.select_related("cohort").first()
    with django_assert_num_queries(8):
        letter.deliver()
