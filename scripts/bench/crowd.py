"""Fills PostgreSQL with thousands of cohorts: one that `fill` made, copied by the database itself.

Half of the cohorts are over, four in ten run, one in ten is still to come. Each has its people, boxes, invitations and
mails. Texts are short, and what no page for organizers reads is left out: their history, comments, drafts and notes.
"""

from datetime import timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import connection, models
from django.utils import timezone

from cohorts.models import ORGANIZERS, Cohort, Invitation, Mail, Membership, User
from workbook.models import Attendance, Prompt, Response, Section, Week

from .fill import fill_cohort

STRIDE = 10_000
"""The n-th copy of a row has its id and n times so many; no table of the first cohort has more rows."""
NOT_COPIED = {"organizer_id", "created_by_id"}
"""Columns that name the one organizer."""
INVITATIONS, FAILED = 4, 1

MOVED = (
    "make_interval(days => CASE WHEN n % 2 = 0 THEN -30 - n % 4000 WHEN n % 10 = 9 THEN 30 + n % 20 ELSE -(n % 5) END)"
)
"""How far the dates of the n-th copy lie from those of the first cohort, in which the fourth week has opened."""
RENAMED = "'c' || n + 1 || substr(source.{}, 3)"
TOKEN = "md5(random()::text) || md5(random()::text)"
COPIES: dict[type[models.Model], dict[str, str]] = {
    User: {"email": RENAMED.format("email")},
    EmailAddress: {"email": RENAMED.format("email")},
    Cohort: {
        "slug": "'bench-' || n + 1",
        "name": "'種まき' || n + 1 || '期'",
        "created_at": f"source.created_at + {MOVED}",
        "finished_at": "CASE WHEN n % 4 = 0 THEN now() END",
    },
    Membership: {"joined_at": f"source.joined_at + {MOVED}"},
    Week: {name: f"source.{name} + {MOVED}" for name in ("opens_at", "session_at")},
    Section: {},
    Prompt: {},
    Response: {"text": "'ことば'", "updated_at": f"source.updated_at + {MOVED}"},
    Attendance: {"noted_at": f"source.noted_at + {MOVED}"},
    Invitation: {"email": RENAMED.format("email"), "nonce": "gen_random_uuid()", "token_hash": TOKEN},
    Mail: {
        "to": "'c' || n + 1 || substr(source.\"to\", 3)",
        "key": RENAMED.format("key"),
        "created_at": f"source.created_at + {MOVED}",
    },
}
"""What is copied, in the order in which rows refer to each other, and what differs in the copies."""


def crowd(cohorts: int, members: int) -> User:
    """Make so many cohorts of so many members, and the organizer of all of them, who is given back."""
    fill_cohort(0, members, Random(1))
    organizer = User.objects.create_user("organizer@example.com", nickname="まどか")
    organizer.groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
    cohort = Cohort.objects.get()
    Cohort.objects.update(organizer=organizer)
    Membership.objects.update(joined_at=timezone.now() - timedelta(days=25))
    _invite(cohort, organizer)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")  # every copy refers to a copy: nothing to check
        for model, changes in COPIES.items():
            cursor.execute(_copy(model, changes), [cohorts - 1])
        cursor.execute("SET session_replication_role = DEFAULT")
        for model in COPIES:
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    return organizer


def _invite(cohort: Cohort, organizer: User) -> None:
    """Invitations without an answer, one of which did not arrive, and the mail that everybody got at the beginning."""
    fields = {"kind": Mail.Kind.INVITATION, "cohort": cohort}
    for number in range(INVITATIONS):
        email = f"c1-new{number}@example.com"
        invitation = Invitation.objects.invite(created_by=organizer, cohort=cohort, email=email)
        state = Mail.State.FAILED if number < FAILED else Mail.State.SENT
        Mail.objects.create(key=f"c1-new{number}", to=email, invitation=invitation, state=state, **fields)
    fields |= {"kind": Mail.Kind.BEGINS, "state": Mail.State.SENT, "created_at": timezone.now() - timedelta(days=26)}
    people = User.objects.filter(memberships__cohort=cohort)
    Mail.objects.bulk_create(Mail(key=f"c1-{one.pk}", to=one.email, recipient=one, **fields) for one in people)


def _copy(model: type[models.Model], changes: dict[str, str]) -> str:
    """A statement that copies the rows of the first cohort; its one parameter is how often.

    In the order of the new ids, which is that of the indexes too: each is filled from left to right.
    """
    columns = {"id": f"source.id + n * {STRIDE}"}
    for field in model._meta.concrete_fields[1:]:
        is_ours = field.is_relation and field.related_model in COPIES and field.column not in NOT_COPIED
        shifted = f"source.{field.column} + n * {STRIDE}"
        columns[field.column] = shifted if is_ours else f'source."{field.column}"'
    columns |= changes
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    first = "source.email LIKE 'c1-%%'" if model is User else "true"
    values = ", ".join(columns.values()).replace(" % ", " %% ")
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS source"
        f" CROSS JOIN generate_series(1, %s) AS n WHERE {first} ORDER BY 1"
    )
