"""The demo: believable, laid around today, loaded once."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from cohorts.models import Cohort, Membership, User
from workbook import demo
from workbook.admin.board import Board
from workbook.models import Attendance, Draft, Feedback, Note, Prompt, Response, Revision, Section, Week

WEDNESDAY = datetime(2026, 12, 2, tzinfo=demo.ZONE)
MOMENTS = [
    WEDNESDAY.replace(hour=20, minute=59),
    WEDNESDAY.replace(hour=21),
    WEDNESDAY.replace(hour=21, minute=30),
    WEDNESDAY.replace(day=3, hour=0, minute=5),
    WEDNESDAY.replace(day=7, hour=12),
    WEDNESDAY.replace(day=8, hour=23, minute=59),
]


def of_member(week, kind, cohort=demo.WINTER):
    return Response.objects.filter(
        membership__user__email="member@example.com",
        prompt__section__week__cohort__slug=cohort,
        prompt__section__week__number=week,
        prompt__section__kind=kind,
    ).order_by("prompt__position")


@pytest.mark.parametrize("now", MOMENTS)
def test_second_week_whatever_the_day(db, now):
    assert demo.load(now)
    weeks = list(Week.objects.filter(cohort__slug=demo.WINTER))
    first, second, third = weeks[:3]
    assert (first.session_at.astimezone(demo.ZONE).strftime("%a %H:%M"), len(weeks)) == ("Wed 21:00", 4)
    assert first.session_at <= now < second.session_at <= now + timedelta(days=7)
    assert second.opens_at <= now < third.opens_at
    assert Week.objects.filter(cohort__slug=demo.SUMMER).latest("session_at").session_at < now
    assert not Response.objects.filter(updated_at__gt=now).exists()
    assert not Revision.objects.filter(created_at__gt=now).exists()
    assert not Feedback.objects.filter(created_at__gt=now).exists()
    assert not Attendance.objects.filter(noted_at__gt=now).exists()
    assert not Membership.objects.exclude(role="facilitator").filter(joined_at__gt=now).exists()


@pytest.fixture
def loaded(db):
    demo.load(timezone.now())


def test_six_members_and_a_finished_cohort(loaded):
    winter, summer = Cohort.objects.get(slug=demo.WINTER), Cohort.objects.get(slug=demo.SUMMER)
    assert (winter.name, summer.name) == ("冬のコホート", "夏のコホート")
    assert winter.memberships.members().current().count() == 6
    leads = winter.memberships.facilitators().values_list("user__email", flat=True)
    assert set(leads) == {"facilitator@example.com", "mizuho@example.com"}
    written = Response.objects.filter(written=True)
    assert written.filter(membership__cohort=summer).count() >= 60
    assert Prompt.objects.filter(section__week__cohort=winter).count() == 20


def test_the_member_has_something_left_to_do(loaded):
    assert [response.written for response in of_member(2, Section.Kind.REFLECTION)] == [True]
    for kind in Section.Kind.values:
        assert all(response.written for response in of_member(1, kind))
    promise = of_member(1, Section.Kind.ACTION).get()
    assert (promise.written, promise.outcome) == (True, "")
    assert Feedback.objects.filter(revision__response__membership__user__email="member@example.com", seen_at=None)


def test_words_are_varied(loaded):
    assert set(Response.objects.values_list("readers", flat=True)) == {"self", "facilitators", "group"}
    assert Response.objects.filter(written=False).exclude(text="").exists()
    assert Revision.objects.filter(version=2).exists()
    lengths = [len(text) for text in Response.objects.values_list("text", flat=True)]
    assert min(lengths) < 15
    assert max(lengths) > 100
    assert set(Response.objects.exclude(outcome="").values_list("outcome", flat=True)) == {"done", "partly", "not_yet"}


def test_the_desk_has_something_to_show(loaded):
    facilitator = User.objects.get(email="facilitator@example.com")
    assert Draft.objects.of(facilitator).count() == 1
    assert Note.objects.readable_by(facilitator).count() == 1
    board = Board(facilitator, Week.objects.get(cohort__slug=demo.WINTER, number=1).pk)
    left = board.left[0]
    assert (len(board.rows), len(board.left)) == (6, 1)
    assert left.membership.left_at <= timezone.now()
    assert any(cell.is_written for cell in left.cells)
    assert "changed" in {cell.state for row in board.rows for cell in row.cells}
    assert Response.objects.filter(
        revisions__feedback__author=facilitator, version__gt=F("revisions__version")
    ).exists()


def test_the_room_has_something_to_show(loaded):
    facilitator = User.objects.get(email="facilitator@example.com")
    here = Response.objects.readable_by(facilitator).filter(readers="group", written=True, membership__left_at=None)
    for week in Week.objects.filter(cohort__slug=demo.WINTER, number__lte=2):
        first = Prompt.objects.filter(section__week=week, section__kind="reflection").in_order()[0]
        assert here.filter(prompt=first).count() >= 3
    assert not of_member(2, "reflection").filter(readers="group").exists()


def test_some_took_part_in_each_past_session_and_one_did_not_say_so(loaded):
    for week in Week.objects.filter(session_at__lt=timezone.now()):
        members = week.cohort.memberships.members().current()
        came = Attendance.objects.filter(week=week, membership__in=members, is_present=True).count()
        assert members.count() - 1 <= came <= members.count()
    assert Attendance.objects.filter(week__cohort__slug=demo.WINTER, membership__left_at=None).count() == 5


def test_three_can_sign_in(loaded, client):
    for _role, email, password in demo.sign_ins():
        user = User.objects.get(email=email)
        assert user.check_password(password)
        assert user.emailaddress_set.get().verified
    assert User.objects.get(email="organizer@example.com").is_organizer
    assert not User.objects.get(email="mugi@example.com").has_usable_password()


def test_the_second_load_keeps_what_was_written(loaded):
    Response.objects.filter(pk=of_member(1, Section.Kind.ACTION).get().pk).update(text="変えました")
    assert not demo.load(timezone.now())
    assert of_member(1, Section.Kind.ACTION).get().text == "変えました"
    assert Cohort.objects.count() == 2


def test_command_prints_three_sign_ins_each_time(db, settings, capsys):
    settings.DEBUG = True
    for _run in range(2):
        call_command("load_demo")
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert [line[0] for line in lines] == ["organizer", "facilitator", "member"]
        assert [tuple(line) for line in lines] == demo.sign_ins()


def test_command_refuses_without_debug(db, capsys):
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert not User.objects.exists()
    call_command("load_demo", "--force")
    assert User.objects.count() == 13
