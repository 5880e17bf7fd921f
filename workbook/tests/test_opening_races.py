"""Buttons pressed at the same moment: one's own twice opens one cohort, those of two organizers open two."""

import threading
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from django.test import Client

from cohorts.models import Cohort, Invitation, Mail
from tests.together import at_once
from workbook.tests.opening_page import FIRST, PREVIEW, REFUSED, fields_of, press, typed
from workbook.tests.test_races import PATIENCE

pytestmark = [pytest.mark.usefixtures("autumn"), pytest.mark.django_db(transaction=True)]


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


def meeting_to_insert(size):
    """For `execute_wrapper`: whoever opens a cohort waits once, before storing it, until all others are there too."""
    barrier, waited = threading.Barrier(size), threading.local()

    def hold(execute, sql, *args):
        if sql.startswith("INSERT INTO") and Cohort._meta.db_table in sql.split("(")[0] and not hasattr(waited, "once"):
            waited.once = True
            with suppress(threading.BrokenBarrierError):
                barrier.wait(PATIENCE)
        return execute(sql, *args)

    return hold


@pytest.mark.parametrize("slug", ["", "haru"])
def test_two_organizers_open_on_the_same_day(cast, slug):
    clients = []
    for number, user in enumerate((cast.organizer, cast.superuser)):
        client = Client()
        client.force_login(user)
        data = typed(client, source="bundled", name=f"第{number}期", first_session=FIRST, leads=[], slug=slug)
        clients.append((client, data))
    hold = meeting_to_insert(len(clients))

    def open_one(client, data):
        with connection.execute_wrapper(hold):
            return press(client, data)

    responses = at_once(*[lambda client=client, data=data: open_one(client, data) for client, data in clients])
    opened = Cohort.objects.filter(name__endswith="期").values_list("slug", flat=True)
    if slug:
        assert list(opened) == [slug]
        places = [response["Location"] for response in responses]
        assert places.count(REFUSED) == 1
        page = clients[places.index(REFUSED)][0].get(REFUSED)
        assert "slug" in page.context["form"].errors
        assert page.context["form"]["slug"].value() == slug
    else:
        assert REFUSED not in [response["Location"] for response in responses]
        assert sorted(opened) == ["2026-12-02", "2026-12-02-2"]


def test_button_overtakes_what_the_page_had_asked_before(cast):
    """The earlier request knows the session as it was before the button; what it keeps is over."""
    client = Client()
    client.force_login(cast.organizer)
    data = typed(client, source="bundled", name="第3期", first_session=FIRST)
    has_come, is_pressed = threading.Event(), threading.Event()

    def hold(execute, sql, *args):
        if Cohort._meta.db_table in sql and not has_come.is_set():
            has_come.set()
            is_pressed.wait(PATIENCE)
        return execute(sql, *args)

    def ask():
        own = Client()
        own.cookies.update(client.cookies)
        with connection.execute_wrapper(hold):
            return own.post(PREVIEW, {**data, "name": "第", "turn": "1795000001999"})

    def press_then():
        has_come.wait(PATIENCE)
        try:
            return press(client, data, name="第4期", people="x", turn="1795000002000")
        finally:
            is_pressed.set()

    asked, pressed = at_once(ask, press_then)
    assert (asked.status_code, pressed["Location"]) == (200, REFUSED)
    assert fields_of(client.get(REFUSED))["name"] == "第4期"
