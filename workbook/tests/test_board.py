"""The board of a week: who opens it, what each cell says, and how it asks for news."""

import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.models import Membership, User
from tests.cast import HEADINGS, QUESTIONS, join, make_user, make_users, prompt_of, write
from workbook.admin.board import Board, State
from workbook.models import (
    Draft,
    DraftSave,
    Feedback,
    Prompt,
    Readers,
    Reading,
    Response,
    Revision,
    Save,
    Section,
    Week,
)

LIVE = {"X-Live": "1"}
KINDS = list(HEADINGS)


def address(cast, week=1):
    return f"/admin/workbook/week/{cast.cohort.weeks.get(number=week).pk}/board/"


@pytest.fixture
def settled(cast):
    """The cast, when nobody is writing any more."""
    Response.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    return cast


def board(cast, week=1, user=None):
    return Board(user or cast.facilitator, cast.cohort.weeks.get(number=week).pk)


def states(cast, who="member", week=1):
    """What the cells of one person say: two thoughts, the session's notes, the summary, the action."""
    rows = {str(row.membership.user): row for row in board(cast, week).everybody}
    return [cell.state.value for cell in rows[who].cells]


def rewrite(response, text, readers=None):
    response.refresh_from_db()
    fields = (response.prompt_id, response.membership_id, uuid4(), response.version, text)
    return Response.objects.write(Save(*fields, readers or response.readers, QUESTIONS)).row


def calm():
    Response.objects.update(updated_at=timezone.now() - timedelta(hours=1))


def crowd(cast, number):
    """So many more members, each with a text in every box of the week, of which some are read and answered."""
    users = list(make_users(*(f"crowd{place}" for place in range(number))).values())
    members = Membership.objects.bulk_create(Membership(user=user, cohort=cast.cohort) for user in users)
    prompts = Prompt.objects.filter(section__week__cohort=cast.cohort, section__week__number=1)
    texts = Response.objects.bulk_create(
        Response(prompt=prompt, membership=member, text="ことば", written=True, readers=readers)
        for place, member in enumerate(members)
        for prompt, readers in zip(prompts, ["facilitators", "self", "group", "facilitators", "group"], strict=True)
        if place % 3 or prompt.section.kind == "action"
    )
    Revision.objects.bulk_create(Revision(response=one, version=1, text=one.text, readers=one.readers) for one in texts)
    return texts


class TestCells:
    def test_what_they_say_at_first(self, settled):
        assert states(settled) == ["private", "unread", "empty", "empty", "unread"]
        assert states(settled, "colleague") == ["empty"] * 5

    def test_somebody_is_at_it(self, settled):
        rewrite(settled.shared, "ことば")
        assert states(settled)[1] == "writing"
        Response.objects.filter(pk=settled.shared.pk).update(updated_at=timezone.now() - timedelta(minutes=3))
        assert states(settled)[1] == "unread"

    def test_of_a_private_text_it_is_not_told_that_somebody_is_at_it(self, settled):
        rewrite(settled.private, "ほかのことば")
        assert states(settled)[0] == "private"

    def test_read_written_and_begun(self, settled):
        Reading.objects.note(settled.facilitator, {settled.shared.pk: 1})
        assert states(settled)[1] == "written"
        rewrite(settled.shared, QUESTIONS[0])
        calm()
        assert states(settled)[1] == "unread"
        Reading.objects.note(settled.facilitator, {settled.shared.pk: 2})
        assert states(settled)[1] == "started"

    def test_emptied_again(self, settled):
        rewrite(settled.shared, "")
        assert states(settled)[1] == "empty"

    def test_changed_after_her_comment(self, settled):
        revision = settled.shared.revisions.get()
        Feedback.objects.answer(revision, settled.facilitator, "いいですね", uuid4())
        Reading.objects.note(settled.facilitator, {settled.shared.pk: 1})
        assert states(settled)[1] == "written"
        rewrite(settled.shared, "書き直した言葉")
        calm()
        assert states(settled)[1] == "changed"
        second = make_user("second")
        join(settled.cohort, second, "facilitator")
        assert board(settled, user=second).rows[0].cells[1].state == State.UNREAD
        Reading.objects.note(settled.facilitator, {settled.shared.pk: 2})
        assert states(settled)[1] == "written"

    def test_a_comment_alone_changes_nothing(self, settled):
        """Who has commented has not always pressed 「読みました」: only other words than those she answered count."""
        Feedback.objects.answer(settled.shared.revisions.get(), settled.facilitator, "いいですね", uuid4())
        Reading.objects.all().delete()
        assert states(settled)[1] == "unread"
        rewrite(settled.shared, "書き直した言葉")
        calm()
        assert states(settled)[1] == "changed"
        second = settled.shared.revisions.get(version=2)
        Feedback.objects.answer(second, settled.facilitator, "こちらもいいですね", uuid4())
        Reading.objects.all().delete()
        assert states(settled)[1] == "unread"

    def test_a_private_text_that_does_not_count_as_written_is_nothing(self, settled):
        rewrite(settled.private, QUESTIONS[0])
        assert states(settled)[0] == "empty"

    def test_a_text_taken_back_after_a_comment_is_private_and_nothing_else(self, settled):
        Feedback.objects.answer(settled.shared.revisions.get(), settled.facilitator, "いいですね", uuid4())
        Draft.objects.write(DraftSave(settled.shared.pk, settled.facilitator.pk, uuid4(), 0, "もっと"))
        rewrite(settled.shared, "わたしだけ", Readers.SELF)
        assert states(settled)[1] == "private"

    def test_every_state_has_its_word_and_its_sign(self, reader, settled):
        body = reader.get(address(settled)).content.decode()
        for state in State:
            assert f'<symbol id="sign-{state.value}"' in body
            assert str(state.label) in body
        assert len({str(state.label) for state in State}) == len(State)


class TestRowsAndColumns:
    def test_members_lead_to_their_page_and_questions_to_theirs(self, reader, cast):
        body = reader.get(address(cast)).content.decode()
        assert f"/admin/workbook/response/read/{cast.membership.pk}/" in body
        for prompt in Prompt.objects.filter(section__week__cohort=cast.cohort, section__week__number=1):
            assert f"/admin/workbook/response/question/{prompt.pk}/" in body

    def test_who_left_stands_folded_away(self, reader, cast):
        body = reader.get(address(cast)).content.decode()
        shown, folded = body.split('<details class="left">')
        assert ">member<" in shown
        assert ">removed<" not in shown
        assert ">removed<" in folded

    def test_facilitators_are_not_in_it(self, cast):
        assert [str(row.membership.user) for row in board(cast).everybody] == ["member", "colleague", "removed"]

    def test_counts(self, settled):
        page = board(settled)
        columns = [column.written for _section, columns in page.sections for column in columns]
        assert columns == [1, 1, 0, 0, 1]
        assert (page.begun, page.unread, page.next_unread) == (1, 3, settled.membership)
        Reading.objects.note(settled.facilitator, {settled.shared.pk: 1, settled.group.pk: 1})
        page = board(settled)
        assert (page.unread, str(page.next_unread.user)) == (1, "removed")
        assert board(settled, 2).next_unread is None

    def test_who_is_answering(self, reader, settled):
        second = make_user("second")
        join(settled.cohort, second, "facilitator")
        mine = (settled.group, settled.facilitator)
        for response, author in ((settled.shared, second), (settled.private, second), mine):
            Draft.objects.write(DraftSave(response.pk, author.pk, uuid4(), 0, "CANARY-draft"))
        cells = board(settled).rows[0].cells
        assert [cell.answering for cell in cells] == [[], ["second"], [], [], []]
        body = reader.get(address(settled)).content.decode()
        assert body.count('class="answering"') == 1
        assert "CANARY" not in body

    def test_a_week_of_another_shape(self, settled):
        sections = Section.objects.filter(week=settled.cohort.weeks.get(number=2))
        Prompt.objects.filter(section__in=sections, section__kind__in=KINDS[2:]).delete()
        sections.filter(kind=KINDS[3]).delete()
        page = board(settled, 2)
        assert [len(columns) for _section, columns in page.sections] == [2, 1, 0]
        assert len(page.rows[0].cells) == 3

    def test_the_head_is_read_from_left_to_right(self, reader, settled):
        """Also by whoever goes through it with the Tab key."""
        body = reader.get(address(settled)).content.decode()
        head = body[body.index("<thead") : body.index("</thead>")]
        asked = [prompt.pk for prompt in board(settled).prompts]
        assert [int(pk) for pk in re.findall(r"/response/question/(\d+)/", head)] == asked

    def test_without_two_questions_anywhere_the_head_is_one_row(self, reader, settled):
        week = settled.cohort.weeks.get(number=2)
        first = Prompt.objects.filter(section__week=week).in_order().first()
        first.delete()
        body = reader.get(address(settled, 2)).content.decode()
        head = body[body.index("<thead") : body.index("</thead>")]
        assert (head.count("<tr>"), head.count("<th "), head.count("rowspan")) == (1, 5, 0)

    def test_where_nothing_is_to_be_read_nobody_is_praised(self, reader, settled):
        read, nothing = gettext("Everything is read"), gettext("There is nothing to read yet.")
        body = reader.get(address(settled, 2)).content.decode()
        assert (read in body, nothing in body) == (False, True)
        write(settled.membership, prompt_of(settled.cohort, 2), "ことば", Readers.SELF)
        assert not board(settled, 2).has_words
        late = write(settled.membership, prompt_of(settled.cohort, 2, KINDS[2]), "ことば")
        Reading.objects.note(settled.facilitator, {late.pk: 1})
        body = reader.get(address(settled, 2)).content.decode()
        assert (read in body, nothing in body) == (True, False)

    def test_leads_to_the_search(self, reader, cast):
        assert 'action="/admin/workbook/response/search/"' in reader.get(address(cast)).content.decode()

    def test_nobody_has_joined(self, reader, cast):
        empty = Week.objects.create(
            cohort=cast.cohort, number=9, theme="x", opens_at=timezone.now(), session_at=timezone.now()
        )
        assert reader.get(f"/admin/workbook/week/{empty.pk}/board/").status_code == 200
        cast.cohort.memberships.members().update(role="facilitator")
        body = reader.get(address(cast)).content.decode()
        assert "<table" not in body


class TestRights:
    @pytest.mark.parametrize(
        "who", ["member", "colleague", "stranger", "removed", "other_facilitator", "organizer", "superuser"]
    )
    def test_nobody_else_opens_it(self, client, cast, who):
        client.force_login(getattr(cast, who))
        assert client.get(address(cast)).status_code == 404
        answer = client.get(address(cast), headers=LIVE)
        assert answer.status_code == 404
        assert "ETag" not in answer

    def test_no_words(self, reader, cast):
        for headers in ({}, LIVE):
            for week in (1, 2, 4):
                answer = reader.get(address(cast, week), headers=headers)
                assert "CANARY" not in f"{answer.headers}{answer.content.decode()}"

    def test_not_found(self, reader):
        for pk in (0, 99_999, 2**63 - 1, 2**64, "x"):
            assert reader.get(f"/admin/workbook/week/{pk}/board/", follow=True).status_code == 404


class TestCost:
    @pytest.mark.parametrize("members", [3, 300])
    def test_queries(self, reader, cast, django_assert_num_queries, members):
        texts = crowd(cast, members)
        Reading.objects.note(cast.facilitator, {one.pk: 1 for one in texts[: members // 2]})
        page = address(cast)
        with django_assert_num_queries(15):
            assert reader.get(page).status_code == 200

    def test_a_hundred_members_in_sixty_kilobytes(self, reader, cast):
        crowd(cast, 100)
        answer = reader.get(address(cast))
        assert answer.content.count(b'<tr id="member-') >= 100
        assert len(gzip.compress(answer.content)) <= 60_000

    @pytest.mark.parametrize("members", [3, 300])
    def test_queries_of_a_poll_without_news(self, reader, cast, django_assert_num_queries, members):
        crowd(cast, members)
        tag = reader.get(address(cast))["ETag"]
        page = address(cast)
        with django_assert_num_queries(3):
            answer = reader.get(page, headers={**LIVE, "If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    def test_queries_of_a_poll_with_the_second_factor(self, reader, cast, settings, django_assert_num_queries):
        settings.REQUIRE_STAFF_MFA = True
        Authenticator.objects.create(user=cast.facilitator, type=Authenticator.Type.TOTP, data={"secret": "x"})
        page = address(cast)
        tag = reader.get(page)["ETag"]
        with django_assert_num_queries(4):
            assert reader.get(page, headers={**LIVE, "If-None-Match": tag}).status_code == 304


class TestLive:
    def ask(self, client, cast, tag, **headers):
        return client.get(address(cast), headers={**LIVE, "If-None-Match": tag, **headers})

    def test_the_page_knows_its_tag(self, reader, cast):
        answer = reader.get(address(cast))
        tag = answer["ETag"]
        assert re.fullmatch('"[0-9a-f]{32}"', tag)
        assert f'data-etag="{tag[1:-1]}"' in answer.content.decode()

    def test_news_come_without_the_frame(self, reader, settled):
        tag = reader.get(address(settled))["ETag"]
        rewrite(settled.shared, "ことば")
        answer = self.ask(reader, settled, tag)
        body = answer.content.decode()
        assert answer.status_code == 200
        assert answer["ETag"] != tag
        assert body.startswith("<div data-live-page")
        assert "<html" not in body
        assert str(State.WRITING.label) in body
        assert self.ask(reader, settled, answer["ETag"]).status_code == 304

    def test_the_same_regions_as_on_the_page(self, reader, cast):
        names = [
            re.findall(r'data-live="([^"]+)"', reader.get(address(cast), headers=headers).content.decode())
            for headers in ({}, LIVE)
        ]
        assert names[0] == names[1] == ["summary", "head", "rows", "left", "chart"]

    def test_tags_as_they_come_through_compression_and_proxies(self, reader, cast):
        crowd(cast, 20)
        packed = reader.get(address(cast), headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        weak = packed["ETag"]
        assert weak.startswith("W/")
        for tag in (weak, weak.removeprefix("W/"), f'"x", {weak}'):
            assert self.ask(reader, cast, tag).status_code == 304
        for tag in ("", "*", '""', "x", weak[:-2]):
            assert self.ask(reader, cast, tag).status_code == 200

    def test_who_loads_the_page_herself_gets_all_of_it(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        answer = reader.get(address(cast), headers={"If-None-Match": tag})
        assert (answer.status_code, "<html" in answer.content.decode()) == (200, True)

    def test_messages_wait_for_a_page_that_shows_them(self, reader, cast):
        done = reader.post(f"/admin/workbook/response/read/{cast.membership.pk}/1/", {"read": "1"})
        assert done.status_code == 302
        assert "messagelist" not in reader.get(address(cast), headers=LIVE).content.decode()
        assert "messagelist" in reader.get(address(cast)).content.decode()

    def test_another_persons_tag_language_or_page_is_another_one(self, client, reader, cast):
        second = make_user("second")
        join(cast.cohort, second, "facilitator")
        mine = reader.get(address(cast))["ETag"]
        tags = {mine, reader.get(f"{address(cast)}?x=1")["ETag"], reader.get(address(cast, 2))["ETag"]}
        reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        tags.add(reader.get(address(cast))["ETag"])
        client.force_login(second)
        tags.add(client.get(address(cast))["ETag"])
        assert len(tags) == 5
        assert self.ask(client, cast, mine).status_code == 200

    def test_private_words_leave_no_trace_in_the_tag(self, reader, settled):
        tag = reader.get(address(settled))["ETag"]
        for text in ("ほかのことば", "もっと", "CANARY-new"):
            rewrite(settled.private, text)
            answer = self.ask(reader, settled, tag)
            assert (answer.status_code, answer["ETag"]) == (304, tag)
        rewrite(settled.private, "")
        assert self.ask(reader, settled, tag).status_code == 200

    def test_who_facilitates_no_more_hears_nothing(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        Membership.objects.get(user=cast.facilitator).close()
        answer = self.ask(reader, cast, tag)
        assert answer.status_code == 404
        assert "ETag" not in answer

    def test_who_is_signed_out_is_led_away(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        reader.logout()
        answer = self.ask(reader, cast, tag)
        assert answer.status_code == 302
        assert "ETag" not in answer

    def test_who_lost_her_second_factor_gets_no_news(self, reader, cast, settings):
        tag = reader.get(address(cast))["ETag"]
        settings.REQUIRE_STAFF_MFA = True
        answer = self.ask(reader, cast, tag)
        assert answer.status_code == 302
        assert "ETag" not in answer

    def test_an_account_that_was_closed(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        User.objects.filter(pk=cast.facilitator.pk).update(is_active=False)
        assert self.ask(reader, cast, tag).status_code == 302

    def test_only_get_is_live(self, reader, cast):
        tag = reader.get(address(cast))["ETag"]
        assert reader.post(address(cast), headers={**LIVE, "If-None-Match": tag}).status_code == 405
