"""A real Chromium in front of a real server: contexts like a phone and like a desk, each watched for violations.

    def test_something(phone: Page, live_server: LiveServer, cast: Cast): ...

`sign_in(page, user)` gives the page's browser a session of that person.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cohorts.models import Membership, User
from tests.browser.office import open_page, week_of
from tests.browser.offline import PHONE, open_week
from tests.browser.projected import PROJECTED, SHORT, opened
from tests.browser.server import Server, collected_files
from tests.cast import Cast, make_cast, prompt_of, write
from tests.faults.proxy import FaultProxy
from workbook.models import Prompt, Readers, Response

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))

TIMEOUT = 10_000
# Answers that a page is prepared for; the browser reports them all the same.
EXPECTED = re.compile(
    r"status of (401|403|409|413|422|429)|status of 404.* at \S+/((response|draft|feedback|board)/$|session/state/)"
    r"|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if item.path.is_relative_to(settings.BASE_DIR / "tests" / "browser"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def live_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server for all tests here, with production's static files."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with collected_files(tmp_path_factory, worker):
        server = Server("localhost")
        yield server
        server.stop()


@pytest.fixture(autouse=True)
def plain_settings(settings) -> None:
    """The live server answers under its own address, in plain http."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, committed, so that the server's thread sees it."""
    return make_cast()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from chromium import how_to_launch

    # Playwright's own event loop runs in this thread; Django must not take its database calls for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**how_to_launch())
        yield browser
        browser.close()


RUNNING: list[object] = []


def begin(**_: object) -> None:
    RUNNING.append(object())


def end(**_: object) -> None:
    RUNNING.pop()


request_started.connect(begin)
request_finished.connect(end)


def wait_for_requests() -> None:
    """A last save may outlive its page: the tables are emptied after it."""
    quiet = time.monotonic()
    deadline = quiet + 5
    while time.monotonic() < min(deadline, quiet + 0.1):
        if RUNNING:
            quiet = time.monotonic()
        time.sleep(0.02)


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own; fails the test when one of them reports an error in its console."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(**options: object) -> Page:
        place = {"base_url": address(live_server), "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
        context = browser.new_context(**{**place, **options})
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(described(message)))
        return page

    yield make
    for context in contexts:
        context.close()
    wait_for_requests()
    assert [problem for problem in problems if not EXPECTED.search(problem)] == []


def described(message: ConsoleMessage) -> str:
    return f"{message.text} at {message.location['url']}"


def address(live_server: LiveServer) -> str:
    """`localhost` instead of the number: passkeys need a name."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A narrow page with touch."""
    return new_page(**PHONE)


@pytest.fixture
def desk(new_page: Callable[..., Page]) -> Page:
    """A wide page."""
    return new_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def plain_page(new_page: Callable[..., Page]) -> Page:
    """A phone without JavaScript."""
    return new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Put a session of the user into the page's browser, as if she had signed in before."""

    def put(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address(live_server)}])

    return put


@pytest.fixture
def url(cast: Cast) -> str:
    """The address of what the member wrote in the first week, for who facilitates."""
    return week_of(cast)


@pytest.fixture
def reading(desk: Page, cast: Cast, sign_in: Callable, url: str) -> Page:
    """The facilitator reads it."""
    sign_in(desk, cast.facilitator)
    return open_page(desk, url)


@pytest.fixture
def first(cast: Cast) -> Response:
    """The colleague shares a short text with the group."""
    return write(Membership.objects.get(user=cast.colleague), prompt_of(cast.cohort), SHORT, Readers.GROUP)


@pytest.fixture
def room(new_page: Callable[..., Page], sign_in: Callable, cast: Cast, first: Response) -> Page:
    """The facilitator has opened the room of the first week, to project it."""
    return opened(new_page(viewport=PROJECTED), sign_in, cast.facilitator, cast)


@pytest.fixture
def prompt(cast: Cast) -> Prompt:
    """The first box of the first week."""
    return prompt_of(cast.cohort, week=1)


@pytest.fixture
def week(prompt: Prompt) -> str:
    """The address of its week."""
    return prompt.section.week.get_absolute_url()


@pytest.fixture
def proxy(live_server: LiveServer) -> Iterator[FaultProxy]:
    """A network in front of the server that can be broken."""
    with FaultProxy(urlsplit(live_server.url).port) as proxy:
        yield proxy


@pytest.fixture
def sheet(proxy: FaultProxy, new_page: Callable[..., Page], cast: Cast, sign_in: Callable, prompt: Prompt) -> Page:
    """The member's phone on the first week, behind that network; the week is kept on the device."""
    page = new_page(base_url=proxy.url, **PHONE)
    sign_in(page, cast.member)
    return open_week(page, prompt)
