"""Two presses of the button at the same moment open one cohort, and each person gets one mail."""

import pytest
from django.db import OperationalError
from django.test import Client

from cohorts.models import Cohort, Invitation, Mail
from workbook.tests.opening_page import FIRST, press, typed
from workbook.tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_presses_at_once_open_one_cohort(cast):
    client = Client()
    client.force_login(cast.organizer)
    data = typed(client, source="bundled", name="第3期", first_session=FIRST, people="hana@example.com")

    def press_once():
        own = Client()
        own.cookies.update(client.cookies)
        try:
            return press(own, data)["Location"]
        except OperationalError:  # SQLite: somebody else was writing
            return None

    places = {place for place in at_once(*[press_once] * 4) if place}
    assert places == {f"/admin/cohorts/cohort/{Cohort.objects.get(name='第3期').pk}/change/"}
    assert Invitation.objects.filter(email="hana@example.com").count() == 1
    assert Mail.objects.filter(to="hana@example.com").count() == 1
