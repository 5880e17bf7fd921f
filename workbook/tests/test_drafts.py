"""A facilitator's comment before it is sent, the sending, and her notes: saved by the same verb as members' words."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import join, make_user
from workbook import shown
from workbook.models import (
    ANSWERING,
    Draft,
    DraftRevision,
    DraftSave,
    Feedback,
    Note,
    Readers,
    Response,
    StaleDraft,
)


@pytest.fixture
def second(cast):
    """Another facilitator of our cohort."""
    user = make_user("second")
    join(cast.cohort, user, "facilitator")
    return user


def post(client, name, pk, **body):
    content = json.dumps({"operation_id": str(uuid4()), "base_version": 0, "readers": "self", **body})
    return client.post(reverse(f"workbook:{name}", args=[pk]), content, content_type="application/json")


def draft(client, response, text, base=0, **more):
    return post(client, "draft_save", response.pk, text=text, base_version=base, **more)


def token(user, response):
    return shown.sign(user, response.pk, response.revisions.get(version=response.version).pk)


def send(client, user, response, base=1, **more):
    return post(
        client,
        "feedback_send",
        response.pk,
        **{"base_version": base, "shown": token(user, response), "user": user.pk, "seen": 0, **more},
    )


def test_a_draft_is_saved_and_is_nobody_elses(client, cast, second):
    client.force_login(cast.facilitator)
    answer = draft(client, cast.shared, "とても").json()
    assert (answer["version"], answer["readers"], answer["state"]) == (1, "self", "started")
    assert [row.text for row in Draft.objects.of(cast.facilitator)] == ["とても"]
    assert not Draft.objects.of(second).exists()
    assert not Feedback.objects.exists()


def test_a_stale_draft_keeps_both_texts(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "ひとつめ")
    late = draft(client, cast.shared, "別の端末で")
    assert (late.status_code, late.json()["error"], late.json()["text"]) == (409, "conflict", "ひとつめ")
    assert DraftRevision.objects.get(pk=late.json()["branch"]).text == "別の端末で"


def test_a_known_operation_gives_its_first_answer(client, cast):
    client.force_login(cast.facilitator)
    name = str(uuid4())
    first = draft(client, cast.shared, "いちど", operation_id=name)
    again = draft(client, cast.shared, "いちど", operation_id=name)
    assert (first.json()["version"], again.json()["version"], DraftRevision.objects.count()) == (1, 1, 1)
    assert draft(client, cast.shared, "べつ", operation_id=name, base=0).json()["error"] == "reused"


def test_a_draft_is_logged_without_a_word(client, cast, caplog):
    client.force_login(cast.facilitator)
    caplog.set_level("INFO", "workbook.saves")
    draft(client, cast.shared, "CANARY-draft")
    line = next(record.getMessage() for record in caplog.records if record.name == "workbook.saves")
    assert f"status=200 error=- user={cast.facilitator.pk} response={cast.shared.pk}" in line
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize("role", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer"])
def test_who_does_not_facilitate_finds_nothing(client, cast, role):
    user = getattr(cast, role)
    client.force_login(user)
    assert draft(client, cast.shared, "あ").status_code == 404
    assert send(client, user, cast.shared).status_code == 404
    assert post(client, "note_save", cast.membership.pk, text="あ").status_code == 404
    assert client.get(reverse("workbook:desk_boxes", args=[cast.cohort.slug])).status_code == 404


def test_words_for_their_writer_alone_cannot_be_answered(client, cast):
    client.force_login(cast.facilitator)
    assert draft(client, cast.private, "あ").status_code == 404
    assert send(client, cast.facilitator, cast.private).status_code == 404
    Response.objects.filter(pk=cast.shared.pk).update(readers=Readers.SELF)
    assert draft(client, cast.shared, "あ").status_code == 404


def test_a_draft_on_words_closed_since_stays_with_its_author(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "もう読めない")
    Response.objects.filter(pk=cast.shared.pk).update(readers=Readers.SELF)
    assert not Draft.objects.of(cast.facilitator).exists()
    assert [row.text for row in Draft.objects.stranded_of(cast.facilitator)] == ["もう読めない"]


def test_a_draft_on_words_closed_since_can_be_copied_and_let_go(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "CANARY-もう送れない")
    url = reverse("workbook:draft_discard", args=[cast.shared.pk])
    assert client.post(url, {"version": "1"}).status_code == 404
    assert "CANARY-もう送れない" not in client.get("/admin/").content.decode()
    Membership.objects.filter(pk=cast.membership.pk).update(role="facilitator")
    assert "CANARY-もう送れない" in client.get("/admin/").content.decode()
    client.post(url, {"version": "7"})
    assert Draft.objects.get().text == "CANARY-もう送れない"
    assert client.post(url, {"version": "1"}).url == "/admin/"
    assert Draft.objects.get().text == ""
    assert DraftRevision.objects.filter(text="CANARY-もう送れない").exists()
    assert "CANARY-もう送れない" not in client.get("/admin/").content.decode()


def test_without_the_second_factor_nothing_is_answered(client, cast, settings):
    settings.REQUIRE_STAFF_MFA = True
    client.force_login(cast.facilitator)
    assert draft(client, cast.shared, "あ").status_code == 404
    assert post(client, "note_save", cast.membership.pk, text="あ").status_code == 404
    assert send(client, cast.facilitator, cast.shared).status_code == 404
    assert client.get(reverse("workbook:desk_boxes", args=[cast.cohort.slug])).status_code == 404


def test_signed_out_is_said_in_json(client, cast):
    answer = draft(client, cast.shared, "あ")
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_a_page_of_somebody_else_saves_nothing(client, cast):
    client.force_login(cast.facilitator)
    answer = draft(client, cast.shared, "あ", user=cast.member.pk)
    assert (answer.status_code, answer.json()["error"]) == (409, "user_changed")
    assert not Draft.objects.exists()


def test_a_comment_that_is_too_long_is_refused_in_words(client, cast):
    client.force_login(cast.facilitator)
    answer = draft(client, cast.shared, "あ" * 10_001)
    assert (answer.status_code, answer.json()["fields"]) == (422, {"text": ["length"]})
    assert draft(client, cast.shared, "あ" * 10_000).status_code == 200


def test_nobody_else_is_let_into_a_draft(client, cast):
    client.force_login(cast.facilitator)
    assert draft(client, cast.shared, "あ", readers="group").json()["fields"] == {"readers": ["invalid_choice"]}


@pytest.mark.parametrize("name", ["draft_save", "note_save"])
def test_half_a_sign_where_a_word_is_asked_for(client, cast, name):
    client.force_login(cast.facilitator)
    pk = {"draft_save": cast.shared.pk, "note_save": cast.membership.pk}[name]
    answer = post(client, name, pk, text="あ", readers="\ud800")
    assert (answer.status_code, answer.json()["fields"]) == (422, {"readers": ["invalid_choice"]})


def test_sending_makes_a_comment_and_empties_the_draft(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "よかったです")
    answer = send(client, cast.facilitator, cast.shared).json()
    feedback = Feedback.objects.get()
    assert (answer["version"], answer["others"]) == (2, [])
    assert (feedback.text, feedback.author, feedback.revision.response) == (
        "よかったです",
        cast.facilitator,
        cast.shared,
    )
    assert Draft.objects.get().text == ""


def test_sending_twice_sends_once(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "いちどだけ")
    name = str(uuid4())
    first = send(client, cast.facilitator, cast.shared, operation_id=name)
    again = send(client, cast.facilitator, cast.shared, operation_id=name)
    other = send(client, cast.facilitator, cast.shared)
    assert (first.json(), again.status_code) == (again.json(), 200)
    assert (other.status_code, other.json()["error"]) == (409, "conflict")
    assert Feedback.objects.count() == 1


def test_only_what_the_page_knows_is_sent(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "ひとつめ")
    draft(client, cast.shared, "ふたつめ", base=1)
    answer = send(client, cast.facilitator, cast.shared, base=1)
    assert (answer.status_code, answer.json()["text"], answer.json()["version"]) == (409, "ふたつめ", 2)
    assert not Feedback.objects.exists()


def test_an_empty_draft_is_not_sent(client, cast):
    client.force_login(cast.facilitator)
    assert send(client, cast.facilitator, cast.shared).json()["fields"] == {"text": ["required"]}
    draft(client, cast.shared, " \n　")
    assert send(client, cast.facilitator, cast.shared).json()["error"] == "invalid"
    assert not Feedback.objects.exists()


def test_a_comment_answers_what_was_shown_to_her(client, cast, second):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "あ")
    theirs = token(second, cast.shared)
    unknown = shown.sign(cast.facilitator, cast.shared.pk, 999_999)
    other = shown.sign(cast.facilitator, cast.private.pk, cast.private.revisions.get().pk)
    for value in [theirs, unknown, other, "1:2:3", "x"]:
        answer = send(client, cast.facilitator, cast.shared, shown=value)
        assert (answer.status_code, answer.json()["fields"]) == (422, {"shown": ["invalid"]}), value
    assert not Feedback.objects.exists()


def test_an_operation_of_somebody_else_sends_nothing(client, cast, second):
    client.force_login(second)
    draft(client, cast.shared, "CANARY-second")
    name = str(uuid4())
    send(client, second, cast.shared, operation_id=name)
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "わたしの")
    answer = send(client, cast.facilitator, cast.shared, operation_id=name)
    assert (answer.status_code, answer.json()["error"]) == (422, "reused")
    assert Draft.objects.get(author=cast.facilitator).text == "わたしの"


def test_who_commented_meanwhile_is_told(client, cast, second):
    client.force_login(second)
    draft(client, cast.shared, "二人目")
    send(client, second, cast.shared)
    seen = Feedback.objects.get().pk
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "一人目")
    answer = send(client, cast.facilitator, cast.shared).json()
    assert answer["others"] == ["second"]
    assert "second" in answer["message"]
    draft(client, cast.shared, "もうひとつ", base=2)
    assert send(client, cast.facilitator, cast.shared, base=3, seen=seen).json()["others"] == []
    assert Feedback.objects.count() == 3


def test_who_is_answering_is_known_to_the_others(client, cast, second):
    client.force_login(second)
    draft(client, cast.shared, "CANARY-typing")
    beside = Draft.objects.beside(cast.facilitator)
    assert [row.author for row in beside] == [second]
    assert not Draft.objects.beside(second).exists()
    assert not Draft.objects.beside(cast.other_facilitator).exists()
    assert not Draft.objects.beside(cast.member).exists()
    Draft.objects.update(updated_at=timezone.now() - ANSWERING - timedelta(seconds=1))
    assert not Draft.objects.beside(cast.facilitator).exists()


def test_who_has_left_answers_no_more(client, cast, second):
    client.force_login(second)
    draft(client, cast.shared, "あ")
    second.memberships.get().close()
    assert not Draft.objects.beside(cast.facilitator).exists()


def test_a_comment_sent_in_another_way_leaves_its_draft(client, cast):
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "同じ文")
    assert not Draft.objects.let_go(cast.shared.pk, cast.facilitator, 7)
    assert Draft.objects.get().text == "同じ文"
    assert Draft.objects.let_go(cast.shared.pk, cast.facilitator, 1)
    assert (Draft.objects.get().text, Draft.objects.get().version) == ("", 2)


def test_notes_are_for_the_facilitators_of_today(client, cast, second):
    client.force_login(cast.facilitator)
    assert post(client, "note_save", cast.membership.pk, text="CANARY-note").status_code == 200
    readers = [user for user in cast.roles().values() if user and Note.objects.readable_by(user).exists()]
    assert readers == [cast.facilitator]
    assert Note.objects.readable_by(second).exists()
    second.memberships.get().close()
    del second.places
    assert not Note.objects.readable_by(second).exists()


def test_a_note_is_never_about_its_reader(client, cast, second):
    """Who was a member when the note was made, and leads today, does not find it."""
    client.force_login(cast.facilitator)
    hers = cast.colleague.memberships.get()
    post(client, "note_save", hers.pk, text="CANARY-note")
    hers.role = "facilitator"
    hers.save()
    assert not Note.objects.readable_by(cast.colleague).exists()


def test_a_note_goes_with_the_membership(client, cast):
    client.force_login(cast.facilitator)
    colleague = cast.colleague.memberships.get()
    post(client, "note_save", colleague.pk, text="さようなら")
    colleague.delete()
    assert not Note.objects.exists()


def test_what_a_page_reads_again(client, cast, second, django_assert_num_queries):
    client.force_login(second)
    draft(client, cast.shared, "CANARY-theirs")
    post(client, "note_save", cast.membership.pk, text="CANARY-theirs")
    client.force_login(cast.facilitator)
    draft(client, cast.shared, "わたしの")
    post(client, "note_save", cast.membership.pk, text="メモ")
    with django_assert_num_queries(5):
        answer = client.get(reverse("workbook:desk_boxes", args=[cast.cohort.slug])).json()
    boxes = {name: (box["text"], box["version"]) for name, box in answer["boxes"].items()}
    assert answer["user"] == cast.facilitator.pk
    assert boxes == {f"answer-{cast.shared.pk}": ("わたしの", 1), f"note-{cast.membership.pk}": ("メモ", 1)}


def send_at_once(cast, *operations):
    """What becomes of one draft that is sent under these names at the same moment, sorted."""
    Draft.objects.write(DraftSave(cast.shared.pk, cast.facilitator.pk, uuid4(), 0, "いちどだけ"))
    revision = cast.shared.revisions.get()
    start = threading.Barrier(len(operations))

    def tab(operation):
        sending = DraftSave(cast.shared.pk, cast.facilitator.pk, operation, 1, "")
        start.wait()
        try:
            return str(Feedback.objects.send(revision, cast.facilitator, sending)[1])
        except StaleDraft:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(operations)) as pool:
        return sorted(pool.map(tab, operations))


@pytest.mark.django_db(transaction=True)
def test_sending_from_two_tabs_at_once_sends_once(cast):
    assert send_at_once(cast, uuid4(), uuid4()) == ["2", "stale"]
    assert Feedback.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_sending_twice_at_once_has_one_answer(cast):
    operation = uuid4()
    assert send_at_once(cast, operation, operation) == ["2", "2"]
    assert Feedback.objects.count() == 1
