"""People who came, went, came back and changed roles, by chance but always the same: `make_history(seed)`.

Rows are made by the verbs of the application where a history has steps, and all at once where it has none.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from cohorts.models import ORGANIZERS, Cohort, Membership, User
from workbook.models import Draft, Feedback, Note, Prompt, Readers, Reading, Response, Revision, Section, Week

PEOPLE = 24
COHORTS = 8
DELETED = 4
FINISHED = 4
ROLES = Membership.Role.values
KINDS = [Section.Kind.REFLECTION, Section.Kind.SESSION_NOTES, Section.Kind.ACTION]


def make_history(seed: int) -> None:
    """Cohorts, some deleted or finished in the end; people of every kind; words for every circle; comments."""
    chance = random.Random(seed)
    people = make_people(seed)
    cohorts = [make_small_cohort(f"history-{seed}-{number}") for number in range(COHORTS)]
    memberships = [walk(chance, person, cohort) for person in people for cohort in cohorts if chance.random() < 0.7]
    write_words(chance, memberships)
    for cohort in cohorts[:DELETED]:
        cohort.mark_deleted()
    for cohort in cohorts[DELETED - FINISHED // 2 :][:FINISHED]:
        cohort.finish()


def make_people(seed: int) -> list[User]:
    """The last ones are of the office, or were barred, or both."""
    people = [
        User(
            email=f"person{number}-{seed}@example.com",
            nickname=f"person{number}",
            is_superuser=number % 12 == 11,
            is_active=number % 6 != 0,
        )
        for number in range(PEOPLE)
    ]
    people = User.objects.bulk_create(people)
    office, choir = (Group.objects.get_or_create(name=name)[0] for name in (ORGANIZERS, "Choir"))
    office.user_set.set([person for number, person in enumerate(people) if number % 6 in {4, 5}])
    choir.user_set.set(people[::2])
    return people


def make_small_cohort(slug: str) -> Cohort:
    """One week whose session was yesterday, one that opens tomorrow; three sections with one question each."""
    cohort = Cohort.objects.create(name=slug, slug=slug)
    now = timezone.now()
    days = [(-8, -1), (1, 6)]
    weeks = Week.objects.bulk_create(
        Week(
            cohort=cohort,
            number=number,
            theme="テーマ",
            opens_at=now + timedelta(days=opens),
            session_at=now + timedelta(days=session),
        )
        for number, (opens, session) in enumerate(days, start=1)
    )
    sections = Section.objects.bulk_create(
        Section(week=week, kind=kind, heading=kind.label, position=place)
        for week in weeks
        for place, kind in enumerate(KINDS, start=1)
    )
    Prompt.objects.bulk_create(Prompt(section=section) for section in sections)
    return cohort


def walk(chance: random.Random, person: User, cohort: Cohort) -> Membership:
    """One person's way through one cohort: up to three times she leaves, comes back or changes her role."""
    membership = Membership.objects.create(user=person, cohort=cohort, role=chance.choice(ROLES))
    for _step in range(chance.randrange(4)):
        if chance.random() < 0.3:
            membership.role = chance.choice(ROLES)
            membership.save()
        elif membership.left_at:
            membership.reopen()
        else:
            membership.close()
    return membership


def write_words(chance: random.Random, memberships: Sequence[Membership]) -> None:
    """Words of everybody in most boxes, also in those not open any more, with comments by whoever was there."""
    prompts: dict[int, list[Prompt]] = {}
    for prompt in Prompt.objects.select_related("section__week"):
        prompts.setdefault(prompt.section.week.cohort_id, []).append(prompt)
    responses = Response.objects.bulk_create(
        Response(
            membership=membership,
            prompt=prompt,
            text=f"CANARY-{membership.pk}-{prompt.pk}",
            readers=chance.choice(Readers.values),
            written=chance.random() < 0.8,
        )
        for membership in memberships
        for prompt in prompts[membership.cohort_id]
        if chance.random() < 0.8
    )
    revisions = Revision.objects.bulk_create(
        Revision(response=response, version=1, text=response.text, sha256="", readers=response.readers)
        for response in responses
    )
    talk(chance, revisions, memberships)


def talk(chance: random.Random, revisions: Sequence[Revision], memberships: Sequence[Membership]) -> None:
    """Comments and readings by anybody who was ever in the cohort: rights are of today, deeds may be old."""
    present: dict[int, list[User]] = {}
    for membership in memberships:
        present.setdefault(membership.cohort_id, []).append(membership.user)

    def somebody(revision: Revision) -> User:
        return chance.choice(present[revision.response.membership.cohort_id])

    Feedback.objects.bulk_create(
        Feedback(revision=revision, author=somebody(revision), text=f"CANARY-comment-{revision.pk}")
        for revision in revisions
        if chance.random() < 0.5
    )
    Reading.objects.bulk_create(
        Reading(response=revision.response, reader=somebody(revision), version=revision.version)
        for revision in revisions
        if chance.random() < 0.5
    )
    keep_to_oneself(chance, memberships, [(revision.response, somebody(revision)) for revision in revisions])


def keep_to_oneself(
    chance: random.Random, memberships: Sequence[Membership], answered: Sequence[tuple[Response, User]]
) -> None:
    """Comments that were not sent, some of them gone on with right now, some emptied; and notes about everybody."""
    now = timezone.now()
    moments = [now - timedelta(hours=1), now + timedelta(hours=1)]
    Draft.objects.bulk_create(
        Draft(
            response=response,
            author=author,
            text=chance.choice(["", f"CANARY-draft-{response.pk}", f"CANARY-draft-{response.pk}"]),
            updated_at=chance.choice(moments),
        )
        for response, author in answered
        if chance.random() < 0.7
    )
    Note.objects.bulk_create(
        Note(membership=one, author=other.user, text=f"CANARY-note-{one.pk}-{other.pk}")
        for one in memberships
        for other in memberships
        if one.cohort_id == other.cohort_id and chance.random() < 0.2
    )
