"""Sending what is due: reminders and news go into the outbox, then everything in it leaves."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from cohorts.models import Mail
from workbook.letters import post_due

STATES = (Mail.State.SENT, Mail.State.PENDING, Mail.State.FAILED, Mail.State.UNKNOWN, Mail.State.DROPPED)


class Command(BaseCommand):
    help = "Write the reminders that are due and send all waiting mails. Safe to run at any time, also twice at once."

    def handle(self, *args: Any, **options: Any) -> None:
        states: Counter[str] = Counter({Mail.State.UNKNOWN: Mail.objects.give_up_stuck()})
        post_due()
        for mail in Mail.objects.pending().order_by("created_at", "pk"):
            mail.deliver()
            states.update(Mail.objects.filter(pk=mail.pk).values_list("state", flat=True))
        self.stdout.write(" ".join(f"{state}={states[state]}" for state in STATES))
