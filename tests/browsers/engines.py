"""The browsers: Firefox ESR, and WebKitGTK as the nearest thing to Safari that a server without a Mac can run.

    with firefox(folder) as driver: ...

Each call starts a browser of its own with an empty profile: another device. Both accept the self-signed certificate of
the test's server. Both show their windows on the display of DISPLAY; neither is headless, which changes what focus is.
"""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from postgres import free_port

from .webdriver import Driver, HttpDriver, MarionetteDriver

CAPABILITIES = {"acceptInsecureCerts": True, "unhandledPromptBehavior": "ignore", "pageLoadStrategy": "none"}
"""The driver waits for no page: WebKitGTK never says that a page has come when Back leads through a service worker to
a redirect. Its page is there, its address bar and its progress bar are not. The scenarios wait for what they see."""
START = 60
"""Seconds until a browser must listen."""
PREFERENCES = {
    "marionette.port": "0",  # a free one, which Firefox writes down in the profile
    # The preferences that Firefox recommends to itself under automation turn its back/forward cache off.
    "remote.prefs.recommended": "false",
    "app.update.disabledForTesting": "true",
    "browser.aboutwelcome.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "browser.startup.homepage_override.mstone": '"ignore"',
    "datareporting.policy.dataSubmissionPolicyBypassNotification": "true",
    "toolkit.telemetry.reportingpolicy.firstRun": "false",
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
    "services.settings.server": '"data:,"',
    "signon.rememberSignons": "false",
    "dom.disable_beforeunload": "false",
}


def wait_for(found: Callable[[], int], what: str) -> int:
    """Poll until there is a port."""
    until = time.monotonic() + START
    while time.monotonic() < until:
        port = found()
        if port:
            return port
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not start within {START} seconds.")


@contextlib.contextmanager
def running(*command: str | Path, log: Path) -> Iterator[subprocess.Popen]:
    """A program that is ended on the way out, with everything it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Driver]:
    """A Firefox with a profile in the folder."""
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [f'user_pref("{name}", {value});\n' for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    port_file = profile / "MarionetteActivePort"
    command = [shutil.which("firefox-esr") or "firefox-esr", "--marionette", "--no-remote", "--profile", profile]
    with running(*command, "about:blank", log=folder / "log"):
        port = wait_for(lambda: port_file.exists() and int(port_file.read_text() or 0), "Firefox")
        with contextlib.closing(MarionetteDriver(port, CAPABILITIES)) as driver:
            yield driver


@contextlib.contextmanager
def webkit(folder: Path) -> Iterator[Driver]:
    """A MiniBrowser of WebKitGTK; under automation its profile is in memory."""
    folder.mkdir(parents=True)
    port = free_port()

    def listens() -> int:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return port
        return 0

    with running("WebKitWebDriver", f"--port={port}", log=folder / "log"):
        wait_for(listens, "WebKitWebDriver")
        with contextlib.closing(HttpDriver(port, CAPABILITIES)) as driver:
            yield driver


ENGINES = {"firefox": firefox, "webkit": webkit}
