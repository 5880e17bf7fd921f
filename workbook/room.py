"""A session's room as one person finds it now: what is asked, whose shared words are shown, who is here.

Every open page asks again every few seconds, so it is read in two stages. The first, two prepared queries, knows all
that can change, but no word of anybody; mostly it ends there. The second reads the texts that a page does not have.
"""

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cohorts.models import Membership, User

from .markdown import render
from .models import AccessRecord, Prompt, Readers, Response, Room, Section, Week
from .models.room import LINGER
from .roomrows import Fact, Person, people_of, rows_of

MAX_KNOWN = 200
"""So many cards a page may say that it has; more people than that sit in no session."""

EARLY = timedelta(minutes=30)
"""So long before its appointed time a session may begin, by being steered."""


class Asked(NamedTuple):
    """A question of the week, as the room shows it."""

    pk: int
    label: str
    text: str
    kind: str
    is_chosen: bool


class Card(NamedTuple):
    """A text shared with the group, without the text. `place` is where it stands among the others."""

    pk: int
    id: str
    person: Person
    place: Any

    @property
    def known(self) -> str:
        """How a page says that it has this card in this version."""
        return f"{self.id}.{self.person.version}"


class OpenRoom:
    """The room of a week for one person of its cohort, in two queries.

    Raises Http404 if she does not take part there, if there is no such week, or if it is not open to her yet.
    """

    worksheet: Any = None
    """Set by the page: a member's own boxes of the week."""

    def __init__(self, user: User, slug: str, number: int) -> None:
        self.user, self.slug, self.number, self.now = user, slug, number, timezone.now()
        self.rows = rows_of(user, slug, number)
        if not self.rows:
            raise Http404
        self.fact: Fact = self.rows[0]
        if not self.is_open and not self.may_steer:
            raise Http404

    @property
    def is_open(self) -> bool:
        return self.fact.opens_at <= self.now

    @property
    def is_ended(self) -> bool:
        return self.fact.finished_at is not None

    @property
    def may_steer(self) -> bool:
        """Whether she facilitates today, with a second factor where one is asked for."""
        is_admitted = self.fact.is_secured or not settings.REQUIRE_STAFF_MFA
        return self.fact.role == Membership.Role.FACILITATOR and is_admitted

    @property
    def may_hear(self) -> bool:
        """Whether the cards are shown to her: as soon as the session runs, or somebody steers it shortly before.

        Who tries the controls days ahead shows nobody anything.
        """
        steered_at, session_at = self.fact.steered_at, self.fact.session_at
        has_begun = session_at <= self.now or (steered_at is not None and steered_at >= session_at - EARLY)
        return has_begun or self.may_steer or self.is_ended

    @property
    def may_attend(self) -> bool:
        """Whether she may say that she is here: a member on the session's day and the next, where the cohort lives."""
        if self.is_ended or self.may_steer:
            return self.may_steer
        zone = ZoneInfo(self.fact.time_zone)
        days = timezone.localdate(self.now, zone) - timezone.localdate(self.fact.session_at, zone)
        return timedelta(0) <= days <= timedelta(days=1)

    @property
    def is_named(self) -> bool:
        return self.fact.is_named

    @property
    def order(self) -> str:
        """Without names the order is at random, so that the place says nothing."""
        return self.fact.order if self.is_named else Room.Order.RANDOM

    @cached_property
    def prompts(self) -> list[Asked]:
        """The questions of the week, in order; one of them is chosen, if there are any."""
        rows = [row for row in self.rows if row.prompt_id is not None]
        reflection = [row.prompt_id for row in rows if row.kind == Section.Kind.REFLECTION]
        ids = [row.prompt_id for row in rows]
        chosen = self.fact.chosen_id if self.fact.chosen_id in ids else next(iter(reflection or ids), None)
        return [
            Asked(
                row.prompt_id, self._label(row, reflection), row.text or row.heading, row.kind, row.prompt_id == chosen
            )
            for row in rows
        ]

    @staticmethod
    def _label(row: Fact, reflection: Sequence[int]) -> str:
        if row.prompt_id not in reflection:
            return row.heading
        return _("Question %(n)d") % {"n": reflection.index(row.prompt_id) + 1}

    @property
    def asked(self) -> Asked | None:
        """The question of the moment; None in a week that asks nothing."""
        return next((prompt for prompt in self.prompts if prompt.is_chosen), None)

    @cached_property
    def closing(self) -> dict[str, str] | None:
        """When the closing began and ends, and where one writes then; None if it is not on."""
        begun, ends = self.fact.closing_at, self.fact.closing_ends_at
        if begun is None or self.is_ended or not begun <= self.now < ends + LINGER:
            return None
        url = reverse("workbook:week_detail", args=[self.slug, self.number])
        return {"begun_at": begun.isoformat(), "ends_at": ends.isoformat(), "url": url}

    @cached_property
    def people(self) -> list[Person]:
        """Who takes part today: members first, each group in the order in which they came. One query."""
        since = self.fact.closing_at if self.closing and self.may_steer else None
        people = people_of(self.fact.cohort_id, self.fact.week_id, self.asked.pk if self.asked else 0, since)
        return sorted(people, key=lambda person: person.leads)

    @property
    def members(self) -> list[Person]:
        return [person for person in self.people if not person.leads]

    # The cards

    @cached_property
    def _key(self) -> bytes:
        """Makes ids and places. Another one with names than without: what was seen under a name is not known again."""
        return salted_hmac("workbook.room", f"{self.fact.week_id}:{self.is_named}", algorithm="sha256").digest()

    def _sign(self, value: object) -> str:
        return blake2b(str(value).encode(), digest_size=6, key=self._key).hexdigest()

    @cached_property
    def cards(self) -> list[Card]:
        """What was shared of the question of the moment, in the order that is chosen."""
        if not self.may_hear:
            return []
        by_name = self.order == Room.Order.NAME
        cards = [
            Card(
                person.response_id,
                self._sign(person.response_id),
                person,
                (person.name.casefold(), person.pk)
                if by_name
                else self._sign(f"{self.fact.seed}:{person.response_id}"),
            )
            for person in self.people
            if person.response_id is not None
        ]
        return sorted(cards, key=lambda card: card.place)

    @property
    def spotlight(self) -> str | None:
        """The card in the middle, while it is one of the cards."""
        return next((card.id for card in self.cards if card.pk == self.fact.spotlight_id), None)

    def find_card(self, sign: str) -> Card | None:
        return next((card for card in self.cards if card.id == sign), None)

    # What a page is told

    @cached_property
    def stage(self) -> dict[str, Any]:
        """All that a page shows and that can change, but the texts of the cards."""
        timer = self.fact.timer_ends_at
        common = {
            "user": self.user.pk,
            "room": f"{self.slug}-{self.number}",
            "ended": self.is_ended,
            "may_hear": self.may_hear,
            "may_attend": self.may_attend,
            "asked": {"id": self.asked.pk, "label": self.asked.label, "text": self.asked.text} if self.asked else None,
            "is_named": self.is_named,
            "order": self.order,
            "cards": [self._shown(card) for card in self.cards],
            "spotlight": self.spotlight,
            "timer": {"ends_at": timer.isoformat()} if timer and self.now < timer + LINGER else None,
            "closing": self.closing,
            "people": [self._met(person) for person in self.people],
            "here": sum(person.is_present for person in self.members),
            "all": len(self.members),
        }
        return {**common, **self._for_facilitators} if self.may_steer else common

    @property
    def turning(self) -> dict[str, Any]:
        """What other pages than the room ask for: whether the closing is on. No further query."""
        room = f"{self.slug}-{self.number}"
        return {"user": self.user.pk, "room": room, "ended": self.is_ended, "closing": self.closing}

    def _shown(self, card: Card) -> dict[str, Any]:
        is_mine = card.person.user_id == self.user.pk
        name = card.person.name if self.is_named else None
        return {"id": card.id, "version": card.person.version, "name": name, "mine": is_mine}

    def _met(self, person: Person) -> dict[str, Any]:
        met = {"name": person.name, "present": person.is_present, "me": person.user_id == self.user.pk}
        return {**met, "leads": person.leads, **({"id": person.pk} if self.may_steer else {})}

    @property
    def _for_facilitators(self) -> dict[str, Any]:
        """Who steered last, and while the closing is on how many write and have written. Never who."""
        steered, steered_at = None, self.fact.steered_at
        if steered_at:
            is_me = self.fact.steered_by_id == self.user.pk
            steered = {"name": self.fact.steered_by, "at": steered_at.isoformat(), "me": is_me}
        return {"steered": steered, "counts": self._counts if self.closing else None}

    @property
    def _counts(self) -> dict[str, int]:
        last = {Section.Kind.SUMMARY, Section.Kind.ACTION}
        asked = sum(prompt.kind in last for prompt in self.prompts)
        done = [(person.written or 0) >= asked > 0 for person in self.members]
        busy = [person.is_busy and not is_done for person, is_done in zip(self.members, done, strict=True)]
        return {"writing": sum(busy), "written": sum(done), "all": len(self.members)}

    def tag(self, told: dict[str, Any], language: str) -> str:
        """Short for what is told: another person's is another one, and it says nothing."""
        facts = json.dumps([language, told], sort_keys=True)
        return salted_hmac("workbook.room.tag", facts, algorithm="sha256").hexdigest()[:20]

    # The texts

    def state(self, known: Collection[str] = ()) -> dict[str, Any]:
        """What a page is told, with the HTML of the cards that it does not have.

        One query more, and for who facilitates those of the access record. What ceased to be shared since the first
        stage was read is left out.
        """
        missing = [card for card in self.cards if card.known not in known]
        html = self._html(missing)
        gone = {card.id for card in missing if card.pk not in html}
        texts = {card.id: html[card.pk] for card in missing if card.pk in html}
        cards = [
            {**card, "html": texts[card["id"]]} if card["id"] in texts else card
            for card in self.stage["cards"]
            if card["id"] not in gone
        ]
        spotlight = None if self.spotlight in gone else self.spotlight
        if self.fact.spotlight_id and self.spotlight is None:
            Room.objects.take_back(self.fact.week_id, self.fact.spotlight_id)
        return {**self.stage, "cards": cards, "spotlight": spotlight, "now": timezone.now().isoformat()}

    def _html(self, cards: list[Card]) -> dict[int, str]:
        if not cards:
            return {}
        shared = Response.objects.readable_by(self.user).filter(
            readers=Readers.GROUP, written=True, membership__left_at=None, pk__in=[card.pk for card in cards]
        )
        texts = dict(shared.values_list("pk", "text").order_by())
        self._record([card.person for card in cards if card.pk in texts])
        return {pk: render(text) for pk, text in texts.items()}

    def _record(self, writers: list[Person]) -> None:
        """Note that who facilitates was shown others' words."""
        others = [Membership(pk=writer.pk) for writer in writers if writer.user_id != self.user.pk]
        if others and self.fact.role == Membership.Role.FACILITATOR:
            week, prompt = Week(pk=self.fact.week_id), Prompt(pk=self.asked.pk)
            AccessRecord.objects.record_reading(self.user, others, week, prompt)
