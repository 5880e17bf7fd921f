"""Starts senders of mails, each a process of its own, quickly: everything is imported once. Run in a server's settings.

python -m tests.faults.outbox

Each line on standard input is a number: so many senders start at once, and their ids are printed; `fill N` writes N
mails into the outbox, `states` prints the state of each mail by its Message-ID, `wait` waits for senders by their id.
"""

import json
import os
import sys
from datetime import timedelta

import django
from django.core.management import call_command
from django.db import connections


def fill(count: int) -> int:
    """So many open invitations, each with its mail. What senders need for one is loaded here, once for all."""
    from django.utils import timezone

    from cohorts.emails import compose
    from cohorts.models import Invitation, Mail
    from workbook.letters import post_due

    until = timezone.now() + timedelta(days=7)
    invitations = [Invitation(role="organizer", email=f"guest{n}@example.com", expires_at=until) for n in range(count)]
    for invitation in invitations:
        invitation.renew()
    mails = [
        Mail(key=f"invitation:{one.nonce}", kind="invitation", to=one.email, invitation=one)
        for one in Invitation.objects.bulk_create(invitations)
    ]
    post_due()
    compose(mails[0])
    return len(Mail.objects.bulk_create(mails))


def states() -> dict[str, str]:
    """The state of each mail by its Message-ID."""
    from cohorts.emails import message_id
    from cohorts.models import Mail

    return {message_id(mail): mail.state for mail in Mail.objects.all()}


def start() -> int:
    """A sender in a child; gives its id."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        os.dup2(2, 1)  # standard output is for ids
        code = 1
        try:
            call_command("send_due_mail")
            code = 0
        finally:
            os._exit(code)
    return pid


def obey(line: str) -> object:
    deed, *rest = line.split()
    if deed == "fill":
        return fill(int(rest[0]))
    if deed == "states":
        return states()
    if deed == "wait":
        return [os.waitpid(int(pid), 0)[1] for pid in rest]
    return [start() for _sender in range(int(deed))]


if __name__ == "__main__":
    django.setup()
    for order in sys.stdin:
        print(json.dumps(obey(order)), flush=True)
