"""What a comment may be tied to, what counts as written when questions come or go, and who is two things at once."""

from uuid import uuid4

import pytest

from cohorts.models import Membership
from tests.cast import QUESTIONS, join, prompt_of, write
from tests.editing import Editor, week_of
from workbook.admin.forms import AnswerForm
from workbook.models import AccessRecord, Prompt, Readers, Response, Revision, Save


@pytest.fixture
def opened(cast):
    """A text that was for its writer alone, then was changed, and shared."""
    prompt = prompt_of(cast.cohort, week=2)
    write(cast.membership, prompt, "CANARY-alone", Readers.SELF)
    save = Save(prompt.pk, cast.membership.pk, uuid4(), 1, "みなさんへ", Readers.FACILITATORS, QUESTIONS)
    return Response.objects.write(save).row


def answer(cast, revision):
    """A comment as the reading page sends it, if it had shown this revision."""
    response = revision.response
    response.shown_id, name = revision.pk, f"answer-{response.pk}"
    signed = AnswerForm(response, cast.facilitator).signed
    return AnswerForm(response, cast.facilitator, {f"{name}-shown": signed, f"{name}-text": "すてきです"})


def test_a_comment_is_tied_to_what_was_shown(cast, opened):
    shown = opened.revisions.get(version=2)
    form = answer(cast, shown)
    assert form.is_valid()
    assert form.revision == shown


def test_no_comment_opens_what_was_for_the_writer_alone(cast, opened):
    form = answer(cast, opened.revisions.get(version=1))
    assert not form.is_valid()
    assert form.revision is None


def test_no_comment_opens_the_other_side_of_a_conflict(cast, opened):
    save = Save(opened.prompt_id, cast.membership.pk, uuid4(), 1, "べつの文", Readers.FACILITATORS, QUESTIONS)
    form = answer(cast, Revision.objects.get(pk=Response.objects.write(save).branch_id))
    assert not form.is_valid()
    assert form.revision is None


def test_a_question_that_comes_or_goes_counts_the_words_anew(client, cast):
    """A line that is a question is not an own line, as long as the question is there."""
    week, new = week_of(cast), "三つめの問いは？"
    response = write(cast.membership, prompt_of(cast.cohort, 2), new)
    elsewhere = write(cast.membership, prompt_of(cast.cohort, 3), new)
    assert response.written
    client.force_login(cast.organizer)
    editor = Editor(client, cast.cohort)
    editor.press("add", week.sections.get(kind="session_notes").pk)
    assert editor.save(**{f"prompt-{editor.page.context['page'].fresh}-text": new}).status_code == 302
    for row, written in ((response, False), (elsewhere, True)):
        row.refresh_from_db()
        assert (row.written, row.version) == (written, 1)
    editor.open()
    editor.press("remove", Prompt.objects.get(text=new).pk)
    assert editor.save().status_code == 302
    response.refresh_from_db()
    assert (response.written, response.version) == (True, 1)


# One person in two roles


@pytest.fixture
def double(cast):
    """She facilitates the others' cohort and writes in ours, where our words are shared with her."""
    join(cast.cohort, cast.other_facilitator)
    return cast.other_facilitator


def test_who_facilitates_elsewhere_is_a_member_here(client, cast, double):
    client.force_login(double)
    ours = f"/admin/workbook/response/read/{cast.membership.pk}/1/"
    answered = {f"answer-{cast.group.pk}-text": "すてきです", "read": "1"}
    assert client.get(ours).status_code == 404
    assert client.post(ours, answered).status_code == 404
    theirs = f"/admin/workbook/response/read/{Membership.objects.get(user=cast.stranger).pk}/1/"
    assert client.get(theirs).status_code == 200
    assert not AccessRecord.objects.exclude(membership__cohort=cast.other).exists()


def test_the_office_shows_her_only_the_cohort_that_she_facilitates(client, cast, double):
    client.force_login(double)
    for page in ("/admin/", "/admin/workbook/response/", "/admin/workbook/week/"):
        text = client.get(page).content.decode()
        assert cast.other.name in text, page
        assert cast.cohort.name not in text, page
    week = cast.cohort.weeks.first()
    assert client.get(f"/admin/workbook/week/{week.pk}/change/").status_code == 404
