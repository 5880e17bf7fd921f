"""Of comments a member is told once a day at most, and never of what she has seen."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from cohorts.models import Mail, User
from tests.cast import join, make_cohort, prompt_of, write
from workbook.digest import due
from workbook.models import Feedback

NOON = datetime(2026, 12, 2, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


def comment(cast, ago=40 * MINUTES, response=None, **fields):
    revision = (response or cast.shared).revisions.first()
    values = {"author": cast.facilitator, "text": "ひみつの言葉", "created_at": timezone.now() - ago}
    return Feedback.objects.create(revision=revision, **{**values, **fields})


def send():
    mail.outbox.clear()
    call_command("send_due_mail")
    return [message.to[0] for message in mail.outbox if "コメント" in message.body or "comments" in message.body]


@pytest.fixture
def mute(cast):
    """Nothing but comments."""
    User.objects.update(mails_begins=False, mails_session=False, mails_summary=False)


def test_comments_are_told_of_together(cast, mute):
    for ago in (50, 40, 2):
        comment(cast, ago * MINUTES)
    comment(cast, author=cast.organizer)
    assert send() == [cast.member.email]
    body = mail.outbox[0].body
    assert "/cohorts/ours/weeks/1/" in body
    assert body.count("facilitator") == body.count("organizer") == 1
    assert "ひみつの言葉" not in mail.outbox[0].message().as_string()
    assert send() == []


def test_a_comment_waits_for_its_reader(cast, mute, noon):
    comment(cast, 29 * MINUTES)
    assert send() == []
    noon.shift(1 * MINUTES)
    assert send() == [cast.member.email]


def test_once_a_day(cast, mute, noon):
    comment(cast)
    assert send() == [cast.member.email]
    for hours in (1, 9):
        noon.move_to(NOON + timedelta(hours=hours), tick=False)
        comment(cast)
        assert send() == []
    noon.move_to(NOON + timedelta(hours=20), tick=False)
    assert send() == [cast.member.email]
    noon.move_to(NOON + timedelta(days=2), tick=False)
    assert send() == []


def test_what_is_said_while_a_mail_leaves_is_in_the_next(cast, mute, noon):
    comment(cast)
    comment(cast, timedelta(seconds=30))
    assert send() == [cast.member.email]
    noon.move_to(NOON + timedelta(days=1), tick=False)
    assert send() == [cast.member.email]


@pytest.mark.parametrize("change", ["seen", "left", "off", "locked", "deleted", "old"])
def test_who_is_not_told(cast, mute, change):
    said = comment(cast)
    if change == "seen":
        Feedback.objects.update(seen_at=NOON)
    elif change == "left":
        cast.membership.close()
    elif change == "off":
        User.objects.update(mails_feedback=False)
    elif change == "locked":
        User.objects.filter(pk=cast.member.pk).update(is_active=False)
    elif change == "deleted":
        cast.cohort.mark_deleted()
    else:
        Feedback.objects.filter(pk=said.pk).update(created_at=NOON - timedelta(days=8))
    assert send() == []
    assert not Mail.objects.filter(kind="feedback").exists()


def test_comments_after_the_end_are_told_of(cast, mute):
    cast.cohort.finished_at = NOON - timedelta(days=1)
    cast.cohort.save()
    comment(cast)
    assert send() == [cast.member.email]


def test_not_at_night(cast, mute, noon):
    noon.move_to(NOON.replace(hour=23), tick=False)
    comment(cast)
    assert send() == []
    noon.move_to(NOON.replace(hour=8) + timedelta(days=1), tick=False)
    assert send() == [cast.member.email]


def test_seen_while_it_waits_to_leave(cast, mute, settings):
    comment(cast)
    settings.EMAIL_BACKEND = "cohorts.tests.test_emails.Greylisting"
    assert send() == []
    assert Mail.objects.get().state == "pending"
    Feedback.objects.update(seen_at=NOON)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send() == []
    assert Mail.objects.get().state == "dropped"


def test_a_mail_that_failed_has_told_nothing(cast, mute, settings, noon):
    comment(cast)
    settings.EMAIL_BACKEND = "cohorts.tests.test_emails.Refusing"
    send()
    assert Mail.objects.get().state == "failed"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send() == []
    noon.move_to(NOON + timedelta(days=1), tick=False)
    assert send() == [cast.member.email]


def test_of_two_cohorts_one_a_day(cast, mute, noon):
    second = make_cohort("second")
    response = write(join(second, cast.member), prompt_of(second), "あ")
    comment(cast, 60 * MINUTES)
    comment(cast, response=response)
    assert send() == [cast.member.email]
    assert cast.cohort.name in mail.outbox[0].body
    assert send() == []
    noon.move_to(NOON + timedelta(days=1), tick=False)
    assert send() == [cast.member.email]
    assert second.name in mail.outbox[0].body


def test_a_mail_of_the_former_release_has_told(cast, mute):
    """It went out for each comment, and noted neither person nor cohort."""
    comment(cast)
    Mail.objects.create(key="feedback:1", kind="feedback", to=cast.member.email, state="sent", sent_at=NOON)
    assert send() == []


def test_comments_of_several_weeks_lead_to_this_week(cast, mute):
    other = write(cast.membership, prompt_of(cast.cohort, week=2), "い")
    comment(cast)
    comment(cast, response=other)
    send()
    assert "http://testserver/\n" in mail.outbox[0].body


@pytest.mark.parametrize("members", [1, 3, 30])
def test_queries(cast, members, django_assert_num_queries):
    for number in range(members - 1):
        user = User.objects.create(email=f"m{number}@example.com", nickname=f"m{number}")
        comment(cast, response=write(join(cast.cohort, user), prompt_of(cast.cohort), "あ"))
    comment(cast)
    with django_assert_num_queries(2):
        assert len(due(NOON)) == members
