"""What the live pages are stamped with: everything that they show changes it, nothing else does."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import join, make_user, prompt_of, write
from workbook.admin.stamp import WRITING, member_stamp, question_stamp, week_stamp
from workbook.models import (
    ANSWERING,
    Draft,
    DraftSave,
    Feedback,
    Note,
    NoteSave,
    Prompt,
    Readers,
    Reading,
    Response,
    Save,
    Section,
)


def stamps(cast, user=None):
    """Of every live page on which the member's shared text of week 1 stands."""
    reader, member = user or cast.facilitator, cast.membership.pk
    return {
        "board": week_stamp(reader, cast.shared.prompt.section.week_id),
        "person": member_stamp(reader, member),
        "person, week 1": member_stamp(reader, member, 1),
        "question": question_stamp(reader, cast.shared.prompt_id),
    }


EVERYWHERE = {"board", "person", "person, week 1", "question"}


@pytest.fixture
def second(cast):
    user = make_user("second")
    join(cast.cohort, user, "facilitator")
    return user


@pytest.fixture
def settled(cast):
    """The cast, when nobody is writing any more."""
    Response.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    return cast


def changed(cast, deed):
    """The pages whose stamps are others after it."""
    before = stamps(cast)
    deed()
    after = stamps(cast)
    assert None not in [*before.values(), *after.values()]
    return {page for page in before if before[page] != after[page]}


def rewrite(response, text, readers=None):
    response.refresh_from_db()
    fields = (response.prompt_id, response.membership_id, uuid4(), response.version, text)
    return Response.objects.write(Save(*fields, readers or response.readers, [])).row


def answer(response, author):
    revision = response.revisions.get(version=response.version)
    return Feedback.objects.answer(revision, author, "いいですね", uuid4())


def draft(response, author, text="よい", base=0):
    return Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), base, text)).row


def test_one_query_each(cast, django_assert_num_queries):
    stamps(cast)
    with django_assert_num_queries(4):
        stamps(cast)


@pytest.mark.parametrize(
    "who", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer", "superuser"]
)
def test_there_is_none_for_anybody_else(cast, who):
    assert set(stamps(cast, getattr(cast, who)).values()) == {None}


def test_there_is_none_after_she_left_nor_for_a_closed_cohort(cast, second):
    Membership.objects.get(user=cast.facilitator).close()
    assert set(stamps(cast).values()) == {None}
    assert None not in stamps(cast, second).values()
    cast.cohort.mark_deleted()
    assert set(stamps(cast, second).values()) == {None}


def test_nothing_happened(settled):
    assert changed(settled, lambda: None) == set()


def test_a_new_text_and_another_version(settled):
    membership = Membership.objects.get(user=settled.colleague)
    assert changed(settled, lambda: write(membership, settled.shared.prompt, "ことば")) == {"board", "question"}
    assert changed(settled, lambda: rewrite(settled.shared, "ことば")) == EVERYWHERE


def test_other_readers(settled):
    text = settled.shared.text
    for readers in (Readers.GROUP, Readers.SELF, Readers.FACILITATORS):
        assert changed(settled, lambda readers=readers: rewrite(settled.shared, text, readers)) == EVERYWHERE


def test_written_counted_anew_at_the_same_version(settled):
    Prompt.objects.filter(pk=settled.shared.prompt_id).update(text=settled.shared.text)
    recount = Response.objects.filter(pk=settled.shared.pk).recount
    assert changed(settled, recount) == EVERYWHERE
    settled.shared.refresh_from_db()
    assert (settled.shared.written, settled.shared.version) == (False, 1)


def test_what_became_of_the_promise(settled):
    assert changed(settled, lambda: settled.group.settle("done")) == EVERYWHERE - {"question"}


def test_my_reading_and_another_ones(settled, second):
    rewrite(settled.shared, "ことば")
    for reader, version in [(settled.facilitator, 1), (second, 1), (settled.facilitator, 2), (second, 2)]:
        read = partial(Reading.objects.note, reader, {settled.shared.pk: version})
        assert changed(settled, read) == EVERYWHERE


def test_a_comment_seen_and_thanked(settled, second):
    assert changed(settled, lambda: answer(settled.shared, second)) == EVERYWHERE
    feedback = Feedback.objects.get()
    assert changed(settled, lambda: Feedback.objects.update(seen_at=timezone.now())) == EVERYWHERE
    assert changed(settled, feedback.thank) == EVERYWHERE


def test_somebody_begins_to_answer_and_stops(settled, second):
    assert changed(settled, lambda: draft(settled.shared, second)) == EVERYWHERE
    assert changed(settled, lambda: draft(settled.shared, second, "よいですね", 1)) == set()
    late = timezone.now() - ANSWERING
    assert changed(settled, lambda: Draft.objects.update(updated_at=late)) == EVERYWHERE
    assert changed(settled, lambda: draft(settled.shared, second, "よいですね。", 2)) == EVERYWHERE
    assert changed(settled, lambda: draft(settled.shared, second, "", 3)) == EVERYWHERE


def test_who_has_left_answers_no_more(settled, second):
    draft(settled.shared, second)
    assert changed(settled, Membership.objects.get(user=second).close) == EVERYWHERE


def test_my_own_draft_is_no_news(settled):
    assert changed(settled, lambda: draft(settled.shared, settled.facilitator)) == set()


def test_somebody_joins_leaves_and_comes_back(settled):
    someone = make_user("someone")
    assert changed(settled, lambda: join(settled.cohort, someone)) == EVERYWHERE
    membership = Membership.objects.get(user=someone)
    assert changed(settled, membership.close) == EVERYWHERE
    assert changed(settled, membership.reopen) == EVERYWHERE
    membership.role = "facilitator"
    assert changed(settled, membership.save) == EVERYWHERE


def test_being_written_runs_out_by_itself(settled):
    def touched(ago):
        Response.objects.filter(pk=settled.shared.pk).update(updated_at=timezone.now() - ago)

    assert changed(settled, lambda: touched(timedelta())) == EVERYWHERE
    assert changed(settled, lambda: touched(WRITING - timedelta(seconds=20))) == set()
    assert changed(settled, lambda: touched(WRITING)) == EVERYWHERE


def test_the_notes_of_others_about_her(settled, second):
    def note(author, text, base):
        Note.objects.write(NoteSave(settled.membership.pk, author.pk, uuid4(), base, text))

    assert changed(settled, lambda: note(second, "声をかける", 0)) == {"person", "person, week 1"}
    assert changed(settled, lambda: note(second, "声をかけた", 1)) == {"person", "person, week 1"}
    assert changed(settled, lambda: note(settled.facilitator, "わたしの", 0)) == set()


def test_other_weeks_show_in_the_chart_alone(settled):
    other = prompt_of(settled.cohort, 2, Section.Kind.SUMMARY)
    assert changed(settled, lambda: write(settled.membership, other, "ことば")) == {"board", "person"}
    assert changed(settled, lambda: rewrite(Response.objects.get(prompt=other), "ことばことば")) == {"person"}


def test_another_cohort_is_no_news(settled):
    theirs = Response.objects.get(text="CANARY-theirs-stranger-shared")
    assert changed(settled, lambda: rewrite(theirs, "ことば")) == set()
    assert changed(settled, lambda: answer(theirs, settled.other_facilitator)) == set()


class TestPrivate:
    """Of a text for its writer alone nothing is told but that it is written."""

    def test_changing_it(self, settled):
        assert changed(settled, lambda: rewrite(settled.private, "ほかのことば")) == set()

    def test_what_happens_around_it(self, settled, second):
        private = settled.private
        assert changed(settled, lambda: Reading.objects.note(second, {private.pk: 1})) == set()
        assert changed(settled, lambda: answer(private, second)) == set()
        assert changed(settled, lambda: Feedback.objects.update(seen_at=timezone.now())) == set()
        assert changed(settled, lambda: draft(private, second)) == set()
        assert changed(settled, lambda: private.settle("done")) == set()

    def test_beginning_it(self, settled):
        colleague = Membership.objects.get(user=settled.colleague)
        begin = lambda: write(colleague, settled.shared.prompt, "", Readers.SELF)  # noqa: E731
        assert changed(settled, begin) == set()
        begun = Response.objects.get(membership=colleague)
        assert changed(settled, lambda: rewrite(begun, "ことば")) == {"board", "question"}
        assert changed(settled, lambda: rewrite(begun, "")) == {"board", "question"}

    def test_the_stamp_says_no_version_and_no_moment(self, settled):
        rewrite(settled.private, "ほかのことば")
        before = stamps(settled)
        Response.objects.filter(pk=settled.private.pk).update(version=77_777, updated_at=timezone.now())
        assert stamps(settled) == before
