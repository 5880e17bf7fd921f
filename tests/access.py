"""Reads the table of `docs/access.md`, and asks for its pages as each of its people."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.urls.resolvers import URLResolver

from tests.desk import MORE_ROLES
from tests.world import World

TABLE = settings.BASE_DIR / "docs" / "access.md"
SIGN_IN = "sign-in"
OWN_DEEDS = {
    "workbook:history_revision",
    "workbook:history_restore",
    "workbook:response_outcome",
    "workbook:feedback_thanks",
    "workbook:words gone",
    "workbook:readings gone",
}
"""What is said and done about one's own words alone, and what is left of a cohort in which one took part."""
OWN_WAYS = {
    ("former facilitator", "GET workbook:history {prompt.pk}"): "404",
    ("second facilitator", "POST JSON workbook:feedback_send {shared.pk}"): "409",
    ("promoted", "POST JSON workbook:feedback_send {shared.pk}"): "409",
}
"""What somebody between the columns gets otherwise: she never wrote there; she has begun no comment to send."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a page, a method, and what everybody gets."""

    method: str
    page: str
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.page}"

    def url(self, world: World) -> str:
        name, *arguments = self.page.format(**world.things).split()
        return name if name.startswith("/") else reverse(name, args=arguments)


def read_table() -> list[Row]:
    rows, roles = [], []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if cells[0] == "Page":
            roles = cells[2:]
        elif roles and line.startswith("| `"):
            page, method, *statuses = cells
            rows.append(Row(method, page, dict(zip(roles, statuses, strict=True))))
    return rows


def expected_of(row: Row, role: str) -> str:
    """By the table; who stands between its columns is let in wherever one of hers is, but not to what is another's."""
    if role in row.expected:
        return row.expected[role]
    if (role, str(row)) in OWN_WAYS:
        return OWN_WAYS[role, str(row)]
    expected = min((row.expected[like] for like in MORE_ROLES[role]), key=lambda status: (status == "404", status))
    is_own = OWN_DEEDS & {row.page, row.page.split()[0]}
    return "404" if is_own and expected in {"200", "302"} else expected


def all_routes() -> set[str]:
    """The route of every address there is, as `resolve(path).route` names it."""
    return set(walk(get_resolver()))


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^" if prefix else "")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, route)
        else:
            yield route


def route_of(row: Row, world: World) -> str:
    return resolve(urlsplit(row.url(world)).path).route


def sign_in(world: World, role: str) -> str:
    """A session of this person, who has just shown who she is; its key, empty for anonymous."""
    user = world.roles()[role]
    if user is None:
        return ""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time(), "email": user.email}]
    session.save()
    return session.session_key


def ask(row: Row, world: World, session_key: str, body: dict[str, object], **headers: str) -> HttpResponseBase:
    client = Client(raise_request_exception=False, headers=headers)
    if session_key:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    kind = {"content_type": "application/json"} if row.method == "POST JSON" else {}
    method = row.method.split()[0].lower()
    return getattr(client, method)(row.url(world), body, **kind)


def status_of(response: HttpResponseBase) -> str:
    """The status code, or `sign-in` for the way there."""
    if response.status_code == 302 and urlsplit(response["Location"]).path == reverse(settings.LOGIN_URL):
        return SIGN_IN
    return str(response.status_code)


def text_of(response: HttpResponseBase) -> str:
    """Headers and body: everything that reaches the browser."""
    body = b"".join(response) if response.streaming else response.content
    return f"{response.headers}\n{body.decode(errors='replace')}"
