"""One member's page: all opened weeks, and what her facilitators keep in mind about her."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import join, make_user, prompt_of, write
from tests.reader import answers, begin, comment, regions, rewrite
from workbook.models import AccessRecord, Feedback, Note, NoteSave, Readers, Reading, Week


def address(cast, membership=None):
    return f"/admin/workbook/response/read/{(membership or cast.membership).pk}/"


def keep(membership, author, text, base=0):
    """A note, saved as the page does."""
    return Note.objects.write(NoteSave(membership.pk, author.pk, uuid4(), base, text)).row


@pytest.fixture
def second(cast):
    """Another facilitator of our cohort."""
    user = make_user("second")
    join(cast.cohort, user, "facilitator")
    return user


@pytest.mark.parametrize(
    "who", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer", "superuser"]
)
def test_nobody_else_opens_it(client, cast, who):
    keep(cast.membership, cast.facilitator, "CANARY-note")
    client.force_login(getattr(cast, who))
    for response in (client.get(address(cast)), client.post(address(cast), {f"note-{cast.membership.pk}": "x"})):
        assert response.status_code == 404
        assert "CANARY" not in response.content.decode()
    assert not AccessRecord.objects.exists()


def test_not_found_like_unknown(reader, cast):
    mine = Membership.objects.get(user=cast.facilitator)
    foreign = Membership.objects.get(user=cast.stranger)
    for membership in (mine, foreign):
        assert reader.get(address(cast, membership)).status_code == 404
    assert reader.get("/admin/workbook/response/read/99999/").status_code == 404


def test_all_opened_weeks_with_ways_to_each(reader, cast):
    write(cast.membership, prompt_of(cast.cohort, week=2), "第二週の言葉")
    body = reader.get(address(cast)).content.decode()
    weeks = re.findall(r'<h2 id="week-(\d)-name"><a href="([^"]+)"', body)
    assert weeks == [("1", f"{address(cast)}1/"), ("2", f"{address(cast)}2/")]
    words = ["CANARY-ours-member-shared", "CANARY-ours-member-group", "第二週の言葉"]
    assert sorted(words, key=body.index) == words
    assert "CANARY-ours-member-private" not in body


def test_no_week_is_open_yet(reader, cast):
    later = timezone.now() + timedelta(days=9)
    Week.objects.filter(cohort=cast.cohort).update(opens_at=later, session_at=later)
    assert reader.get(address(cast)).status_code == 404


def test_a_record_of_all_weeks(reader, cast):
    reader.get(address(cast))
    record = AccessRecord.objects.get()
    assert (record.membership, record.week, record.prompt) == (cast.membership, None, None)


def test_who_left_stays_readable_and_stands_apart(reader, cast):
    gone = Membership.objects.get(user=cast.removed)
    assert "CANARY-ours-removed-shared" in reader.get(address(cast, gone)).content.decode()
    body = reader.get(address(cast)).content.decode()
    present, left = re.findall("<ul>(.*?)</ul>", body[body.index('<details class="people">') :], re.S)[:2]
    assert [address(cast, gone) in each for each in (present, left)] == [False, True]


def test_comments_without_javascript(reader, cast):
    response = reader.post(address(cast), answers((cast.shared, "いいですね")) | {"read": "1"})
    assert response["Location"] == address(cast)
    assert Feedback.objects.get().text == "いいですね"
    assert [reading.response for reading in Reading.objects.all()] == [cast.shared]


def test_what_changed_and_what_is_not_sent(reader, cast):
    comment(cast.shared, cast.facilitator)
    rewrite(cast.shared, "書き直した言葉")
    begin(cast.group, cast.facilitator, "書きかけ")
    body = reader.get(address(cast)).content.decode()
    assert 'class="since"' in body
    assert ">\n書きかけ</textarea>" in body


@pytest.mark.parametrize("week", ["", "1/"])
def test_notes_are_read_by_the_facilitators_alone(reader, cast, second, week):
    keep(cast.membership, cast.facilitator, "わたしのメモ")
    keep(cast.membership, second, "もうひとりのメモ")
    keep(Membership.objects.get(user=cast.colleague), second, "ほかの人のメモ")
    body = reader.get(address(cast) + week).content.decode()
    assert ">\nわたしのメモ</textarea>" in body
    others = body[body.index('data-live="notes"') :]
    assert "もうひとりのメモ" in others
    assert "second" in others
    assert "わたしのメモ" not in others
    assert "ほかの人のメモ" not in body
    reader.force_login(cast.member)
    for page in ("/cohorts/ours/weeks/1/", "/cohorts/ours/words/", "/cohorts/ours/"):
        body = reader.get(page).content.decode()
        assert [note for note in ("わたしのメモ", "もうひとりのメモ", "ほかの人のメモ") if note in body] == []


def test_a_note_is_kept_without_javascript(reader, cast):
    name = f"note-{cast.membership.pk}"
    data = {name: "　声をかける\r\n", f"{name}-version": "0", "send": ""}
    assert reader.post(address(cast), data).status_code == 302
    assert Note.objects.get().text == "　声をかける\n"
    assert reader.post(address(cast), data).status_code == 302
    assert Note.objects.get().version == 1


def test_two_notes_that_met_are_both_shown(reader, cast):
    keep(cast.membership, cast.facilitator, "携帯電話で")
    name = f"note-{cast.membership.pk}"
    response = reader.post(address(cast), {name: "机で", f"{name}-version": "0", "send": ""})
    assert response.status_code == 200
    body = response.content.decode()
    assert ">\n机で</textarea>" in body
    assert "<mark>携帯電話</mark>" in body
    assert re.search(rf'name="{name}-version" value="1"', body)
    assert Note.objects.get().text == "携帯電話で"
    reader.post(address(cast), {name: "机で", f"{name}-version": "1", "send": ""})
    assert Note.objects.get().text == "机で"


def test_a_note_that_cannot_be_kept_meets_what_came_meanwhile(reader, cast):
    """Its page was older than a note from another device; the sentence about its length makes it no newer."""
    keep(cast.membership, cast.facilitator, "携帯電話で")
    name = f"note-{cast.membership.pk}"
    body = reader.post(address(cast), {name: "長" * 10_001, f"{name}-version": "0", "send": ""}).content.decode()
    assert re.search(rf'name="{name}-version" value="0"', body)
    response = reader.post(address(cast), {name: "机で", f"{name}-version": "0", "send": ""})
    assert "<mark>携帯電話</mark>" in response.content.decode()
    assert Note.objects.get().text == "携帯電話で"


def test_an_untouched_box_takes_nothing_back(reader, cast):
    """The note came from another device after this page was opened."""
    name = f"note-{cast.membership.pk}"
    keep(cast.membership, cast.facilitator, "携帯電話で")
    assert reader.post(address(cast), {name: "", f"{name}-version": "0", "send": ""}).status_code == 302
    Note.objects.write(NoteSave(cast.membership.pk, cast.facilitator.pk, uuid4(), 1, "つづき"))
    assert reader.post(address(cast), {name: "携帯電話で", f"{name}-version": "1", "send": ""}).status_code == 302
    assert Note.objects.get().text == "つづき"


def test_a_note_that_cannot_be_kept_stays_in_its_box(reader, cast):
    name = f"note-{cast.membership.pk}"
    for bad in ({name: "長" * 10_001, f"{name}-version": "0"}, {name: "大事", f"{name}-version": "x"}, {name: "大事"}):
        response = reader.post(address(cast), bad | answers((cast.shared, "いいですね")) | {"send": ""})
        assert response.status_code == 200
        assert f">\n{bad[name]}</textarea>" in response.content.decode()
    assert not Note.objects.exists()
    assert not Feedback.objects.exists()


def test_only_the_regions_come_while_the_page_is_open(reader, cast, second):
    page = reader.get(address(cast))
    keep(cast.membership, second, "もうひとりのメモ")
    fragment = reader.get(address(cast), headers={"X-Live": "1", "If-None-Match": page["ETag"]}).content.decode()
    assert regions(fragment) == regions(page.content.decode())
    assert "もうひとりのメモ" in fragment
    assert "<textarea" not in fragment


@pytest.mark.parametrize("more", [1, 3])
def test_queries(reader, cast, second, django_assert_num_queries, more):
    for number, kind in zip(range(more), ["session_notes", "summary", "action"], strict=False):
        membership = join(cast.cohort, make_user(f"more{number}"))
        write(membership, prompt_of(cast.cohort), "ことば")
        write(cast.membership, prompt_of(cast.cohort, week=2, kind=kind), "ことば")
        comment(cast.shared, cast.facilitator, f"コメント{number}")
        author = make_user(f"author{number}")
        join(cast.cohort, author, "facilitator")
        keep(cast.membership, author, "メモ")
    rewrite(cast.shared, "書き直した言葉", Readers.GROUP)
    with django_assert_num_queries(17):
        assert reader.get(address(cast)).status_code == 200
