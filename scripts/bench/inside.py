"""The same requests inside this process: how many queries they need, and where the time goes."""

import cProfile
import pstats
import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from .bare import settings as bare_settings
from .client import AGENT, CSRF, ENCODINGS, LIVE, Ask, decoded

TRANSACTION = re.compile(r"BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK")
BARE = {name: getattr(bare_settings, name) for name in bare_settings.PAGES}


def send(client: Client, ask: Ask, tag: str = "") -> str:
    """The text of the answer. `tag`: what an open page has already, see `tag_of`.

    Raises:
        RuntimeError: the page answers with another status than it should.
    """
    response = respond(client, ask, {"If-None-Match": tag} if tag else {})
    status = HTTPStatus.NOT_MODIFIED if tag else ask.status
    if response.status_code != status:
        raise RuntimeError(f"{ask.path}: {response.status_code} instead of {status}")
    return decoded(response.content, response.headers.get("Content-Encoding", ""))


def tag_of(client: Client, ask: Ask) -> str:
    """The tag of the page that is open when this is asked; empty if it is no page's own question."""
    return respond(client, ask, {})["ETag"] if ask.polls else ""


def respond(client: Client, ask: Ask, headers: dict[str, str]) -> HttpResponse:
    client.cookies.load({settings.SESSION_COOKIE_NAME: ask.session, settings.CSRF_COOKIE_NAME: CSRF})
    headers |= {"User-Agent": AGENT, "Accept-Encoding": ENCODINGS, "X-CSRFToken": CSRF} | (LIVE if ask.polls else {})
    if ask.body is None:
        return client.get(ask.path, headers=headers)
    return client.post(ask.path, ask.body, content_type=ask.content_type, headers=headers)


def count_queries(asks: Iterator[Ask]) -> tuple[int, int]:
    """Queries of one request, and the statements that only begin and end transactions."""
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    ask = next(asks)
    tag = tag_of(client, ask)
    with CaptureQueriesContext(connection) as queries:
        send(client, ask, tag)
    around = sum(bool(TRANSACTION.match(query["sql"])) for query in queries)
    return len(queries) - around, around


def count_bare_queries(asks: Iterator[Ask]) -> tuple[int, int]:
    """The same for the bare project, whose pages run here with its own middleware and templates."""
    with override_settings(**BARE):
        return count_queries(asks)


def profile(asks: Iterator[Ask], warm_up: int, count: int) -> None:
    """Print the 25 functions in which most time is spent, their own time first, then with all they call."""
    client = Client(SERVER_NAME="localhost")
    for ask in islice(asks, warm_up):
        send(client, ask)
    profiler = cProfile.Profile()
    for ask in islice(asks, count):
        tag = tag_of(client, ask)
        profiler.enable()
        send(client, ask, tag)
        profiler.disable()
    statistics = pstats.Stats(profiler)
    print(f"{count} requests, {1000 * statistics.total_tt / count:.1f} ms each under the profiler")
    for order in ("tottime", "cumulative"):
        statistics.sort_stats(order).print_stats(25)
