"""A Chromium for the browser tests: the one installed, else apt's (as root), else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC_APPLICATIONS = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
]
MISSING = "A Chromium is missing. Debian: sudo apt-get install chromium fonts-noto-cjk; elsewhere: Google Chrome"


def find_installed() -> Path | None:
    """The browser of CHROMIUM, of the system, or the one Playwright has downloaded before."""
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given) if Path(given).exists() else sys.exit(f"CHROMIUM names no file: {given}")
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return Path(on_path)
    folders = [Path("/Applications"), Path.home() / "Applications"]
    applications = [folder / name for folder in folders for name in MAC_APPLICATIONS]
    return next(filter(Path.exists, [*applications, playwright_browser()]), None)


def playwright_browser() -> Path:
    """Where Playwright keeps its own Chromium, there or not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def install() -> None:
    """Install a browser, and Japanese fonts for it, where that is possible without asking."""
    print("Installing Chromium ...", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        packages = ["chromium", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "install", "-qq", "-y", *packages], check=False, env=environment)
    if not find_installed():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def find_chromium() -> Path:
    """The browser to test with; stops with the one command to run when there is none."""
    browser = find_installed()
    if browser is None:
        install()
        browser = find_installed()
    return browser or sys.exit(MISSING)


def how_to_launch() -> dict[str, Any]:
    """What Playwright's `launch` gets: the browser to test with, without what only its own window needs."""
    environment = {**os.environ, "CHROMIUM": str(find_chromium())}
    return {"executable_path": Path(__file__).with_suffix(".sh"), "env": environment}


if __name__ == "__main__":
    print(find_chromium())
