"""A facilitator finds what she may read, the same on both databases, and nothing else."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Membership
from tests.cast import join, make_cohort, make_user, make_users, prompt_of, write
from workbook.models import AccessRecord, Readers, Response
from workbook.search import Search

BOX = "admin:workbook_response_search"


@pytest.fixture
def reader(client, cast):
    client.force_login(cast.facilitator)
    return client


def page(client, q=None, **more) -> str:
    answer = client.get(reverse(BOX), {**({} if q is None else {"q": q}), **more})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


ANCHOR = re.compile(r"#entry-(\d+)-(\d+)")


def found(client, q, **more) -> list[int]:
    """The texts that are shown, in their order, by where they lead."""
    places = ANCHOR.findall(page(client, q, **more))
    return [Response.objects.get(membership=member, prompt=prompt).pk for member, prompt in places]


def say(cast, text, readers=Readers.FACILITATORS, name="writer") -> Response:
    """A new member's text in our cohort."""
    return write(join(cast.cohort, make_user(name)), prompt_of(cast.cohort), text, readers)


# Who finds what


def test_she_finds_what_she_may_read(reader, cast):
    text = page(reader, "CANARY")
    readable = Response.objects.filter(membership__cohort=cast.cohort).exclude(readers="self")
    assert set(found(reader, "CANARY")) == set(readable.values_list("pk", flat=True))
    assert "3件" in text or "3 texts" in text
    assert "private" not in text
    assert "theirs" not in text
    assert reverse("admin:workbook_response_read", args=[cast.membership.pk, 1]) in text


def test_a_hit_leads_to_the_text(reader, cast):
    response = say(cast, "ここにある言葉")
    address = re.search(r'href="([^"]+)#(entry-[\d-]+)"', page(reader, "ここにある"))
    body = reader.get(address[1]).content.decode()
    assert f'id="{address[2]}"' in body
    assert response.text in body


def test_what_is_for_its_writer_alone_is_not_even_counted(reader, cast):
    secret = say(cast, "ひみつの話", Readers.SELF)
    assert found(reader, "ひみつ") == []
    Response.objects.filter(pk=secret.pk).update(readers=Readers.FACILITATORS)
    assert found(reader, "ひみつ") == [secret.pk]


def test_history_is_not_searched(reader, cast):
    response = say(cast, "むかしの言葉")
    Response.objects.filter(pk=response.pk).update(text="いまの文")
    assert response.revisions.get().text == "むかしの言葉"
    assert found(reader, "むかし") == []


def test_facilitators_words_are_not_searched(reader, cast):
    place = Membership.objects.get(user=cast.facilitator)
    write(place, prompt_of(cast.cohort), "わたしの文章", Readers.GROUP)
    assert found(reader, "わたしの文章") == []


@pytest.mark.parametrize("who", ["member", "colleague", "stranger", "removed", "organizer", "superuser"])
def test_nobody_else_searches(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse(BOX), {"q": "CANARY"}).status_code == 404
    assert not AccessRecord.objects.exists()


def test_who_ceased_to_be_facilitator_finds_nothing(reader, cast):
    assert len(found(reader, "CANARY")) == 3
    Membership.objects.get(user=cast.facilitator).close()
    assert reader.get(reverse(BOX), {"q": "CANARY"}).status_code == 404


def test_in_one_cohort(reader, cast):
    second = make_cohort("second")
    join(second, cast.facilitator, "facilitator")
    there = write(join(second, make_user("there")), prompt_of(second), "CANARY-second")
    assert len(found(reader, "CANARY")) == 4
    assert found(reader, "CANARY", cohort=second.pk) == [there.pk]
    assert len(found(reader, "CANARY", cohort="")) == 3 + 1


@pytest.mark.parametrize("cohort", ["other", "99999999999999999999999", "x", "\x00", "1" * 5000])
def test_a_cohort_that_is_not_hers_is_unknown(reader, cast, cohort):
    text = page(reader, "CANARY", cohort=cast.other.pk if cohort == "other" else cohort)
    assert "CANARY-" not in text
    assert "errornote" in text


# What is the same


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("カナで書く", "ｶﾅ"),
        ("ｶﾅで書く", "カナ"),
        ("ガイドを読む", "ｶﾞｲﾄﾞ"),
        ("ｶﾞｲﾄﾞを読む", "ガイド"),
        ("か\u3099くせい", "がく"),
        ("がくせい", "か\u3099く"),
        ("できたのは80%", "８０％"),
        ("できたのは８０％", "80%"),
        ("できたのは８0％", "80%"),
        ("ＺＯＯＭで話す", "zoom"),
        ("Zoomで話す", "ｚｏｏｍ"),
        ("Écoleのこと", "école"),
        ("①から始める", "①から"),
        ("商談が\nこわい", "こわい 商談"),
        ("商談がこわい", "商談　こわい"),
        ("丸の内で🌱を", "で🌱"),
    ],
)
def test_width_and_case_do_not_matter(reader, cast, text, query):
    response = say(cast, text)
    say(cast, "なにか別のこと", name="other")
    assert found(reader, query) == [response.pk]


@pytest.mark.parametrize("sign", list("%_\\*.?+^$|()[]{}'\"-&~#/<>`"))
def test_no_sign_means_anything_but_itself(reader, cast, sign):
    response = say(cast, f"あれ{sign}これ")
    say(cast, "あれとこれ", name="other")
    assert found(reader, f"れ{sign}こ") == [response.pk]
    assert found(reader, sign * 2) == []


def test_all_words_must_be_there(reader, cast):
    say(cast, "商談は楽しい")
    assert found(reader, "商談 こわい") == []


# What is shown


def test_hits_are_marked_and_nothing_is_markup(reader, cast):
    say(cast, "まえ<b>と</b>商談<script>alert(1)</script>" + "あ" * 300)
    body = reader.get(reverse(BOX), {"q": "商談"}).content.decode()
    assert "<mark>商談</mark>" in body
    assert "まえ&lt;b&gt;" in body
    assert "<script>alert" not in body
    assert "あ" * 95 not in body
    body = reader.get(reverse(BOX), {"q": "<script>"}).content.decode()
    assert "<mark>&lt;script&gt;</mark>" in body
    assert 'value="&lt;script&gt;"' in body


def snippets(query: str, text: str) -> list[str]:
    """What is shown, hits in brackets."""
    shown = Search(query).snippets(text)
    return ["".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces) for pieces in shown]


def test_snippets():
    assert snippets("種", "種まき") == ["[種]まき"]
    assert snippets("種", "あ" * 50 + "種" + "い" * 120) == ["…" + "あ" * 30 + "[種]" + "い" * 90 + "…"]
    assert snippets("種 芽", "種から芽、また種") == ["[種]から[芽]、また[種]"]
    assert snippets("種", "あ" * 9 + "\n" * 28 + "い\n \n種") == ["…い\n[種]"]
    far = snippets("種 芽", "種" + "あ" * 300 + "芽")
    assert far == ["[種]" + "あ" * 90 + "…", "…" + "あ" * 30 + "[芽]"]
    assert snippets("ab", "x" * 20 + "ＡＢ" + "aB") == ["x" * 20 + "[ＡＢ][aB]"]
    assert len(snippets("1 2 3 4 5", "".join(f"{number}" + "あ" * 300 for number in range(1, 6)))) == 3


def test_newest_first_and_twenty_a_page(reader, cast):
    now = timezone.now()
    for number, user in enumerate(make_users(*(f"m{number}" for number in range(21))).values()):
        response = write(join(cast.cohort, user), prompt_of(cast.cohort), f"たね{number}")
        Response.objects.filter(pk=response.pk).update(updated_at=now - timedelta(hours=number))
    newest = Response.objects.filter(text__startswith="たね").order_by("-updated_at")
    pks = list(newest.values_list("pk", flat=True))
    assert found(reader, "たね") == pks[:20]
    assert found(reader, "たね", page="2") == pks[20:]
    for odd in ("x", "0", "-1", "9" * 5000, "\x00"):
        assert found(reader, "たね", page=odd)
    assert "page=2" in page(reader, "たね")


# What cannot be searched for


@pytest.mark.parametrize("query", ["", "  ", "　", "夢", "ｶﾞ", "x" * 61, "あ\x00い", "あ" * 5000])
def test_a_sentence_for_what_cannot_be_searched_for(reader, cast, query):
    text = page(reader, query)
    assert text.count("errornote") == 1
    assert "CANARY-" not in text
    assert not AccessRecord.objects.exists()


def test_halves_of_signs_in_the_address(reader, cast):
    answer = reader.get(reverse(BOX) + "?q=%ED%A0%80%ED%A0%80&cohort=%ED%A0%80")
    assert answer.status_code == 200


def test_before_anything_is_asked(reader):
    text = page(reader)
    assert 'role="search"' in text
    assert "errornote" not in text


# What is noted


def test_whose_words_were_shown_is_noted_once(reader, cast):
    one, other = say(cast, "商談の話"), say(cast, "商談と種", name="other")
    for _twice in range(2):
        page(reader, "商談")
    rows = AccessRecord.objects.values_list("actor", "membership", "week", "prompt", "deed")
    place = (one.prompt.section.week_id, one.prompt_id, "search")
    assert set(rows) == {(cast.facilitator.pk, row.membership_id, *place) for row in (one, other)}
    assert AccessRecord.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_queries(reader, cast, django_assert_num_queries, count):
    for number in range(count):
        say(cast, "商談", name=f"m{number}")
    with django_assert_num_queries(7):
        text = page(reader, "商談")
    assert len(ANCHOR.findall(text)) == count
