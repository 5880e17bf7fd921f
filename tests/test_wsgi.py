"""What reaches Django before Django can answer for itself."""

import sys
from io import BytesIO

import pytest
from django.core.cache import cache
from django.test import Client

from hisho.sessions import SessionStore
from hisho.wsgi import application, plain

FORM = b'--X\r\nContent-Disposition: form-data; name="email"\r\n\r\n\\ud800\r\n--X--\r\n'


def ask(method, content_type, body=b""):
    """The status of an answer; an error that Django does not catch comes through."""
    statuses = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/accounts/login/",
        "QUERY_STRING": "a=b",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": "csrftoken=" + "a" * 32,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    application(environ, lambda status, headers: statuses.append(status))
    return int(statuses[0][:3])


@pytest.mark.parametrize("charset", ["rot13", "base64", "unicode_escape", "utf-16", "utf-8", "nonsense", '"rot13"'])
def test_no_charset_breaks_a_request(db, charset):
    assert ask("GET", f"text/plain; charset={charset}") == 200
    assert ask("POST", f"multipart/form-data; boundary=X; charset={charset}", FORM) == 403
    assert ask("POST", f"application/x-www-form-urlencoded; charset={charset}", b"email=%5Cud800") == 403


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("text/plain; charset=rot13", "text/plain"),
        ("multipart/form-data; charset=base64; boundary=----X", "multipart/form-data; boundary=----X"),
        ('multipart/form-data; Boundary="a;b"; CHARSET=x', 'multipart/form-data; Boundary="a;b"'),
        ("application/json;charset=utf-8", "application/json"),
        ("text/plain; x*=rot13''%41", "text/plain"),
    ],
)
def test_type_and_boundary_are_kept(sent, taken):
    assert plain(sent) == taken


@pytest.mark.parametrize("key", ["abcdefghijklmnop\0", "abcdefghijklmnopé", "abcdefgh ijklmnop", "short"])
def test_odd_session_keys_are_never_looked_up(key):
    assert SessionStore(key).session_key is None


def test_odd_session_cookie_is_a_stranger(db):
    client = Client()
    client.cookies["sessionid"] = "abcdefghijklmnop\0"
    assert client.get("/profile/").status_code == 302


def test_many_rows_push_no_count_out(db):
    """Rate limits are rows of the cache: with Django's 300 anybody could wash one away."""
    cache.set("first", "counted", 600)
    for number in range(400):
        cache.set(f"other-{number}", number, 600)
    assert cache.get("first") == "counted"
