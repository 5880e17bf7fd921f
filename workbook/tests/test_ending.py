"""A cohort has ended: its people read on and write no more, and no word that comes too late gets lost unseen."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from cohorts.models import Cohort, Invitation
from tests.cast import QUESTIONS, join, make_user, prompt_of, write
from workbook.models import Feedback, Prompt, Readers, Response, Revision, Save

LATE = "終わったあとに届いた言葉"


@pytest.fixture
def box(cast):
    """A box of the opened second week, with words in it."""
    return write(cast.membership, prompt_of(cast.cohort, week=2), "はじめの言葉")


def send(client, user, prompt, **changes):
    sent = {
        "operation_id": str(uuid4()),
        "base_version": 0,
        "text": LATE,
        "readers": "facilitators",
        "user": user.pk,
        "sha256": "",
        "contract": 2,
    }
    url = reverse("workbook:response_save", args=[prompt.pk])
    return client.post(url, json.dumps(sent | changes), content_type="application/json")


def week_url(number=2):
    return reverse("workbook:week_detail", args=["ours", number])


# The deeds


def test_each_deed_happens_once_and_is_noted(cast):
    cohort = cast.cohort
    deeds = [cohort.finish, cohort.reopen, cohort.mark_deleted, cohort.restore]
    for deed in deeds:
        assert deed(cast.organizer)
        assert not deed(cast.organizer)
    noted = LogEntry.objects.filter(object_id=cohort.pk, user=cast.organizer).order_by("pk")
    assert len(set(noted.values_list("change_message", flat=True))) == noted.count() == len(deeds)


def test_the_first_moment_stays(cast):
    cast.cohort.finish()
    other = Cohort.objects.get(pk=cast.cohort.pk)
    then = other.finished_at
    Cohort.objects.filter(pk=other.pk).update(finished_at=then - timedelta(days=3))
    assert not other.finish()
    assert Cohort.objects.get(pk=other.pk).finished_at == then - timedelta(days=3)


def test_what_was_purged_cannot_be_brought_back(cast):
    cohort = Cohort.objects.create(name="x", slug="x")
    cohort.mark_deleted()
    Cohort.objects.filter(pk=cohort.pk).delete()
    assert not cohort.restore(cast.organizer)
    assert not LogEntry.objects.exists()


def test_closing_and_bringing_back_leave_everything_as_it_was(cast):
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")
    before = [list(rows.order_by("pk").values()) for rows in (cast.cohort.memberships, Invitation.objects)]
    cast.cohort.mark_deleted()
    assert not Invitation.objects.open().exists()
    cast.cohort.restore()
    assert [list(rows.order_by("pk").values()) for rows in (cast.cohort.memberships, Invitation.objects)] == before
    assert invitation in Invitation.objects.open()


def test_nobody_joins_a_finished_cohort(client, cast):
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=9)
    cast.cohort.finish()
    assert not Invitation.objects.by_token(invitation.token).exists()
    cast.cohort.reopen()
    assert Invitation.objects.by_token(invitation.token).exists()


# Who may write


def test_nobody_writes_in_a_finished_cohort(cast):
    people = (cast.member, cast.facilitator, cast.organizer)
    before = [set(Prompt.objects.writable_by(user)) for user in people]
    assert before[0]
    assert before[1]
    assert not before[2]
    cast.cohort.finish()
    assert [set(Prompt.objects.writable_by(user)) for user in people] == [set()] * 3
    assert [set(Prompt.objects.open_to(user)) for user in people] == before
    assert Prompt.objects.writable_by(cast.stranger).exists()
    cast.cohort.reopen()
    assert [set(Prompt.objects.writable_by(user)) for user in people] == before


# What arrives after the end


def test_a_new_text_is_refused_in_a_sentence_and_nothing_changes(member, cast, box):
    cast.cohort.finish()
    before = Revision.objects.count()
    for prompt, base in ((box.prompt, 1), (prompt_of(cast.cohort, week=2, position=2), 0)):
        answer = send(member, cast.member, prompt, base_version=base)
        assert (answer.status_code, answer.json()["error"]) == (422, "finished")
        assert answer.json()["message"]
    assert Revision.objects.count() == before
    assert Response.objects.get(pk=box.pk).text == "はじめの言葉"


def test_begun_again_the_same_save_arrives(member, cast, box):
    cast.cohort.finish()
    operation = str(uuid4())
    assert send(member, cast.member, box.prompt, operation_id=operation, base_version=1).status_code == 422
    cast.cohort.reopen()
    assert send(member, cast.member, box.prompt, operation_id=operation, base_version=1).status_code == 200
    assert Response.objects.get(pk=box.pk).text == LATE


def test_a_save_whose_answer_was_lost_is_answered_as_saved(member, cast, box):
    """It had arrived: to call it refused would frighten for nothing."""
    operation = str(uuid4())
    first = send(member, cast.member, box.prompt, operation_id=operation, base_version=1).json()
    cast.cohort.finish()
    again = send(member, cast.member, box.prompt, operation_id=operation, base_version=1)
    assert again.status_code == 200
    assert {name: again.json()[name] for name in ("version", "sha256")} == {
        name: first[name] for name in ("version", "sha256")
    }


def test_words_that_stand_there_already_are_answered_as_saved(member, cast, box):
    cast.cohort.finish()
    before = Revision.objects.count()
    same = send(member, cast.member, box.prompt, text=box.text, base_version=1)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    wider = send(member, cast.member, box.prompt, text=box.text, base_version=1, readers=Readers.GROUP)
    assert wider.json()["error"] == "finished"
    assert Revision.objects.count() == before


def test_fewer_readers_hold_also_after_the_end(member, cast):
    """What somebody wants to keep to herself is closed at once, though her newer words come too late."""
    box = write(cast.membership, prompt_of(cast.cohort, week=2), "みんなへ", Readers.GROUP)
    cast.cohort.finish()
    refused = send(member, cast.member, box.prompt, base_version=1, readers=Readers.SELF)
    assert (refused.status_code, refused.json()["error"]) == (422, "finished")
    box.refresh_from_db()
    assert (box.text, box.readers, box.version, box.written) == ("みんなへ", Readers.SELF, 2, True)
    wider = send(member, cast.member, box.prompt, base_version=2, text="みんなへ", readers=Readers.GROUP)
    assert wider.status_code == 422
    box.refresh_from_db()
    assert (box.readers, box.version) == (Readers.SELF, 2)


def test_a_save_that_only_narrows_is_answered_as_saved(member, cast):
    box = write(cast.membership, prompt_of(cast.cohort, week=2), "みんなへ", Readers.GROUP)
    cast.cohort.finish()
    operation = str(uuid4())
    for _again in range(2):
        answer = send(
            member, cast.member, box.prompt, operation_id=operation, base_version=1, text="みんなへ", readers="self"
        )
        assert (answer.status_code, answer.json()["version"], answer.json()["readers"]) == (200, 2, "self")
    assert box.revisions.count() == 2


def test_the_other_side_of_a_conflict_is_refused_too(member, cast, box):
    """There is no page any more on which to choose: the text is shown to be taken along, and stands in the history."""
    Response.objects.write(Save(box.prompt_id, cast.membership.pk, uuid4(), 1, "べつの端末", "facilitators", QUESTIONS))
    operation = str(uuid4())
    assert send(member, cast.member, box.prompt, operation_id=operation, base_version=1).status_code == 409
    cast.cohort.finish()
    again = send(member, cast.member, box.prompt, operation_id=operation, base_version=1)
    assert (again.status_code, again.json()["error"]) == (422, "finished")
    assert Revision.objects.filter(text=LATE, version=None).count() == 1


def test_somebody_elses_words_are_not_called_finished(client, cast, box):
    cast.cohort.finish()
    client.force_login(cast.colleague)
    assert send(client, cast.member, box.prompt).json()["error"] == "user_changed"
    client.force_login(cast.stranger)
    assert send(client, cast.stranger, box.prompt).json()["error"] == "not_found"
    client.force_login(cast.removed)
    assert send(client, cast.removed, box.prompt).json()["error"] == "not_found"
    client.force_login(cast.organizer)
    assert send(client, cast.organizer, box.prompt).json()["error"] == "not_found"


def test_a_week_that_was_not_open_stays_unknown(member, cast):
    cast.cohort.finish()
    assert send(member, cast.member, prompt_of(cast.cohort, week=4)).json()["error"] == "not_found"


def test_unreadable_in_a_finished_cohort(member, cast, box):
    cast.cohort.finish()
    url = reverse("workbook:response_save", args=[box.prompt_id])
    assert member.post(url, "{", content_type="application/json").json()["error"] == "invalid"


def test_a_page_that_was_away_gets_its_boxes_and_is_told(member, cast, box, django_assert_num_queries):
    url = reverse("workbook:week_responses", args=["ours", 2])
    before = member.get(url).json()
    assert "error" not in before
    cast.cohort.finish()
    with django_assert_num_queries(4):
        answer = member.get(url)
    told = answer.json()
    assert (answer.status_code, told.pop("error")) == (200, "finished")
    assert told.pop("message")
    assert told == before


# Without JavaScript


def page_form(prompt, text, base=1):
    fields = {"text": text, "base_version": base, "readers": "facilitators", "operation_id": uuid4()}
    return {f"{name}-{prompt.pk}": str(value) for name, value in fields.items()}


def test_the_plain_form_gives_back_what_came_too_late(member, cast, box):
    cast.cohort.finish()
    other = prompt_of(cast.cohort, week=2, position=2)
    page = member.post(week_url(), page_form(box.prompt, box.text) | page_form(other, f"{LATE}\r\n<b>", 0))
    assert page.status_code == 422
    assert page.context["typed"] == [(other, f"{LATE}\n<b>")]
    assert page.text.count("<textarea") == 1
    assert f"{LATE}\n&lt;b&gt;</textarea>" in page.text
    assert not Response.objects.filter(prompt=other).exists()


def test_the_plain_form_with_nothing_new(member, cast, box):
    cast.cohort.finish()
    page = member.post(week_url(), page_form(box.prompt, box.text))
    assert page.context["typed"] == []
    assert "<textarea" not in page.text


def test_going_back_to_an_earlier_text_is_refused_with_a_sentence(member, cast, box):
    revision = box.revisions.get()
    address = reverse("workbook:history_restore", args=[box.prompt_id, revision.pk])
    fields = {"operation_id": str(uuid4()), "base_version": 1}
    cast.cohort.finish()
    answer = member.post(address, fields, follow=True)
    assert answer.redirect_chain == [(reverse("workbook:history", args=[box.prompt_id]), 302)]
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert box.revisions.count() == 1


# What her pages show


def test_the_worksheet_is_there_to_read(member, cast, box):
    Feedback.objects.create(revision=box.revisions.get(), author=cast.facilitator, text="よい一歩ですね")
    before = member.get(week_url()).text
    assert "<textarea" in before
    assert "data-worksheet" in before
    cast.cohort.finish()
    page = member.get(week_url()).text
    assert "<textarea" not in page
    assert "data-worksheet" not in page
    assert "data-box" not in page
    assert "worksheet" not in page.split("<body")[0]
    for words in ("はじめの言葉", "よい一歩ですね", "ありがとう", f'id="box-{box.prompt_id}"'):
        assert words in page
    cast.cohort.reopen()
    assert "<textarea" in member.get(week_url()).text


def test_the_others_shared_words_stay_readable(client, cast):
    client.force_login(cast.colleague)
    cast.cohort.finish()
    assert "CANARY-ours-member-group" in client.get(week_url(1)).text
    assert "CANARY-ours-member-shared" not in client.get(week_url(1)).text


def test_an_organizer_who_looks_sees_nobodys_words(client, cast, box):
    cast.cohort.finish()
    client.force_login(cast.organizer)
    page = client.get(week_url(1))
    assert page.status_code == 200
    assert "CANARY" not in page.text
    assert client.post(week_url(1), {}).status_code == 405


def test_a_week_that_never_opened(member, cast):
    assert "に開きます" in member.get(week_url(4)).text
    cast.cohort.finish()
    page = member.get(week_url(4)).text
    assert 'class="note ended"' in page
    assert "に開きます" not in page
    assert "テーマ4" in page


def test_this_week_shows_the_end(member, cast):
    assert member.get("/").context["today"].phase == "running"
    cast.cohort.finish()
    page = member.get("/")
    assert page.context["today"].phase == "finished"
    assert reverse("workbook:words", args=["ours"]) in page.text
    assert "#box-" not in page.text


def test_another_running_cohort_comes_first(member, cast):
    join(cast.other, cast.member)
    cast.cohort.finish()
    today = member.get("/").context["today"]
    assert (today.phase, today.run.cohort) == ("running", cast.other)


def test_what_became_of_the_last_promise_can_still_be_said(member, cast):
    cast.cohort.finish()
    member.post(reverse("workbook:response_outcome", args=[cast.group.pk]), {"outcome": "done"})
    assert Response.objects.get(pk=cast.group.pk).outcome == "done"


@pytest.mark.parametrize("page", ["cohort_detail", "words", "readings", "words_download"])
def test_her_other_pages_stay(member, cast, page):
    cast.cohort.finish()
    answer = member.get(reverse(f"workbook:{page}", args=["ours"]))
    assert answer.status_code == 200
    assert (page not in {"words", "words_download"}) or "CANARY-ours-member-private" in answer.text


def test_words_offer_no_place_to_write(member, cast):
    assert "no-print" in member.get(reverse("workbook:words", args=["ours"])).text
    link = f'<a class="no-print" href="{week_url(2)}"'
    assert link in member.get(reverse("workbook:words", args=["ours"])).text
    cast.cohort.finish()
    assert link not in member.get(reverse("workbook:words", args=["ours"])).text


def test_history_stays_to_read(member, cast, box):
    url = reverse("workbook:history", args=[box.prompt_id])
    first = write(cast.membership, box.prompt, "x")  # another side, which could be gone back to
    assert first.version == 1
    assert "/restore/" in member.get(url).text
    cast.cohort.finish()
    page = member.get(url)
    assert page.status_code == 200
    assert "/restore/" not in page.text
    assert f"{week_url()}#box-{box.prompt_id}" in page.text
    empty = reverse("workbook:history", args=[prompt_of(cast.cohort, week=2, position=2).pk])
    assert member.get(empty).status_code == 200


def test_a_facilitator_reads_and_answers_on(client, cast, box):
    cast.cohort.finish()
    assert box in Response.objects.readable_by(cast.facilitator)
    assert box in Response.objects.answerable_by(cast.facilitator)
    client.force_login(cast.facilitator)
    assert client.get(reverse("admin:workbook_response_read", args=[cast.membership.pk, 2])).status_code == 200


def test_pages_of_a_finished_cohort_ask_as_little(member, cast, box, django_assert_num_queries):
    """As many queries for one member as for four."""
    cast.cohort.finish()
    for number in range(2):
        with django_assert_num_queries(7):
            member.get(week_url())
        if not number:
            for name in ("ichi", "ni", "san"):
                newcomer = join(cast.cohort, make_user(name))
                write(newcomer, box.prompt, "みんなへ", Readers.GROUP)


def test_nothing_speaks_of_the_end_before_it(member, cast):
    for url in ("/", week_url(), reverse("workbook:cohort_detail", args=["ours"])):
        page = member.get(url).text
        assert 'class="note ended"' not in page
