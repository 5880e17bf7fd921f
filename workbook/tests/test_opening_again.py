"""Going back after the button: the cohort is there already, and whoever was added meanwhile is invited."""

import pytest

from cohorts.models import Cohort, Mail
from workbook.tests.opening_page import ADD, FIRST, PREVIEW, REFUSED, fields_of, press, refused, typed

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def page(organizer, cast):
    """The page as it stood when the cohort was opened from it; going back shows it again."""
    people = {"people": "hana@example.com", "leads": [], "facilitators": cast.facilitator.email}
    data = typed(organizer, source="bundled", name="第3期", first_session=FIRST, **people)
    assert press(organizer, data).status_code == 302
    return data


def invited(role):
    places = Cohort.objects.get(name="第3期").invitations.filter(role=role)
    return sorted(places.values_list("email", flat=True))


def test_people_who_are_added_are_invited(organizer, cast, page):
    people = "hana@example.com\nsora@example.com\numi@example.com"
    leads = f"{cast.facilitator.email}\nnew@example.com"
    response = organizer.post(PREVIEW, {**page, "people": people})
    assert not any(row.warnings for row in response.context["preview"].rows)
    response = press(organizer, page, people=people, facilitators=leads)
    cohort = Cohort.objects.get(name="第3期")
    assert response["Location"] == f"/admin/cohorts/cohort/{cohort.pk}/change/"
    assert invited("member") == ["hana@example.com", "sora@example.com", "umi@example.com"]
    assert invited("facilitator") == ["new@example.com"]
    assert Mail.objects.filter(cohort=cohort).count() == 4
    told = organizer.get(response["Location"]).content.decode()
    assert "3人" in told


def test_its_own_address_is_not_taken(organizer, cast):
    data = typed(organizer, source="bundled", name="第3期", first_session=FIRST, slug="haru")
    assert press(organizer, data).status_code == 302
    assert press(organizer, data).status_code == 302
    assert Cohort.objects.filter(name="第3期").count() == 1
    other = refused(organizer, data, name="第4期")
    assert "slug" in other.context["form"].errors


def test_another_cohort_at_the_same_time_is_a_clash_still(organizer, cast, page):
    response = organizer.post(PREVIEW, {**page, "name": "第4期"})
    assert all("第3期" in "".join(row.warnings) for row in response.context["preview"].rows)


# What the page gave up for something newer


def name_after(client, address=ADD):
    return fields_of(client.get(address))["name"]


def test_request_that_is_late_keeps_nothing(organizer, cast):
    data = typed(organizer, source="bundled", name="第3期", first_session=FIRST)
    refused(organizer, data, name="第4期", people="x", turn="1795000002000")
    organizer.post(PREVIEW, {**data, "name": "第3", "turn": "1795000001999"})
    assert name_after(organizer, REFUSED) == "第4期"
    organizer.post(PREVIEW, {**data, "name": "第5期", "turn": "1795000002001"})
    assert name_after(organizer) == "第5期"


@pytest.mark.parametrize("is_opened", [True, False])
def test_nothing_late_brings_back_what_was_forgotten(is_opened, organizer, cast):
    data = typed(organizer, source="bundled", name="第3期", first_session=FIRST)
    if is_opened:
        press(organizer, data, turn="1795000002000")
    else:
        organizer.post(ADD, {"restart": "", "turn": "1795000002000"})
    assert Cohort.objects.filter(name="第3期").exists() == is_opened
    organizer.post(PREVIEW, {**data, "turn": "1795000001999"})
    assert name_after(organizer) == ""


@pytest.mark.parametrize("turn", ["1794999000000", "", "x", "9" * 5000, None])
def test_clock_that_was_set_back_and_page_without_script_keep_all(turn, organizer, cast):
    data = typed(organizer, source="bundled", name="第3期", first_session=FIRST, turn="1795000002000")
    sent = {**data, "name": "第4期", "turn": turn}
    organizer.post(PREVIEW, {name: value for name, value in sent.items() if value is not None})
    assert name_after(organizer) == "第4期"
