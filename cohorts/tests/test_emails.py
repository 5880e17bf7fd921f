"""The outbox: every mail leaves once, and its state says what became of it."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.utils import timezone

from cohorts import emails
from cohorts.models import Invitation, Mail, User

HERE = "cohorts.tests.test_emails"


class Server(BaseEmailBackend):
    """A mail server that fails the way it is told to."""

    at_open: Exception | None = None
    at_send: Exception | None = None
    at_close: Exception | None = None

    def open(self):
        if self.at_open:
            raise self.at_open
        return True

    def send_messages(self, messages):
        if self.at_send:
            raise self.at_send
        return len(messages)

    def close(self):
        if self.at_close:
            raise self.at_close


class Unreachable(Server):
    at_open = ConnectionRefusedError(111, "Connection refused")


class WrongPassword(Server):
    at_open = smtplib.SMTPAuthenticationError(535, b"no")


class Refusing(Server):
    at_send = smtplib.SMTPRecipientsRefused({"x@example.com": (550, b"no such\r\nbox")})


class Greylisting(Server):
    at_send = smtplib.SMTPRecipientsRefused({"x@example.com": (451, b"come again")})


class BusyWithData(Server):
    at_send = smtplib.SMTPDataError(421, b"busy")


class RefusingData(Server):
    at_send = smtplib.SMTPDataError(554, b"spam")


class Dropping(Server):
    at_send = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


class TooSlow(Server):
    at_send = TimeoutError("timed out")


class RudeAtTheEnd(Server):
    at_close = smtplib.SMTPServerDisconnected("bye")


class Taking(Server):
    def send_messages(self, messages):
        return 0


@pytest.fixture(autouse=True)
def line_is_free(monkeypatch):
    """Every test calls a server that nobody has found silent yet."""
    monkeypatch.setattr(emails.line, "silent_until", 0)


def post(**fields):
    """A mail in the outbox: of an open invitation, unless it is told otherwise."""
    values = {"key": "letter-1", "kind": "invitation", "to": "member@example.com"} | fields
    values.setdefault("invitation", invite())
    return Mail.objects.create(**values)


def invite(**fields):
    return Invitation.objects.invite(created_by=None, role="organizer", email="member@example.com", **fields)


def state_after_delivery(letter):
    letter.deliver()
    letter.refresh_from_db()
    return letter.state


def test_mail_leaves_after_the_commit(db, django_capture_on_commit_callbacks):
    invitation = invite()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        letter = Mail.objects.post_invitation(invitation)
        assert Mail.objects.post_invitation(invitation) == letter
        assert mail.outbox == []
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert letter.sent_at
    assert len(mail.outbox) == 1


def test_message_id_is_the_same_each_time(db):
    letter = post()
    letter.deliver()
    Mail.objects.update(state="pending")
    letter.deliver()
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second
    assert first.endswith("@testserver>")
    assert "letter-1" not in first


def test_mail_is_sent_once_however_often_it_is_asked_for(db):
    letter = post()
    for copy in (letter, Mail.objects.get(pk=letter.pk), letter):
        copy.deliver()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "unknown", "dropped"])
def test_only_pending_mail_is_sent(db, state):
    assert state_after_delivery(post(state=state)) == state
    assert mail.outbox == []


def test_invitation_mail_carries_the_link_that_is_stored_nowhere(cast):
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
    letter = post(kind="invitation", to=invitation.email, invitation=invitation)
    assert state_after_delivery(letter) == "sent"
    assert invitation.mailed_url in mail.outbox[0].body
    assert cast.cohort.name in mail.outbox[0].subject
    assert cast.organizer.nickname in mail.outbox[0].subject
    assert invitation.token not in str(Mail.objects.values_list())


def test_organizer_invitation_mail(db):
    invitation = Invitation.objects.invite(created_by=None, role="organizer", email="new@example.com")
    assert state_after_delivery(post(kind="invitation", invitation=invitation)) == "sent"
    assert invitation.mailed_url in mail.outbox[0].body


@pytest.mark.parametrize("end", ["revoked", "expired", "used", "closed"])
def test_invitation_that_admits_nobody_is_not_mailed(cast, end):
    """Nothing went wrong, so it is not called a failure."""
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="new@example.com")
    letter = post(invitation=invitation)
    if end == "closed":
        cast.cohort.mark_deleted()
    else:
        change = {
            "revoked": {"revoked_at": timezone.now()},
            "expired": {"expires_at": timezone.now()},
            "used": {"uses": 1},
        }
        Invitation.objects.filter(pk=invitation.pk).update(**change[end])
    assert state_after_delivery(letter) == "dropped"
    assert letter.error
    assert mail.outbox == []


def test_names_cannot_add_headers(cast):
    cast.cohort.name = "春\r\nBcc: thief@example.com"
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="new@example.com")
    invitation.cohort.save()
    assert state_after_delivery(post(kind="invitation", invitation=invitation)) == "sent"
    message = mail.outbox[0].message()
    assert "\n" not in mail.outbox[0].subject
    assert message["Bcc"] is None
    assert mail.outbox[0].recipients() == ["member@example.com"]


@pytest.mark.parametrize(
    "to", ["a@example.com\nBcc: b@example.com", "a@example.com, b@example.com", "not an address", ""]
)
def test_bad_address_fails_quietly(db, to):
    assert state_after_delivery(post(to=to)) == "failed"
    assert mail.outbox == []


@pytest.mark.parametrize("kind", ["nonsense", ""])
def test_unknown_kind_fails(db, kind):
    assert state_after_delivery(post(kind=kind)) == "failed"


@pytest.mark.parametrize("kind", ["begins", "session", "summary", "feedback"])
def test_mail_to_nobody_in_particular_is_not_sent(db, kind):
    """As mails stand in the outbox that a former release wrote."""
    assert state_after_delivery(post(kind=kind, context={"nickname": "みどり"})) == "dropped"
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("server", "state"),
    [
        ("Unreachable", "pending"),
        ("WrongPassword", "pending"),
        ("Greylisting", "pending"),
        ("BusyWithData", "pending"),
        ("Refusing", "failed"),
        ("RefusingData", "failed"),
        ("Taking", "failed"),
        ("Dropping", "unknown"),
        ("TooSlow", "unknown"),
        ("RudeAtTheEnd", "sent"),
    ],
)
def test_state_says_what_became_of_it(db, settings, server, state):
    settings.EMAIL_BACKEND = f"{HERE}.{server}"
    letter = post()
    assert state_after_delivery(letter) == state
    assert bool(letter.error) == (state != "sent")
    assert len(letter.error.splitlines()) <= 1
    assert len(letter.error) <= 200
    assert bool(letter.sent_at) == (state == "sent")


def test_unreachable_server_is_called_once_for_many_mails(db, settings):
    settings.EMAIL_BACKEND = f"{HERE}.Unreachable"
    assert state_after_delivery(post()) == "pending"
    settings.EMAIL_BACKEND = f"{HERE}.WrongPassword"
    second = post(key="letter-2")
    assert state_after_delivery(second) == "pending"
    assert "a moment ago" in second.error


def test_what_could_not_be_sent_is_sent_later(db, settings, capsys):
    settings.EMAIL_BACKEND = f"{HERE}.Unreachable"
    letter = post()
    call_command("send_due_mail")
    assert capsys.readouterr().out.strip() == "sent=0 pending=1 failed=0 unknown=0 dropped=0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    emails.line.silent_until = 0
    call_command("send_due_mail")
    letter.refresh_from_db()
    assert (letter.state, letter.error, len(mail.outbox)) == ("sent", "", 1)


def test_organizer_sends_failed_mails_again(client, cast, django_capture_on_commit_callbacks):
    post(state="failed")
    post(key="unclear", state="unknown")
    post(key="gone", state="sent")
    client.force_login(cast.organizer)
    data = {"action": "send_again", "_selected_action": list(Mail.objects.values_list("pk", flat=True))}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/cohorts/mail/", data)
    assert len(mail.outbox) == 2
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_command_empties_the_outbox(db, capsys):
    post()
    post(key="letter-2")
    post(key="bad", to="not an address")
    call_command("send_due_mail")
    assert capsys.readouterr().out.strip() == "sent=2 pending=0 failed=1 unknown=0 dropped=0"
    call_command("send_due_mail")
    assert capsys.readouterr().out.strip() == "sent=0 pending=0 failed=0 unknown=0 dropped=0"
    assert len(mail.outbox) == 2


def test_database_that_cannot_be_asked_leaves_the_mail_waiting(db, monkeypatch):
    def fail(letter):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setitem(emails.writers, "invitation", fail)
    assert state_after_delivery(post()) == "pending"


def test_command_gives_up_what_a_dead_sender_held(db, capsys):
    now = timezone.now()
    post(state="sending", claimed_at=now - timedelta(minutes=11))
    post(key="old", state="sending", created_at=now - timedelta(minutes=11))
    post(key="fresh", state="sending", claimed_at=now - timedelta(minutes=9), created_at=now - timedelta(days=1))
    call_command("send_due_mail")
    assert capsys.readouterr().out.strip() == "sent=0 pending=0 failed=0 unknown=2 dropped=0"
    assert Mail.objects.get(key="fresh").state == "sending"
    assert mail.outbox == []


@pytest.fixture
def letter_of_cohort(cast):
    """A mail that waits, of an invitation to a cohort."""
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="new@example.com")
    return Mail.objects.post_invitation(invitation)


def sent_to(address):
    return [message for message in mail.outbox if message.to == [address]]


@pytest.mark.parametrize(("close", "open_again"), [("finish", "reopen"), ("mark_deleted", "restore")])
def test_an_invitation_that_waited_leaves_when_its_cohort_is_back(cast, letter_of_cohort, close, open_again):
    getattr(cast.cohort, close)(cast.organizer)
    assert state_after_delivery(letter_of_cohort) == "dropped"
    getattr(cast.cohort, open_again)(cast.organizer)
    call_command("send_due_mail")
    assert len(sent_to("new@example.com")) == 1


def test_a_cohort_that_is_still_finished_mails_nobody(cast, letter_of_cohort):
    cast.cohort.finish()
    cast.cohort.mark_deleted()
    assert state_after_delivery(letter_of_cohort) == "dropped"
    cast.cohort.restore()
    letter_of_cohort.refresh_from_db()
    assert letter_of_cohort.state == "dropped"
    cast.cohort.reopen()
    assert state_after_delivery(letter_of_cohort) == "sent"


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": timezone.now()}, {"uses": 1}, {"expires_at": timezone.now()}],
    ids=["revoked", "used", "expired"],
)
def test_an_invitation_that_is_over_does_not_come_back(cast, letter_of_cohort, change):
    cast.cohort.finish()
    letter_of_cohort.deliver()
    Invitation.objects.update(**change)
    cast.cohort.reopen()
    letter_of_cohort.refresh_from_db()
    assert letter_of_cohort.state == "dropped"


def test_an_invitation_that_got_a_new_link_is_mailed_once(cast, letter_of_cohort):
    """The first mail was not needed while the invitation was revoked; the second has told the link of now."""
    invitation = letter_of_cohort.invitation
    invitation.revoke()
    assert state_after_delivery(letter_of_cohort) == "dropped"
    invitation.renew()
    invitation.save()
    assert state_after_delivery(Mail.objects.post_invitation(invitation)) == "sent"
    cast.cohort.finish()
    cast.cohort.reopen()
    call_command("send_due_mail")
    assert len(sent_to("new@example.com")) == 1


@pytest.mark.parametrize("knows_her", [True, False])
def test_a_mail_that_waited_goes_to_the_address_of_now(cast, knows_her):
    """One to a person does; one to an address stays with it. The list names where it went."""
    letter = post(to=cast.member.email, recipient=cast.member if knows_her else None)
    old, new = cast.member.email, "moved@example.com"
    User.objects.filter(pk=cast.member.pk).update(email=new)
    assert state_after_delivery(Mail.objects.get(pk=letter.pk)) == "sent"
    letter.refresh_from_db()
    assert [letter.to] == mail.outbox[0].to == [new if knows_her else old]
