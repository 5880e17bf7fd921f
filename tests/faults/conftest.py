"""One durable server for all tests here, small or full counts, and the figures that `make faults` prints."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import Cluster
from postgres import cluster as new_cluster

from .disk import SmallDisk, make_small_disk
from .ledger import Ledger
from .server import Site, postgresql, site, sqlite
from .typist import Chrome, chromium

FULL = os.environ.get("FAULTS") == "full"
HERE = Path(__file__).parent
MEMBERS = 600 if FULL else 150  # with ten boxes each; what fails is tried again and again in new ones


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
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, float, str], None]:
    """Put a figure on the board of `make faults`, with its goal: `= 0`, `≥ 300`, `≤ 5`, or none.

    Whole numbers of the same name are added up over all tests, of others the largest counts.
    """
    return lambda name, value, goal="": record_property(name, f"{value}\t{goal}")


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first server puts the static files for all."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with postgresql() as made:
        yield made


@pytest.fixture(scope="session")
def on_postgresql(cluster: Cluster, static: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on PostgreSQL."""
    with site(cluster.url, tmp_path_factory.mktemp("postgresql"), members=MEMBERS, static=static) as made:
        yield made


@pytest.fixture(scope="session")
def on_sqlite(static: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site on SQLite."""
    folder = tmp_path_factory.mktemp("sqlite")
    with site(sqlite(folder), folder, members=MEMBERS, static=static) as made:
        yield made


@pytest.fixture(scope="session")
def pages(static: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site for real browsers, on a PostgreSQL that knows when each row was committed."""
    folder = tmp_path_factory.mktemp("pages")
    with new_cluster("-c track_commit_timestamp=on") as made, site(made.url, folder, static=static, members=24) as here:
        yield here


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    """One Chromium for all tests here, with the loop in which it is driven."""
    with asyncio.Runner() as runner:
        playing = chromium()
        yield Chrome(runner, runner.run(playing.__aenter__()))
        runner.run(playing.__aexit__(None, None, None))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger")
    yield ledger
    ledger.close()


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """An empty file system that is soon full."""
    with make_small_disk() as folder:
        yield SmallDisk(folder)
