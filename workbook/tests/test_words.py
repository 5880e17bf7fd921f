"""Saving one box: never lost, never silently replaced."""

from uuid import uuid4

import pytest

from tests.cast import QUESTIONS, prompt_of
from workbook.models import OperationReused, Readers, Response, Revision, Save


def save(cast, text, base, operation=None, readers=Readers.FACILITATORS, prompt=None):
    box = prompt or prompt_of(cast.cohort, week=2)
    operation = operation or uuid4()
    return Response.objects.write(Save(box.pk, cast.membership.pk, operation, base, text, readers, QUESTIONS))


def test_first_and_second_save(cast):
    first = save(cast, "ひとつめ", 0)
    second = save(cast, "ふたつめ", first.version)
    assert (first.version, second.version, second.accepted) == (1, 2, True)
    assert [r.text for r in second.row.revisions.all()] == ["ひとつめ", "ふたつめ"]
    assert Response.objects.get(pk=first.row.pk).text == "ふたつめ"


def test_stale_base_keeps_both(cast):
    save(cast, "電車で", 0)
    late = save(cast, "家で", 0)
    assert not late.accepted
    assert late.row.text == "電車で"
    assert Revision.objects.get(pk=late.branch_id).text == "家で"


def test_equal_text_is_no_conflict(cast):
    save(cast, "同じ", 0)
    again = save(cast, "同じ", 0)
    assert again.accepted
    assert again.version == 1
    assert Revision.objects.filter(response=again.row).count() == 1


def test_known_operation_is_answered_again(cast):
    operation = uuid4()
    first = save(cast, "一度だけ", 0, operation)
    save(cast, "そのあと", 1)
    again = save(cast, "一度だけ", 0, operation)
    assert (again.accepted, again.version) == (True, first.version)
    assert Revision.objects.filter(response=first.row).count() == 2


def test_known_operation_with_another_text_is_refused(cast):
    operation = uuid4()
    save(cast, "一度だけ", 0, operation)
    with pytest.raises(OperationReused):
        save(cast, "べつの文", 0, operation)


def test_in_a_conflict_the_narrower_readers_hold(cast):
    save(cast, "みんなへ", 0, readers=Readers.GROUP)
    late = save(cast, "自分へ", 0, readers=Readers.SELF)
    assert late.row.readers == Readers.SELF
    assert Response.objects.get(pk=late.row.pk).readers == Readers.SELF


def test_editing_a_question_counts_written_again(cast):
    prompt = prompt_of(cast.cohort, week=2)
    response = save(cast, "あたらしい問い？", 0, prompt=prompt).row
    assert response.written
    prompt.text = "あたらしい問い？"
    prompt.save()
    response.refresh_from_db()
    assert not response.written
    assert response.version == 1


def test_narrowed_readers_are_not_widened_by_an_old_page(cast):
    save(cast, "みんなへ", 0, readers=Readers.GROUP)
    save(cast, "自分へ", 0, readers=Readers.SELF)
    third = save(cast, "みんなへ、続き", 1, readers=Readers.GROUP)
    assert third.accepted
    assert Response.objects.get(pk=third.row.pk).readers == Readers.SELF
    assert third.row.text == "みんなへ、続き"


def test_words_that_stand_as_they_stood_are_no_conflict(cast):
    save(cast, "はじめ", 0)
    save(cast, "はじめ", 1, readers=Readers.SELF)
    late = save(cast, "はじめと続き", 1)
    assert late.accepted
    assert late.version == 3
    assert late.row.readers == Readers.SELF


def test_equal_text_with_narrower_readers_is_saved(cast):
    save(cast, "同じ", 0, readers=Readers.GROUP)
    again = save(cast, "同じ", 0, readers=Readers.SELF)
    assert (again.accepted, again.version, again.row.readers) == (True, 2, Readers.SELF)


def test_known_operation_that_narrows_readers_is_refused(cast):
    operation = uuid4()
    save(cast, "一度だけ", 0, operation, readers=Readers.GROUP)
    with pytest.raises(OperationReused):
        save(cast, "一度だけ", 0, operation, readers=Readers.SELF)


def test_versions_have_no_gap_and_the_last_is_the_text(cast):
    save(cast, "一", 0, readers=Readers.GROUP)
    save(cast, "二", 1, readers=Readers.GROUP)
    save(cast, "べつ", 1, readers=Readers.SELF)
    response = save(cast, "三", 3).row
    versions = list(response.revisions.exclude(version=None).values_list("version", "text"))
    assert versions == [(1, "一"), (2, "二"), (3, "二"), (4, "三")]
    assert response.text == "三"


def test_known_operation_on_a_base_that_fits_is_answered_again(cast):
    operation = uuid4()
    save(cast, "一", 0)
    branch = save(cast, "べつ", 0, operation)
    again = save(cast, "べつ", 1, operation)
    assert (again.accepted, again.branch_id) == (False, branch.branch_id)
    assert Revision.objects.filter(response=again.row).count() == 2
