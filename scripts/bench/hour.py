"""The load of a session: everybody's page of the room asks for news, and all members write.

Each kind of answer is compared with the same one given while nothing else happens. Both take turns, so that a machine
that is busy with something else meanwhile hinders both.
"""

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from itertools import cycle
from random import Random
from statistics import median, quantiles

import psutil
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Membership
from workbook.models import Readers, Response, Section, Week

from .client import Ask, Browser
from .fill import fill_cohort, sign_in
from .measure import P95
from .pages import our_save
from .people import CURRENT_WEEK, OUR_BACKEND, Box, Member
from .report import Goals, ms, print_table

MEMBERS = 30
POLL, SAVE = 3.0, 8.0
"""Seconds between two questions of a page, and between two saves of a member."""
SHARED, SHARING = 12, 2
"""So many answers are in the room already; so many members go on writing in theirs: all pages are told each time."""
ROUNDS, SECONDS, ALONE, PAUSE = 4, 8.0, 15, 0.02
"""In each round every kind is asked so many times alone, with a pause between, and then the load lasts so long."""
WARM_UP = 4.0
"""Seconds of a load that is not counted."""
LIMIT, BYTES = 2.0, 300
QUIET, NEWS, SAVED = "poll, nothing new", "poll, with news", "save of one box"
SWITCH = 0.0005
"""Seconds after which one of our many clients lets another go on: Python's own 0.005 is as long as an answer."""

Times = dict[str, list[float]]


@dataclass
class RoomPage:
    """One person's page of the room: it knows the last tag, and which cards it has."""

    person: Member
    browser: Browser
    known: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)
    """How much the last answer of each kind weighed, with its headers."""

    def ask(self) -> tuple[str, float]:
        """What came, and how long it took."""
        path = reverse("workbook:room_state", args=[self.person.slug, CURRENT_WEEK])
        have = f"?have={','.join(self.known)}" if self.known else ""
        answer = self.browser.fetch(Ask(path + have, self.person.session, polls=True))
        kind = QUIET if answer.status == HTTPStatus.NOT_MODIFIED else NEWS
        self.bytes[kind] = answer.head + len(answer.body)
        if kind == NEWS:
            self.known = [f"{card['id']}.{card['version']}" for card in json.loads(answer.text)["cards"]]
        return kind, answer.seconds


@dataclass
class Writer:
    """A member who writes in one box. What she sends is made beforehand: it must not hold up the others."""

    browser: Browser
    asks: list[Ask]

    def save(self) -> tuple[str, float]:
        return SAVED, self.browser.fetch(self.asks.pop(0)).seconds


@dataclass
class Hour:
    """One cohort during its session. The first `SHARING` writers write in answers that the room shows."""

    pages: list[RoomPage]
    writers: list[Writer]


@dataclass
class Measured:
    """The times alone and under load, and how many processors were taken under load: by the servers with the database,
    and by what has nothing to do with it.
    """

    alone: Times
    loaded: Times
    busy: float
    others: float


def prepare(number: int, port: int) -> Hour:
    """A cohort of thirty whose session runs, everybody signed in, all pages open."""
    chance = Random(number)
    fill_cohort(number, MEMBERS, chance)
    now, week = timezone.now(), Week.objects.get(cohort__slug=f"bench-{number + 1}", number=CURRENT_WEEK)
    Week.objects.filter(pk=week.pk).update(session_at=now - timedelta(minutes=20))
    memberships = list(Membership.objects.filter(cohort=week.cohort_id).select_related("user").order_by("pk"))
    keys = sign_in([row.user for row in memberships], OUR_BACKEND)
    people = [Member(one.user_id, one.pk, week.cohort.slug, keys[one.user_id], "") for one in memberships]
    members = [person for person, one in zip(people, memberships, strict=True) if not one.is_facilitator]
    shared, notes = (_boxes(week, kind) for kind in (Section.Kind.REFLECTION, Section.Kind.SESSION_NOTES))
    Response.objects.filter(pk__in=[box.response_id for box in shared.values()]).update(readers=Readers.FACILITATORS)
    for place, member in enumerate(members):
        if place < SHARED:
            shared[member.membership_id].readers = Readers.GROUP
            Response.objects.filter(pk=shared[member.membership_id].response_id).update(readers=Readers.GROUP)
        member.boxes = [(shared if place < SHARING else notes)[member.membership_id]]
    pages = [RoomPage(person, Browser(port)) for person in people]
    return Hour(pages, [_writer(member, port, chance) for member in members])


def _boxes(week: Week, kind: str) -> dict[int, Box]:
    """Everybody's first box of a section, by membership."""
    first = Response.objects.filter(prompt__section__week=week, prompt__section__kind=kind, prompt__position=1)
    rows = first.values_list("membership", "pk", "prompt", "version", "readers")
    return {membership: Box(*values) for membership, *values in rows}


def _writer(member: Member, port: int, chance: Random) -> Writer:
    """Enough saves for the load and for her part of what is asked alone."""
    count = (ROUNDS + 1) * (int(SECONDS / SAVE) + 2 + ALONE // SHARING + 1)
    return Writer(Browser(port), [our_save(member, member.boxes[0], chance) for _save in range(count)])


def ask_alone(hour: Hour, times: Times) -> None:
    """One thing after the other: a page that is up to date asks, is told of one changed card, and asks once more."""
    pages, sharing, others = cycle(hour.pages), cycle(hour.writers[:SHARING]), cycle(hour.writers[SHARING:])
    for _round in range(ALONE):
        page, save = next(pages), next(sharing).save
        page.ask()
        for deed in (save, page.ask, next(others).save, page.ask):
            time.sleep(PAUSE)
            kind, seconds = deed()
            times[kind].append(seconds)


def put_under_load(hour: Hour, times: Times, seconds: float = SECONDS) -> None:
    """Everybody at her own pace, for so long; raises what any of the clients raised."""
    lock, ends = threading.Lock(), time.monotonic() + seconds

    def go_on(deed: Callable[[], tuple[str, float]], every: float, chance: Random) -> None:
        due = time.monotonic() + chance.uniform(0, every)
        while due < ends:
            time.sleep(max(0, due - time.monotonic()))
            kind, took = deed()
            with lock:
                times[kind].append(took)
            due += every * chance.uniform(0.9, 1.1)

    rhythms = [(page.ask, POLL) for page in hour.pages] + [(writer.save, SAVE) for writer in hour.writers]
    with ThreadPoolExecutor(len(rhythms)) as pool:
        runs = [pool.submit(go_on, deed, every, Random(place)) for place, (deed, every) in enumerate(rhythms)]
        for run in runs:
            run.result()


def open_all(hour: Hour) -> None:
    """All pages are up to date; nothing of it is counted."""
    for page in hour.pages:
        page.ask()


def machine_seconds() -> float:
    """Processor time of everything on this machine since it was started."""
    taken = psutil.cpu_times()
    return sum(taken) - taken.idle - getattr(taken, "iowait", 0)


def measure(hour: Hour, clock: Callable[[], float]) -> Measured:
    """All rounds; `clock` gives the processor time of servers and database."""
    alone, loaded = defaultdict(list), defaultdict(list)
    switch = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    open_all(hour)
    put_under_load(hour, defaultdict(list), WARM_UP)  # by then every thread has its connection to the database
    ask_alone(hour, defaultdict(list))
    ask_alone(hour, alone)
    busy = others = 0.0
    for _round in range(ROUNDS):
        ask_alone(hour, alone)
        open_all(hour)
        servers, own, machine = clock(), time.process_time(), machine_seconds()
        put_under_load(hour, loaded)
        taken = clock() - servers
        busy += taken
        others += machine_seconds() - machine - taken - (time.process_time() - own)
    sys.setswitchinterval(switch)
    return Measured(alone, loaded, busy / (ROUNDS * SECONDS), others / (ROUNDS * SECONDS))


def report(hour: Hour, found: Measured, goals: Goals) -> None:
    """The longest of twenty, alone and in the hour, and what a poll weighs."""
    rows = []
    for kind in (QUIET, NEWS, SAVED):
        both = found.alone[kind], found.loaded[kind]
        slow = [quantiles(times, n=20)[P95] for times in both]
        p50 = [ms(median(times)) for times in both]
        verdict = goals.check(f"{kind}, in the hour", slow[1] / slow[0], LIMIT)
        cells = [f"{middle} / {ms(late)}" for middle, late in zip(p50, slow, strict=True)]
        rows.append([kind, *cells, f"{slow[1] / slow[0]:.2f}", f"<= {LIMIT:g}", verdict, str(len(both[1]))])
    said = f"{MEMBERS} members and {len(hour.pages) - MEMBERS} facilitators in a room"
    print_table([f"{said}, ms", "alone p50 / p95", "in the hour p50 / p95", "ratio of p95", "goal", "", "asked"], rows)
    print(f"server and database took {found.busy:.2f} processors, everything else on this machine {found.others:.2f}\n")
    heaviest = {kind: max(page.bytes.get(kind, 0) for page in hour.pages) for kind in (QUIET, NEWS)}
    verdict = goals.check("bytes of a poll with nothing new", heaviest[QUIET], BYTES)
    rows = [[QUIET, f"{heaviest[QUIET]:,}", f"<= {BYTES}", verdict], [NEWS, f"{heaviest[NEWS]:,}", "", ""]]
    print_table(["bytes of a poll with its headers, at most", "ours", "goal", ""], rows)
