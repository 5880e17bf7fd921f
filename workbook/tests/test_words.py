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
    assert [r.text for r in second.response.revisions.all()] == ["ひとつめ", "ふたつめ"]
    assert Response.objects.get(pk=first.response.pk).text == "ふたつめ"


def test_stale_base_keeps_both(cast):
    save(cast, "電車で", 0)
    late = save(cast, "家で", 0)
    assert not late.accepted
    assert late.response.text == "電車で"
    assert Revision.objects.get(pk=late.branch_id).text == "家で"


def test_equal_text_is_no_conflict(cast):
    save(cast, "同じ", 0)
    again = save(cast, "同じ", 0)
    assert again.accepted
    assert again.version == 1
    assert Revision.objects.filter(response=again.response).count() == 1


def test_known_operation_is_answered_again(cast):
    operation = uuid4()
    first = save(cast, "一度だけ", 0, operation)
    save(cast, "そのあと", 1)
    again = save(cast, "一度だけ", 0, operation)
    assert (again.accepted, again.version) == (True, first.version)
    assert Revision.objects.filter(response=first.response).count() == 2


def test_known_operation_with_another_text_is_refused(cast):
    operation = uuid4()
    save(cast, "一度だけ", 0, operation)
    with pytest.raises(OperationReused):
        save(cast, "べつの文", 0, operation)


def test_in_a_conflict_the_narrower_readers_hold(cast):
    save(cast, "みんなへ", 0, readers=Readers.GROUP)
    late = save(cast, "自分へ", 0, readers=Readers.SELF)
    assert late.response.readers == Readers.SELF
    assert Response.objects.get(pk=late.response.pk).readers == Readers.SELF


def test_editing_a_question_counts_written_again(cast):
    prompt = prompt_of(cast.cohort, week=2)
    response = save(cast, "あたらしい問い？", 0, prompt=prompt).response
    assert response.written
    prompt.text = "あたらしい問い？"
    prompt.save()
    response.refresh_from_db()
    assert not response.written
    assert response.version == 1
