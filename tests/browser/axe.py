"""What axe finds on a page, in both colour schemes, and whether it fits the screen."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": TAGS, "preload": False, "resultTypes": ["violations"]}
SCHEMES = ("light", "dark")
IS_THERE = "() => Boolean(window.axe)"
# Only what was found crosses over from the browser: the rest of the report is large.
FIND = """([context, rules]) => axe.run(context ?? document, rules).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]))"""
# One transition may begin another one, where a colour is inherited.
SETTLE = """() => {
  const moving = () => document.getAnimations().filter((each) => each instanceof CSSTransition);
  for (let round = 0; round < 20 && moving().length; round += 1) moving().forEach((each) => each.finish());
}"""

Findings = list[list[str | list[str]]]


def findings(page: Page, context: str | None = None) -> Findings:
    """The rules that are broken, and by what. The script is put into a page once."""
    if not page.evaluate(IS_THERE):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FIND, [context, RULES])


def findings_in_both(page: Page, context: str | None = None) -> dict[str, Findings]:
    """By scheme, of the same page; empty when all is well.

    Colours alone depend on the scheme (`tests/test_static.py`): a page is the same whether it was opened in it or not.
    """
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        found[scheme] = findings(page, context)
    page.emulate_media(color_scheme=SCHEMES[0])
    return {scheme: broken for scheme, broken in found.items() if broken}


def fits(page: Page, width: int) -> bool:
    """Nothing is wider than a screen of this width."""
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate("document.documentElement.scrollWidth") <= width
