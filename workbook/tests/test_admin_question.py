"""All answers to one question: who may see them, in which order, what 「読みました」 leads to, at what cost."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import join, make_user, make_users, prompt_of, write
from tests.reader import answers, begin, comment, regions, rewrite, told
from workbook.models import AccessRecord, Feedback, Prompt, Readers, Reading, Response, Revision


def address(prompt):
    return f"/admin/workbook/response/question/{prompt.pk}/"


@pytest.fixture
def prompt(cast):
    """The second question, which the member has answered for her facilitators too."""
    return cast.shared.prompt


@pytest.fixture
def question(cast):
    """The first question, which the member has answered for herself alone."""
    return cast.private.prompt


def names(body):
    return re.findall(r'<h3 id="name-[\d-]+">([^<]+)</h3>', body)


@pytest.mark.parametrize(
    "who", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer", "superuser"]
)
def test_nobody_else_opens_it(client, cast, prompt, who):
    client.force_login(getattr(cast, who))
    assert client.get(address(prompt)).status_code == 404
    assert client.post(address(prompt), answers((cast.shared, "x"))).status_code == 404
    assert not Feedback.objects.exists()
    assert not AccessRecord.objects.exists()


def test_not_found_like_unknown(reader, cast):
    assert reader.get(address(prompt_of(cast.other))).status_code == 404
    assert reader.get("/admin/workbook/response/question/99999/").status_code == 404
    assert reader.get(f"/admin/workbook/response/question/{2**63}/").status_code == 404


def test_everybody_in_the_order_they_joined(reader, cast, prompt):
    colleague = Membership.objects.get(user=cast.colleague)
    third = join(cast.cohort, make_user("third"))
    Membership.objects.filter(pk=third.pk).update(joined_at=timezone.now() - timedelta(days=9))
    for membership in (colleague, third):
        write(membership, prompt, f"ことば{membership.pk}")
    body = reader.get(address(prompt)).content.decode()
    assert names(body) == ["third", "member", "colleague"]
    assert (
        body.index(f"ことば{third.pk}") < body.index("CANARY-ours-member-shared") < body.index(f"ことば{colleague.pk}")
    )


def test_who_has_nothing_to_read_is_named_in_a_line(reader, cast, question):
    body = reader.get(address(question)).content.decode()
    (silent,) = re.findall('<details class="sheet silent".*?</details>', body, re.S)
    assert re.findall(r"/read/\d+/\">([^<]+)</a>", silent) == ["member", "colleague"]
    assert "CANARY-ours-member-private" not in body
    assert f"answer-{cast.private.pk}-text" not in body


def test_who_has_nothing_to_read_is_folded_away_when_many(reader, cast, question):
    assert '<details class="sheet silent" open>' in reader.get(address(question)).content.decode()
    for user in make_users(*(f"more{number}" for number in range(9))).values():
        join(cast.cohort, user)
    assert '<details class="sheet silent">' in reader.get(address(question)).content.decode()


def test_who_has_left_is_folded_away_and_readable(reader, cast, question):
    body = reader.get(address(question)).content.decode()
    (left,) = re.findall('<details class="left">.*</details>', body, re.S)
    assert "CANARY-ours-removed-shared" in left
    assert body.count("CANARY-ours-removed-shared") == 1


def test_what_a_facilitator_wrote_herself_is_no_answer(reader, cast, prompt):
    for name in ("second", "third"):
        write(join(cast.cohort, make_user(name), "facilitator"), prompt, f"CANARY-{name}-group", Readers.GROUP)
    mine = Membership.objects.get(user=cast.facilitator)
    write(mine, prompt, "わたしの記入", Readers.GROUP)
    body = reader.get(address(prompt)).content.decode()
    assert names(body) == ["member"]
    for text in ("CANARY-second", "CANARY-third", "わたしの記入"):
        assert text not in body


def test_the_questions_before_and_after_and_the_board(reader, cast, prompt):
    body = reader.get(address(prompt)).content.decode()
    ways = dict(re.findall('href="([^"]+)" rel="(prev|next)"', body)[:2])
    assert list(ways) == [address(cast.private.prompt), address(prompt_of(cast.cohort, kind="session_notes"))]
    assert f'href="/admin/workbook/week/{prompt.section.week_id}/board/"' in body


def test_a_record_for_everybody_whose_words_were_shown(reader, cast, prompt, question):
    reader.get(address(prompt))
    record = AccessRecord.objects.get()
    assert (record.membership, record.week, record.prompt) == (cast.membership, prompt.section.week, prompt)
    reader.get(address(prompt), headers={"X-Live": "1"})
    assert AccessRecord.objects.count() == 1
    reader.get(address(question))
    assert AccessRecord.objects.latest("pk").membership.user == cast.removed


def test_read_leads_to_the_next_unread_question_and_to_the_board(reader, cast, prompt):
    Reading.objects.note(cast.facilitator, {Response.objects.get(text="CANARY-ours-removed-shared").pk: 1})
    response = reader.post(address(prompt), answers((cast.shared, "")) | {"read": "1"})
    assert response["Location"] == address(cast.group.prompt)
    response = reader.post(response["Location"], answers((cast.group, "")) | {"read": "1"}, follow=True)
    assert response.redirect_chain == [(f"/admin/workbook/week/{prompt.section.week_id}/board/", 302)]
    assert told(response)
    assert set(Reading.objects.values_list("response", flat=True)) >= {cast.shared.pk, cast.group.pk}


def test_read_means_what_was_shown(reader, cast, prompt):
    data = answers((cast.shared, "")) | {"read": "1"}
    rewrite(cast.shared, "あとから足した言葉")
    reader.post(address(prompt), data)
    assert Reading.objects.get().version == 1


def test_after_reading_she_is_told_by_name_what_is_not_sent(reader, cast, prompt):
    colleague = write(Membership.objects.get(user=cast.colleague), prompt, "ことば")
    begin(colleague, cast.facilitator, "書きかけ")
    response = reader.post(address(prompt), answers((cast.shared, ""), (colleague, "")) | {"read": "1"}, follow=True)
    (text,) = (text for text in told(response) if "colleague" in text)
    assert "member" not in text.replace("colleague", "")


def test_comments_without_javascript(reader, cast, prompt):
    colleague = write(Membership.objects.get(user=cast.colleague), prompt, "ことば")
    response = reader.post(address(prompt), answers((cast.shared, "いいね"), (colleague, "そうですね")) | {"send": ""})
    assert response["Location"] == address(prompt)
    assert set(Feedback.objects.values_list("text", flat=True)) == {"いいね", "そうですね"}


def test_an_answer_on_words_closed_meanwhile_is_given_back(reader, cast, prompt):
    data = answers((cast.shared, "大事な言葉"))
    rewrite(cast.shared, "自分だけの言葉", Readers.SELF)
    body = reader.post(address(prompt), data).content.decode()
    assert "大事な言葉" in body
    assert "自分だけの言葉" not in body
    assert not Feedback.objects.exists()


def test_an_unsent_comment_on_closed_words_is_given_back(reader, cast, prompt):
    begin(cast.shared, cast.facilitator, "大事な言葉")
    rewrite(cast.shared, "自分だけの言葉", Readers.SELF)
    body = reader.get(address(prompt)).content.decode()
    assert ">\n大事な言葉</textarea>" in body
    assert "自分だけの言葉" not in body


def test_a_text_that_comes_while_the_page_is_open_is_a_region_of_its_own(reader, cast, prompt):
    colleague = Membership.objects.get(user=cast.colleague)
    before = regions(reader.get(address(prompt)).content.decode())
    write(colleague, prompt, "たったいま")
    fragment = reader.get(address(prompt), headers={"X-Live": "1"}).content.decode()
    assert set(regions(fragment)) - set(before) == {f"entry-{colleague.pk}-{prompt.pk}"}
    assert "たったいま" in fragment


def fill(cast, prompt, number):
    """So many members more, each with an answer that was commented on, some changed since."""
    users = make_users(*(f"more{place}" for place in range(number)))
    people = Membership.objects.bulk_create(Membership(user=user, cohort=cast.cohort) for user in users.values())
    responses = Response.objects.bulk_create(
        Response(prompt=prompt, membership=row, text="ことば", version=2, written=True) for row in people
    )
    revisions = Revision.objects.bulk_create(
        Revision(response=response, version=version, text=text, sha256="", readers=Readers.FACILITATORS)
        for response in responses
        for version, text in ((1, "こと"), (2, "ことば"))
    )
    Feedback.objects.bulk_create(
        Feedback(revision=revision, author=cast.facilitator, text="いいね")
        for revision in revisions
        if revision.version == 1
    )


@pytest.mark.parametrize("more", [1, 3, 300])
def test_queries(reader, cast, prompt, django_assert_num_queries, more):
    fill(cast, prompt, more)
    comment(cast.shared, cast.facilitator)
    assert Prompt.objects.filter(section__week=prompt.section.week).count() == 5
    reader.get(address(prompt))  # notes whose words she was shown, on SQLite by so many rows at a time
    with django_assert_num_queries(16):
        body = reader.get(address(prompt)).content.decode()
    assert len(names(body)) == more + 1
    assert body.count('class="since"') == more
