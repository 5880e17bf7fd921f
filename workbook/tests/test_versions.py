"""What a save leaves behind beside its text: the moment, the readers, and a box that may be filled again."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from cohorts.models import Membership
from tests.cast import prompt_of
from workbook.models import Readers, Response, Save


@pytest.fixture
def save(cast):
    return Save(prompt_of(cast.cohort, week=2).pk, cast.membership.pk, uuid4(), 0, "はじめ", Readers.GROUP, [])


def after(save, **changes):
    return replace(save, operation_id=uuid4(), **changes)


def test_the_moment_of_the_last_change(save):
    first = Response.objects.write(save).row
    before = first.updated_at - timedelta(days=1)
    Response.objects.filter(pk=first.pk).update(updated_at=before)
    second = Response.objects.write(after(save, base_version=1, text="つづき")).row
    assert second.updated_at > before + timedelta(hours=23)
    assert Response.objects.get(pk=first.pk).updated_at == second.updated_at


def test_an_emptied_box_is_open_to_a_page_from_before_the_first_save(save):
    Response.objects.write(save)
    Response.objects.write(after(save, base_version=1, text=""))
    late = Response.objects.write(after(save, text="あとから"))
    assert (late.accepted, late.version, late.row.text) == (True, 3, "あとから")


def test_a_save_that_follows_another_of_its_page_is_no_conflict(save):
    """The page was left before the first answer came: it cannot know the version that the first one made."""
    Response.objects.write(save)
    left = after(save, text="はじめとつづき", readers=Readers.SELF, follows=save.operation_id)
    saved = Response.objects.write(left)
    assert (saved.accepted, saved.version, saved.row.text) == (True, 2, "はじめとつづき")
    assert Response.objects.write(left).version == 2
    assert saved.row.revisions.count() == 2


def test_a_save_that_follows_does_not_widen_again(save):
    """Another device has narrowed who may read; the page that knows nothing of it may not undo that."""
    Response.objects.write(save)
    Response.objects.write(after(save, base_version=1, readers=Readers.SELF))
    old = after(save, base_version=1, text="はじめとつづき")
    Response.objects.write(old)
    left = Response.objects.write(after(save, base_version=1, text="はじめとつづきとおわり", follows=old.operation_id))
    assert (left.accepted, left.row.text) == (True, "はじめとつづきとおわり")
    assert Response.objects.get(pk=left.row.pk).readers == Readers.SELF


def test_a_save_that_follows_does_not_pass_over_others(save):
    Response.objects.write(save)
    Response.objects.write(after(save, base_version=1, text="別の端末"))
    left = Response.objects.write(after(save, text="はじめとつづき", follows=save.operation_id))
    assert (left.accepted, left.row.text) == (False, "別の端末")


def test_a_save_whose_forerunner_never_came_stands_on_its_own_base(save):
    left = Response.objects.write(after(save, text="はじめとつづき", follows=uuid4()))
    assert (left.accepted, left.version) == (True, 1)


def press(client, *saves):
    """Send boxes by the page's form."""
    page = reverse("workbook:week_detail", args=["ours", 2])
    names = ("text", "base_version", "readers", "operation_id")
    return client.post(page, {f"{name}-{save.prompt_id}": str(getattr(save, name)) for save in saves for name in names})


def test_the_form_meets_nobody_elses_words(client, cast, save):
    """Neither does it write into a colleague's box, nor show what stands there when something goes wrong."""
    other = after(
        save, membership_id=Membership.objects.get(user=cast.colleague).pk, text="ひみつ", readers=Readers.SELF
    )
    theirs = [Response.objects.write(after(other, prompt_id=save.prompt_id + place)).row for place in (0, 1)]
    client.force_login(cast.member)
    wrong = after(save, prompt_id=save.prompt_id + 1, text="あ" * 100_001)
    answer = press(client, save, wrong)
    assert answer.status_code == 422
    assert "ひみつ" not in answer.content.decode()
    assert Response.objects.get(prompt=save.prompt_id, membership=save.membership_id).text == save.text
    assert press(client, after(save, base_version=1, text="つづき")).status_code == 302
    for response in theirs:
        response.refresh_from_db()
        assert (response.text, response.version, response.revisions.count()) == ("ひみつ", 1, 1)


def test_readers_alone_are_saved_by_the_form(client, cast, save):
    response = Response.objects.write(save).row
    client.force_login(cast.member)
    assert press(client, after(save, base_version=1, readers=Readers.SELF)).status_code == 302
    response.refresh_from_db()
    assert (response.text, response.readers, response.version) == (save.text, "self", 2)
