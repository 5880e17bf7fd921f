"""Emptying the outbox."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cohorts.models import Mail

STUCK_AFTER = timedelta(hours=1)


class Command(BaseCommand):
    help = "Send the mails that wait in the outbox. Safe to run at any time, also twice at once."

    def handle(self, *args: Any, **options: Any) -> None:
        states: Counter[str] = Counter(self.give_up_stuck())
        for mail in Mail.objects.pending().order_by("created_at", "pk"):
            mail.deliver()
            mail.refresh_from_db(fields=["state"])
            states[mail.state] += 1
        self.stdout.write(" ".join(f"{state}={states[state]}" for state in ("sent", "pending", "failed", "unknown")))

    def give_up_stuck(self) -> dict[str, int]:
        """Mails whose sender died half-way: nobody knows whether they left, so they are not sent again."""
        stuck = Mail.objects.filter(state=Mail.State.SENDING, created_at__lt=timezone.now() - STUCK_AFTER)
        return {Mail.State.UNKNOWN: stuck.update(state=Mail.State.UNKNOWN, error="The sender stopped half-way.")}
