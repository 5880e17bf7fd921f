"""The outbox: what is to be mailed stands in the database before anything is sent."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.emails import NoLonger, NotNow, Unclear, describe, send

from .cohort import Cohort
from .invitation import Invitation

logger = logging.getLogger(__name__)

STUCK_AFTER = timedelta(minutes=10)
"""So long after it was claimed nobody is sending a mail any more: every step of it takes seconds."""

LATE_AFTER = timedelta(hours=1)
"""Waiting mails are tried every minute: if one still waits after this, a setting is wrong, or nobody tries."""

AT_ONCE = 20
"""Mails that one request sends by itself."""


def _of_invitation(invitation: Invitation) -> dict[str, Any]:
    """The mail that carries an invitation's link of now."""
    return {
        "key": f"invitation:{invitation.pk}:{invitation.nonce}",
        "kind": Mail.Kind.INVITATION,
        "to": invitation.email,
        "cohort": invitation.cohort,
        "invitation": invitation,
    }


class MailQuerySet(models.QuerySet["Mail"]):
    """Mails by state."""

    def pending(self) -> "MailQuerySet":
        return self.filter(state=Mail.State.PENDING)

    def post(self, *, key: str, kind: str, to: str, **fields: Any) -> "Mail":
        """Put a mail into the outbox, in the caller's transaction; it leaves after the commit.

        A key that is known already gives back the mail that has it: nothing is sent twice.
        """
        mail, created = self.get_or_create(key=key, defaults={"kind": kind, "to": to, **fields})
        if created:
            transaction.on_commit(mail.deliver)
        return mail

    def post_invitation(self, invitation: Invitation) -> "Mail":
        """Mail an invitation its link; once for each link it ever gets."""
        return self.post(**_of_invitation(invitation))

    def post_invitations(self, invitations: list[Invitation]) -> None:
        """Mail many new invitations their links, in one query. Few leave after the commit; more wait for the sender
        that runs every minute, because a request that sends hundreds is cut off half-way.
        """
        for mail in self.bulk_create(self.model(**_of_invitation(row)) for row in invitations)[:AT_ONCE]:
            transaction.on_commit(mail.deliver)

    def give_up_stuck(self) -> int:
        """Call mails unclear whose sender died half-way; gives their number.

        Nobody knows whether they left, so they are not sent again unless an organizer decides so.
        """
        limit = timezone.now() - STUCK_AFTER
        stuck = models.Q(claimed_at__lt=limit) | models.Q(claimed_at=None, created_at__lt=limit)
        sending = self.filter(stuck, state=Mail.State.SENDING)
        return sending.update(state=Mail.State.UNKNOWN, error="The sender stopped half-way.")

    def send_again(self) -> int:
        """Put failed and unclear mails back into the outbox, because somebody decided so; gives their number."""
        stopped = self.filter(state__in=[Mail.State.FAILED, Mail.State.UNKNOWN])
        mails = list(stopped)
        stopped.filter(pk__in=[mail.pk for mail in mails]).update(state=Mail.State.PENDING, error="")
        for mail in mails:
            transaction.on_commit(mail.deliver)
        return len(mails)

    def take_up_again(self) -> int:
        """Let invitations leave after all that were not needed while their cohort was closed; gives their number.

        Only the mail of an invitation's link of now: one that was sent a new link since has had its mail.
        """
        dropped = self.filter(kind=Mail.Kind.INVITATION, state=Mail.State.DROPPED)
        waiting = dropped.filter(invitation__in=Invitation.objects.open()).select_related("invitation__cohort")
        due = [mail.pk for mail in waiting if mail.key == _of_invitation(mail.invitation)["key"]]
        return self.filter(pk__in=due).update(state=Mail.State.PENDING, error="")


class Mail(models.Model):
    """One mail to one person. Holds no private text and no link that opens anything by itself."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        BEGINS = "begins", _("A cohort begins")
        SESSION = "session", _("Tomorrow is a session")
        SUMMARY = "summary", _("Summary and action after the session")
        FEEDBACK = "feedback", _("A comment has arrived")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unclear")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("no longer needed")

    key = models.CharField(max_length=100, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    to = models.EmailField(_("to"))
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, blank=True, editable=False, related_name="mails")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="mails"
    )
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, blank=True, related_name="mails")
    context = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("written on"), default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="mail_newest_first"),  # the organizers' list
            models.Index(fields=["created_at"], condition=models.Q(state="pending"), name="mail_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"

    @staticmethod
    def late(state: str = "state", written: str = "created_at") -> models.Q:
        """Which mails wait far too long. Of other models' rows: by the names that these two have there."""
        return models.Q(**{state: Mail.State.PENDING, f"{written}__lt": timezone.now() - LATE_AFTER})

    @staticmethod
    def trouble(state: str = "state", written: str = "created_at") -> models.Q:
        """Which mails somebody has to look at: they did not arrive, nobody knows, or they do not even leave."""
        stopped = models.Q(**{f"{state}__in": [Mail.State.FAILED, Mail.State.UNKNOWN]})
        return stopped | Mail.late(state, written)

    def deliver(self) -> None:
        """Send the mail if nobody else does, and note how it went. Never raises: the caller's work is done already.

        A server that cannot be reached or asks to come again leaves the mail waiting for `send_due_mail`; a
        refusal is `failed`; a line that broke after the mail was handed over is `unknown`: it may have arrived.
        What need not be said any more when it would leave is `dropped`.
        """
        try:
            if self._claim():
                self._send()
        except DatabaseError:
            logger.exception("Mail %s could not be noted.", self.pk)

    def _claim(self) -> bool:
        """Take the mail out of the box: of any number of senders one gets True."""
        now = timezone.now()
        return Mail.objects.pending().filter(pk=self.pk).update(state=self.State.SENDING, claimed_at=now) == 1

    def _send(self) -> None:
        try:
            self._readdress()
            send(self)
        except NoLonger as error:
            self.state, self.error = self.State.DROPPED, describe(error)
        except (NotNow, DatabaseError) as error:  # the database is asked only before anything leaves
            self.state, self.error = self.State.PENDING, describe(error)
        except Unclear as error:
            self.state, self.error = self.State.UNKNOWN, describe(error)
        except Exception as error:
            self.state, self.error = self.State.FAILED, describe(error)
        else:
            self.state, self.error, self.sent_at = self.State.SENT, "", timezone.now()
        self.save(update_fields=["to", "state", "error", "sent_at"])

    def _readdress(self) -> None:
        """What waited goes to the address that its reader has now, not to one that she has given up."""
        if self.recipient_id:
            self.to = self.recipient.email
