"""Draw the pictures of README and docs/ again, from a fresh demo in a temporary database. `make pictures` calls it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from chromium import find_chromium
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "img"
PASSWORD_OF_THE_DEMO = "tane-wo-maku-hito"
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1100, "height": 780}
WIDE = {"width": 1280, "height": 960}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def demo(folder: str, port: int) -> subprocess.Popen[bytes]:
    """The demo's server over a database of its own; waits until it answers."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3"}
    command = [sys.executable, str(ROOT / "scripts" / "run.py"), str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _attempt in range(100):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz/", timeout=1).close()
            return server
        except OSError:
            time.sleep(0.2)
    server.terminate()
    sys.exit("The demo did not start.")


def sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").evaluate("field => field.closest('details')?.setAttribute('open', '')")
    page.locator("#id_login").fill(f"{who}@example.com")
    page.locator("#id_password").fill(PASSWORD_OF_THE_DEMO)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/")


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/img/{name}.png")


def draw_members(page: Page) -> None:
    sign_in(page, "member")
    shoot(page, "today")
    page.get_by_role("link", name="つづきを書く").click()
    page.wait_for_load_state()
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "worksheet")


def draw_facilitators(page: Page) -> None:
    sign_in(page, "facilitator")
    page.goto("/admin/")
    shoot(page, "office")
    page.get_by_role("link", name="ボード").first.click()
    page.get_by_role("link", name="第1週").click()
    page.get_by_role("columnheader", name="その理由は？").wait_for()
    shoot(page, "board")
    page.get_by_role("link", name="その理由は？").click()
    page.locator("form[data-ready]").wait_for()
    shoot(page, "question")
    page.get_by_role("link", name="この方の1週間 – さくらもち").click()
    page.locator("form[data-ready]").wait_for()
    page.get_by_text("変更を見る").first.click()
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "reading")


def draw_room(lead: Page, member: Page) -> None:
    """The session of the first week: both sides, then the last minutes."""
    for page, who in ((lead, "facilitator"), (member, "member")):
        sign_in(page, who)
        page.goto("/cohorts/demo-winter/weeks/1/session/")
        page.locator("[data-cards] > li").first.wait_for()
    member.get_by_role("button", name="グループに見せる").wait_for()
    shoot(lead, "room")
    shoot(member, "room-member")
    lead.get_by_role("button", name="おわりの3分").click()
    lead.locator("[data-ending]").wait_for()
    shoot(lead, "closing")
    member.get_by_role("link", name="まとめへ").wait_for()
    member.wait_for_timeout(1_000)
    member.locator("#closing details").first.evaluate("list => list.open = true")
    member.locator("#closing").evaluate("section => section.scrollIntoView()")
    shoot(member, "closing-member")


def draw_organizers(page: Page) -> None:
    sign_in(page, "organizer")
    page.goto("/admin/")
    shoot(page, "organizers")
    page.get_by_role("link", name="コホートを開く").click()
    page.get_by_label("名前", exact=True).fill("春のコホート")
    page.get_by_label("最初のセッション").fill("2027-04-07T21:00")
    page.get_by_text("2027年4月28日").first.wait_for()
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "open")
    page.goto("/admin/")
    page.get_by_role("link", name="コホートへ").first.click()
    cohort = page.url
    for link, name in (("ワークブック", "editor"), ("お知らせ", "reminders"), ("招待する", "invite")):
        page.goto(cohort)
        page.locator("#content").get_by_role("link", name=link, exact=True).first.click()
        page.wait_for_load_state()
        shoot(page, name)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = demo(folder, port)
        browser = playwright.chromium.launch(executable_path=find_chromium())
        drawn = (
            (draw_members, [PHONE]),
            (draw_facilitators, [WIDE]),
            (draw_room, [WIDE, PHONE]),
            (draw_organizers, [DESK]),
        )
        try:
            for draw, sizes in drawn:
                look = {"base_url": f"http://localhost:{port}", "locale": "ja-JP", "color_scheme": "light"}
                pages = [browser.new_context(viewport=size, **look).new_page() for size in sizes]
                draw(*pages)
                for page in pages:
                    page.context.close()
        finally:
            browser.close()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
