"""What stands around a text on the reading pages: what changed, who has read it, who is answering, one's own draft."""

import re

import pytest
from django.db import OperationalError

from cohorts.models import Membership
from tests.cast import join, make_user
from tests.reader import answers, begin, comment, regions, rewrite, told
from workbook.admin.reading.page import ReadingPage
from workbook.models import Draft, Feedback, Readers, Reading, Response, Revision


def address(cast):
    return f"/admin/workbook/response/read/{cast.membership.pk}/1/"


@pytest.fixture
def second(cast):
    """Another facilitator of our cohort."""
    user = make_user("second")
    join(cast.cohort, user, "facilitator")
    return user


def test_what_changed_since_her_own_comment(reader, cast, second):
    comment(cast.shared, cast.facilitator)
    assert '<details class="since"' not in reader.get(address(cast)).content.decode()
    rewrite(cast.shared, "書き直した言葉")
    body = reader.get(address(cast)).content.decode()
    assert re.search("<del>.*CANARY-ours-member-shared.*</del>.*<ins>.*書き直した言葉", body, re.S)
    reader.force_login(second)
    body = reader.get(address(cast)).content.decode()
    assert "いいですね" in body
    assert "書き直した言葉" in body
    assert "CANARY-ours-member-shared" not in body


def test_only_what_changed_since_the_last_of_her_comments(reader, cast):
    comment(cast.shared, cast.facilitator)
    rewrite(cast.shared, "二つめの文")
    comment(Response.objects.get(pk=cast.shared.pk), cast.facilitator, "ふたたび")
    assert "CANARY-ours-member-shared" not in reader.get(address(cast)).content.decode()
    rewrite(cast.shared, "三つめの文")
    body = reader.get(address(cast)).content.decode()
    assert "CANARY-ours-member-shared" not in body
    assert "二" in re.findall("<del>(.*?)</del>", body, re.S)[0]


def test_words_of_the_time_before_sharing_stay_closed(reader, cast):
    """A revision that was for the writer only is not shown, though the box is shared today."""
    private = Revision.objects.get(response=cast.private)
    Feedback.objects.create(revision=private, author=cast.facilitator, text="前のコメント")
    rewrite(cast.private, "公開した言葉")
    body = reader.get(address(cast)).content.decode()
    assert "公開した言葉" in body
    assert "CANARY-ours-member-private" not in body


def test_no_changes_of_words_that_are_private_today(reader, cast):
    comment(cast.shared, cast.facilitator, "前のコメント")
    rewrite(cast.shared, "自分だけの言葉", Readers.SELF)
    body = reader.get(address(cast)).content.decode()
    for text in ("CANARY-ours-member-shared", "自分だけの言葉", "前のコメント", 'class="since"'):
        assert text not in body


def test_who_else_has_read_it_and_which_version(reader, cast, second):
    Reading.objects.note(cast.facilitator, {cast.shared.pk: 1})
    assert 'class="quiet others"' not in reader.get(address(cast)).content.decode()
    Reading.objects.note(second, {cast.shared.pk: 1, cast.private.pk: 1})
    (line,) = re.findall('class="quiet others".*?</p>', reader.get(address(cast)).content.decode(), re.S)
    assert "second" in line
    rewrite(cast.shared, "あとから足した言葉")
    (later,) = re.findall('class="quiet others".*?</p>', reader.get(address(cast)).content.decode(), re.S)
    assert len(later) > len(line)


def test_who_is_answering_right_now_but_not_what(reader, cast, second):
    begin(cast.shared, second, "まだ言わない")
    body = reader.get(address(cast)).content.decode()
    assert re.search('class="answering".*second', body)
    assert "まだ言わない" not in body
    begin(cast.group, cast.facilitator, "わたしの")
    assert reader.get(address(cast)).content.decode().count('class="answering"') == 1
    Membership.objects.get(user=second).close()
    assert 'class="answering"' not in reader.get(address(cast)).content.decode()


def test_her_unsent_comment_stands_in_its_box(reader, cast):
    draft = begin(cast.shared, cast.facilitator, "書きかけ\n")
    body = reader.get(address(cast)).content.decode()
    box = body[body.index(f'data-box="answer-{cast.shared.pk}"') :]
    assert ">\n書きかけ\n</textarea>" in box
    assert re.search('value="(\\d+)" data-version', box)[1] == str(draft.version)


def test_sending_without_javascript_empties_the_draft(reader, cast):
    begin(cast.shared, cast.facilitator, "書きかけ")
    reader.post(address(cast), answers((cast.shared, "書きかけと、つづき"), version=1) | {"send": ""})
    assert Feedback.objects.get().text == "書きかけと、つづき"
    assert Draft.objects.get().text == ""


def test_a_draft_that_was_sent_elsewhere_is_not_sent_again(reader, cast):
    """A second page stood open with it since before."""
    begin(cast.shared, cast.facilitator, "いちどだけ")
    for _page in range(2):
        reader.post(address(cast), answers((cast.shared, "いちどだけ"), version=1) | {"send": ""})
    assert [feedback.text for feedback in Feedback.objects.all()] == ["いちどだけ"]


def test_having_read_does_not_send_what_the_page_began_with(reader, cast):
    """The button may be pressed before the page's script has run."""
    begin(cast.shared, cast.facilitator, "まだ途中の")
    page = answers((cast.shared, "まだ途中の"), version=1) | {"read": "1"}
    response = reader.post(address(cast), page, follow=True)
    assert not Feedback.objects.exists()
    assert Draft.objects.get().text == "まだ途中の"
    assert [text for text in told(response) if "member" in text]
    assert Reading.objects.filter(reader=cast.facilitator, response=cast.shared).exists()


def test_an_unsent_comment_on_words_that_were_taken_out_is_given_back(reader, cast):
    begin(cast.shared, cast.facilitator, "大事な言葉")
    rewrite(cast.shared, "")
    body = reader.get(address(cast)).content.decode()
    assert ">\n大事な言葉</textarea>" in body
    assert f'data-box="answer-{cast.shared.pk}"' not in body


def test_what_was_typed_stays_when_nothing_can_be_sent(reader, cast, monkeypatch):
    def silent(*_args, **_more):
        raise OperationalError("locked")

    monkeypatch.setattr(ReadingPage, "save", silent)
    response = reader.post(address(cast), answers((cast.shared, "だいじな返事")) | {"send": ""})
    assert response.status_code == 200
    assert ">\nだいじな返事</textarea>" in response.content.decode()
    assert len(told(response)) == 1
    assert not Feedback.objects.exists()


def test_a_comment_means_that_the_words_were_read(reader, cast):
    comment(cast.shared, cast.facilitator)
    assert Reading.objects.get(reader=cast.facilitator, response=cast.shared).version == 1


def test_an_unsent_comment_on_words_that_were_closed_is_given_back(reader, cast):
    begin(cast.shared, cast.facilitator, "大事な言葉")
    rewrite(cast.shared, "自分だけの言葉", Readers.SELF)
    body = reader.get(address(cast)).content.decode()
    assert ">\n大事な言葉</textarea>" in body
    assert f'data-box="answer-{cast.shared.pk}"' not in body
    assert "自分だけの言葉" not in body


def test_after_reading_she_is_told_what_is_not_sent(reader, cast):
    begin(cast.shared, cast.facilitator, "書きかけ")
    response = reader.post(address(cast), answers((cast.group, "")) | {"read": "1"}, follow=True)
    assert [text for text in told(response) if "member" in text]
    assert Draft.objects.get().text == "書きかけ"


def test_only_the_regions_come_while_the_page_is_open(reader, cast):
    page = reader.get(address(cast))
    body = page.content.decode()
    part = reader.get(address(cast), headers={"X-Live": "1"})
    fragment = part.content.decode()
    assert regions(fragment) == regions(body)
    assert f"entry-{cast.membership.pk}-{cast.shared.prompt_id}" in regions(body)
    assert "CANARY-ours-member-shared" in fragment
    assert "<html" not in fragment
    assert "<textarea" not in fragment
    etag = {"X-Live": "1", "If-None-Match": page["ETag"]}
    assert reader.get(address(cast), headers=etag).status_code == 304
    rewrite(cast.shared, "自分だけの言葉", Readers.SELF)
    again = reader.get(address(cast), headers=etag)
    assert again.status_code == 200
    assert "CANARY-ours-member-shared" not in again.content.decode()
