"""A question that was pasted into a box says nothing of one's own, also once the question reads differently."""

from uuid import uuid4

import pytest

from tests.cast import QUESTIONS, prompt_of, write
from tests.editing import Editor
from workbook.models import Response, Revision, find_place

PASTED = f"1. {QUESTIONS[0]}\n2. {QUESTIONS[1]}"


@pytest.fixture
def box(cast):
    """The member's box with nothing in it but both questions, and a change by one sign to the first, in the editor."""
    return write(cast.membership, prompt_of(cast.cohort, 2), PASTED)


@pytest.fixture
def reworded(client, cast, box):
    client.force_login(cast.organizer)
    for text in ("うれしかった一言はなんですか？", "うれしかった一言は何ですか？"):
        assert Editor(client, cast.cohort).save(**{f"prompt-{box.prompt_id}-text": text}).status_code == 302
    client.force_login(cast.member)


def is_written(box):
    return Response.objects.get(pk=box.pk).written


def sent(**more):
    return {"operation_id": str(uuid4()), "base_version": 1, "readers": "facilitators", **more}


def test_the_editor_makes_no_words_of_it(box, reworded):
    assert not is_written(box)


@pytest.mark.parametrize(
    "text", [PASTED, "うれしかった一言は何ですか？それはなぜ？", "・うれしかった一言はなんですか？"]
)
@pytest.mark.parametrize("way", ["autosave", "form"])
def test_nor_does_the_next_save(client, box, reworded, way, text):
    fields = sent(text=f"{text}\n")
    if way == "autosave":
        answer = client.post(f"/prompts/{box.prompt_id}/response/", fields, content_type="application/json")
        assert answer.status_code == 200
    else:
        boxed = {f"{name}-{box.prompt_id}": value for name, value in fields.items()}
        assert client.post("/cohorts/ours/weeks/2/", boxed).status_code == 302
    box.refresh_from_db()
    assert (box.version, box.written) == (2, False)


def test_nor_does_going_back_to_it(client, box, reworded):
    client.post(f"/prompts/{box.prompt_id}/response/", sent(text="わたしの言葉"), content_type="application/json")
    assert is_written(box)
    first = Revision.objects.get(response=box, version=1)
    client.post(f"/prompts/{box.prompt_id}/history/{first.pk}/restore/", {"operation_id": uuid4(), "base_version": 2})
    box.refresh_from_db()
    assert (box.version, box.written) == (3, False)


def test_own_words_under_it_count(client, box, reworded):
    fields = sent(text=f"{PASTED}\n声が明るかったから")
    client.post(f"/prompts/{box.prompt_id}/response/", fields, content_type="application/json")
    assert is_written(box)


def test_one_query_tells_the_place_with_all_wordings(cast, box, reworded, django_assert_num_queries):
    with django_assert_num_queries(1):
        place = find_place(cast.member, box.prompt_id)
    former = {"うれしかった一言は？", "うれしかった一言はなんですか？"}
    assert set(place.questions) == {"うれしかった一言は何ですか？", "それはなぜ？", *former}
    assert (place.membership_id, place.response.pk, place.response.version) == (cast.membership.pk, box.pk, 1)
