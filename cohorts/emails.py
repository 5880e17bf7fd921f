"""Sending what stands in the outbox: one mail, one person, no private text."""

import hashlib
import smtplib
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING
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


class NotNow(Exception):
    """The server cannot be reached or asks to come again: nothing was taken, and a later try may succeed."""


class Unclear(Exception):
    """The connection broke after the mail was handed over: it may have arrived."""


def compose(mail: "Mail") -> EmailMessage:
    """The message as it is sent, in the site's own language, built now and stored nowhere.

    The Message-ID comes from the outbox key: a mail that is sent again is recognized as the same one.
    """
    cohort = mail.invitation and mail.invitation.cohort
    zone = cohort.zone if cohort else settings.TIME_ZONE
    context = {**mail.context, "invitation": mail.invitation, "base_url": settings.BASE_URL, "zone": zone}
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"mails/{mail.kind}_subject.txt", context)
        body = render_to_string(f"mails/{mail.kind}.txt", context)
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    headers = {
        "Message-ID": f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(_one_line(subject), body.strip() + "\n", to=[mail.to], headers=headers)


def _one_line(subject: str) -> str:
    """Names are written by people: whatever they hold, a subject is one line without control characters."""
    printable = "".join(sign if sign.isprintable() else " " for sign in subject)
    return " ".join(printable.split())[:SUBJECT_LENGTH]


def send(mail: "Mail") -> None:
    """Send the mail.

    Raises:
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
    if isinstance(error, Unclear | NotNow):
        return str(error)
    return _one_line(f"{type(error).__name__}: {error}")[:ERROR_LENGTH]
