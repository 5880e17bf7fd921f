"""The scenarios of `tests/browsers` in Firefox ESR and WebKitGTK, which it installs first. `make browsers` calls it.

The last line counts them. A run in which nothing ran, or something was skipped, has failed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from postgres import database_url, is_root
from test import run_tests, summary

PACKAGES = {
    "firefox-esr": "firefox-esr",
    "WebKitWebDriver": "webkit2gtk-driver",
    "xvfb-run": "xvfb",
    "xauth": "xauth",
    "dbus-run-session": "dbus",
}
"""The program of each Debian package."""
DESKTOP = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1280x1024x24", "dbus-run-session", "--"]
INSIDE = "HISHO_DESKTOP"
"""Set for the second start of this script, inside a desktop that nobody sees."""


def missing() -> list[str]:
    return sorted(package for program, package in PACKAGES.items() if not shutil.which(program))


def install() -> None:
    """Install the browsers where that is possible without asking; stops with the one command to run elsewhere."""
    packages = missing()
    if not packages:
        return
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        sys.exit("Firefox ESR and WebKitGTK are driven on Debian only: docker run -it debian:12, then make browsers")
    if not is_root():
        sys.exit(f"Browsers are missing. Please run: sudo apt-get install --no-install-recommends {names}")
    print(f"Installing {names} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def show_versions() -> None:
    subprocess.run(["dpkg-query", "--show", "firefox-esr", "webkit2gtk-driver"], check=False)


def start_inside(arguments: list[str]) -> int:
    """This script again, with a display and a message bus of its own. What those say is shown when it fails."""
    command = [*DESKTOP, sys.executable, str(Path(__file__).resolve()), *arguments]
    with tempfile.TemporaryFile("w+") as noise:
        done = subprocess.run(command, check=False, env={**os.environ, INSIDE: "1"}, stderr=noise)
        if done.returncode:
            noise.seek(0)
            sys.stderr.write(noise.read()[-2000:])
    return done.returncode


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = sys.argv[1:]
    if INSIDE not in os.environ:
        install()
        show_versions()
        return start_inside(arguments)
    os.dup2(1, 2)
    began = time.monotonic()
    with database_url() as url:
        counts = run_tests("-m", "browsers", "tests/browsers", *arguments, DATABASE_URL=url)
    return summary({"Firefox ESR and WebKitGTK": counts}, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
