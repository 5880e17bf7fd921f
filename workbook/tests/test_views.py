"""Pages of members: each works, keeps words to the letter, and is closed to strangers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.cast import join, make_user, prompt_of, write
from workbook.models import AccessRecord, Feedback, Readers, Response, Revision, Save, Section, Week


@pytest.fixture
def week_url(cast):
    return reverse("workbook:week_detail", args=["ours", 2])


def fields(prompt, text, *, base=0, readers="facilitators", operation="b9d4f3a0-0000-4000-8000-000000000001"):
    return {
        f"text-{prompt.pk}": text,
        f"base_version-{prompt.pk}": base,
        f"readers-{prompt.pk}": readers,
        f"operation_id-{prompt.pk}": operation,
    }


# 今週


def test_today_leads_to_the_next_box(client, cast):
    client.force_login(cast.member)
    page = client.get("/").content.decode()
    first = prompt_of(cast.cohort, week=2)
    assert f"{first.section.week.get_absolute_url()}#box-{first.pk}" in page
    assert "テーマ2" in page
    assert "https://zoom.example.com/j/1" in page


def test_today_opens_with_last_weeks_promise(client, cast):
    client.force_login(cast.member)
    assert "CANARY-ours-member-group" in client.get("/").content.decode()
    client.post(reverse("workbook:response_outcome", args=[cast.group.pk]), {"outcome": "done"})
    cast.group.refresh_from_db()
    assert cast.group.outcome == "done"
    assert cast.group.outcome_at is not None


def test_outcome_is_the_writers_alone(client, cast):
    client.force_login(cast.colleague)
    url = reverse("workbook:response_outcome", args=[cast.group.pk])
    assert client.post(url, {"outcome": "done"}).status_code == 404
    client.force_login(cast.member)
    client.post(url, {"outcome": "whatever"})
    cast.group.refresh_from_db()
    assert cast.group.outcome == ""


def test_today_without_a_cohort(client, cast):
    client.force_login(make_user("newcomer"))
    assert client.get("/").status_code == 200


def test_today_after_leaving_points_to_the_words(client, cast):
    client.force_login(cast.removed)
    assert reverse("workbook:words", args=["ours"]) in client.get("/").content.decode()


@pytest.mark.parametrize("days", [-60, 60])
def test_today_before_and_after_the_run(client, cast, days):
    for week in Week.objects.filter(cohort=cast.cohort):
        week.opens_at += timedelta(days=days)
        week.session_at += timedelta(days=days)
        week.save()
    client.force_login(cast.member)
    page = client.get("/").content.decode()
    assert ("テーマ1" if days > 0 else reverse("workbook:words", args=["ours"])) in page


@pytest.mark.parametrize("others", [1, 3])
def test_today_queries(client, cast, others, django_assert_num_queries):
    for number in range(others):
        colleague = join(cast.cohort, make_user(f"more{number}"))
        write(colleague, prompt_of(cast.cohort, week=2), "みんなへ", Readers.GROUP)
        revision = Revision.objects.filter(response=cast.shared).first()
        Feedback.objects.create(revision=revision, author=cast.facilitator, text="すてきです")
    client.force_login(cast.member)
    with django_assert_num_queries(8):
        client.get("/")


# The worksheet


def test_worksheet_shows_own_words_exactly(client, cast):
    prompt = prompt_of(cast.cohort, week=2)
    text = "\n　一段落目です。\n\n\n<b>😀</b>  \n"
    write(cast.membership, prompt, text)
    client.force_login(cast.member)
    page = client.get(prompt.section.week.get_absolute_url()).content.decode()
    assert "\n\n　一段落目です。\n\n\n&lt;b&gt;😀&lt;/b&gt;  \n</textarea>" in page


@pytest.mark.parametrize("others", [1, 3])
def test_worksheet_queries(client, cast, week_url, others, django_assert_num_queries):
    response = write(cast.membership, prompt_of(cast.cohort, week=2), "考え")
    write(cast.membership, prompt_of(cast.cohort, week=2, position=2), "わけ")
    for number in range(others):
        colleague = join(cast.cohort, make_user(f"more{number}"))
        write(colleague, prompt_of(cast.cohort, week=2, kind=Section.Kind.SUMMARY), "みんなへ", Readers.GROUP)
        Feedback.objects.create(revision=response.revisions.first(), author=cast.facilitator, text="すてきです")
    client.force_login(cast.member)
    with django_assert_num_queries(9):
        page = client.get(week_url).content.decode()
    assert page.count("すてきです") == page.count("みんなへ") == others


def test_group_texts_appear_after_ones_own_reflection(client, cast, week_url):
    colleague = join(cast.cohort, make_user("nagi"))
    write(colleague, prompt_of(cast.cohort, week=2), "みんなへの一言", Readers.GROUP)
    write(colleague, prompt_of(cast.cohort, week=2, position=2), "ひみつの一言", Readers.FACILITATORS)
    client.force_login(cast.member)
    assert "みんなへの一言" not in client.get(week_url).content.decode()
    write(cast.membership, prompt_of(cast.cohort, week=2), "考え")
    write(cast.membership, prompt_of(cast.cohort, week=2, position=2), "わけ")
    page = client.get(week_url).content.decode()
    assert "みんなへの一言" in page
    assert "ひみつの一言" not in page


def test_coming_week_shows_theme_and_opening_day(client, cast):
    client.force_login(cast.member)
    response = client.get(reverse("workbook:week_detail", args=["ours", 4]))
    assert response.status_code == 200
    assert "テーマ4" in response.content.decode()
    assert "<textarea" not in response.content.decode()


def test_coming_week_cannot_be_written(client, cast):
    prompt = prompt_of(cast.cohort, week=4)
    client.force_login(cast.member)
    client.post(prompt.section.week.get_absolute_url(), fields(prompt, "早すぎる"))
    assert not Response.objects.filter(prompt=prompt).exists()


def test_organizer_sees_the_sheet_without_words(client, cast):
    client.force_login(cast.organizer)
    page = client.get(reverse("workbook:week_detail", args=["ours", 1]))
    assert page.status_code == 200
    assert "CANARY" not in page.content.decode()
    assert "data-email" not in page.content.decode()
    assert client.post(reverse("workbook:week_detail", args=["ours", 1]), {}).status_code == 405


def test_a_members_page_knows_her_address_for_signing_in_again(client, cast, week_url):
    client.force_login(cast.member)
    assert f'data-email="{cast.member.email}"' in client.get(week_url).content.decode()


# Without JavaScript


def test_form_saves_every_box(client, cast, week_url):
    one, two = prompt_of(cast.cohort, week=2), prompt_of(cast.cohort, week=2, position=2)
    client.force_login(cast.member)
    answer = client.post(week_url, fields(one, "ひとつ\r\nふたつ") | fields(two, "　字下げ\n\n"))
    assert answer.status_code == 302
    assert Response.objects.get(prompt=one).text == "ひとつ\nふたつ"
    assert Response.objects.get(prompt=two).text == "　字下げ\n\n"


def test_form_leaves_unchanged_boxes_alone(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    response = write(cast.membership, one, "そのまま")
    client.force_login(cast.member)
    client.post(week_url, fields(one, "そのまま", base=1) | fields(prompt_of(cast.cohort, week=2, position=2), ""))
    assert response.revisions.count() == 1
    assert Response.objects.filter(prompt__section__week__number=2).count() == 1


def test_form_conflict_shows_both_texts_and_saves_on_the_next_press(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    write(cast.membership, one, "電話で書いた")
    client.force_login(cast.member)
    answer = client.post(week_url, fields(one, "机で書いた", base=0))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<mark>電話</mark>で書いた" in page
    assert "\n机で書いた</textarea>" in page
    client.post(week_url, fields(one, "机で書いた", base=1, operation="b9d4f3a0-0000-4000-8000-000000000002"))
    assert Response.objects.get(prompt=one).text == "机で書いた"


def test_form_keeps_what_cannot_be_saved(client, cast, week_url):
    one, two = prompt_of(cast.cohort, week=2), prompt_of(cast.cohort, week=2, position=2)
    client.force_login(cast.member)
    answer = client.post(week_url, fields(one, "あ" * 100_001) | fields(two, "これは残る"))
    assert answer.status_code == 422
    assert "あ" * 100_001 in answer.content.decode()
    assert Response.objects.get(prompt=two).text == "これは残る"
    assert not Response.objects.filter(prompt=one).exists()


def test_foreign_prompts_in_the_form_are_ignored(client, cast, week_url):
    foreign = prompt_of(cast.other, week=2)
    client.force_login(cast.member)
    client.post(week_url, fields(foreign, "よそへ"))
    assert not Response.objects.filter(prompt=foreign).exists()


# 全体 and one's own words


@pytest.mark.parametrize("more", [1, 3])
def test_cohort_queries(client, cast, more, django_assert_num_queries):
    for number in range(more):
        join(cast.cohort, make_user(f"more{number}"))
    client.force_login(cast.member)
    with django_assert_num_queries(7):
        client.get(reverse("workbook:cohort_detail", args=["ours"]))


def test_words_show_ones_own_only(client, cast):
    client.force_login(cast.removed)
    page = client.get(reverse("workbook:words", args=["ours"])).content.decode()
    assert "CANARY-ours-removed-shared" in page
    assert "CANARY-ours-member" not in page


def test_download_is_markdown_of_ones_own(client, cast):
    client.force_login(cast.member)
    answer = client.get(reverse("workbook:words_download", args=["ours"]))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/markdown")
    assert "CANARY-ours-member-private" in text
    assert "CANARY-ours-removed" not in text


# Comments, preview, privacy


def test_comment_is_seen_and_thanked_once(client, cast):
    comment = Feedback.objects.create(
        revision=cast.shared.revisions.first(), author=cast.facilitator, text="ありがとうございます"
    )
    client.force_login(cast.member)
    assert "ありがとうございます" in client.get("/").content.decode()
    client.get(reverse("workbook:week_detail", args=["ours", 1]))
    comment.refresh_from_db()
    assert comment.seen_at is not None
    client.post(reverse("workbook:feedback_thanks", args=[comment.pk]))
    comment.refresh_from_db()
    first = comment.thanked_at
    client.post(reverse("workbook:feedback_thanks", args=[comment.pk]))
    comment.refresh_from_db()
    assert comment.thanked_at == first
    client.force_login(cast.colleague)
    assert client.post(reverse("workbook:feedback_thanks", args=[comment.pk])).status_code == 404


def test_preview_renders_safely_and_within_limits(client, cast):
    client.force_login(cast.member)
    answer = client.post("/preview/", {"text": "**太字**<script>alert(1)</script>"})
    assert "<strong>太字</strong>" in answer.content.decode()
    assert "<script" not in answer.content.decode()
    assert client.post("/preview/", {"text": "あ" * 100_001}).status_code == 422
    statuses = {client.post("/preview/", {"text": "あ"}).status_code for _ in range(60)}
    assert statuses == {200, 429}


def test_privacy_is_public(client, db):
    assert client.get("/privacy/").status_code == 200


def test_session_time_is_shown_in_the_cohorts_zone(client, cast):
    week = Week.objects.get(cohort=cast.cohort, number=2)
    week.session_at = timezone.now().replace(hour=12, minute=34) + timedelta(days=2)
    week.save()
    client.force_login(cast.member)
    assert "21:34" in client.get(week.get_absolute_url()).content.decode()


# Old pages, absurd input


def test_form_sent_twice_with_more_text_keeps_both(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    client.force_login(cast.member)
    client.post(week_url, fields(one, "途中まで"))
    answer = client.post(week_url, fields(one, "途中まで、そして続き"))
    assert answer.status_code == 422
    assert "\n途中まで、そして続き</textarea>" in answer.content.decode()
    assert set(Revision.objects.filter(response__prompt=one).values_list("text", flat=True)) == {
        "途中まで",
        "途中まで、そして続き",
    }


def test_untouched_box_of_an_old_page_changes_nothing(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    client.force_login(cast.member)
    client.post(week_url, fields(one, "古い文"))
    client.post(week_url, fields(one, "新しい文", base=1, operation="b9d4f3a0-0000-4000-8000-000000000002"))
    untouched = fields(one, "古い文", base=1, operation="b9d4f3a0-0000-4000-8000-000000000003")
    assert client.post(week_url, untouched).status_code == 302
    assert Response.objects.get(prompt=one).text == "新しい文"


def test_boxes_are_saved_one_by_one_when_somebody_else_writes(cast):
    one, two = prompt_of(cast.cohort, week=2), prompt_of(cast.cohort, week=2, position=2)
    write(cast.membership, one, "電話で書いた")
    saves = [Save(p.pk, cast.membership.pk, uuid4(), 0, "机で書いた", "group", []) for p in (one, two)]
    first, second = Response.objects.write_together(saves, {})
    assert (first.accepted, second.accepted) == (False, True)
    assert Response.objects.get(prompt=one).text == "電話で書いた"
    assert Revision.objects.get(pk=first.branch_id).text == "机で書いた"


def test_absurd_ids_are_not_found(client, cast):
    client.force_login(cast.member)
    for number in (2**63, 10**30, int("9" * 400)):
        assert client.post(f"/prompts/{number}/response/", "{}", content_type="application/json").status_code == 404
        assert client.post(f"/responses/{number}/outcome/").status_code == 404
        assert client.get(f"/cohorts/ours/weeks/{number}/").status_code == 404


def test_absurd_dates_are_refused(cast):
    week = Week.objects.get(cohort=cast.cohort, number=4)
    week.session_at = week.session_at.replace(year=9999)
    with pytest.raises(ValidationError):
        week.full_clean()
    week.session_at = week.session_at.replace(year=2050)
    week.meeting_url = "ftp://example.com/"
    with pytest.raises(ValidationError):
        week.full_clean()


# What a facilitator sees here


def test_facilitator_is_led_to_the_office(client, cast):
    client.force_login(cast.facilitator)
    page = client.get("/").content.decode()
    assert reverse("admin:index") in page
    assert "第1週で、まだのもの" not in page


def test_facilitators_reading_here_is_recorded(client, cast):
    url = reverse("workbook:week_detail", args=["ours", 1])
    client.force_login(cast.colleague)
    client.get(url)
    assert not AccessRecord.objects.exists()
    client.force_login(cast.facilitator)
    client.get(url)
    record = AccessRecord.objects.get()
    assert (record.actor, record.membership, record.week.number) == (cast.facilitator, cast.membership, 1)


def test_overview_of_the_current_cohort(client, cast):
    client.force_login(cast.member)
    assert client.get("/cohorts/").url == reverse("workbook:cohort_detail", args=["ours"])
    client.force_login(make_user("newcomer"))
    assert client.get("/cohorts/").url == "/"


def test_form_with_an_error_keeps_base_and_readers(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    write(cast.membership, one, "電話で書いた")
    client.force_login(cast.member)
    page = client.post(week_url, fields(one, "あ" * 100_001, base=0, readers="group")).content.decode()
    assert f'name="base_version-{one.pk}" value="0"' in page
    assert '<option value="group" selected>' in page
    answer = client.post(week_url, fields(one, "机で書いた", base=0, readers="group"))
    assert answer.status_code == 422
    assert Response.objects.get(prompt=one).text == "電話で書いた"


def test_readers_of_an_empty_box_are_kept(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    client.force_login(cast.member)
    client.post(week_url, fields(one, "", readers="self"))
    assert Response.objects.get(prompt=one).readers == Readers.SELF


def test_week_moved_into_the_future_gives_the_words_back(client, cast, week_url):
    one = prompt_of(cast.cohort, week=2)
    write(cast.membership, one, "もう書いたこと")
    Week.objects.filter(cohort=cast.cohort, number=2).update(opens_at=timezone.now() + timedelta(days=1))
    client.force_login(cast.member)
    answer = client.post(week_url, fields(one, "書いたばかりの言葉", base=1))
    assert answer.status_code == 422
    assert "書いたばかりの言葉" in answer.content.decode()
    assert "もう書いたこと" in client.get(reverse("workbook:words", args=["ours"])).content.decode()


def test_words_of_a_left_cohort_are_found_from_another(client, cast):
    join(cast.other, cast.removed)
    client.force_login(cast.removed)
    assert reverse("workbook:words", args=["ours"]) in client.get("/").content.decode()
