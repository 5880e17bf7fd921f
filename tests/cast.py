"""The cast: two cohorts whose people must not see each other's words.

Every private text carries a token of its own (`CANARY-…`), so that a test can look for it anywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from cohorts.models import ORGANIZERS, Cohort, Membership, User
from workbook.models import Prompt, Readers, Response, Save, Section, Week

QUESTIONS = ["うれしかった一言は？", "それはなぜ？"]
HEADINGS = {
    Section.Kind.REFLECTION: "自分の考え",
    Section.Kind.SESSION_NOTES: "グループセッションでの気づき",
    Section.Kind.SUMMARY: "まとめ",
    Section.Kind.ACTION: "あなたは何をする？",
}


def make_user(name: str) -> User:
    return make_users(name)[name]


def make_users(*names: str) -> dict[str, User]:
    """People without a password and with a verified address, by their names."""
    users = [User(email=f"{name}@example.com", nickname=name) for name in names]
    for user in users:
        user.set_unusable_password()
    users = User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return dict(zip(names, users, strict=True))


def make_cohort(slug: str, weeks: int = 4) -> Cohort:
    """A cohort in its second week: the first session was four days ago, the next is in three days."""
    cohort = Cohort.objects.create(name=f"コホート{slug}", slug=slug)
    first = timezone.now() - timedelta(days=4)
    add_weeks(cohort, {number: first + timedelta(days=7 * (number - 1)) for number in range(1, weeks + 1)})
    return cohort


def make_week(cohort: Cohort, number: int, session_at: datetime) -> Week:
    return add_weeks(cohort, {number: session_at})[0]


def add_weeks(cohort: Cohort, sessions: dict[int, datetime]) -> list[Week]:
    """Weeks with all their sections and prompts, in three queries: nearly every test needs them."""
    weeks = Week.objects.bulk_create(
        Week(
            cohort=cohort,
            number=number,
            theme=f"テーマ{number}",
            aim="ねらい",
            opens_at=session_at - timedelta(days=7),
            session_at=session_at,
            meeting_url="https://zoom.example.com/j/1",
        )
        for number, session_at in sessions.items()
    )
    sections = Section.objects.bulk_create(
        Section(week=week, kind=kind, heading=heading, position=position)
        for week in weeks
        for position, (kind, heading) in enumerate(HEADINGS.items(), start=1)
    )
    Prompt.objects.bulk_create(
        Prompt(section=section, position=place, text=text)
        for section in sections
        for place, text in enumerate(QUESTIONS if section.kind == Section.Kind.REFLECTION else [""], start=1)
    )
    return weeks


def join(cohort: Cohort, user: User, role: str = "member") -> Membership:
    return Membership.objects.create(cohort=cohort, user=user, role=role)


def write(membership: Membership, prompt: Prompt, text: str, readers: str = Readers.FACILITATORS) -> Response:
    """Write as the page does, through the model's verb."""
    return Response.objects.write(Save(prompt.pk, membership.pk, uuid4(), 0, text, readers, QUESTIONS)).row


def prompt_of(cohort: Cohort, week: int = 1, kind: str = Section.Kind.REFLECTION, position: int = 1) -> Prompt:
    return Prompt.objects.get(
        section__week__cohort=cohort, section__week__number=week, section__kind=kind, position=position
    )


@dataclass
class Cast:
    """Everybody a page can meet. `cohort` is ours, `other` is the strangers'."""

    cohort: Cohort
    other: Cohort
    member: User
    colleague: User
    stranger: User
    removed: User
    facilitator: User
    other_facilitator: User
    organizer: User
    superuser: User
    membership: Membership
    private: Response
    shared: Response
    group: Response

    def roles(self) -> dict[str, User | None]:
        """The columns of the access table."""
        return {
            "anonymous": None,
            "member": self.member,
            "stranger": self.stranger,
            "removed": self.removed,
            "facilitator": self.facilitator,
            "other facilitator": self.other_facilitator,
            "organizer": self.organizer,
            "superuser": self.superuser,
        }


def make_cast() -> Cast:
    cohort, other = make_cohort("ours"), make_cohort("theirs")
    people = make_users("member", "colleague", "stranger", "removed", "facilitator", "other_facilitator", "organizer")
    superuser = User.objects.create_superuser("superuser@example.com", nickname="superuser")
    people["organizer"].groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
    membership = join(cohort, people["member"])
    join(cohort, people["colleague"])
    join(cohort, people["facilitator"], "facilitator")
    gone = join(cohort, people["removed"])
    strange = join(other, people["stranger"])
    join(other, people["other_facilitator"], "facilitator")
    first, second = prompt_of(cohort), prompt_of(cohort, position=2)
    private = write(membership, first, "CANARY-ours-member-private", Readers.SELF)
    shared = write(membership, second, "CANARY-ours-member-shared")
    group = write(membership, prompt_of(cohort, kind=Section.Kind.ACTION), "CANARY-ours-member-group", Readers.GROUP)
    write(gone, first, "CANARY-ours-removed-shared")
    write(strange, prompt_of(other), "CANARY-theirs-stranger-shared")
    write(strange, prompt_of(other, kind=Section.Kind.ACTION), "CANARY-theirs-stranger-group", Readers.GROUP)
    gone.close()
    return Cast(
        cohort=cohort,
        other=other,
        superuser=superuser,
        membership=membership,
        private=private,
        shared=shared,
        group=group,
        **people,
    )
