"""The proxy itself: each fault does what it says, and nothing else."""

import http.client
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .plans import CUT, LOSE, PASS, RESET, SILENT, SWALLOW, TWICE, Fault, chance, every, script
from .proxy import FaultProxy

LONG = b"0123456789" * 2_000


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nhello\r\n0\r\n\r\n")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def echo() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.received = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: ThreadingHTTPServer) -> Iterator[FaultProxy]:
    with FaultProxy(echo.server_port) as proxy:
        yield proxy


@pytest.fixture
def connection(proxy: FaultProxy) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=1)
    yield connection
    connection.close()


def post(connection: http.client.HTTPConnection, body: bytes = b"words") -> bytes:
    """What comes back; after an error the next call connects anew."""
    try:
        connection.request("POST", "/", body)
        return connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        connection.close()
        raise


def test_passes_request_after_request_on_one_connection(connection, echo):
    assert [post(connection, body) for body in (b"one", b"two", LONG)] == [b"one", b"two", LONG]
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    assert echo.received == [b"one", b"two", LONG]


@pytest.mark.parametrize(
    ("fault", "delivered"), [(RESET, 0), (SILENT, 0), (LOSE, 1), (SWALLOW, 1), (CUT, 1), (Fault(cut=60), 1)]
)
def test_broken_requests_fail_and_the_next_one_passes(fault, delivered, proxy, connection, echo):
    proxy.plan = script([fault])
    with pytest.raises((OSError, http.client.HTTPException)):
        post(connection, LONG)
    assert len(echo.received) == delivered
    assert post(connection) == b"words"
    assert [fault for _request, fault in proxy.seen] == [fault, PASS]


def test_twins_arrive_twice(proxy, connection, echo):
    proxy.plan = script([TWICE, Fault(again=0.2)])
    assert [post(connection), post(connection)] == [b"words"] * 2
    time.sleep(0.5)
    assert echo.received == [b"words"] * 4


def test_slow_line_is_slow(proxy, connection):
    proxy.plan = every(Fault(delay=0.1, rate=100_000))
    began = time.monotonic()
    assert post(connection, LONG) == LONG
    assert 0.5 <= time.monotonic() - began < 3


def test_something_in_between_answers(proxy, connection, echo):
    proxy.plan = script([Fault(status=503)])
    connection.request("POST", "/", b"words")
    with connection.getresponse() as answer:
        assert (answer.status, answer.read()[:9]) == (503, b"<!doctype")
    assert echo.received == []
    assert post(connection) == b"words"


def test_refuses_and_listens_again(proxy, connection):
    assert post(connection) == b"words"
    proxy.refuse(True)
    for _attempt in range(2):
        with pytest.raises(ConnectionError):
            post(connection)
    proxy.refuse(False)
    assert post(connection) == b"words"


def test_breaks_what_is_open(proxy, connection):
    post(connection)
    proxy.break_all()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        post(connection)


def test_one_seed_one_plan(proxy):
    faults = {LOSE: 0.3, TWICE: 0.2}
    first, second, other = (chance(seed, faults) for seed in (1, 1, 2))
    one, two, three = ([plan(None) for _number in range(200)] for plan in (first, second, other))
    assert one == two != three
    assert {LOSE, TWICE, PASS} == set(one)
    assert 40 <= one.count(LOSE) <= 80


def test_a_plan_can_spare_requests(proxy, connection):
    proxy.plan = every(RESET, only=lambda request: request.body == b"doomed")
    assert post(connection) == b"words"
    with pytest.raises(ConnectionError):
        post(connection, b"doomed")
