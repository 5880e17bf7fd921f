"""Who signs out leaves nothing to be read, and loses nothing: Back, no network, words that were not sent yet."""

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction

from .conftest import PASSWORD
from .device import ASKED_BEFORE_LEAVING, KEEP_AND_LEAVE, LINE, SEND_AND_LEAVE, Device
from .server import Server
from .test_words import RETRY, SAVED, UNSENT

SIGNED_OUT = "ログアウトしました"
SECRET = "だれにも見せない"


@contextlib.contextmanager
def busy_database() -> Iterator[None]:
    """Within it no save can be stored, and the server says so each time. Pages can be read."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE workbook_revision IN SHARE MODE")
        yield


def assert_nothing_is_to_be_read(device: Device) -> None:
    seen = device.settle()
    assert SECRET not in seen
    assert "CANARY" not in seen


def test_back_after_signing_out_shows_nothing(device: Device, prompt):
    device.write(prompt.pk, SECRET)
    device.until_line(SAVED)
    device.press("わたし", within="nav")
    device.press("ログアウト", within="main")
    device.until(lambda: SIGNED_OUT in device.everything(), "the page after signing out")
    for _step in range(3):
        device.back()
        assert_nothing_is_to_be_read(device)


def test_without_a_server_nothing_is_shown_after_signing_out(device: Device, prompt, server: Server):
    path = prompt.section.week.get_absolute_url()
    device.write(prompt.pk, SECRET)
    device.until_line(SAVED)
    device.until_offline_is_possible(path)
    device.press("わたし", within="nav")
    device.press("ログアウト", within="main")
    device.until(lambda: SIGNED_OUT in device.everything(), "the page after signing out")
    server.stop()
    device.open(path)
    assert_nothing_is_to_be_read(device)
    assert device.text(prompt.pk) is None


def test_signing_out_with_unsent_words_asks_and_sends(device: Device, prompt, stored):
    with busy_database():
        device.write(prompt.pk, SECRET)
        device.until(lambda: device.says(LINE).startswith(UNSENT), "that nothing was sent")
        device.press("わたし", within="nav")
        device.press("ログアウト", within="main")
        device.until(lambda: "1" in device.says(ASKED_BEFORE_LEAVING), "being asked")
        assert stored() is None
    device.click(SEND_AND_LEAVE)
    device.until(lambda: SIGNED_OUT in device.everything(), "the page after signing out", RETRY)
    assert stored() == SECRET


def test_words_kept_at_signing_out_are_sent_after_signing_in(device: Device, cast, prompt, stored):
    with busy_database():
        device.write(prompt.pk, SECRET)
        device.until(lambda: device.says(LINE).startswith(UNSENT), "that nothing was sent")
        device.press("わたし", within="nav")
        device.press("ログアウト", within="main")
        device.click(KEEP_AND_LEAVE)
        device.until(lambda: SIGNED_OUT in device.everything(), "the page after signing out")
        device.back()
        assert_nothing_is_to_be_read(device)
        assert stored() is None
    device.sign_in(cast.member.email, PASSWORD)
    device.open(prompt.section.week.get_absolute_url())
    device.until_text(prompt.pk, SECRET)
    device.until(lambda: stored() == SECRET, "the words in the database", RETRY)
