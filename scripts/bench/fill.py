"""Fills a database: many cohorts with everybody's boxes of four opened weeks, some shared, some read and answered."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from cohorts.models import Cohort, Membership, User
from workbook.importer import bundled
from workbook.models import (
    Attendance,
    Draft,
    DraftRevision,
    Feedback,
    Note,
    NoteRevision,
    Prompt,
    Readers,
    Reading,
    Response,
    Revision,
)
from workbook.models.saving import digest
from workbook.opening import open_cohort

from .texts import comment, nickname, own_words

BATCH = 1_000
FIRST_SESSION = timedelta(days=19)
"""How long ago the first session was: the fourth week has opened, and its session is in two days."""

GROUP_SHARE, PRIVATE_SHARE = 1 / 6, 1 / 12
ANSWERED_SHARE, READ_SHARE, UNSEEN_SHARE = 1 / 5, 1 / 2, 1 / 40
CAME_SHARE = 4 / 5
FACILITATORS = 2
BEGUN_SHARE, NOTED_SHARE = 1 / 20, 1 / 4
"""Of the texts with an unsent comment, of the members with a note; each by either facilitator."""
READER_CHOICES = [Readers.GROUP, Readers.SELF, Readers.FACILITATORS]
READER_WEIGHTS = [GROUP_SHARE, PRIVATE_SHARE, 1 - GROUP_SHARE - PRIVATE_SHARE]


def fill(cohorts: int, members: int, seed: int = 1) -> None:
    """Make `cohorts` cohorts, each with two facilitators and `members` members who wrote in all their boxes."""
    chance = Random(seed)
    for number in range(cohorts):
        with transaction.atomic():
            fill_cohort(number, members, chance)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def fill_cohort(number: int, members: int, chance: Random) -> None:
    cohort = open_cohort(
        name=f"種まき{number + 1}期",
        slug=f"bench-{number + 1}",
        first_session=timezone.now() - FIRST_SESSION,
        workbook=bundled(),
        meeting_url="https://zoom.example.com/j/1234567890",
    )
    people = _make_people(number, FACILITATORS + members)
    roles = [Membership.Role.FACILITATOR] * FACILITATORS + [Membership.Role.MEMBER] * members
    memberships = Membership.objects.bulk_create(
        Membership(user=user, cohort=cohort, role=role) for user, role in zip(people, roles, strict=True)
    )
    revisions = _write(list(cohort_prompts(cohort)), memberships[FACILITATORS:], chance)
    for facilitator in people[:FACILITATORS]:
        _answer(revisions, facilitator, chance)
        _begin(revisions, facilitator, chance)
        _note(memberships[FACILITATORS:], facilitator, chance)
    _attend(cohort, memberships[FACILITATORS:], chance)


def cohort_prompts(cohort: Cohort) -> Iterator[Prompt]:
    yield from Prompt.objects.filter(section__week__cohort=cohort).in_order()


def _make_people(number: int, count: int) -> list[User]:
    users = User.objects.bulk_create(
        User(email=f"c{number + 1}-{place}@example.com", nickname=nickname(place), password="!bench")
        for place in range(count)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return users


def _write(prompts: list[Prompt], memberships: list[Membership], chance: Random) -> list[Revision]:
    """Every member's words for every prompt, each with its first revision."""
    now = timezone.now()
    responses = Response.objects.bulk_create(
        [
            Response(
                prompt=prompt,
                membership=membership,
                text=own_words(chance),
                readers=chance.choices(READER_CHOICES, READER_WEIGHTS)[0],
                written=True,
                updated_at=now - timedelta(minutes=chance.randrange(10, 14 * 24 * 60)),
            )
            for membership in memberships
            for prompt in prompts
        ],
        batch_size=BATCH,
    )
    return Revision.objects.bulk_create(
        [
            Revision(
                response=response,
                operation_id=uuid.UUID(int=chance.getrandbits(128), version=4),
                version=1,
                text=response.text,
                sha256=digest(response.text),
                readers=response.readers,
                device="iPhone",
                created_at=response.updated_at,
            )
            for response in responses
        ],
        batch_size=BATCH,
    )


def _answer(revisions: list[Revision], facilitator: User, chance: Random) -> None:
    """Comments and read marks on a part of what the facilitator may read; most comments have been seen."""
    now = timezone.now()
    readable = [revision for revision in revisions if revision.readers != Readers.SELF]
    answered = [revision for revision in readable if chance.random() < ANSWERED_SHARE]
    Feedback.objects.bulk_create(
        Feedback(
            revision=revision,
            author=facilitator,
            text=comment(chance),
            seen_at=None if chance.random() < UNSEEN_SHARE else now,
        )
        for revision in answered
    )
    Reading.objects.bulk_create(
        Reading(reader=facilitator, response=revision.response, version=1)
        for revision in readable
        if chance.random() < READ_SHARE
    )


def _begin(revisions: list[Revision], facilitator: User, chance: Random) -> None:
    """Comments that she has begun some time ago and not sent."""
    texts = [revision.response for revision in revisions if revision.readers != Readers.SELF]
    then = timezone.now() - timedelta(hours=1)
    drafts = Draft.objects.bulk_create(
        Draft(response=text, author=facilitator, text=comment(chance), updated_at=then)
        for text in texts
        if chance.random() < BEGUN_SHARE
    )
    DraftRevision.objects.bulk_create(
        DraftRevision(draft=draft, version=1, text=draft.text, sha256=digest(draft.text), created_at=then)
        for draft in drafts
    )


def _note(memberships: list[Membership], facilitator: User, chance: Random) -> None:
    """What she keeps in mind about some members."""
    notes = Note.objects.bulk_create(
        Note(membership=membership, author=facilitator, text=comment(chance))
        for membership in memberships
        if chance.random() < NOTED_SHARE
    )
    NoteRevision.objects.bulk_create(
        NoteRevision(note=note, version=1, text=note.text, sha256=digest(note.text)) for note in notes
    )


def _attend(cohort: Cohort, memberships: list[Membership], chance: Random) -> None:
    """Most members took part in each session so far, as they said themselves."""
    Attendance.objects.bulk_create(
        Attendance(week=week, membership=membership, noted_by=membership.user, noted_at=week.session_at)
        for week in cohort.weeks.filter(session_at__lt=timezone.now())
        for membership in memberships
        if chance.random() < CAME_SHARE
    )


def sign_in(users: list[User], backend: str) -> dict[int, str]:
    """Session keys by user id, as if each had signed in through this backend."""
    store = SessionStore()
    expiry = timezone.now() + timedelta(days=1)
    keys: dict[int, str] = {}
    rows = []
    for user in users:
        values = {
            "_auth_user_id": str(user.pk),
            "_auth_user_backend": backend,
            "_auth_user_hash": user.get_session_auth_hash(),
        }
        keys[user.pk] = uuid.uuid4().hex
        rows.append(Session(session_key=keys[user.pk], session_data=store.encode(values), expire_date=expiry))
    Session.objects.bulk_create(rows, batch_size=BATCH)
    return keys
