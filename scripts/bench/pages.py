"""What is measured: the same deed asked of the project and of the bare one, in rotation over many people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random
from urllib.parse import urlencode

from django.urls import reverse

from workbook.models.saving import digest

from .client import CSRF, Ask
from .people import CURRENT_WEEK, Box, Member, People

JSON = "application/json"
READ_BEFORE = 25
"""So many reading pages are opened again and again for the line “again”."""


@dataclass(frozen=True)
class Page:
    """One line of the report.

    `ours` and `bare` never end; they share the boxes, so they must be drawn from one request at a time.
    A quick deed is done more `times` per round: processor time is counted in hundredths of a second.
    """

    name: str
    ours: Iterator[Ask]
    bare: Iterator[Ask]
    goal: float | None
    aim: float | None = None
    queries: int | None = None
    warm_up: int = 20
    times: int = 1


def our_week(member: Member) -> str:
    return reverse("workbook:week_detail", args=[member.slug, CURRENT_WEEK])


def bare_week(member: Member) -> str:
    return f"/cohorts/{member.slug}/weeks/{CURRENT_WEEK}/"


def our_save(member: Member, box: Box, chance: Random) -> Ask:
    save = box.next_save(chance)
    body = {**save, "user": member.user_id, "sha256": digest(save["text"]), "contract": 2}
    path = reverse("workbook:response_save", args=[box.prompt_id])
    return Ask(path, member.session, json.dumps(body, ensure_ascii=False).encode(), JSON)


def bare_save(member: Member, box: Box, chance: Random) -> Ask:
    body = json.dumps(box.next_save(chance), ensure_ascii=False).encode()
    return Ask(f"/boxes/{box.response_id}/", member.bare_session, body, JSON)


def form_of(fields: dict[str, object]) -> bytes:
    return urlencode({"csrfmiddlewaretoken": CSRF, **fields}).encode()


def our_form(member: Member, chance: Random) -> Ask:
    fields = {f"{name}-{box.prompt_id}": value for box in member.boxes for name, value in box.next_save(chance).items()}
    return Ask(our_week(member), member.session, form_of(fields), status=302)


def bare_form(member: Member, chance: Random) -> Ask:
    fields: dict[str, object] = {}
    for box in member.boxes:
        save = box.next_save(chance)
        fields[f"version-{box.response_id}"] = save["base_version"]
        fields |= {f"{name}-{box.response_id}": save[name] for name in ("text", "readers")}
    return Ask(bare_week(member), member.bare_session, form_of(fields), status=302)


def saves(people: People) -> tuple[Iterator[Ask], Iterator[Ask]]:
    chance = Random(2)
    places = cycle([(member, box) for member in people.members for box in member.boxes[:1]])
    return (our_save(*place, chance) for place in places), (bare_save(*place, chance) for place in places)


def forms(people: People) -> tuple[Iterator[Ask], Iterator[Ask]]:
    chance = Random(3)
    members = cycle(reversed(people.members))
    return (our_form(member, chance) for member in members), (bare_form(member, chance) for member in members)


def readings(people: People, places: Iterator[tuple[Member, int]], bare: Iterator[tuple[Member, int]]) -> tuple:
    """The weeks of members, each opened by the facilitator of the cohort."""
    ours = (
        Ask(reverse("admin:workbook_response_read", args=[member.membership_id, week]), reader.session)
        for member, week in places
        for reader in [people.facilitator_of(member)]
    )
    plain = (
        Ask(f"/read/{member.membership_id}/{week}/", people.facilitator_of(member).bare_session)
        for member, week in bare
    )
    return ours, plain


def member_pages(people: People) -> list[Page]:
    """今週 and the worksheet, each opened by one member after the other."""
    first, rounds = people.members[0], len(people.facilitators) + 5
    reached = {"goal": 2.0, "aim": 1.4}
    return [
        Page(
            "today",
            (Ask(reverse("workbook:today"), member.session) for member in cycle(people.members)),
            (Ask("/", member.bare_session) for member in cycle(people.members)),
            queries=10,
            warm_up=rounds,
            **reached,
        ),
        Page(
            "worksheet, one member",
            cycle([Ask(our_week(first), first.session)]),
            cycle([Ask(bare_week(first), first.bare_session)]),
            queries=8,
            **reached,
        ),
        Page(
            "worksheet, many members",
            (Ask(our_week(member), member.session) for member in cycle(people.members)),
            (Ask(bare_week(member), member.bare_session) for member in cycle(people.members)),
            queries=8,
            warm_up=rounds,
            **reached,
        ),
    ]


def saving(people: People) -> list[Page]:
    """One box by autosave, and the whole form of a browser without scripts."""
    return [
        Page("save of one box", *saves(people), goal=1.6, aim=1.2, queries=5, times=3),
        Page("whole form, five boxes", *forms(people), goal=1.6, times=2),
    ]


def admin_pages(people: People) -> list[Page]:
    """The facilitators' list, and weeks read for the first time and again."""
    readers = list(people.facilitators.values())
    weeks = [(member, week) for week in range(CURRENT_WEEK - 1, 0, -1) for member in people.members]
    count = min(READ_BEFORE, len(weeks) // 2)
    often, rest = weeks[-count:], weeks[:-count]
    listing = reverse("admin:workbook_response_changelist")
    return [
        Page(
            "admin list",
            (Ask(listing, reader.session) for reader in cycle(readers)),
            (Ask("/responses/", reader.bare_session) for reader in cycle(readers)),
            goal=None,
            queries=12,
        ),
        Page("reading page, first time", *readings(people, cycle(rest), cycle(rest)), goal=2.5, queries=10),
        Page(
            "reading page, again",
            *readings(people, cycle(often), cycle(often)),
            goal=2.5,
            queries=10,
            warm_up=READ_BEFORE + 5,
        ),
    ]


def desk_pages(people: People) -> list[Page]:
    """The board of a week in which nobody writes any more, what an open one asks, all answers to one question."""
    boards = [(reader, people.weeks[slug]) for slug, reader in people.facilitators.items()]
    asked = [(reader, pk) for slug, reader in people.facilitators.items() for pk in people.prompts[slug]]

    def ask(name: str, bare: str, places: list[tuple[Member, int]], **manner: bool) -> tuple[Iterator[Ask], ...]:
        return (
            (Ask(reverse(f"admin:{name}", args=[pk]), reader.session, **manner) for reader, pk in cycle(places)),
            (Ask(f"/{bare}/{pk}/", reader.bare_session, **manner) for reader, pk in cycle(places)),
        )

    rounds = len(boards) + 5
    poll = ask("workbook_week_board", "board", boards, polls=True)
    return [
        Page("board", *ask("workbook_week_board", "board", boards), goal=None, queries=15),
        Page("board, nothing new", *poll, goal=None, queries=4, warm_up=rounds, times=2),
        Page("answers to one question", *ask("workbook_response_question", "question", asked), goal=None),
    ]


def room_pages(people: People) -> list[Page]:
    """What a member's page of a session's room asks every few seconds, and what it is told when it opens."""
    members = people.members[: len(people.facilitators)]

    def ask(session: str, **manner: bool) -> Iterator[Ask]:
        places = [(reverse("workbook:room_state", args=[one.slug, CURRENT_WEEK - 1]), one) for one in members]
        return (Ask(path, getattr(one, session), **manner) for path, one in cycle(places))

    sides = ("session", "bare_session")
    poll = [ask(side, polls=True) for side in sides]
    rounds = len(members) + 5
    return [
        Page("room, nothing new", *poll, goal=None, queries=4, warm_up=rounds, times=2),
        Page("room, all of it", *map(ask, sides), goal=None, queries=6, times=2),
    ]


def pages(people: People) -> list[Page]:
    """All lines of the report, in order."""
    return [
        *member_pages(people),
        *saving(people),
        *admin_pages(people),
        *desk_pages(people),
        *room_pages(people),
    ]


def chosen(all_pages: list[Page], names: list[str]) -> list[Page]:
    """The pages whose names begin with one of these; all if none is given."""
    return [page for page in all_pages if not names or any(page.name.startswith(name) for name in names)]
