"""What a page weighs on its way to a phone: the first time with everything it needs, then by itself."""

import re
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from .client import Answer, Ask, Browser

IN_HTML = re.compile(r"""<(?:link|script|img|source|use)\b[^>]*?\b(?:href|src)=["']([^"'#]+)["']""")
NOT_LOADED = re.compile(r"""<link\b[^>]*\brel=["'](?:canonical|alternate|next|prev)["'][^>]*>""")
IN_SCRIPT = re.compile(r"""(?:\bimport\b|\bfrom\b)\s*\(?\s*["'](\.{0,2}/[^"']+)["']""")
IN_STYLE = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*["']?([^"')]+)["']?\)?""")


@dataclass
class Weight:
    """Bytes as sent, compressed; `total` and `scripts` count headers too."""

    html: int = 0
    plain_html: int = 0
    total: int = 0
    requests: int = 0
    scripts: int = 0
    again: int = 0
    names: list[str] = field(default_factory=list)


def references(url: str, answer: Answer) -> list[str]:
    """The addresses on the same site that a browser loads because of this answer."""
    kind = answer.headers.get("content-type", "")
    pattern = IN_HTML if "html" in kind else IN_STYLE if "css" in kind else IN_SCRIPT if "javascript" in kind else None
    if pattern is None:
        return []
    found = pattern.findall(NOT_LOADED.sub("", answer.text) if pattern is IN_HTML else answer.text)
    local = [link for link in found if not link.startswith("data:") and not urlsplit(link).netloc]
    return [normpath(join(dirname(url), link)) for link in local]


def weigh(browser: Browser, ask: Ask) -> Weight:
    """Load a page as a browser does that has never been there, then once more."""
    page = browser.fetch(ask)
    weight = Weight(html=len(page.body), plain_html=len(page.text.encode()), again=page.head + len(page.body))
    waiting, loaded = [(ask.path, page)], set()
    while waiting:
        url, answer = waiting.pop(0)
        add(weight, url, answer)
        for link in references(url, answer):
            if link not in loaded:
                loaded.add(link)
                waiting.append((link, browser.fetch(Ask(link, ask.session))))
    return weight


def add(weight: Weight, url: str, answer: Answer) -> None:
    size = answer.head + len(answer.body)
    weight.requests += 1
    weight.total += size
    weight.names.append(f"{url} {size:,}")
    if "javascript" in answer.headers.get("content-type", ""):
        weight.scripts += size
    if weight.requests > 1 and "immutable" not in answer.headers.get("cache-control", ""):
        weight.again += size
