"""Going back after the button: the cohort is there already, and whoever was added meanwhile is invited."""

import pytest

from cohorts.models import Cohort, Mail
from workbook.tests.opening_page import FIRST, PREVIEW, press, refused, typed


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
