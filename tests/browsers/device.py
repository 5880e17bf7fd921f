"""A person's device in the words of the scenarios: open, write, reload, back, press. The same for every engine.

Everything that knows how the pages are made stands at the top; a scenario knows only what a person sees.
"""

import time
from collections.abc import Callable

from .webdriver import ELEMENT, Driver, WebDriverError

BOX = "#text-{}"
READY = "form[data-ready]"
LINE = "[data-page-status]"
CONFLICT = "#box-{} .conflict"
JOIN = "[data-keep=both]"
DIALOG = "dialog[open]"
EMAIL, PASSWORD = "#id_login", "#id_password"
PASSWORD_FORM = "form[action$='/accounts/login/'] button.primary"
PASSWORD_AGAIN = "#signin-password"
PASSWORD_AGAIN_FORM = "form[data-way=password]"
ASKED_BEFORE_LEAVING = "[data-before-sign-out]"
SEND_AND_LEAVE = f"{ASKED_BEFORE_LEAVING} [data-send]"
KEEP_AND_LEAVE = f"{ASKED_BEFORE_LEAVING} [data-keep]"
ENTER = "\ue007"

STILL = 0.5
LOADING = 60
PATIENCE = 30
"""Seconds within which a page must have done what it should; longer only where a scenario says so."""

FIND = """
const [selector, label] = arguments;
const isMeant = (node) => node.getClientRects().length && (!label || node.textContent.trim() === label);
return [...document.querySelectorAll(selector)].find(isMeant) ?? null;
"""
SCROLL_TO = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })"
PASTE = """
const [selector, text] = arguments;
document.querySelector(selector).focus();
document.execCommand("insertText", false, text);
"""
IS_KEPT = """
const [path, done] = arguments;
const request = indexedDB.open("hisho");
request.onsuccess = () => {
    const weeks = request.result.transaction("weeks").objectStore("weeks").getAllKeys();
    weeks.onsuccess = () => {
        request.result.close();
        const isKept = weeks.result.some((key) => key.includes(path));
        done(isKept && Boolean(navigator.serviceWorker.controller));
    };
};
"""
READ_EVERYTHING = """
const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
return [document.title, document.documentElement.innerText, ...fields].join("\\n");
"""


class Device:
    """One browser on one desk."""

    def __init__(self, driver: Driver, address: str) -> None:
        self.driver = driver
        self.address = address
        self.count = 0

    # --- Doing -----------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        self.leave(lambda: self.driver.send("Navigate", url=self.address + path))

    def reload(self) -> None:
        """As a person does. The drivers' own reload goes past the service worker."""
        self.leave(lambda: self.run("setTimeout(() => location.reload())"))

    def back(self) -> None:
        self.leave(lambda: self.driver.send("Back"))

    def leave(self, go: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that is there."""
        self.count += 1
        self.run("window.left = arguments[0]", self.count)
        go()
        is_there = "return window.left !== arguments[0] && document.readyState === 'complete'"
        self.until(lambda: self.run(is_there, self.count), "another page", LOADING)

    def settle(self) -> str:
        """Wait until there is a page that has not changed for half a second; returns all that is to be read on it."""
        before, since = "", time.monotonic()
        while not before or time.monotonic() - since < STILL:
            now = self.until(self.everything, "a page")
            if now != before:
                before, since = now, time.monotonic()
            time.sleep(0.05)
        return before

    def sign_in(self, email: str, password: str) -> None:
        """Through the page, with a password."""
        self.open("/accounts/login/")
        self.press("パスワードでログイン")
        self.type(EMAIL, email)
        self.type(PASSWORD, password)
        self.click(PASSWORD_FORM)
        self.until(lambda: "/accounts/" not in self.path, "signing in")

    def sign_in_again(self, password: str) -> None:
        """In the dialog that asks for it."""
        self.click(f"{DIALOG} summary")
        self.type(PASSWORD_AGAIN, password)
        self.click(f"{PASSWORD_AGAIN_FORM} button")

    def write(self, prompt: int, text: str) -> None:
        """Type at the end of the box, key by key."""
        self.type(BOX.format(prompt), text.replace("\n", ENTER))

    def paste(self, prompt: int, text: str) -> None:
        """Put in at once what no keyboard of a driver has: WebKit's leaves out everything beyond U+FFFF."""
        self.run(PASTE, BOX.format(prompt), text)

    def type(self, selector: str, text: str) -> None:
        self.driver.send("ElementSendKeys", id=self.find(selector), text=text)

    def click(self, selector: str) -> None:
        self._click(self.find(selector))

    def press(self, label: str, within: str = "body") -> None:
        """Click the link or button with exactly this label."""
        self._click(self.find(f"{within} :is(a, button, summary)", label))

    # --- Seeing ----------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        return (self.run("return location.href") or "").removeprefix(self.address)

    def text(self, prompt: int) -> str | None:
        """What the box holds; None if there is no such box."""
        return self.run("return document.querySelector(arguments[0])?.value ?? null", BOX.format(prompt))

    def says(self, selector: str) -> str:
        """What is to be read there; nothing, if it is not to be seen."""
        return self.run("return document.querySelector(arguments[0])?.innerText.trim()", selector) or ""

    def everything(self) -> str:
        """All that can be read on the page, in its fields too."""
        return self.run(READ_EVERYTHING) or ""

    # --- Waiting ---------------------------------------------------------------------------------

    def until(self, sight: Callable[[], object], what: str, seconds: float = PATIENCE) -> object:
        """Look again and again until there is something; what was seen on the page instead is in the failure."""
        end = time.monotonic() + seconds
        while True:
            try:
                seen = sight()
            except WebDriverError as error:  # between two pages there is nothing to look at
                seen, problem = None, error
            else:
                problem = None
            if seen:
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"Waited in vain for {what}. {problem or ''}\n{self.path}\n{self.everything()}")
            time.sleep(0.05)

    def until_line(self, beginning: str, seconds: float = PATIENCE) -> None:
        """Wait until the line for the whole page begins like this."""
        self.until(lambda: self.says(LINE).startswith(beginning), f"the line “{beginning}”", seconds)

    def until_ready(self) -> None:
        """Wait until the page has its key: words can be kept on this device from now on."""
        self.find(READY)

    def until_offline_is_possible(self, path: str) -> None:
        """Wait until the week is kept on the device and its service worker looks after this page."""
        self.until(lambda: self.driver.send("ExecuteAsyncScript", script=IS_KEPT, args=[path]), f"{path} to be kept")

    def until_text(self, prompt: int, text: str) -> None:
        self.until(lambda: self.text(prompt) == text, f"the text “{text}” in the box")

    # --- The wire --------------------------------------------------------------------------------

    def find(self, selector: str, label: str = "") -> str:
        """The first such element that is to be seen, as soon as there is one."""
        return self.until(lambda: self.run(FIND, selector, label), f"{selector} {label}")[ELEMENT]

    def _click(self, element: str) -> None:
        self.run(SCROLL_TO, {ELEMENT: element})  # WebKit's driver does not wait for a page that scrolls smoothly
        self.driver.send("ElementClick", id=element)

    def run(self, script: str, *arguments: object) -> object:
        return self.driver.send("ExecuteScript", script=script, args=list(arguments))
