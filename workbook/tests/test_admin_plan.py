"""Editing weeks and questions, the cohort's page and the privacy page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.cast import prompt_of, write
from workbook.models import PrivacyPage, Prompt, Response, Section, Week

ABSURD = [f"/admin/workbook/week/{number}/change/" for number in ("9" * 5_000, 10**30, "１")]


@pytest.fixture
def organizer(client, cast):
    client.force_login(cast.organizer)
    return client


def week_of(cast, number=2):
    return Week.objects.get(cohort=cast.cohort, number=number)


def page_of(week):
    return f"/admin/workbook/week/{week.pk}/change/"


def posted(client, address, **changes):
    """What the page's form would send, with changes; `None` takes a field out."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    data = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if hasattr(value, "strftime"):
                value = value.strftime("%Y-%m-%dT%H:%M")
            if value not in (None, False):
                data[field.html_name] = value
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def test_everything_of_a_week_can_be_saved_as_it_is(organizer, cast):
    week = week_of(cast)
    response = organizer.post(page_of(week), posted(organizer, page_of(week)))
    assert response.status_code == 302
    assert Prompt.objects.filter(section__week=week).count() == 5
    assert [prompt.position for prompt in Prompt.objects.filter(section__week=week)] == [1, 2, 1, 1, 1]


def test_wording_of_week_section_and_question(organizer, cast):
    week = week_of(cast)
    changes = {"theme": "新しいテーマ", "sections-0-heading": "ひとりで考える", "prompts-0-text": "新しい問い？"}
    assert organizer.post(page_of(week), posted(organizer, page_of(week), **changes)).status_code == 302
    week.refresh_from_db()
    assert week.theme == "新しいテーマ"
    section = week.sections.get(kind=Section.Kind.REFLECTION)
    assert section.heading == "ひとりで考える"
    assert section.prompts.get(position=1).text == "新しい問い？"


def test_adding_moving_and_deleting_questions(organizer, cast):
    week = week_of(cast)
    reflection, notes = (week.sections.get(kind=kind) for kind in ("reflection", "session_notes"))
    new = {"prompts-5-section": notes.pk, "prompts-5-text": "三つめ？", "prompts-5-place": "1"}
    assert organizer.post(page_of(week), posted(organizer, page_of(week), **new)).status_code == 302
    assert [prompt.text for prompt in notes.prompts.all()] == ["", "三つめ？"]

    swapped = posted(organizer, page_of(week), **{"prompts-1-place": "1"})
    assert organizer.post(page_of(week), swapped).status_code == 302
    assert [prompt.text for prompt in reflection.prompts.all()] == ["それはなぜ？", "うれしかった一言は？"]
    down = posted(organizer, page_of(week), **{"prompts-0-place": "2"})
    assert organizer.post(page_of(week), down).status_code == 302
    assert [prompt.text for prompt in reflection.prompts.all()] == ["うれしかった一言は？", "それはなぜ？"]

    away = posted(organizer, page_of(week), **{"prompts-1-section": notes.pk, "prompts-0-DELETE": None})
    assert organizer.post(page_of(week), away).status_code == 302
    assert [prompt.text for prompt in reflection.prompts.all()] == ["うれしかった一言は？"]
    assert notes.prompts.count() == 3

    gone = posted(organizer, page_of(week), **{"prompts-1-DELETE": "on"})
    assert organizer.post(page_of(week), gone).status_code == 302
    assert [prompt.position for prompt in notes.prompts.all()] == [1, 2]


def test_a_question_with_words_stays(organizer, cast):
    week = week_of(cast, 1)
    response = organizer.post(page_of(week), posted(organizer, page_of(week), **{"prompts-1-DELETE": "on"}))
    assert response.status_code == 200
    (problem,) = response.context["inline_admin_formsets"][1].formset.non_form_errors()
    assert "それはなぜ？" in problem
    assert Prompt.objects.filter(section__week=week).count() == 5
    assert Response.objects.filter(pk=cast.shared.pk).exists()


def test_a_section_keeps_one_question(organizer, cast):
    week = week_of(cast)
    response = organizer.post(page_of(week), posted(organizer, page_of(week), **{"prompts-4-DELETE": "on"}))
    assert response.status_code == 200
    assert "あなたは何をする？" in str(response.context["inline_admin_formsets"][1].formset.non_form_errors())


def test_a_changed_question_counts_the_words_anew(organizer, cast):
    week = week_of(cast)
    response = write(cast.membership, prompt_of(cast.cohort, 2), "もう一つの問いは？")
    assert response.written
    changes = {"prompts-0-text": "もう一つの問いは？"}
    organizer.post(page_of(week), posted(organizer, page_of(week), **changes))
    response.refresh_from_db()
    assert not response.written


def test_questions_of_other_weeks_are_out_of_reach(organizer, cast):
    week, other = week_of(cast), week_of(cast, 3)
    foreign = other.sections.first().prompts.first()
    section = posted(organizer, page_of(week), **{"prompts-0-section": other.sections.first().pk})
    assert organizer.post(page_of(week), section).status_code == 200
    forged = posted(organizer, page_of(week), **{"prompts-0-id": foreign.pk, "prompts-0-text": "x", "theme": "y"})
    organizer.post(page_of(week), forged)
    foreign.refresh_from_db()
    assert foreign.text != "x"
    assert foreign.section.week == other


def test_a_week_opens_before_its_session(organizer, cast):
    week = week_of(cast)
    response = organizer.post(page_of(week), posted(organizer, page_of(week), opens_at="2099-01-01T00:00"))
    assert response.status_code == 200
    assert "opens_at" in response.context["adminform"].form.errors


# --- The facilitator's part ----------------------------------------------------------------------


@pytest.fixture
def facilitator(client, cast):
    client.force_login(cast.facilitator)
    return client


def test_she_corrects_time_and_link_and_nothing_else(facilitator, cast):
    week = week_of(cast)
    later = week.session_at + timedelta(hours=1)
    data = {
        "session_at": timezone.localtime(later).strftime("%Y-%m-%dT%H:%M"),
        "meeting_url": "https://zoom.example.com/j/2",
        "theme": "x",
        "aim": "x",
        "opens_at": "2020-01-01T00:00",
        "number": 9,
        "cohort": cast.other.pk,
        "sections-TOTAL_FORMS": 1,
        "sections-INITIAL_FORMS": 0,
        "prompts-TOTAL_FORMS": 1,
        "prompts-INITIAL_FORMS": 0,
        "prompts-0-text": "x",
    }
    assert facilitator.post(page_of(week), data).status_code == 302
    changed = week_of(cast)
    assert changed.session_at == later.replace(second=0, microsecond=0)
    assert changed.meeting_url == "https://zoom.example.com/j/2"
    assert (changed.theme, changed.aim, changed.opens_at) == (week.theme, week.aim, week.opens_at)
    assert not Prompt.objects.filter(text="x").exists()


def test_her_session_is_not_before_the_opening(facilitator, cast):
    week = week_of(cast)
    response = facilitator.post(page_of(week), {"session_at": "2020-01-01T21:00", "meeting_url": ""})
    assert response.status_code == 200
    assert "session_at" in response.context["adminform"].form.errors


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "zoom"])
def test_a_link_is_a_link(facilitator, cast, url):
    data = {"session_at": "2099-01-01T21:00", "meeting_url": url}
    response = facilitator.post(page_of(week_of(cast)), data)
    saved = week_of(cast).meeting_url
    assert saved.startswith("https://")
    assert "javascript" not in saved or response.status_code == 200


def test_foreign_and_unknown_weeks_are_the_same(facilitator, cast):
    foreign = Week.objects.get(cohort=cast.other, number=1)
    for address in (page_of(foreign), "/admin/workbook/week/99999/change/", "/admin/workbook/week/x/change/", *ABSURD):
        assert facilitator.get(address).status_code == 404
        assert facilitator.post(address, {"session_at": "2099-01-01T21:00"}).status_code == 404


def test_times_are_the_cohorts(facilitator, cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    week = week_of(cast)
    local = timezone.localtime(week.session_at, ZoneInfo("Europe/Berlin"))
    assert local.strftime("%Y-%m-%dT%H:%M") in facilitator.get(page_of(week)).content.decode()
    data = {"session_at": "2099-07-01T21:00", "meeting_url": ""}
    facilitator.post(page_of(week), data)
    assert week_of(cast).session_at.astimezone(ZoneInfo("UTC")).hour == 19


@pytest.mark.parametrize("number", ["9" * 5_000, 10**30, "１", "x"], ids=["long", "large", "wide", "letter"])
def test_absurd_numbers_are_no_pages(organizer, cast, number):
    for page in (f"week/{number}/history/", f"privacypage/{number}/change/", f"response/read/1/{number}/"):
        assert organizer.get(f"/admin/workbook/{page}").status_code == 404
    for page in ("change", "delete", "history"):
        assert organizer.get(f"/admin/cohorts/cohort/{number}/{page}/").status_code == 404
    assert organizer.get(f"/admin/cohorts/cohort/{number}/workbook.md", follow=True).status_code == 404


# --- The cohort's page and the privacy page ------------------------------------------------------


def test_the_cohorts_weeks_inline(organizer, cast):
    address = f"/admin/cohorts/cohort/{cast.cohort.pk}/change/"
    data = posted(organizer, address, **{"name": "新しい名前", "weeks-1-theme": "芽", "slug": "x"})
    assert organizer.post(address, data).status_code == 302
    cast.cohort.refresh_from_db()
    assert (cast.cohort.name, cast.cohort.slug) == ("新しい名前", "ours")
    assert week_of(cast).theme == "芽"


def test_a_foreign_week_is_not_moved_in(organizer, cast):
    address = f"/admin/cohorts/cohort/{cast.cohort.pk}/change/"
    foreign = Week.objects.get(cohort=cast.other, number=1)
    organizer.post(address, posted(organizer, address, **{"weeks-0-id": foreign.pk, "weeks-0-theme": "x"}))
    foreign.refresh_from_db()
    assert foreign.cohort == cast.other
    assert foreign.theme == "テーマ1"


def test_the_workbook_as_a_page_without_words(organizer, cast):
    response = organizer.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/workbook.md")
    assert response["Content-Type"].startswith("text/markdown")
    assert 'filename="ours.md"' in response["Content-Disposition"]
    assert "うれしかった一言は？" in response.content.decode()
    assert "CANARY" not in response.content.decode()
    assert organizer.get("/admin/cohorts/cohort/999/workbook.md").status_code == 404


def test_the_workbook_page_is_for_organizers(facilitator, cast):
    assert facilitator.get(f"/admin/cohorts/cohort/{cast.cohort.pk}/workbook.md").status_code == 404


def test_the_privacy_page_is_one(organizer, cast):
    add = "/admin/workbook/privacypage/add/"
    assert PrivacyPage.objects.current().text.splitlines()[0] in organizer.get(add).content.decode()
    assert organizer.post(add, {"text": "だれが読めるか"}).status_code == 302
    page = PrivacyPage.objects.get()
    assert page.text == "だれが読めるか"
    change = f"/admin/workbook/privacypage/{page.pk}/change/"
    assert organizer.get(add)["Location"] == change
    assert organizer.get("/admin/workbook/privacypage/")["Location"] == change
    assert organizer.get(f"/admin/workbook/privacypage/{page.pk}/delete/").status_code == 404


def test_the_markdown_box_comes_without_the_packages_script(organizer, cast):
    for address in (page_of(week_of(cast)), "/admin/workbook/privacypage/add/"):
        body = organizer.get(address).content.decode()
        assert "markdownx/js" not in body
        assert "data-markdownx" not in body
        assert "js/admin/preview.js" in body
        assert 'data-preview-url="/preview/"' in body
