"""Fixtures for every test: the cast, and its member as a visitor of the site."""

import gc
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from time_machine import TimeMachineFixture

from tests.cast import Cast, make_cast

# A fifth of the time went into looking for garbage among a million objects that stay to the end.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def autumn(time_machine: TimeMachineFixture) -> None:
    """For tests that name dates: these lie ahead, and nobody of the cast has another session then."""
    time_machine.move_to(datetime(2026, 11, 20, 3, tzinfo=UTC))


@pytest.fixture
def visitor(cast: Cast) -> Client:
    """The member, signed in; what breaks becomes the page that she would meet, not an exception in the test."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.member)
    return client


@pytest.fixture
def organizer(client: Client, cast: Cast) -> Client:
    """The organizer, signed in."""
    client.force_login(cast.organizer)
    return client


@pytest.fixture
def facilitator(client: Client, cast: Cast) -> Client:
    client.force_login(cast.facilitator)
    return client


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out what touches no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about PostgreSQL runs there alone; with `--database-only`, what touches no database runs not again."""
    chosen = [item for item in items if connection.vendor == "postgresql" or not item.get_closest_marker("postgresql")]
    if config.getoption("--database-only"):
        chosen = [item for item in chosen if touches_database(item)]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """What is loaded by now is nobody's garbage."""
    gc.collect()
    gc.freeze()


def touches_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", []))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None
