"""The reading page: who may open it, what it shows, what a comment and 「読みました」 do."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from cohorts.models import Membership
from tests.cast import join, make_user, prompt_of, write
from tests.reader import answers, revision_of, rewrite, shown, told
from workbook.models import AccessRecord, Feedback, Readers, Reading, Response


def address(cast, week=1, membership=None):
    return f"/admin/workbook/response/read/{(membership or cast.membership).pk}/{week}/"


def test_shows_what_is_shared_and_only_that_the_private_one_exists(reader, cast):
    body = reader.get(address(cast)).content.decode()
    assert "CANARY-ours-member-shared" in body
    assert "CANARY-ours-member-group" in body
    assert "CANARY-ours-member-private" not in body
    assert f"answer-{cast.private.pk}-text" not in body
    assert re.findall("CANARY-[a-z]+-([a-z]+)", body) == ["member", "member"]


@pytest.mark.parametrize(
    "who", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer", "superuser"]
)
def test_nobody_else_opens_it(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(address(cast)).status_code == 404
    assert client.post(address(cast), answers((cast.shared, "x"))).status_code == 404
    assert not Feedback.objects.exists()
    assert not AccessRecord.objects.exists()


def test_not_found_like_unknown(reader, cast):
    foreign = Membership.objects.get(user=cast.stranger)
    mine = Membership.objects.get(user=cast.facilitator)
    for page in (address(cast, membership=foreign), address(cast, week=9), address(cast, membership=mine)):
        assert reader.get(page).status_code == 404
    assert reader.get("/admin/workbook/response/read/99999/1/").status_code == 404


def test_a_removed_facilitator_reads_nothing(reader, cast):
    Membership.objects.get(user=cast.facilitator).close()
    assert reader.get(address(cast)).status_code == 404


def test_one_access_record_for_each_look_with_words(reader, cast):
    reader.get(address(cast))
    record = AccessRecord.objects.get()
    assert (record.actor, record.membership, record.week.number, record.deed) == (
        cast.facilitator,
        cast.membership,
        1,
        "read",
    )
    reader.get(address(cast, week=2))
    Response.objects.exclude(pk=cast.private.pk).filter(membership=cast.membership).update(readers=Readers.SELF)
    reader.get(address(cast))
    assert AccessRecord.objects.count() == 1


def test_several_comments_in_one_go(reader, cast):
    text = "　いいですね。\nもう一歩！\n"
    response = reader.post(address(cast), answers((cast.shared, text), (cast.group, "  \n")))
    assert response.status_code == 302
    feedback = Feedback.objects.get()
    assert feedback.text == text
    assert feedback.author == cast.facilitator
    assert feedback.revision.response == cast.shared
    assert feedback.text.strip().splitlines()[0] in reader.get(address(cast)).content.decode()


def test_pressing_twice_sends_once(reader, cast):
    data = answers((cast.shared, "いいですね"))
    for _press in range(2):
        assert reader.post(address(cast), data).status_code == 302
    assert Feedback.objects.count() == 1


def test_other_words_after_going_back_are_another_comment(reader, cast):
    data = answers((cast.shared, "いいですね"))
    reader.post(address(cast), data)
    reader.post(address(cast), data | {f"answer-{cast.shared.pk}-text": "もうひとつ"})
    assert list(Feedback.objects.values_list("text", flat=True)) == ["いいですね", "もうひとつ"]


def test_the_same_words_from_a_new_page_are_another_comment(reader, cast):
    for _page in range(2):
        reader.post(address(cast), answers((cast.shared, "いいですね")))
    assert Feedback.objects.count() == 2
    assert reader.get(address(cast)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_the_same_moment_send_one_comment(cast):
    data = answers((cast.shared, "いいですね"))
    ready = Barrier(10)

    def press(_number):
        client = Client()
        client.force_login(cast.facilitator)
        ready.wait()
        try:
            return client.post(address(cast), data).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(press, range(10))) == {302}
    assert Feedback.objects.count() == 1


def test_too_long_a_comment_stores_nothing_and_loses_nothing(reader, cast):
    response = reader.post(address(cast), answers((cast.shared, "長" * 10_001), (cast.group, "残ってほしい言葉")))
    assert response.status_code == 200
    body = response.content.decode()
    assert "長" * 10_001 in body
    assert "残ってほしい言葉" in body
    assert not Feedback.objects.exists()
    assert not Reading.objects.exists()


def test_a_forged_revision_is_refused(reader, cast):
    theirs = Response.objects.get(membership__user=cast.stranger, readers=Readers.GROUP)
    second = make_user("second")
    join(cast.cohort, second, "facilitator")
    tokens = [shown(response) for response in (theirs, cast.private, cast.group)]
    good = shown(cast.shared)
    for forged in (*tokens, shown(cast.shared, "second"), revision_of(cast.shared).pk, good[:-1], "x", "\0", ""):
        data = {f"answer-{cast.shared.pk}-shown": forged, f"answer-{cast.shared.pk}-text": "大事な言葉"}
        response = reader.post(address(cast), data)
        assert response.status_code == 200
        assert "大事な言葉" in response.content.decode()
    assert not Feedback.objects.exists()


def test_numbers_typed_into_the_page_open_no_history(reader, cast):
    """The first text is her secret now; a comment on it would show it under “Show what this answered”."""
    first = revision_of(cast.shared).pk
    rewrite(cast.shared, "書き直した言葉")
    data = {f"answer-{cast.shared.pk}-shown": first, f"answer-{cast.shared.pk}-text": "見せて"}
    assert reader.post(address(cast), data).status_code == 200
    assert not Feedback.objects.exists()
    assert "CANARY-ours-member-shared" not in reader.get(address(cast)).content.decode()


def test_a_comment_on_a_foreign_or_private_response_is_refused_and_given_back(reader, cast):
    theirs = Response.objects.get(membership__user=cast.stranger, readers=Readers.GROUP)
    for closed in (theirs, cast.private):
        response = reader.post(address(cast), answers((closed, "大事な言葉"), (cast.shared, "もうひとつ")))
        assert response.status_code == 200
        body = response.content.decode()
        assert "大事な言葉" in body
        assert "もうひとつ" in body
    assert not Feedback.objects.exists()


def test_words_closed_while_she_was_writing(reader, cast):
    data = answers((cast.shared, "大事な言葉"))
    Response.objects.filter(pk=cast.shared.pk).update(readers=Readers.SELF)
    response = reader.post(address(cast), data)
    body = response.content.decode()
    assert "大事な言葉" in body
    assert "CANARY-ours-member-shared" not in body
    assert not Feedback.objects.exists()


def test_read_means_what_was_shown(reader, cast):
    data = answers((cast.shared, ""), (cast.group, "")) | {"read": "1"}
    newer = rewrite(cast.shared, "あとから足した言葉")
    assert reader.post(address(cast), data).status_code == 302
    assert dict(Reading.objects.values_list("response", "version")) == {cast.shared.pk: 1, cast.group.pk: 1}
    unread = reader.get("/admin/workbook/response/?unread=yes").context["cl"].result_list
    assert cast.shared in unread
    assert cast.group not in unread
    reader.post(address(cast), answers((newer, "")) | {"read": "1"})
    assert Reading.objects.get(response=cast.shared).version == 2
    reader.post(address(cast), data)
    assert Reading.objects.get(response=cast.shared).version == 2


def test_read_leads_to_the_next_unread_member_and_home_after_the_last(reader, cast):
    """In the order of joining, from the top again after the last; the colleague joined before the third one."""
    colleague = Membership.objects.get(user=cast.colleague)
    third = join(cast.cohort, make_user("third"))
    Membership.objects.filter(pk=third.pk).update(joined_at=colleague.joined_at - timedelta(days=9))
    Response.objects.filter(membership__user=cast.removed).update(text="")
    words = {row.pk: write(row, prompt_of(cast.cohort), "ことば") for row in (colleague, third)}
    read = {"read": "1"}
    response = reader.post(address(cast), answers((cast.shared, ""), (cast.group, "")) | read)
    assert response["Location"] == address(cast, membership=colleague)
    response = reader.post(response["Location"], answers((words[colleague.pk], "")) | read)
    assert response["Location"] == address(cast, membership=third)
    response = reader.post(response["Location"], answers((words[third.pk], "")) | read, follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert told(response)


def test_only_sending_stays_on_the_page(reader, cast):
    response = reader.post(address(cast), answers((cast.shared, "いいですね")) | {"send": ""})
    assert response["Location"] == address(cast)


def test_commenting_notes_only_that_text_as_read(reader, cast):
    reader.post(address(cast), answers((cast.shared, "いいですね"), (cast.group, "")))
    assert [reading.response for reading in Reading.objects.all()] == [cast.shared]


def test_the_outcome_of_the_promise(reader, cast):
    cast.group.settle("done")
    body = reader.get(address(cast)).content.decode()
    assert str(Response.Outcome.DONE.label) in body


def test_markdown_is_rendered_and_harmless(reader, cast):
    rewrite(cast.shared, "- **太字**\n\n<script>alert(1)</script>")
    body = reader.get(address(cast)).content.decode()
    assert "<strong>太字</strong>" in body
    assert "<script>alert" not in body


def test_previous_and_next_member(reader, cast):
    colleague = Membership.objects.get(user=cast.colleague)
    assert address(cast, membership=colleague) in reader.get(address(cast)).content.decode()
    body = reader.get(address(cast, membership=colleague)).content.decode()
    assert address(cast) in body
    gone = Membership.objects.get(user=cast.removed)
    assert re.findall('<a class="button" href="([^"]+)" rel="(?:prev|next)"', body) == [address(cast)] * 2
    assert "CANARY-ours-removed-shared" in reader.get(address(cast, membership=gone)).content.decode()


@pytest.mark.parametrize("more", [0, 3])
def test_queries_of_the_reading_page(reader, cast, django_assert_num_queries, more):
    for number in range(more):
        membership = join(cast.cohort, make_user(f"more{number}"))
        write(membership, prompt_of(cast.cohort), "ことば")
        write(cast.membership, prompt_of(cast.cohort, week=number + 2), "ことば")
        Feedback.objects.answer(revision_of(cast.shared), cast.facilitator, f"コメント{number}", uuid4())
    with django_assert_num_queries(15):
        assert reader.get(address(cast)).status_code == 200
