"""The cast: two cohorts whose people must not see each other's words.

Every private text carries a token of its own (`CANARY-…`), so that a test can look for it anywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db.models import F
from django.utils import timezone

from cohorts.models import ORGANIZERS, Cohort, Membership, User
from workbook.models import Prompt, Readers, Response, Revision, Save, Section, Week

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
    return make_cohorts(slug, weeks=weeks)[0]


def make_cohorts(*slugs: str, weeks: int = 4) -> list[Cohort]:
    """Cohorts in their second week: the first session was four days ago, the next is in three days."""
    cohorts = Cohort.objects.bulk_create(Cohort(name=f"コホート{slug}", slug=slug) for slug in slugs)
    first = timezone.now() - timedelta(days=4)
    sessions = {number: first + timedelta(days=7 * (number - 1)) for number in range(1, weeks + 1)}
    _add_weeks({(cohort, number): session for cohort in cohorts for number, session in sessions.items()})
    return cohorts


def make_week(cohort: Cohort, number: int, session_at: datetime) -> Week:
    return add_weeks(cohort, {number: session_at})[0]


def add_weeks(cohort: Cohort, sessions: dict[int, datetime]) -> list[Week]:
    return _add_weeks({(cohort, number): session_at for number, session_at in sessions.items()})


def _add_weeks(sessions: dict[tuple[Cohort, int], datetime]) -> list[Week]:
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
        for (cohort, number), session_at in sessions.items()
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


def join_all(*places: tuple[Cohort, User, str]) -> list[Membership]:
    return Membership.objects.bulk_create(
        Membership(cohort=cohort, user=user, role=role) for cohort, user, role in places
    )


def write(membership: Membership, prompt: Prompt, text: str, readers: str = Readers.FACILITATORS) -> Response:
    """Write as the page does, through the model's verb."""
    return Response.objects.write(Save(prompt.pk, membership.pk, uuid4(), 0, text, readers, QUESTIONS)).row


def write_all(*words: tuple[Membership, Prompt, str, str]) -> list[Response]:
    """The same for many boxes at once, each written in for the first time: nearly every test needs them."""
    saves = [Save(prompt.pk, place.pk, uuid4(), 0, text, readers, QUESTIONS) for place, prompt, text, readers in words]
    rows = Response.objects.bulk_create(Response(**save.box, **save.values) for save in saves)
    Revision.objects.bulk_create(
        Revision(
            response=row,
            operation_id=save.operation_id,
            version=1,
            text=save.text,
            sha256=save.sha256,
            **save.history_values,
        )
        for row, save in zip(rows, saves, strict=True)
    )
    return rows


def prompts_of(cohort: Cohort, week: int = 1) -> dict[tuple[str, int], Prompt]:
    """Those of one week, by the kind of their section and their position."""
    prompts = Prompt.objects.filter(section__week__cohort=cohort, section__week__number=week)
    return {(prompt.kind, prompt.position): prompt for prompt in prompts.annotate(kind=F("section__kind"))}


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
    cohort, other = make_cohorts("ours", "theirs")
    people = make_users("member", "colleague", "stranger", "removed", "facilitator", "other_facilitator", "organizer")
    superuser = User.objects.create_superuser("superuser@example.com", nickname="superuser")
    people["organizer"].groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
    membership, _, _, gone, strange, _ = join_all(
        (cohort, people["member"], "member"),
        (cohort, people["colleague"], "member"),
        (cohort, people["facilitator"], "facilitator"),
        (cohort, people["removed"], "member"),
        (other, people["stranger"], "member"),
        (other, people["other_facilitator"], "facilitator"),
    )
    ours, theirs = prompts_of(cohort), prompts_of(other)
    first, second, action = ours["reflection", 1], ours["reflection", 2], ours["action", 1]
    private, shared, group, *_ = write_all(
        (membership, first, "CANARY-ours-member-private", Readers.SELF),
        (membership, second, "CANARY-ours-member-shared", Readers.FACILITATORS),
        (membership, action, "CANARY-ours-member-group", Readers.GROUP),
        (gone, first, "CANARY-ours-removed-shared", Readers.FACILITATORS),
        (strange, theirs["reflection", 1], "CANARY-theirs-stranger-shared", Readers.FACILITATORS),
        (strange, theirs["action", 1], "CANARY-theirs-stranger-group", Readers.GROUP),
    )
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
