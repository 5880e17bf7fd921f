"""Markdown as members write it, made into safe HTML: the one renderer of the whole project."""

import re
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_cjk_friendly import cjk_friendly

TAGS = {
    *("p", "br", "hr", "h2", "h4", "blockquote", "ul", "ol", "li", "strong", "em", "del", "s", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
CACHED_LENGTH = 8_000
MAX_DELIMITERS = 1_500
"""Emphasis signs and brackets in one paragraph beyond which they are shown as typed: pairing them takes long."""

MAX_CELLS = 4_000
"""Bars in a text beyond which it is shown as typed, not as a table."""

LINKED = re.compile(r"(?:https?://|mailto:)[A-Za-z0-9]", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[A-Za-z0-9\[][-A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%]{0,2000}", re.IGNORECASE)
MAIL_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}"
)
INDENT = re.compile(r"^\u3000+", re.MULTILINE)
KEPT_SPACE = "\ue3f0"


class _MailAddresses:
    """Finds mail addresses for markdown-it's own rule, also right beside Japanese text."""

    def pretest(self, text: str) -> bool:
        return "@" in text

    test = pretest

    def match(self, text: str) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                schema="mailto:", url=f"mailto:{found[0]}", text=found[0], index=found.start(), last_index=found.end()
            )
            for found in MAIL_ADDRESS.finditer(text)
        ]


def _trimmed(url: str) -> str:
    """An address without the signs that end the sentence or the bracket that it stands in."""
    while True:
        shorter = url.rstrip(".,;:!?'*")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            return url
        url = shorter


def _link_address(state: StateInline, silent: bool) -> bool:
    """`https://…` is a link wherever it stands, and ends where Japanese text begins.

    Takes the place of markdown-it's rule, which wants a space before the address and takes quadratic time.
    """
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.pending[-5:].lower()
    scheme = next((scheme for scheme in ("https", "http") if before.endswith(scheme)), "")
    found = ADDRESS.match(state.src, state.pos - len(scheme), state.posMax) if scheme else None
    if not found:
        return False
    url = _trimmed(found[0])
    if len(url) <= len(scheme) + len("://"):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(url)}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(url) - len(scheme)
    return True


def _line_break(*_arguments: Any) -> str:
    """A line break is one, also between Japanese signs, where `cjk_friendly` would drop it."""
    return "<br>\n"


def _flatten_headings(state: StateCore) -> None:
    """A heading in a text is one level below what it stands in, however many signs it has."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = state.env["heading"]


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True}).use(cjk_friendly)
    # A line of dashes under a text is a divider in the salon's pages, never the underline of a heading.
    # Reference definitions cost quadratic time and nobody writes them.
    parser.enable(["table", "strikethrough", "linkify"])
    parser.disable(["lheading", "reference", "image", "html_block", "html_inline"])
    parser.linkify = _MailAddresses()
    parser.inline.ruler.at("linkify", _link_address)
    parser.validateLink = lambda url: bool(LINKED.match(url))
    parser.add_render_rule("softbreak", _line_break)
    parser.core.ruler.push("flatten_headings", _flatten_headings)
    return parser


_parser = _make_parser()
_plain_parser = _make_parser().disable(["emphasis", "strikethrough", "link", "table"])


def render(text: str, heading: str = "h4") -> SafeString:
    """HTML of a Markdown text: line breaks are line breaks, addresses are links, nothing can run.

    Takes under a second for 100,000 characters of anything. Short texts are rendered once per process.

    Args:
        heading: the tag of headings in the text: `h4` in a box, `h2` on a page of its own.
    """
    return _cached(text, heading) if len(text) <= CACHED_LENGTH else _render(text, heading)


def _render(text: str, heading: str) -> SafeString:
    busiest = max(sum(map(block.count, "*_~[")) for block in text.split("\n\n"))
    parser = _plain_parser if busiest > MAX_DELIMITERS or text.count("|") > MAX_CELLS else _parser
    marked = INDENT.sub(lambda found: KEPT_SPACE * len(found[0]), text)
    html = nh3.clean(
        parser.render(marked, {"heading": heading}).replace(KEPT_SPACE, "\u3000"),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
    )
    return mark_safe(html)  # noqa: S308 - the sanitizer is the last step


_cached = lru_cache(maxsize=2_048)(_render)
