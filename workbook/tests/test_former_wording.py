"""Beside an answer that was written before its question was reworded it says how the question read."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import join, make_user, prompt_of, write
from workbook.importer import read
from workbook.models import FormerWording, Readers, Response, Save

FORMER = re.compile('<p class="former help">.*?</p>', re.S)


@pytest.fixture
def reworded(cast):
    """The question that the member's shared text answers, in other words by now."""
    prompt = cast.shared.prompt
    prompt.reword("なぜでしょう？", "", cast.organizer)
    return prompt


def body(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def pages(cast):
    prompt, membership = cast.shared.prompt, cast.membership
    first = cast.shared.revisions.get(version=1)
    return {
        "worksheet": (cast.member, "/cohorts/ours/weeks/1/"),
        "words": (cast.member, "/cohorts/ours/words/"),
        "history": (cast.member, f"/prompts/{prompt.pk}/history/"),
        "revision": (cast.member, f"/prompts/{prompt.pk}/history/{first.pk}/"),
        "person": (cast.facilitator, f"/admin/workbook/response/read/{membership.pk}/"),
        "week": (cast.facilitator, f"/admin/workbook/response/read/{membership.pk}/1/"),
        "question": (cast.facilitator, f"/admin/workbook/response/question/{prompt.pk}/"),
    }


PAGES = ["worksheet", "words", "history", "revision", "person", "week", "question"]


@pytest.mark.parametrize("page", PAGES)
def test_the_old_wording_stands_beside_the_answer(cast, reworded, page):
    text = body(*pages(cast)[page])
    assert "なぜでしょう？" in text
    assert [said.count("それはなぜ？") for said in FORMER.findall(text)] == [1]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_said_of_questions_as_they_were(cast, page):
    assert "former help" not in body(*pages(cast)[page])


@pytest.mark.parametrize("page", [page for page in PAGES if page not in {"history", "revision"}])
def test_nothing_is_said_beside_what_was_written_since(cast, reworded, page):
    base = cast.shared.version
    save = Save(
        reworded.pk, cast.membership.pk, "6a1f0c7e-3b7e-4f0e-9d53-6f6f1f6f1f6f", base, "あとから", "facilitators", []
    )
    assert Response.objects.write(save).accepted
    assert "former help" not in body(*pages(cast)[page])


def test_the_history_says_it_of_the_older_version_alone(cast, reworded):
    FormerWording.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    cast.shared.revisions.update(created_at=timezone.now() - timedelta(hours=2))
    save = Save(
        reworded.pk, cast.membership.pk, "6a1f0c7e-3b7e-4f0e-9d53-6f6f1f6f1f6f", 1, "あとから", "facilitators", []
    )
    Response.objects.write(save)
    text = body(*pages(cast)["history"])
    assert text.count("former help") == 1
    assert text.index("あとから") < text.index("former help")


def test_of_two_changes_the_wording_she_answered_is_told(cast, reworded):
    reworded.reword("三つめの言いかた？", "", cast.organizer)
    text = body(*pages(cast)["worksheet"])
    assert "それはなぜ？" in text
    assert "なぜでしょう？" not in text


def test_a_question_that_reads_again_as_it_did_needs_no_word(cast, reworded):
    reworded.reword("それはなぜ？", "", cast.organizer)
    assert "former help" not in body(*pages(cast)["worksheet"])


def test_a_changed_hint_is_told_too(cast):
    cast.shared.prompt.reword("それはなぜ？", "ゆっくり思い出してください", cast.organizer)
    text = body(*pages(cast)["worksheet"])
    assert text.count("former help") == 1
    assert "それはなぜ？" not in FORMER.search(text).group()


def test_other_readers_are_no_other_answer(cast, reworded):
    """Nobody is shown her words under a question that she did not answer because she chose who may read them."""
    same = {"text": cast.shared.text, "readers": Readers.GROUP, "questions": []}
    for base in (1, 2):
        save = Save(reworded.pk, cast.membership.pk, uuid4(), base, **same)
        assert Response.objects.write(save).version == base + 1
        same["readers"] = Readers.FACILITATORS
    now = cast.shared.revisions.get(version=3).pk
    addresses = {page: address for page, (_who, address) in pages(cast).items()}
    addresses["revision"] = f"/prompts/{reworded.pk}/history/{now}/"
    for page, (who, _address) in pages(cast).items():
        assert "それはなぜ？" in "".join(FORMER.findall(body(who, addresses[page]))), page


def test_the_same_words_typed_anew_answer_the_new_question(cast, reworded):
    for base, text in ((1, ""), (2, cast.shared.text)):
        Response.objects.write(Save(reworded.pk, cast.membership.pk, uuid4(), base, text, Readers.FACILITATORS, []))
    assert "former help" not in body(*pages(cast)["worksheet"])


def test_what_nobody_can_have_read_is_not_kept(cast):
    prompt_of(cast.cohort, 4).reword("べつの問い？", "", cast.organizer)
    assert not FormerWording.objects.exists()


def test_an_answer_that_is_on_its_way_finds_its_question(cast):
    """The first one to a question; written just before somebody rewords it, it arrives just after."""
    prompt = prompt_of(cast.cohort, 2)
    prompt.reword("べつの問い？", "", cast.organizer)
    answer = write(cast.membership, prompt, "書いた")
    answer.revisions.update(created_at=timezone.now() - timedelta(minutes=1))
    assert "うれしかった一言は？" in "".join(FORMER.findall(body(cast.member, "/cohorts/ours/weeks/2/")))


def test_others_words_carry_it_too_and_nobodys_else(cast):
    prompt = cast.group.prompt
    prompt.reword("何から始める？", "", cast.organizer)
    for number in (1, 2):
        write(
            cast.cohort.memberships.get(user=cast.colleague), prompt_of(cast.cohort, position=number), f"書いた{number}"
        )
    assert "former help" in body(cast.colleague, "/cohorts/ours/weeks/1/")
    assert "former help" not in body(cast.stranger, "/cohorts/theirs/weeks/1/")


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_one_query_more_however_many(cast, client):
    address = f"/admin/workbook/response/question/{cast.shared.prompt_id}/"
    client.force_login(cast.facilitator)
    client.get(address)
    before = queries_of(client, address)
    cast.shared.prompt.reword("なぜでしょう？", "", cast.organizer)
    assert queries_of(client, address) == before + 1
    for number in range(2):
        answer = write(join(cast.cohort, make_user(f"more-{number}")), cast.shared.prompt, "書いた")
        answer.revisions.update(created_at=timezone.now() - timedelta(days=1))
    client.get(address)
    assert client.get(address).content.decode().count("former help") == 3
    assert queries_of(client, address) == before + 1


def test_the_download_says_it_above_the_answer(cast, client, django_assert_num_queries):
    address = "/cohorts/ours/words/download/"
    client.force_login(cast.member)
    client.get(address)
    before, plain = queries_of(client, address), body(cast.member, address)
    cast.shared.prompt.reword("なぜでしょう？", "", cast.organizer)
    FormerWording.objects.update(replaced_at=datetime(2099, 7, 1, 15, tzinfo=UTC))  # the second in Tokyo
    cast.private.prompt.reword(cast.private.prompt.text, "ヒント", cast.organizer)
    with django_assert_num_queries(before + 1):
        text = client.get(address).content.decode()
    note = "*この問いは7月2日に書きかえられました。 まえの問い：それはなぜ？*\n\n"
    assert f"### なぜでしょう？\n\n{note}CANARY-ours-member-shared" in text
    assert text.replace(note, "") == plain.replace("それはなぜ？", "なぜでしょう？", 2)
    assert read(text.encode()).weeks == read(text.replace(note, "").encode()).weeks
    cast.shared.prompt.former_wordings.update(text="")
    assert "まえは見出しだけでした。*\n\nCANARY-ours-member-shared" in body(cast.member, address)
