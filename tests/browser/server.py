"""The server of the browser's tests gives out static files as production does: collected, bundled, with their hash."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

STORAGES = {"staticfiles": {"BACKEND": "hisho.static.HashedStorage"}}
"""Production's; what the tests without a browser take instead needs no collecting."""
UNCOMPRESSED = ["css", "html", "js", "json", "map", "md", "svg", "txt"]
"""Left as they are: to compress everything takes longer than many tests."""


class Server(LiveServer):
    """Without Django's own handler for static files, which looks each of them up anew: WhiteNoise has them."""

    def __init__(self, address: str) -> None:
        super().__init__(address, start=False)
        self.thread.static_handler = lambda application: application
        self.start()


@contextmanager
def collected_files(factory: pytest.TempPathFactory, worker: str) -> Iterator[None]:
    """Settings and files of production; all workers of one run collect once, each run anew."""
    shared = factory.getbasetemp().parent if worker else factory.getbasetemp()
    with override_settings(**production(shared / "static")):
        collect(shared)
        yield


def production(root: Path) -> dict[str, Any]:
    return {
        "STATIC_ROOT": str(root),
        "STORAGES": {**settings.STORAGES, **STORAGES},
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_USE_FINDERS": False,
        "WHITENOISE_SKIP_COMPRESS_EXTENSIONS": UNCOMPRESSED,
    }


def collect(folder: Path) -> None:
    """Whoever comes first; the others wait for it."""
    with (folder / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "static" / "staticfiles.json").exists():
            call_command("collectstatic", verbosity=0, interactive=False)
