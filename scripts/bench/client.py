"""A client with one connection that stays open, as a browser has, and the requests that it sends."""

import gzip
import http.client
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus

import brotli

CSRF = "c" * 32
ENCODINGS = "gzip, br"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
LIVE = {"X-Live": "1"}
DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress}


def decoded(body: bytes, encoding: str) -> str:
    return DECODERS.get(encoding, bytes)(body).decode()


@dataclass(frozen=True)
class Ask:
    """One request of one signed-in person, and the status that a working page answers."""

    path: str
    session: str
    body: bytes | None = None
    content_type: str = "application/x-www-form-urlencoded"
    status: int = 200
    polls: bool = False
    """An open page asks whether there is anything new, and names what it has: 304, and the page where there is."""

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def place(self) -> tuple[str, str]:
        """Whose page of what this is; a query says what the page has, and is no part of that."""
        return self.path.partition("?")[0], self.session


@dataclass(frozen=True)
class Answer:
    """What came back; `head` counts the bytes of the status line and the headers."""

    status: int
    body: bytes
    headers: dict[str, str]
    head: int
    seconds: float

    @property
    def text(self) -> str:
        return decoded(self.body, self.headers.get("content-encoding", ""))


@dataclass
class Browser:
    """One open connection to one server."""

    port: int
    encodings: str = ENCODINGS
    connection: http.client.HTTPConnection = field(init=False)
    tags: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def headers_of(self, ask: Ask) -> dict[str, str]:
        host = f"localhost:{self.port}"
        headers = {
            "Host": host,
            "User-Agent": AGENT,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language": "ja-JP,ja;q=0.9",
            "Accept-Encoding": self.encodings,
            "Cookie": f"csrftoken={CSRF}; sessionid={ask.session}",
        }
        if ask.body is not None:
            headers |= {"Origin": f"http://{host}", "Content-Type": ask.content_type, "X-CSRFToken": CSRF}
        if ask.polls:
            headers |= LIVE | {"If-None-Match": self.tags.get(ask.place, "")}
        return headers

    def fetch(self, ask: Ask) -> Answer:
        """Send and read to the end.

        Raises:
            SystemExit: the page answers with another status than it should; there is nothing to measure then.
        """
        headers = self.headers_of(ask)
        began = time.perf_counter()
        self.connection.request(ask.method, ask.path, ask.body, headers)
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - began
        found = {name.lower(): value for name, value in response.getheaders()}
        head = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n")
        head += sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        answer = Answer(response.status, body, found, head, seconds)
        if ask.polls:
            self.tags[ask.place] = found.get("etag", "")
        if answer.status not in ({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED} if ask.polls else {ask.status}):
            where = f"{ask.method} {ask.path} on port {self.port}"
            sys.exit(f"{where}: {answer.status} instead of {ask.status}\n{answer.text[:2000]}")
        return answer

    def close(self) -> None:
        self.connection.close()
