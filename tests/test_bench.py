"""The rows that `make bench` fills, and the bare pages that it compares with: they must show what ours show."""

import pytest
from django.db.models import F
from django.test import Client, override_settings

from cohorts.models import Cohort, Membership, User
from scripts.bench import hour, inside, pages, salon
from scripts.bench.crowd import crowd
from scripts.bench.fill import fill, sign_in
from scripts.bench.people import CURRENT_WEEK, OUR_BACKEND, find_people
from workbook.admin.office import Office
from workbook.admin.runs import FINISHED_SHOWN, SHOWN
from workbook.models import Attendance, Draft, DraftRevision, Feedback, Note, NoteRevision, Readers, Response, Revision
from workbook.room import OpenRoom

COHORTS, MEMBERS = 2, 3
BOXES = 20
QUERIES = {
    "today": 5,
    "worksheet, one member": 6,
    "worksheet, many members": 6,
    "save of one box": 4,
    "whole form, five boxes": 12,
    "admin list": 3,
    "reading page, first time": 7,
    "reading page, again": 7,
    "board": 9,
    "board, nothing new": 3,
    "answers to one question": 8,
    "room, nothing new": 4,
    "room, all of it": 5,
}


@pytest.fixture
def people(db):
    fill(COHORTS, MEMBERS)
    return find_people()


def page_named(people, name):
    return next(page for page in pages.pages(people) if page.name == name)


def bare_answer(asks):
    with override_settings(**inside.BARE):
        return inside.send(Client(enforce_csrf_checks=True, SERVER_NAME="localhost"), next(asks))


def our_answer(asks):
    return inside.send(Client(enforce_csrf_checks=True, SERVER_NAME="localhost"), next(asks))


def test_fill(people):
    responses = Response.objects.all()
    assert responses.count() == Revision.objects.count() == COHORTS * MEMBERS * BOXES
    assert {len(response.text) >= 60 and len(response.text) <= 600 for response in responses} == {True}
    assert {reader for (reader,) in responses.values_list("readers")} == set(Readers.values)
    assert responses.filter(written=True, version=1).count() == responses.count()
    assert Feedback.objects.exclude(seen_at=None).exists()
    assert Draft.objects.count() == DraftRevision.objects.count() > 0
    assert Note.objects.count() == NoteRevision.objects.count() > 0
    assert 0 < Attendance.objects.count() < COHORTS * MEMBERS * 3


def test_people(people):
    assert len(people.members) == COHORTS * MEMBERS
    assert [member.slug for member in people.members[:3]] == ["bench-1", "bench-2", "bench-1"]
    assert {len(member.boxes) for member in people.members} == {5}
    assert people.facilitator_of(people.members[1]).slug == "bench-2"


@pytest.mark.parametrize("name", QUERIES)
def test_bare_queries(people, name):
    assert inside.count_bare_queries(page_named(people, name).bare)[0] == QUERIES[name]


def test_bare_worksheet_shows_the_same_words(people):
    page = page_named(people, "worksheet, one member")
    bare, ours = bare_answer(page.bare), our_answer(page.ours)
    member = people.members[0]
    own = Response.objects.filter(membership=member.membership_id, prompt__section__week__number=CURRENT_WEEK)
    for response in own:
        first_line = response.text.partition("\n")[0]
        assert first_line in bare
        assert first_line in ours
    assert bare.count("<textarea") == ours.count("<textarea") == own.count()


def test_bare_reading_page_hides_private_words(people):
    member = people.members[0]
    box = Response.objects.filter(membership=member.membership_id, prompt__section__week__number=3).first()
    Response.objects.filter(pk=box.pk).update(readers=Readers.SELF, text="CANARY-private")
    html = bare_answer(page_named(people, "reading page, first time").bare)
    assert "<textarea" in html
    assert "CANARY" not in html


@pytest.mark.parametrize("side", ["ours", "bare"])
@pytest.mark.parametrize("name", ["board", "answers to one question"])
def test_pages_of_the_desk_show_everybody(people, name, side):
    html = (our_answer if side == "ours" else bare_answer)(getattr(page_named(people, name), side))
    first = people.facilitators["bench-1"].membership_id
    everybody = Membership.objects.filter(cohort__memberships=first, role="member").select_related("user")
    assert everybody.count() == MEMBERS
    assert [str(one.user) for one in everybody if str(one.user) not in html] == []


@pytest.mark.parametrize("side", ["ours", "bare"])
def test_answers_to_one_question_hide_private_words(people, side):
    private, open_one = Response.objects.filter(prompt=people.prompts["bench-1"][0])[:2]
    Response.objects.filter(pk=private.pk).update(readers=Readers.SELF, text="CANARY-private")
    Response.objects.filter(pk=open_one.pk).update(readers=Readers.FACILITATORS, text="CANARY-open")
    html = (our_answer if side == "ours" else bare_answer)(getattr(page_named(people, "answers to one question"), side))
    assert "CANARY-open" in html
    assert "CANARY-private" not in html


@pytest.mark.parametrize("side", ["ours", "bare"])
def test_an_open_board_is_told_that_nothing_is_new(people, side):
    ask = next(getattr(page_named(people, "board, nothing new"), side))
    with override_settings(**(inside.BARE if side == "bare" else {})):
        client = Client(SERVER_NAME="localhost")
        tag = inside.tag_of(client, ask)
        assert inside.send(client, ask, tag) == ""
        Response.objects.filter(prompt=people.prompts["bench-1"][0]).update(version=2, readers=Readers.GROUP)
        with pytest.raises(RuntimeError, match="200 instead of 304"):
            inside.send(client, ask, tag)


@pytest.mark.parametrize("side", ["ours", "bare"])
def test_an_open_room_is_told_what_is_shared_and_then_that_nothing_is_new(people, side):
    shared, private = Response.objects.filter(prompt=people.prompts["bench-1"][0])[:2]
    Response.objects.filter(pk=shared.pk).update(readers=Readers.GROUP, text="CANARY-shared")
    Response.objects.filter(pk=private.pk).update(readers=Readers.SELF, text="CANARY-private")
    whole = (our_answer if side == "ours" else bare_answer)(getattr(page_named(people, "room, all of it"), side))
    assert "CANARY-shared" in whole
    assert "CANARY-private" not in whole
    ask = next(getattr(page_named(people, "room, nothing new"), side))
    with override_settings(**(inside.BARE if side == "bare" else {})):
        client = Client(SERVER_NAME="localhost")
        tag = inside.tag_of(client, ask)
        assert inside.send(client, ask, tag) == ""
        Response.objects.filter(pk=shared.pk).update(version=2)
        with pytest.raises(RuntimeError, match="200 instead of 304"):
            inside.send(client, ask, tag)


@pytest.mark.parametrize("side", ["ours", "bare"])
def test_saves_are_taken(people, side):
    box = people.members[0].boxes[0]
    page = page_named(people, "save of one box")
    (our_answer if side == "ours" else bare_answer)(getattr(page, side))
    assert Response.objects.get(pk=box.response_id).version == box.version == 2
    assert Revision.objects.filter(response=box.response_id).count() == 2


@pytest.mark.parametrize("side", ["ours", "bare"])
def test_form_saves_all_boxes(people, side):
    boxes = people.members[-1].boxes
    page = page_named(people, "whole form, five boxes")
    (our_answer if side == "ours" else bare_answer)(getattr(page, side))
    saved = Response.objects.filter(pk__in=[box.response_id for box in boxes])
    assert list(saved.values_list("version", flat=True)) == [2] * 5


def test_an_hour_has_thirty_who_write_and_a_room_that_shows_some_of_it(db):
    found = hour.prepare(0, port=1)
    assert (len(found.pages), len(found.writers)) == (32, 30)
    facilitator = User.objects.get(pk=found.pages[0].person.user_id)
    room = OpenRoom(facilitator, "bench-1", CURRENT_WEEK)
    assert room.may_steer
    assert (len(room.cards), len(room.members)) == (hour.SHARED, hour.MEMBERS)
    member = OpenRoom(User.objects.get(pk=found.pages[-1].person.user_id), "bench-1", CURRENT_WEEK)
    assert (member.may_steer, member.may_hear) == (False, True)
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    before = {card.known for card in room.cards}
    for writer, news in ((found.writers[0], 1), (found.writers[-1], 0)):
        inside.send(client, writer.asks[0])
        now = {card.known for card in OpenRoom(facilitator, "bench-1", CURRENT_WEEK).cards}
        assert len(now - before) == news
        before = now


def test_bare_needs_a_session(people):
    with override_settings(**inside.BARE):
        assert Client().get("/").status_code == 302


@pytest.mark.django_db
@pytest.mark.postgresql  # which makes the crowd itself
class TestCrowd:
    def test_every_cohort_is_whole_and_has_its_own_people(self):
        organizer = crowd(12, MEMBERS)
        assert organizer.is_organizer
        cohorts = Cohort.objects.order_by("pk")
        assert [cohort.slug for cohort in cohorts] == [f"bench-{number}" for number in range(1, 13)]
        for cohort in (cohorts.first(), cohorts.last()):
            people = Membership.objects.filter(cohort=cohort)
            assert people.count() == people.values("user__email").distinct().count() == MEMBERS + 2
            own = Response.objects.filter(membership__cohort=cohort)
            assert own.count() == MEMBERS * BOXES
            assert not own.exclude(prompt__section__week__cohort=cohort).exists()
            came = Attendance.objects.filter(membership__cohort=cohort)
            assert came.exists()
            assert not came.exclude(week__cohort=cohort, membership__user=F("noted_by")).exists()
            assert cohort.invitations.count() == 4
            assert cohort.mails.count() == 4 + MEMBERS + 2
        assert User.objects.count() == 12 * (MEMBERS + 2) + 1
        last = cohorts.last().pk
        assert Cohort.objects.create(name="new", slug="new").pk > last

    def test_some_run_some_are_to_come_and_some_are_over(self):
        office = Office(crowd(40, MEMBERS))
        assert (len(office.running) + len(office.coming), len(office.finished.rows)) == (SHOWN, FINISHED_SHOWN)
        assert office.runs.has_more
        assert office.finished.has_more

    def test_a_page_of_the_office_is_looked_at_with_its_plans(self):
        organizer = crowd(3, MEMBERS)
        session = sign_in([organizer], OUR_BACKEND)[organizer.pk]
        found = salon.look(salon.paths()["start"], session)
        assert found["queries"] == 12
        assert salon.scans("SELECT text FROM workbook_response", None) == {"workbook_response"}
        assert salon.scans("SELECT 1 FROM cohorts_cohort WHERE id = %s", [1]) == set()
        assert salon.scans("UPDATE workbook_response SET text = ''", None) == set()


def test_every_page_of_the_organizers_is_there(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(slug="bench-1")
    client.force_login(cast.organizer)
    assert {name: client.get(path).status_code for name, path in salon.paths().items()} == dict.fromkeys(
        salon.paths(), 200
    )
