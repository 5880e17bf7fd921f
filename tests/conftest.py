"""One world for a whole module, and its people with all that they may read."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from tests.access import sign_in
from tests.world import World, allowed_tokens, make_world


@dataclass(frozen=True)
class Person:
    """A signed-in person of the table, and every token that she may read."""

    session_key: str
    allowed: set[str]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Every request to it is undone by who asks. Its tests bear the mark `django_db`: without it there would be no
    test database, and the world would be made in the real one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Person]:
    return {role: Person(sign_in(world, role), allowed_tokens(user)) for role, user in world.roles().items()}
