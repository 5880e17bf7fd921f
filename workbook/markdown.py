"""Markdown as members write it, made into safe HTML: the one renderer of the whole project."""

import re
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_cjk_friendly import cjk_friendly

TAGS = {
    *("p", "br", "hr", "h2", "h4", "blockquote", "ul", "ol", "li", "strong", "em", "del", "s", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
CACHED_LENGTH = 8_000
MAX_DELIMITERS = 1_500
"""Emphasis signs in one paragraph beyond which they are shown as typed: pairing them costs quadratic time."""

NON_ASCII = re.compile(r"[^!-~]")
INDENT = re.compile(r"^\u3000+", re.MULTILINE)
KEPT_SPACE = "\ue3f0"


class _Linkify(LinkifyIt):
    """Ends an address where Japanese text begins: `https://example.com/を見て` links only the address."""

    def match(self, text: str) -> list[Any] | None:
        matches = super().match(text)
        return matches and [self._trimmed(match) for match in matches]

    def match_at_start(self, text: str) -> Any | None:
        match = super().match_at_start(text)
        return match and self._trimmed(match)

    @staticmethod
    def _trimmed(match: Any) -> Any:
        foreign = NON_ASCII.search(match.raw)
        if foreign:
            match.last_index -= len(match.raw) - foreign.start()
            match.text = match.raw = match.raw[: foreign.start()]
            match.url = match.url[: match.url.find(match.raw) + len(match.raw)]
        return match


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
    parser.linkify = _Linkify()
    parser.core.ruler.push("flatten_headings", _flatten_headings)
    return parser


_parser = _make_parser()
_plain_parser = _make_parser().disable(["emphasis", "strikethrough"])


def render(text: str, heading: str = "h4") -> SafeString:
    """HTML of a Markdown text: line breaks are line breaks, addresses are links, nothing can run.

    Takes under a second for 100,000 characters of anything. Short texts are rendered once per process.

    Args:
        heading: the tag of headings in the text: `h4` in a box, `h2` on a page of its own.
    """
    return _cached(text, heading) if len(text) <= CACHED_LENGTH else _render(text, heading)


def _render(text: str, heading: str) -> SafeString:
    busiest = max(sum(map(block.count, "*_~")) for block in text.split("\n\n"))
    parser = _plain_parser if busiest > MAX_DELIMITERS else _parser
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
