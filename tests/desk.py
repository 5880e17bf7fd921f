"""The facilitators of the world and what they keep at their desk: comments sent and not sent, notes about members.

Beside the two of the cast there are people who change sides: who came second, who has left, who was a member before,
who is a member now, and who is a member here and a facilitator elsewhere.
"""

from uuid import uuid4

from cohorts.models import Membership, User
from tests.cast import Cast, join, make_users, prompt_of, write
from workbook.models import (
    AccessRecord,
    Draft,
    DraftSave,
    Feedback,
    Note,
    NoteSave,
    Readers,
    Response,
    Save,
)

FACILITATOR, MEMBER = Membership.Role.FACILITATOR, Membership.Role.MEMBER
MORE_ROLES = {
    "second facilitator": ["facilitator"],
    "former facilitator": ["removed"],
    "promoted": ["facilitator"],
    "demoted": ["member"],
    "on both sides": ["member", "other facilitator"],
}
"""Each gets what those of the table get, apart from what is theirs alone."""


def begin(response: Response, author: User, *texts: str) -> Draft:
    """One draft, saved once for each text; only the last stands there today."""
    for version, text in enumerate(texts):
        draft = Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), version, text)).row
    return draft


def remember(membership: Membership, author: User, *texts: str) -> Note:
    for version, text in enumerate(texts):
        note = Note.objects.write(NoteSave(membership.pk, author.pk, uuid4(), version, text)).row
    return note


def comment(response: Response, author: User, text: str) -> Feedback:
    return Feedback.objects.create(revision=response.revisions.get(version=response.version), author=author, text=text)


def become(user: User, cast: Cast, role: str) -> None:
    Membership.objects.filter(user=user, cohort=cast.cohort).update(role=role)


def furnish(cast: Cast) -> dict[str, User]:
    """Put everybody and everything there; the people by their roles."""
    names = [role.replace(" ", "_") for role in MORE_ROLES]
    people = dict(zip(MORE_ROLES, make_users(*names).values(), strict=True))
    second, former, promoted, demoted, both = people.values()
    for user in (second, former, demoted):
        join(cast.cohort, user, FACILITATOR)
    rising, crossing = join(cast.cohort, promoted), join(cast.cohort, both)
    join(cast.other, both, FACILITATOR)
    for membership, name in ((rising, "promoted"), (crossing, "on-both-sides")):
        write(membership, prompt_of(cast.cohort), f"CANARY-ours-{name}-shared")
    write_down(cast, people)
    narrow(cast, second)
    Membership.objects.get(user=former).close()
    become(promoted, cast, FACILITATOR)
    become(demoted, cast, MEMBER)
    return people


def write_down(cast: Cast, people: dict[str, User]) -> None:
    """Drafts, comments and notes by everybody who may write them then, about everybody."""
    cohort, facilitator = cast.cohort, cast.facilitator
    memberships = {row.user_id: row for row in Membership.objects.filter(cohort__in=[cohort, cast.other])}
    for author in (facilitator, people["second facilitator"], people["former facilitator"], people["demoted"]):
        name = author.nickname.replace("_", "-")
        comment(cast.group, author, f"CANARY-feedback-of-{name}")
        begin(cast.group, author, f"CANARY-draft-older-of-{name}", f"CANARY-draft-of-{name}")
        for about in (cast.member, cast.colleague, cast.removed, people["promoted"], people["on both sides"]):
            whom = about.nickname.replace("_", "-")
            membership = Membership.objects.get(user=about, cohort=cohort)
            remember(membership, author, f"CANARY-note-older-{whom}-by-{name}", f"CANARY-note-{whom}-by-{name}")
    for text in ("promoted", "on-both-sides"):
        begin(Response.objects.get(text=f"CANARY-ours-{text}-shared"), facilitator, f"CANARY-draft-to-{text}")
    strange = Response.objects.get(text="CANARY-theirs-stranger-shared")
    for author in (cast.other_facilitator, people["on both sides"]):
        begin(strange, author, f"CANARY-draft-theirs-by-{author.pk}")
        remember(memberships[cast.stranger.pk], author, "CANARY-note-older", f"CANARY-note-theirs-by-{author.pk}")
    AccessRecord.objects.record_reading(facilitator, [cast.membership], cohort.weeks.get(number=1))
    AccessRecord.objects.record_reading(facilitator, [cast.membership], None, cast.private.prompt)
    AccessRecord.objects.record_reading(people["former facilitator"], [cast.membership], deed="search")
    AccessRecord.objects.record_export(cast.member, cast.membership)


def narrow(cast: Cast, second: User) -> None:
    """Words that were read and commented on are for their writer alone now; an answer to them was never sent."""
    response = write(cast.membership, prompt_of(cast.cohort, kind="summary"), "CANARY-narrowed-then", Readers.GROUP)
    for author in (cast.facilitator, second):
        comment(response, author, f"CANARY-feedback-on-narrowed-by-{author.nickname.replace('_', '-')}")
        begin(response, author, f"CANARY-draft-stranded-of-{author.nickname.replace('_', '-')}")
    save = Save(response.prompt_id, response.membership_id, uuid4(), 1, "CANARY-narrowed-now", Readers.SELF, [])
    assert Response.objects.write(save).accepted
