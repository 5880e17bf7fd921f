"""Members live through random weeks; after each step exactly those got a mail whom a plain oracle names.

The oracle repeats the rules in loops over its own notes, on purpose without the application's queries and clocks.
"""

import io
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import transaction

from cohorts.models import Cohort, Mail, Membership, User
from tests.cast import add_weeks
from workbook.letters import post_due
from workbook.models import Feedback, Response, Revision, Week

COHORTS, MEMBERS = 10, 10
KINDS = ("begins", "session", "summary", "feedback")
ZONES = ["Asia/Tokyo", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Pacific/Auckland"]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Busy(BaseEmailBackend):
    """A mail server that asks everybody to come again."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({message.to[0]: (451, b"later") for message in messages})


@dataclass
class Comment:
    said: datetime
    row: int
    seen: bool = False


@dataclass
class Woman:
    """What the oracle knows of one member."""

    row: Membership
    joined: datetime
    is_member: bool = True
    has_left: bool = False
    may_sign_in: bool = True
    wants: set[str] = field(default_factory=lambda: set(KINDS))
    written: set[int] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)
    told: list[datetime] = field(default_factory=list)
    got: set[tuple] = field(default_factory=set)


@dataclass
class Meeting:
    """What the oracle knows of one week."""

    row: Week
    opens: datetime
    session: datetime
    boxes: dict[str, set[int]]

    @property
    def end(self):
        return self.session + 60 * MINUTE


@dataclass
class Group:
    row: Cohort
    zone: ZoneInfo
    weeks: list[Meeting]
    women: list[Woman] = field(default_factory=list)
    finished: bool = False
    deleted: bool = False


# --- The oracle --------------------------------------------------------------------------------------------------


def expected(group, now):
    """Who should have got what by now: kind, week, day and member."""
    clock = now.astimezone(group.zone)
    if group.deleted or clock.hour >= 22 or clock.hour < 8:
        return set()
    found = set()
    for woman in group.women:
        if woman.has_left or not woman.may_sign_in:
            continue
        wanted = set(comment_mails(group, woman, now))
        if woman.is_member and not group.finished:
            wanted |= set(begin_mails(group, woman, now))
            wanted |= {mail for week in group.weeks for mail in week_mails(group, week, woman, now)}
        found |= {mail for mail in wanted if mail[0] in woman.wants and mail not in woman.got}
    return found


def begin_mails(group, woman, now):
    start = max(group.weeks[0].opens, woman.joined)
    if start <= now < start + 3 * DAY and any(week.end > now for week in group.weeks):
        yield "begins", 0, "", woman.row.pk


def week_mails(group, week, woman, now):
    day = week.session.astimezone(group.zone).date()
    today = now.astimezone(group.zone).date()
    before = week.opens <= now and week.session - 36 * HOUR <= now < week.session - 3 * HOUR
    if before and (day - today).days <= 1 and week.boxes["reflection"] - woman.written:
        yield "session", week.row.pk, day.isoformat(), woman.row.pk
    next_day = day + DAY
    morning = max(datetime(next_day.year, next_day.month, next_day.day, 8, tzinfo=group.zone), week.end)
    after = morning <= now < morning + 3 * DAY and woman.joined < week.end
    if after and (week.boxes["summary"] | week.boxes["action"]) - woman.written:
        yield "summary", week.row.pk, day.isoformat(), woman.row.pk


def comment_mails(group, woman, now):
    today = now.astimezone(group.zone).date()
    if any(told.astimezone(group.zone).date() == today for told in woman.told):
        return
    for comment in woman.comments:
        known = any(comment.said <= told - MINUTE for told in woman.told)
        if not comment.seen and not known and now - 7 * DAY < comment.said <= now - 30 * MINUTE:
            yield "feedback", 0, now.isoformat(), woman.row.pk
            return


# --- What happens ------------------------------------------------------------------------------------------------


def write(dice, group, woman, now):
    box = dice.choice(sorted(set().union(*dice.choice(group.weeks).boxes.values())))
    own = dice.random() < 0.8
    Response.objects.update_or_create(
        prompt_id=box, membership=woman.row, defaults={"text": "あ", "version": 1, "written": own}
    )
    (woman.written.add if own else woman.written.discard)(box)


def write_all(dice, group, woman, now):
    week = dice.choice(group.weeks)
    for box in set().union(*week.boxes.values()) - woman.written:
        Response.objects.update_or_create(
            prompt_id=box, membership=woman.row, defaults={"text": "あ", "version": 1, "written": True}
        )
        woman.written.add(box)


def go_or_come(dice, group, woman, now):
    woman.has_left = not woman.has_left
    woman.row.close() if woman.has_left else woman.row.reopen()


def switch(dice, group, woman, now):
    kind = dice.choice(KINDS)
    woman.wants ^= {kind}
    User.objects.filter(pk=woman.row.user_id).update(**{f"mails_{kind}": kind in woman.wants})


def lock(dice, group, woman, now):
    woman.may_sign_in = not woman.may_sign_in
    User.objects.filter(pk=woman.row.user_id).update(is_active=woman.may_sign_in)


def appoint(dice, group, woman, now):
    woman.is_member = not woman.is_member
    role = Membership.Role.MEMBER if woman.is_member else Membership.Role.FACILITATOR
    Membership.objects.filter(pk=woman.row.pk).update(role=role)


def comment(dice, group, woman, now):
    box = min(group.weeks[0].boxes["action"])
    response, _created = Response.objects.get_or_create(
        prompt_id=box, membership=woman.row, defaults={"text": "あ", "version": 1, "written": box in woman.written}
    )
    revision, _created = Revision.objects.get_or_create(
        response=response, version=1, defaults={"base_version": 0, "text": "あ", "sha256": "", "operation_id": uuid4()}
    )
    said = now - dice.choice([0, 0.5, 5, 40]) * MINUTE
    row = Feedback.objects.create(revision=revision, author_id=woman.row.user_id, text="ひみつの言葉", created_at=said)
    woman.comments.append(Comment(said, row.pk))


def see(dice, group, woman, now):
    for said in woman.comments:
        said.seen = True
    Feedback.objects.filter(pk__in=[said.row for said in woman.comments]).update(seen_at=now)


def move(dice, group, woman, now):
    week = dice.choice(group.weeks)
    week.session = max(week.session + dice.choice([-50, -25, -2, 2, 24, 49]) * HOUR, week.opens)
    Week.objects.filter(pk=week.row.pk).update(session_at=week.session)


def finish(dice, group, woman, now):
    group.finished = not group.finished
    Cohort.objects.filter(pk=group.row.pk).update(finished_at=now if group.finished else None)


def delete(dice, group, woman, now):
    group.deleted = not group.deleted
    Cohort.objects.filter(pk=group.row.pk).update(deleted_at=now if group.deleted else None)


DEEDS = [write] * 8 + [write_all] * 2 + [go_or_come] * 2 + [switch] * 2 + [lock, appoint, see] + [comment] * 3
RARE = [move, move, finish, delete]


# --- The world ---------------------------------------------------------------------------------------------------


def new_group(dice, number, start):
    zone = dice.choice(ZONES)
    cohort = Cohort.objects.create(name=f"コホート{number}", slug=f"c{number}", time_zone=zone)
    first = start + timedelta(days=6, minutes=dice.randrange(0, 24 * 60, 30))
    weeks = add_weeks(cohort, {1: first, 2: first + 7 * DAY})
    meetings = []
    for week in weeks:
        boxes = defaultdict(set)
        for section in week.sections.all():
            boxes[section.kind] |= set(section.prompts.values_list("pk", flat=True))
        meetings.append(Meeting(week, week.opens_at, week.session_at, boxes))
    return Group(cohort, ZoneInfo(zone), meetings)


def join(group, number, now):
    user = User.objects.create(email=f"w{group.row.pk}-{number}@example.com", nickname=f"w{number}")
    row = Membership.objects.create(user=user, cohort=group.row, joined_at=now)
    group.women.append(Woman(row, now))


def happen(dice, groups, now):
    for group in groups:
        for woman in group.women:
            if dice.random() < 0.05:
                dice.choice(DEEDS)(dice, group, woman, now)
        if dice.random() < 0.04:
            dice.choice(RARE)(dice, group, None, now)


def newly_sent(known, now):
    """What has left since: as the oracle says it, by the outbox's keys."""
    found = set()
    for letter in Mail.objects.filter(state=Mail.State.SENT).exclude(pk__in=known):
        known.add(letter.pk)
        kind, *rest = letter.key.split(":")
        week, day = {"begins": (0, ""), "feedback": (0, now.isoformat())}.get(kind) or (int(rest[0]), rest[1])
        found.add((kind, week, day, letter.context["membership"]))
    return found


def step(dice, settings, groups, now):
    """One run of the command, with things that happen before the mails are written and before they leave."""
    happen(dice, groups, now)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    if is_down := dice.random() < 0.2:
        settings.EMAIL_BACKEND = f"{__name__}.Busy"
    post_due()
    happen(dice, groups, now)
    call_command("send_due_mail", stdout=io.StringIO())
    return set() if is_down else {one for group in groups for one in expected(group, now)}


def note(groups, sent, now):
    women = {woman.row.pk: woman for group in groups for woman in group.women}
    for one in sent:
        women[one[-1]].got.add(one)
        if one[0] == "feedback":
            women[one[-1]].told.append(now)


def live(dice, settings, time_machine):
    """Twelve days of one crowd: what was sent, by kind, and every mail too many or too few."""
    now = datetime(2026, 3, 21, 3, tzinfo=UTC)  # the clocks change in Europe while these people meet
    time_machine.move_to(now, tick=False)
    groups = [new_group(dice, number, now) for number in range(COHORTS)]
    places = [(group, number) for group in groups for number in range(MEMBERS)]
    dice.shuffle(places)
    for place in places[::2]:
        join(*place, now)
    later, known, kinds, wrong = places[1::2], set(), Counter(), []
    while now < datetime(2026, 4, 2, tzinfo=UTC) or later:
        now += dice.choice([5, 35, 180, 400, 700]) * MINUTE
        time_machine.move_to(now, tick=False)
        for _late in range(min(len(later), dice.randrange(5))):
            join(*later.pop(), now)
        should = step(dice, settings, groups, now)
        sent = newly_sent(known, now)
        wrong += [(now, one) for one in sent ^ should]
        note(groups, sent | should, now)
        kinds.update(one[0] for one in sent)
    return kinds, wrong


def test_exactly_those_get_a_mail_who_should(db, settings, time_machine, scale, figure):
    kinds, wrong = Counter(), []
    crowds = scale(1, 10)
    for crowd in range(crowds):
        with transaction.atomic():
            met = live(random.Random(crowd), settings, time_machine)
            transaction.set_rollback(True)
        kinds, wrong = kinds + met[0], wrong + met[1]
    figure("random histories of members", crowds * COHORTS * MEMBERS, "≥ 1,000")
    figure("mails to somebody who should get none, or none to who should", len(wrong), "= 0")
    assert not wrong, "\n".join(map(str, wrong))
    assert len(mail.outbox) == kinds.total()
    assert not any("ひみつの言葉" in message.body for message in mail.outbox)
    assert min(kinds[kind] for kind in KINDS) >= 5, kinds
