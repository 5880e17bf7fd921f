"""Sending what stands in the outbox: one mail, one person, no private text."""

import hashlib
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from .models import Mail

REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)
TEMPORARY, PERMANENT = 400, 500
"""Where SMTP's codes for “come again” and for “never” begin."""

ERROR_LENGTH = 200
SUBJECT_LENGTH = 120
PAUSE = 30
"""Seconds for which a server that could not be reached is not called again by this process."""

line = SimpleNamespace(silent_until=0.0)


class NoLonger(Exception):
    """What the mail was to say is over or settled by now: it is not sent, and nothing went wrong."""


class NotNow(Exception):
    """The server cannot be reached or asks to come again: nothing was taken, and a later try may succeed."""


class Unclear(Exception):
    """The connection broke after the mail was handed over: it may have arrived."""


@dataclass(frozen=True)
class Letter:
    """What a mail says as things stand now: the words for its templates, the files that come with it.

    `stop_url` is where its reader switches off mails of this kind with one press.
    """

    context: dict[str, Any]
    attachments: list[tuple[str, bytes, str]] = field(default_factory=list)
    stop_url: str = ""

    def text(self, kind: str) -> tuple[str, str]:
        """Subject and body, in the language that is active."""
        context = {"base_url": settings.BASE_URL, "stop_url": self.stop_url, **self.context}
        subject = render_to_string(f"mails/{kind}_subject.txt", context)
        return _one_line(subject), render_to_string(f"mails/{kind}.txt", context).strip() + "\n"


Writer = Callable[["Mail"], Letter | None]

writers: dict[str, Writer] = {}
"""Who writes the mails of each kind when they are about to leave; None for what need not be said any more.

Other apps add theirs with `writes`: what they know decides up to the last moment whether a mail still goes out.
"""


def writes(*kinds: str) -> Callable[[Writer], Writer]:
    """Make a function the writer of all mails of these kinds."""

    def note(writer: Writer) -> Writer:
        writers.update(dict.fromkeys(kinds, writer))
        return writer

    return note


@writes("invitation")
def invite(mail: "Mail") -> Letter | None:
    """The invitation with its link, while it is open."""
    invitation = mail.invitation
    if invitation is None or not type(invitation).objects.open().filter(pk=invitation.pk).exists():
        return None
    zone = invitation.cohort.zone if invitation.cohort else settings.TIME_ZONE
    return Letter({**mail.context, "invitation": invitation, "zone": zone})


def compose(mail: "Mail") -> EmailMessage:
    """The message as it is sent, in the site's own language, built now and stored nowhere.

    Raises:
        NoLonger: there is nothing to say any more.
        LookupError: nobody writes mails of this kind.
    """
    with translation.override(settings.LANGUAGE_CODE):
        letter = writers[mail.kind](mail)
        if letter is None:
            raise NoLonger("It was no longer needed.")
        subject, body = letter.text(mail.kind)
    headers = {"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"}
    if letter.stop_url:  # RFC 8058: the button of the mail program itself
        headers |= {"List-Unsubscribe": f"<{letter.stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(subject, body, to=[mail.to], headers=headers, attachments=letter.attachments)


def message_id(mail: "Mail") -> str:
    """Made of the outbox key: a mail that is sent again is recognized as the same one."""
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"


def _one_line(subject: str) -> str:
    """Names are written by people: whatever they hold, a subject is one line without control characters."""
    printable = "".join(sign if sign.isprintable() else " " for sign in subject)
    return " ".join(printable.split())[:SUBJECT_LENGTH]


def send(mail: "Mail") -> None:
    """Send the mail.

    Raises:
        NoLonger: there is nothing to say any more.
        NotNow: it was not taken, and is worth another try.
        Unclear: the server may or may not have taken it.
        Exception: whatever keeps it from being sent for good.
    """
    validate_email(mail.to)
    message = compose(mail)
    message.message()  # raises for what cannot be a header, before anybody is called
    connection = _call()
    try:
        _hand_over(connection, message)
    finally:
        _hang_up(connection)


def _call() -> BaseEmailBackend:
    """An open line. A server that could not be reached is left alone for a while: many mails wait once, not each."""
    if monotonic() < line.silent_until:
        raise NotNow("The mail server could not be reached a moment ago.")
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        line.silent_until = monotonic() + PAUSE
        raise NotNow(describe(error)) from error
    return connection


def _is_temporary(error: smtplib.SMTPException) -> bool:
    """Whether the server's answer is of the kind that asks to come again (4xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    else:
        codes = [getattr(error, "smtp_code", 500)]
    return all(TEMPORARY <= code < PERMANENT for code in codes)


def _hand_over(connection: BaseEmailBackend, message: EmailMessage) -> None:
    try:
        sent = connection.send_messages([message])
    except REFUSALS as error:
        if _is_temporary(error):
            raise NotNow(describe(error)) from error
        raise
    except OSError as error:
        raise Unclear(describe(error)) from error
    if not sent:
        raise ValueError("The mail was not taken.")


def _hang_up(connection: BaseEmailBackend) -> None:
    """Close the line; a server that hangs up first has nevertheless taken the mail."""
    try:
        connection.close()
    except OSError:
        return


def describe(error: Exception) -> str:
    """The error in one short line, for the organizers' list."""
    if isinstance(error, Unclear | NotNow | NoLonger):
        return str(error)
    return _one_line(f"{type(error).__name__}: {error}")[:ERROR_LENGTH]
