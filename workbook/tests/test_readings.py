"""A member sees who has read what of hers, and what changed who may."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Invitation, Membership, RoleChange
from tests.cast import QUESTIONS, make_user, prompt_of, write
from workbook.models import AccessRecord, Readers, Response, Revision, Save
from workbook.readings import Readings

TOKYO = ZoneInfo("Asia/Tokyo")
ADDRESS = ["ours"]


def events(user, slug="ours", number=None) -> list[tuple[str, str]]:
    return [(event.sentence, event.place) for event in Readings(user, slug).page(number)]


def read(cast, actor=None, **place) -> None:
    AccessRecord.objects.record_reading(actor or cast.facilitator, [cast.membership], **place)


@pytest.fixture
def week(cast):
    return cast.cohort.weeks.get(number=1)


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def test_who_has_read_what(client, cast, week):
    read(cast)
    read(cast, week=week)
    read(cast, week=week, prompt=cast.shared.prompt)
    read(cast, week=week, prompt=cast.group.prompt, deed="search")
    client.force_login(cast.member)
    client.get(reverse("workbook:words_download", args=ADDRESS))
    assert events(cast.member)[:5] == [
        ("You took your words along as a file.", ""),
        ("This came up in a search of facilitator.", "Week 1 · あなたは何をする？"),
        ("facilitator read this.", f"Week 1 · {QUESTIONS[1]}"),
        ("facilitator read this.", "Week 1"),
        ("facilitator read all your weeks.", ""),
    ]


class TestOneAfterTheOther:
    """A facilitator who goes through a week question by question."""

    def look(self, cast, *minutes, actor=None, prompts=None):
        for response, minute in zip(prompts or (cast.private, cast.shared, cast.group), minutes, strict=True):
            AccessRecord.objects.create(
                actor=actor or cast.facilitator,
                membership=cast.membership,
                week=response.prompt.section.week,
                prompt=response.prompt,
                deed=AccessRecord.Deed.READ,
                created_at=timezone.now() + timedelta(minutes=minute),
            )

    def sentences(self, cast):
        return [sentence for sentence, _place in events(cast.member) if "facilitator read" in sentence]

    def test_is_told_once(self, cast):
        self.look(cast, 1, 6, 15)
        questions = f"{QUESTIONS[0]}, {QUESTIONS[1]}, あなたは何をする？"
        assert events(cast.member)[0] == ("facilitator read 3 questions.", f"Week 1 · {questions}")
        assert len(self.sentences(cast)) == 1

    def test_a_quarter_of_an_hour_is_one_visit(self, cast):
        self.look(cast, 1, 17, 18)
        assert self.sentences(cast) == ["facilitator read 2 questions.", "facilitator read this."]

    def test_each_for_herself(self, cast):
        self.look(cast, 1, 2, 3)
        self.look(cast, 4, 5, 6, actor=cast.other_facilitator)
        assert self.sentences(cast) == ["other_facilitator read 3 questions.", "facilitator read 3 questions."]

    def test_another_week_is_another_visit(self, cast):
        later = write(cast.membership, prompt_of(cast.cohort, 2), "x")
        self.look(cast, 1, 2, 3, prompts=(cast.private, cast.shared, later))
        assert self.sentences(cast) == ["facilitator read this.", "facilitator read 2 questions."]

    def test_what_was_read_before_a_text_was_opened_is_told_apart(self, cast):
        self.look(cast, 1, 2, 6)
        save = Save(cast.private.prompt_id, cast.membership.pk, uuid4(), 1, "open", Readers.FACILITATORS, [])
        assert Response.objects.write(save).accepted
        Revision.objects.filter(response=cast.private, version=2).update(
            created_at=timezone.now() + timedelta(minutes=4)
        )
        assert [sentence for sentence, _place in events(cast.member)][:3] == [
            "facilitator read this.",
            "You changed who can read it to “Up to facilitators”.",
            "facilitator read 2 questions.",
        ]


def test_changes_of_readers_are_told_from_the_history(cast):
    prompt, place = cast.shared.prompt, cast.membership
    for readers in (Readers.FACILITATORS, Readers.GROUP, Readers.GROUP, Readers.SELF):
        version = Response.objects.get(pk=cast.shared.pk).version
        save = Save(prompt.pk, place.pk, uuid4(), version, f"CANARY-{readers}-{version}", readers, QUESTIONS)
        assert Response.objects.write(save).accepted
    Revision.objects.create(response=cast.shared, text="the other side", sha256="", readers=Readers.FACILITATORS)
    here = [event for event in events(cast.member) if event[1] == f"Week 1 · {QUESTIONS[1]}"]
    assert [sentence for sentence, _place in here] == [
        "You changed who can read it to “Only me”.",
        "You changed who can read it to “The group”.",
    ]
    first = [event for event in events(cast.member) if event not in here]
    assert sorted(first) == [
        ("You changed who can read it to “Only me”.", f"Week 1 · {QUESTIONS[0]}"),
        ("You changed who can read it to “The group”.", "Week 1 · あなたは何をする？"),
    ]


def test_changes_of_facilitators(cast):
    new = make_user("new")
    invite = Invitation.objects.invite
    assert invite(created_by=None, cohort=cast.cohort, email=new.email, role="facilitator").accept(new)
    mine = Membership.objects.get(user=new)
    mine.close(by=cast.organizer)
    mine.reopen(by=cast.organizer)
    RoleChange.objects.note(mine, RoleChange.Deed.BEGAN, new)
    Membership.objects.get(user=cast.colleague).close()
    Membership.objects.get(user=cast.other_facilitator).close()
    by = "Decided by: organizer (organizer)"
    assert [event for event in events(cast.member) if "facilitator" in event[0]] == [
        ("new, who organizes, became a facilitator by her own choice.", ""),
        ("new became a facilitator.", by),
        ("new is no longer a facilitator.", by),
        ("new became a facilitator.", ""),
    ]


def test_by_days_on_the_clocks_of_the_cohort(client, cast, week):
    Cohort.objects.filter(pk=cast.cohort.pk).update(time_zone="America/New_York")
    read(cast, week=week)
    AccessRecord._base_manager.update(created_at=datetime(2027, 3, 2, 2, 30, tzinfo=ZoneInfo("UTC")))
    client.force_login(cast.member)
    body = client.get(reverse("workbook:readings", args=ADDRESS)).content.decode()
    assert "March 1, 2027" in body
    assert "21:30" in body


def test_it_holds_no_words(client, cast, week):
    read(cast, week=week, prompt=cast.private.prompt, deed="search")
    client.force_login(cast.member)
    body = client.get(reverse("workbook:readings", args=ADDRESS)).content.decode()
    assert "search of facilitator" in body
    assert "CANARY" not in body


def test_others_readings_are_not_told(cast, week):
    AccessRecord.objects.record_reading(cast.facilitator, [Membership.objects.get(user=cast.colleague)], week)
    write(Membership.objects.get(user=cast.colleague), cast.group.prompt, "x", Readers.SELF)
    assert not [sentence for sentence, place in events(cast.member) if "read this" in sentence]
    assert len(events(cast.member)) == 2
    assert len(events(cast.colleague)) == 2


def test_empty(client, cast):
    client.force_login(cast.colleague)
    body = client.get(reverse("workbook:readings", args=ADDRESS)).content.decode()
    assert "Nobody has read anything yet." in body


def test_also_after_leaving(client, cast, week):
    read(cast, week=week)
    cast.membership.close()
    client.force_login(cast.member)
    body = client.get(reverse("workbook:readings", args=ADDRESS)).content.decode()
    assert "facilitator read this." in body


@pytest.mark.parametrize("who", ["stranger", "other_facilitator", "organizer", "superuser"])
def test_not_found_for_others(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("workbook:readings", args=ADDRESS)).status_code == 404


def test_only_to_look_at(client, cast):
    client.force_login(cast.member)
    assert client.post(reverse("workbook:readings", args=ADDRESS)).status_code == 405


def test_linked_from_ones_words(client, cast):
    client.force_login(cast.member)
    for name in ("words", "cohort_detail"):
        body = client.get(reverse(f"workbook:{name}", args=ADDRESS)).content.decode()
        assert reverse("workbook:readings", args=ADDRESS) in body


def test_pages(client, cast):
    AccessRecord.objects.bulk_create(
        AccessRecord(actor=cast.facilitator, membership=cast.membership, deed="read") for _number in range(60)
    )
    client.force_login(cast.member)
    address = reverse("workbook:readings", args=ADDRESS)
    assert "?page=2" in client.get(address).content.decode()
    assert "?page=1" in client.get(address, {"page": 2}).content.decode()
    for odd in ("x", "99", "\x00"):
        assert client.get(address, {"page": odd}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, cast, week, count, django_assert_num_queries):
    for _number in range(count):
        read(cast, week=week)
        Membership.objects.get(user=cast.facilitator).reopen(by=cast.organizer)
    client.force_login(cast.member)
    with django_assert_num_queries(7):
        client.get(reverse("workbook:readings", args=ADDRESS))
