"""`docs/access.md` holds: every address, every role, every status, and nobody reads what is not for her."""

from uuid import uuid4

import pytest
from django.db import transaction

from tests.access import Row, all_routes, ask, expected_of, read_table, route_of, status_of, text_of
from tests.conftest import Person
from tests.html_rules import header_faults, html_faults, is_html
from tests.world import World, tokens_in
from workbook.shown import sign

ROWS = read_table()
pytestmark = pytest.mark.django_db


def body_of(row: Row, world: World) -> dict[str, object]:
    """What is sent along: enough for the page to do its work for those who may."""
    bodies = {
        "workbook:response_save": {
            "operation_id": str(uuid4()),
            "base_version": world.cast.private.version,
            "text": "あたらしい文",
            "readers": "self",
        },
        "workbook:history_restore": {"operation_id": str(uuid4()), "base_version": world.cast.private.version},
        "workbook:response_outcome": {"outcome": "done"},
        "workbook:room_steer": {"deed": "names", "value": "0"},
        "workbook:room_attend": {"present": "1"},
        "workbook:preview": {"text": "**あ**"},
        "cohorts:profile": {"nickname": "なのはな"},
        "cohorts:code": {"email": world.things["invitation"].email, "typed": world.things["invitation"].code},
        "set_language": {"language": "ja"},
        "admin:cohorts_membership_organizers": {"end": world.cast.organizer.pk},
        "admin:cohorts_cohort_reminders": {"mail_note": "水曜に会いましょう"},
        "admin:cohorts_cohort_delete": {"name": world.cast.cohort.name},
        "admin:workbook_response_read": {"read": "1"},
        "admin:workbook_response_question": {"read": "1"},
    }
    for name, version in (("workbook:draft_save", world.things["draft"].version), ("workbook:note_save", 2)):
        bodies[name] = {"operation_id": str(uuid4()), "base_version": version, "text": "メモ", "readers": "self"}
    bodies["workbook:feedback_send"] = {
        "operation_id": str(uuid4()),
        "base_version": world.things["draft"].version,
        "shown": sign(world.cast.facilitator, world.cast.shared.pk, world.things["other_revision"].pk),
        "user": world.cast.facilitator.pk,
        "seen": 0,
    }
    return bodies.get(row.page.split()[0], {}) if row.method != "GET" else {}


def faults_of(row: Row, world: World, role: str, person: Person) -> list[str]:
    expected = expected_of(row, role)
    with transaction.atomic():
        response = ask(row, world, person.session_key, body_of(row, world))
        status, text = status_of(response), text_of(response)
        transaction.set_rollback(True)
    faults = [] if status == expected else [f"gets {status}, not {expected}"]
    faults += [f"reads {token}" for token in sorted(tokens_in(text) - person.allowed)]
    faults += header_faults(response) + (html_faults(text) if is_html(response) else [])
    return [f"{role}: {fault}" for fault in faults]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_page(row: Row, world: World, people: dict[str, Person]):
    assert row.expected.keys() == world.cast.roles().keys()
    faults = [fault for role, person in people.items() for fault in faults_of(row, world, role, person)]
    assert not faults, "\n".join(faults)


def test_every_address_is_in_the_table(world: World):
    known = {route_of(row, world) for row in ROWS}
    missing = all_routes() - known
    assert not missing, "\n".join(sorted(missing))


def test_the_oracle_knows_secrets(people: dict[str, Person]):
    """The search for strayed words would be empty talk if nobody were allowed anything, or all everything."""
    allowed = {role: len(person.allowed) for role, person in people.items()}
    assert allowed == {
        "anonymous": 0,
        "member": 13,
        "stranger": 4,
        "removed": 1,
        "facilitator": 31,
        "other facilitator": 6,
        "organizer": 0,
        "superuser": 0,
        "second facilitator": 28,
        "former facilitator": 0,
        "promoted": 26,
        "demoted": 1,
        "on both sides": 8,
    }


def test_the_writer_reads_her_words(world: World, people: dict[str, Person]):
    row = Row("GET", "workbook:words {cohort.slug}", {})
    found = tokens_in(text_of(ask(row, world, people["member"].session_key, {})))
    assert {"CANARY-ours-member-private", "CANARY-ours-member-shared", "CANARY-ours-member-group"} <= found
