"""The demo: a cohort in its second week and a finished one, with invented people and words.

The words stand in `texts/demo.toml`; the dates are laid around today.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from cohorts.models import ORGANIZERS, Cohort, Membership, RoleChange, User

from .importer import bundled
from .models import (
    AccessRecord,
    Attendance,
    Draft,
    DraftSave,
    Feedback,
    Note,
    NoteSave,
    Prompt,
    Readers,
    Reading,
    Response,
    Revision,
    Save,
    Section,
    Week,
)
from .opening import open_cohort

STORY = Path(__file__).resolve().parent / "texts" / "demo.toml"
PASSWORD = "tane-wo-maku-hito"  # noqa: S105 - meant to be known
SIGN_INS = ("organizer", "facilitator", "member")

ZONE = ZoneInfo("Asia/Tokyo")
WEDNESDAY, EVENING = 2, time(21)
WINTER, SUMMER = "demo-winter", "demo-summer"
FINISHED_BEFORE = timedelta(weeks=17)

WRITTEN_AT = {
    Section.Kind.REFLECTION: timedelta(days=-2, hours=-3),
    Section.Kind.SESSION_NOTES: timedelta(minutes=25),
    Section.Kind.SUMMARY: timedelta(hours=13),
    Section.Kind.ACTION: timedelta(hours=13, minutes=10),
}
"""When people write, counted from the session's beginning."""
ANSWERED_AFTER = timedelta(hours=30)


def sign_ins() -> list[tuple[str, str, str]]:
    """Role, e-mail address and password of everybody who can sign in with one."""
    return [(role, _address(role), PASSWORD) for role in SIGN_INS]


def next_session(now: datetime) -> datetime:
    """The next Wednesday evening in Japan: at most seven days away, never now."""
    today = now.astimezone(ZONE).date()
    evening = datetime.combine(today + timedelta(days=(WEDNESDAY - today.weekday()) % 7), EVENING, ZONE)
    return evening if evening > now else evening + timedelta(days=7)


@transaction.atomic
def load(now: datetime) -> bool:
    """Lay the demo around `now` (aware). Does nothing and returns False when it is there already."""
    if Cohort.objects.filter(slug=WINTER).exists():
        return False
    story = tomllib.loads(STORY.read_text(encoding="utf-8"))
    users = _create_people(story["people"])
    first = next_session(now) - timedelta(days=7)
    for slug, name, begin in ((SUMMER, "夏のコホート", first - FINISHED_BEFORE), (WINTER, "冬のコホート", first)):
        _Telling(_open(slug, name, begin, now), users, now).tell(story[slug.removeprefix("demo-")])
    return True


def _address(name: str) -> str:
    return f"{name}@example.com"


def _create_people(nicknames: dict[str, str]) -> dict[str, User]:
    """Everybody, with a confirmed address; the three who sign in get the demo's password."""
    password = make_password(PASSWORD)
    users = {}
    for name, nickname in nicknames.items():
        user, created = User.objects.get_or_create(email=_address(name), defaults={"nickname": nickname})
        if created:
            user.password = password if name in SIGN_INS else make_password(None)
            user.save(update_fields=["password"])
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        users[name] = user
    users["organizer"].groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
    return users


def _open(slug: str, name: str, first_session: datetime, now: datetime) -> Cohort:
    """A cohort of the bundled workbook. Right after a session its second week is open already: it is a demo."""
    cohort = open_cohort(
        name=name,
        slug=slug,
        first_session=first_session,
        workbook=bundled(),
        meeting_url="https://zoom.example.com/j/1234567890",
        facilitators=[_address("facilitator")],
        time_zone=ZONE.key,
    )
    begun = first_session - timedelta(days=21)
    Cohort.objects.filter(pk=cohort.pk).update(created_at=begun)
    RoleChange._base_manager.filter(membership__cohort=cohort).update(created_at=begun)  # a record refuses to be moved
    cohort.weeks.filter(number=2, opens_at__gt=now).update(opens_at=now)
    return cohort


@dataclass(frozen=True)
class _Place:
    """Where a text stands, as the story's key says it: `1 reflection 2 group`."""

    week: int
    kind: str
    position: int = 1
    readers: str = Readers.FACILITATORS
    is_draft: bool = False
    is_later: bool = False

    @classmethod
    def of(cls, key: str) -> "_Place":
        week, kind, *rest = key.split()
        position = next((int(word) for word in rest if word.isdecimal()), 1)
        readers = next((word for word in rest if word in Readers.values), Readers.FACILITATORS)
        return cls(int(week), kind, position, readers, "draft" in rest, "later" in rest)


class _Telling:
    """One cohort's words, written through the same verb as on the page, then moved to their day."""

    def __init__(self, cohort: Cohort, users: dict[str, User], now: datetime) -> None:
        self.users, self.now, self.cohort = users, now, cohort
        self.weeks: dict[int, Week] = {week.number: week for week in cohort.weeks.with_prompts()}
        self.members: dict[str, Membership] = {}

    def tell(self, story: dict[str, Any]) -> None:
        comments, outcomes = story.pop("comments"), story.pop("outcomes")
        unsent, notes, left = story.pop("unsent", []), story.pop("notes", []), story.pop("left", {})
        attended = story.pop("attended")
        places = [(name, _Place.of(key), text) for name, texts in story.items() for key, text in texts.items()]
        for name in story:
            self._join(name)
        self._write_all(place for place in places if not place[1].is_later)
        for name, by_week in outcomes.items():
            for week, outcome in by_week.items():
                self._settle(self._response(name, _Place(int(week), Section.Kind.ACTION)), outcome)
        for comment in comments:
            self._comment(self._response_on(comment), comment)
        self._write_all(place for place in places if place[1].is_later)
        for draft in unsent:
            self._draft(self._response_on(draft), draft["text"])
        for note in notes:
            self._note(note)
        for week, names in attended.items():
            self._attend(self.weeks[int(week)], names)
        for name, week in left.items():
            self._leave(self.members[name], self.weeks[week])

    def _write_all(self, places: Iterable[tuple[str, _Place, str]]) -> None:
        for place in places:
            self._write(*place)

    def _lead(self, name: str) -> User:
        """Somebody who facilitates; she joins with her first word."""
        user = self.users[name]
        leads = {"role": Membership.Role.FACILITATOR, "joined_at": min(self.weeks[1].opens_at, self.now)}
        Membership.objects.get_or_create(cohort=self.cohort, user=user, defaults=leads)
        return user

    def _response_on(self, entry: dict[str, Any]) -> Response:
        name, _space, key = entry["on"].partition(" ")
        return self._response(name, _Place.of(key))

    def _draft(self, response: Response, text: str) -> None:
        saved = Draft.objects.write(DraftSave(response.pk, self._lead("facilitator").pk, uuid4(), 0, text))
        Draft.objects.filter(pk=saved.row.pk).update(updated_at=response.updated_at)

    def _note(self, note: dict[str, Any]) -> None:
        place = {"membership_id": self.members[note["about"]].pk, "author_id": self._lead(note["by"]).pk}
        Note.objects.write(NoteSave(**place, operation_id=uuid4(), base_version=0, text=note["text"].strip()))

    def _join(self, name: str) -> None:
        joined = self.weeks[1].opens_at - timedelta(days=3, hours=len(self.members))
        self.members[name] = Membership.objects.create(
            cohort=self.cohort, user=self.users[name], joined_at=min(joined, self.now)
        )

    def _attend(self, week: Week, names: list[str]) -> None:
        """In the first minutes of a session everybody says that she is there."""
        for minute, name in enumerate(names):
            moment = min(week.session_at + timedelta(minutes=minute - 2), self.now)
            fields = {"week": week, "membership": self.members[name], "noted_by": self.users[name]}
            Attendance.objects.create(**fields, noted_at=moment)

    def _leave(self, membership: Membership, week: Week) -> None:
        """Some hours after the session of a week."""
        membership.close()
        moment = min(week.session_at + timedelta(hours=15), self.now)
        Membership.objects.filter(pk=membership.pk).update(left_at=moment)

    def _prompt(self, place: _Place) -> Prompt:
        sections = {section.kind: section for section in self.weeks[place.week].sections.all()}
        return sections[place.kind].prompts.all()[place.position - 1]

    def _response(self, name: str, place: _Place) -> Response:
        return Response.objects.get(prompt=self._prompt(place), membership=self.members[name])

    def _moment(self, name: str, place: _Place) -> datetime:
        """Every member has her own pace; nothing was written after `now` or before the week opened."""
        pace = timedelta(minutes=47 * list(self.members).index(name) + 6 * place.position - 20 * place.is_draft)
        week = self.weeks[place.week]
        later = ANSWERED_AFTER + timedelta(hours=5) if place.is_later else timedelta()
        moment = week.session_at + WRITTEN_AT[Section.Kind(place.kind)] + pace + later
        if moment > self.now:
            moment = self.now - pace
        return min(max(moment, week.opens_at), self.now)

    def _write(self, name: str, place: _Place, text: str) -> None:
        prompt, membership = self._prompt(place), self.members[name]
        base = Response.objects.filter(prompt=prompt, membership=membership).values_list("version", flat=True).first()
        sections = self.weeks[place.week].sections.all()
        questions = [asked.text for section in sections for asked in section.prompts.all()]
        text = text.rstrip("\n")
        save = Save(prompt.pk, membership.pk, uuid4(), base or 0, text, place.readers, questions)
        saved = Response.objects.write(save)
        moment = self._moment(name, place)
        Response.objects.filter(pk=saved.row.pk).update(updated_at=moment)
        Revision.objects.filter(response=saved.row, version=saved.version).update(created_at=moment)

    def _settle(self, response: Response, outcome: str) -> None:
        response.settle(outcome)
        later = min(response.updated_at + timedelta(days=6), self.now)
        Response.objects.filter(pk=response.pk).update(outcome_at=later)

    def _comment(self, response: Response, comment: dict[str, Any]) -> None:
        """An answer, after a reading that left its traces."""
        facilitator = self._lead(comment.get("by", "facilitator"))
        written = min(response.updated_at + ANSWERED_AFTER, self.now)
        seen = min(written + timedelta(hours=2), self.now)
        Feedback.objects.create(
            revision=response.revisions.get(version=response.version),
            author=facilitator,
            text=comment["text"].strip(),
            created_at=written,
            seen_at=seen if comment.get("seen") else None,
            thanked_at=seen if comment.get("thanked") else None,
        )
        Reading.objects.create(reader=facilitator, response=response, version=response.version, read_at=written)
        AccessRecord.objects.create(
            actor=facilitator,
            membership=response.membership,
            week=response.prompt.section.week,
            deed=AccessRecord.Deed.READ,
            created_at=written,
        )
