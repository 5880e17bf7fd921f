"""One durable server for all tests here, small or full counts, and the figures that `make faults` prints."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))

FULL = os.environ.get("FAULTS") == "full"
HERE = Path(__file__).parent
MEMBERS = 200 if FULL else 30  # with ten boxes each


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder breaks something on purpose."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def scale() -> Callable[[int, int], int]:
    """`scale(300, 10_000)`: the count for `make test`, and the one for `make faults`."""
    return lambda small, full: full if FULL else small


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object, str], None]:
    """Put a figure with its goal on the board of `make faults`."""
    return lambda name, value, goal="": record_property(name, f"{value}\t{goal}")


@pytest.fixture(scope="session")
def cluster() -> Iterator:
    from .server import postgresql

    with postgresql() as made:
        yield made


@pytest.fixture(scope="session")
def on_postgresql(cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """The site on PostgreSQL."""
    from .server import site

    with site(cluster.url, tmp_path_factory.mktemp("postgresql"), members=MEMBERS) as made:
        yield made


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """The site on SQLite."""
    from .server import site, sqlite

    folder = tmp_path_factory.mktemp("sqlite")
    with site(sqlite(folder), folder, members=MEMBERS) as made:
        yield made
