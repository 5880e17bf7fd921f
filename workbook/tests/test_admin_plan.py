"""The cohort's page, the privacy page, and weeks that are none of one's own."""

import pytest

from tests.editing import page_of, week_of
from workbook.models import PrivacyPage, Week

ABSURD = [f"/admin/workbook/week/{number}/change/" for number in ("9" * 5_000, 10**30, "１")]


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


def test_foreign_and_unknown_weeks_are_the_same(facilitator, cast):
    foreign = Week.objects.get(cohort=cast.other, number=1)
    for address in (page_of(foreign), "/admin/workbook/week/99999/change/", "/admin/workbook/week/x/change/", *ABSURD):
        assert facilitator.get(address).status_code == 404
        assert facilitator.post(address, {"session_at": "2099-01-01T21:00"}).status_code == 404


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


def test_another_time_zone_shifts_no_session(organizer, cast):
    address = f"/admin/cohorts/cohort/{cast.cohort.pk}/change/"
    assert "Asia/Tokyo" in organizer.get(address).content.decode()
    assert organizer.post(address, posted(organizer, address, time_zone="Europe/London")).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.time_zone == "Asia/Tokyo"


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
