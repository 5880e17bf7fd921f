"""Every scenario once in Firefox ESR and once in WebKitGTK, in front of the real server. `make browsers` runs them.

    def test_something(device: Device, prompt: Prompt): ...

The usual runs leave this folder out: `-m browsers` brings it in. Japanese conversion is out of reach here, since
WebDriver types past it; the tests with Chromium cover it.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection

from cohorts.models import User
from tests.cast import Cast, make_cast, prompt_of
from workbook.models import Prompt, Readers, Response, Save

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))

from .device import Device
from .engines import ENGINES
from .server import Server, serving

PASSWORD = "a quiet word in the train"


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Only who asks for these tests gets them."""
    return None if "browsers" in config.getoption("markexpr") else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browsers)


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def running_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with serving(tmp_path_factory.mktemp("server"), database) as server:
        yield server


@pytest.fixture
def server(running_server: Server) -> Server:
    """The server, running, whatever the test before did to it."""
    running_server.start()
    return running_server


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, committed, with a password for the member."""
    cache.clear()  # rate limits of the test before
    cast = make_cast()
    hasher = Argon2PasswordHasher()
    User.objects.filter(pk=cast.member.pk).update(password=hasher.encode(PASSWORD, hasher.salt()))
    return cast


@pytest.fixture
def prompt(cast: Cast) -> Prompt:
    """The first box of the second week: empty."""
    return prompt_of(cast.cohort, week=2)


@pytest.fixture
def new_device(engine: str, server: Server, cast: Cast, tmp_path: Path) -> Iterator[Callable[[], Device]]:
    """Makes browsers with empty profiles. They are closed before the rows go."""
    with contextlib.ExitStack() as stack:
        folders = (tmp_path / f"device-{number}" for number in range(9))
        yield lambda: Device(stack.enter_context(ENGINES[engine](next(folders))), server.url)


@pytest.fixture
def device(new_device: Callable[[], Device], cast: Cast, prompt: Prompt) -> Device:
    """The member's browser, signed in, on the second week."""
    device = new_device()
    device.sign_in(cast.member.email, PASSWORD)
    device.open(prompt.section.week.get_absolute_url())
    return device


@pytest.fixture
def stored(prompt: Prompt) -> Callable[[], str | None]:
    """What the database holds for the box, asked anew each time."""
    return lambda: Response.objects.filter(prompt=prompt).values_list("text", flat=True).first()


@pytest.fixture
def write_elsewhere(cast: Cast, prompt: Prompt) -> Callable[[str], Response]:
    """What another device of the same member makes of the box, knowing all that was there."""

    def write(text: str) -> Response:
        held = Response.objects.filter(prompt=prompt).first()
        version = held.version if held else 0
        save = Save(prompt.pk, cast.membership.pk, uuid4(), version, text, Readers.FACILITATORS, [])
        return Response.objects.write(save).row

    return write
