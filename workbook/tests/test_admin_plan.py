"""The week's own page, the cohort's page and the privacy page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from workbook.models import PrivacyPage, Prompt, Week

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


def test_a_week_can_be_saved_as_it_is(organizer, cast):
    week = week_of(cast)
    assert organizer.post(page_of(week), posted(organizer, page_of(week))).status_code == 302
    saved = week_of(cast)
    assert (saved.theme, saved.session_minutes, saved.meeting_url) == (week.theme, 60, week.meeting_url)


def test_it_keeps_time_and_link_and_leads_to_the_editor(organizer, cast):
    week = week_of(cast)
    later = timezone.localtime(week.session_at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    data = posted(organizer, page_of(week), session_at=later, meeting_url="https://zoom.example.com/j/9", theme="x")
    assert organizer.post(page_of(week), data).status_code == 302
    saved = week_of(cast)
    assert (saved.meeting_url, saved.theme) == ("https://zoom.example.com/j/9", week.theme)
    assert timezone.localtime(saved.session_at).strftime("%Y-%m-%dT%H:%M") == later
    assert saved.sequence == 1
    body = organizer.get(page_of(week)).content.decode()
    assert f"/admin/cohorts/cohort/{cast.cohort.pk}/editor/#week-{week.pk}" in body
    assert "prompts-0-text" not in body


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
    data = posted(organizer, address, **{"name": "新しい名前", "weeks-1-session_minutes": "90", "slug": "x"})
    assert organizer.post(address, data).status_code == 302
    cast.cohort.refresh_from_db()
    assert (cast.cohort.name, cast.cohort.slug) == ("新しい名前", "ours")
    assert week_of(cast).session_minutes == 90


def test_a_foreign_week_is_not_moved_in(organizer, cast):
    address = f"/admin/cohorts/cohort/{cast.cohort.pk}/change/"
    foreign = Week.objects.get(cohort=cast.other, number=1)
    organizer.post(address, posted(organizer, address, **{"weeks-0-id": foreign.pk, "weeks-0-session_minutes": "90"}))
    foreign.refresh_from_db()
    assert foreign.cohort == cast.other
    assert foreign.session_minutes == 60


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
    body = organizer.get("/admin/workbook/privacypage/add/").content.decode()
    assert "markdownx/js" not in body
    assert "data-markdownx" not in body
    assert "js/admin/preview.js" in body
    assert 'data-preview-url="/preview/"' in body
