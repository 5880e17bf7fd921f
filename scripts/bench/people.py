"""Who asks during a measurement: members and facilitators with their sessions, and the boxes that they write in."""

import uuid
from dataclasses import dataclass, field
from random import Random

from cohorts.models import Membership, User
from workbook.models import Prompt, Response, Week

from .bare.settings import BACKEND as BARE_BACKEND
from .fill import sign_in
from .texts import own_words

OUR_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CURRENT_WEEK = 4


@dataclass
class Box:
    """One box that is saved again and again; the version is counted along."""

    response_id: int
    prompt_id: int
    version: int
    readers: str

    def next_save(self, chance: Random) -> dict[str, object]:
        """What a page sends for the next save, which is taken to succeed."""
        save = {
            "operation_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "base_version": self.version,
            "text": own_words(chance),
            "readers": self.readers,
        }
        self.version += 1
        return save


@dataclass
class Member:
    """One member, or one facilitator, of one cohort."""

    user_id: int
    membership_id: int
    slug: str
    session: str
    bare_session: str
    boxes: list[Box] = field(default_factory=list)


@dataclass
class People:
    """All who ask, and by cohort: who facilitates it, the week before, and what is asked there.

    Neighbours in the list of members are in different cohorts.
    """

    members: list[Member]
    facilitators: dict[str, Member]
    weeks: dict[str, int]
    prompts: dict[str, list[int]]

    def facilitator_of(self, member: Member) -> Member:
        return self.facilitators[member.slug]


def find_people() -> People:
    """Everybody in the filled database, signed in twice: in the project and in the bare one."""
    users = list(User.objects.all())
    sessions, bare_sessions = sign_in(users, OUR_BACKEND), sign_in(users, BARE_BACKEND)
    boxes = _boxes_of_current_week()
    members, facilitators = [], {}
    for row in Membership.objects.select_related("cohort").order_by("cohort_id", "pk"):
        keys = sessions[row.user_id], bare_sessions[row.user_id]
        person = Member(row.user_id, row.pk, row.cohort.slug, *keys, boxes.get(row.pk, []))
        if row.is_facilitator:
            facilitators.setdefault(person.slug, person)
        else:
            members.append(person)
    cohorts = len(facilitators)
    size = len(members) // cohorts
    mixed = [members[place + size * cohort] for place in range(size) for cohort in range(cohorts)]
    before = Week.objects.filter(number=CURRENT_WEEK - 1)
    weeks = dict(before.values_list("cohort__slug", "pk"))
    prompts: dict[str, list[int]] = {}
    for slug, pk in Prompt.objects.filter(section__week__in=before).values_list("section__week__cohort__slug", "pk"):
        prompts.setdefault(slug, []).append(pk)
    return People(mixed, facilitators, weeks, prompts)


def _boxes_of_current_week() -> dict[int, list[Box]]:
    weeks = Week.objects.filter(number=CURRENT_WEEK)
    rows = Response.objects.filter(prompt__section__week__in=weeks).order_by("pk")
    boxes: dict[int, list[Box]] = {}
    for membership, *values in rows.values_list("membership", "pk", "prompt", "version", "readers"):
        boxes.setdefault(membership, []).append(Box(*values))
    return boxes
