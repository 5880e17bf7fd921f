"""The grammar of the workbook's page: which of its lines mean something. Reader and writer share it.

Labels decide, not levels or indents: a page goes through many tools on its way, and a Markdown parser would
read a line of dashes under a text as a heading and an indented heading as code.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from .models import Section
from .ownwords import bare

QUESTIONS = "questions"
"""The label of 「問い」, which is no section of its own: what it asks is answered under 「自分の考え」."""
QUESTIONS_HEADING = "問い"
REFLECTION_HEADING = "自分の考え"

LABELS = {
    QUESTIONS_HEADING: QUESTIONS,
    REFLECTION_HEADING: Section.Kind.REFLECTION.value,
    "まとめ": Section.Kind.SUMMARY.value,
    "あなたは何をする": Section.Kind.ACTION.value,
}
SESSION_PREFIX = "グループセッション"

HASH = re.compile(r"^(?:[-*+]\s+)?(#{1,6})\s+(.*)$")
SUMMARY = re.compile(r"^(?:<details[^<>]*>\s*)?<summary[^<>]*>(.*?)(?:</summary>.*)?$", re.IGNORECASE)
BOLD = re.compile(r"^(?:[-*+]\s+)?(\*\*|__)(.+)\1$")
WRAPPED = re.compile(r"^(\*\*|__)(.+)\1$")
BULLET = re.compile(r"^[-*+•]\s+(?!\[[ xX]\])(.*)$")
TAG = re.compile(r"<[^<>]+>")

DIVIDER = re.compile(r"^([-*_])(?:\s*\1){2,}$")
EMPTY_ITEM = re.compile(r"^(?:[-*+•・]|\d{1,3}[.)])\s*(?:\[[ xX]?\])?$")
TAG_LINE = re.compile(r"^(?:</?(?:details|summary|aside|toggle)\b[^<>]*>\s*)+$", re.IGNORECASE)
COMMENT = re.compile(r"^<!--.*-->$")
FENCE = re.compile(r"^(`{3,}|~{3,})[^`]*$")
NUMBERED = re.compile(r"^(?:[(（]?\d{1,3}[.)．）、](?!\d)|[①-⑳])\s*(.*)$")
ITEM = re.compile(r"^(?:[-*+•]\s+(?:\[[ xX]\]\s+)?|・\s*)(.*)$")

KANJI = "[一二三四五六七八九]"
END = r"(?=$|[\s:：|｜.．\-–—])"
WEEK = re.compile(
    rf"^[^\w\\]*(?:第\s*(?P<number>\d{{1,3}}|{KANJI}?十{KANJI}?|{KANJI})\s*"
    rf"(?:週目?(?![のはにでをがもとか目])|回目?{END})|(?:week|ｗｅｅｋ)\s*(?P<count>\d{{1,3}}){END})"
    r"\s*[:：|｜.．\-–—]?\s*(?P<theme>.*)$",
    re.IGNORECASE,
)
KANJI_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


@dataclass(frozen=True)
class Mark:
    """A line that may be a heading: what it says, its level (0 for none) and how sure that is (0: surest)."""

    text: str
    level: int
    rank: int

    @classmethod
    def of(cls, line: str) -> Self | None:
        """The mark of a line without indent, or None for a text that cannot be a heading."""
        if found := HASH.match(line):
            return cls(unwrapped(found[2].strip()), len(found[1]), 0)
        if found := SUMMARY.match(line):
            return cls(unwrapped(TAG.sub("", found[1]).strip()), 0, 0)
        if found := BOLD.match(line):
            return cls(found[2].strip(), 0, 1)
        if found := BULLET.match(line):
            return cls(found[1].strip(), 0, 2)
        return None

    @cached_property
    def week(self) -> "WeekLabel | None":
        return WeekLabel.of(self.text)

    @cached_property
    def section(self) -> str:
        """The kind of section that the heading opens, `QUESTIONS`, or nothing."""
        return section_label(self.text)


def unwrapped(text: str) -> str:
    """A text without the bold that surrounds the whole of it."""
    found = WRAPPED.match(text)
    return found[2].strip() if found and found[1] not in found[2] else text


@dataclass(frozen=True)
class WeekLabel:
    """`第2週目：テーマ`, taken apart."""

    number: int
    theme: str

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The label of a week in any of its spellings: 第１週, 第一週, 第1回, Week 1."""
        found = WEEK.match(text)
        if not found:
            return None
        return cls(_number(found["number"] or found["count"]), found["theme"].strip())


def _number(digits: str) -> int:
    if "十" not in digits:
        return int(digits.translate(KANJI_DIGITS))
    tens, _ten, ones = digits.translate(KANJI_DIGITS).partition("十")
    return int(tens or 1) * 10 + int(ones or 0)


TOKEN = re.compile(r"\\.|.", re.DOTALL)
SLASHES, OPENING, CLOSING = {"/", "／"}, {"(", "（"}, {")", "）"}
SPECIAL = {"\\", "※", "*", "_", "<", *SLASHES, *OPENING, *CLOSING}
KIND_COMMENT = re.compile(r"(?<!\\)<!--\s*(\w+)\s*-->$")


@dataclass(frozen=True)
class Heading:
    """`自分の考え※ 当日までに/ アウトプット(思考の棚卸し)`, taken apart. A backslash takes a sign by its word."""

    heading: str
    due: str = ""
    output: str = ""
    subtitle: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        tokens = TOKEN.findall(KIND_COMMENT.sub("", text).strip())
        tokens, subtitle = _cut_subtitle(tokens)
        head, due = _cut(tokens, {"※"})
        due, output = _cut_last(due, SLASHES)
        if not output:
            head, output = _cut_last(head, SLASHES)
        return cls(*map(_plain, (head, due, output, subtitle)))

    def __str__(self) -> str:
        due = f"※ {_escaped(self.due)}" if self.due else ""
        output = f"/ {_escaped(self.output)}" if self.output else ""
        subtitle = f"({_escaped(self.subtitle)})" if self.subtitle else ""
        return f"{_escaped(self.heading)}{due}{output}{subtitle}"


def _cut(tokens: list[str], marks: set[str]) -> tuple[list[str], list[str]]:
    place = next((place for place, token in enumerate(tokens) if token in marks), len(tokens))
    return tokens[:place], tokens[place + 1 :]


def _cut_last(tokens: list[str], marks: set[str]) -> tuple[list[str], list[str]]:
    after, before = _cut(tokens[::-1], marks)
    return (before[::-1], after[::-1]) if len(after) < len(tokens) else (tokens, [])


def _cut_subtitle(tokens: list[str]) -> tuple[list[str], list[str]]:
    if not tokens or tokens[-1] not in CLOSING:
        return tokens, []
    return _cut_last(tokens[:-1], OPENING)


def _plain(tokens: Iterable[str]) -> str:
    return "".join(token[-1] for token in tokens).strip()


def _escaped(value: str) -> str:
    return "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in value)


def section_label(text: str) -> str:
    """The kind of section that a heading's words name, `QUESTIONS`, or nothing.

    A heading with words of the organizers' own names its kind in a comment: `感じたこと <!-- reflection -->`.
    """
    if (named := KIND_COMMENT.search(text)) and named[1] in Section.Kind.values:
        return named[1]
    words = re.sub(r"\([^()]*\)", "", unicodedata.normalize("NFKC", Heading.of(text).heading))
    label = re.sub(r"^\W+", "", bare(words))
    return Section.Kind.SESSION_NOTES.value if label.startswith(SESSION_PREFIX) else LABELS.get(label, "")


def is_furniture(line: str) -> bool:
    """Whether a line without indent says nothing by itself: blank, a divider, an empty item, a tag, a comment."""
    return not line or any(kind.match(line) for kind in (DIVIDER, EMPTY_ITEM, TAG_LINE, COMMENT))


def is_misread(line: str) -> bool:
    """Whether a text, written into a page whose headings have `#`, would be read as something else."""
    if any(kind.match(line) for kind in (DIVIDER, TAG_LINE, COMMENT, FENCE)):
        return True
    mark = Mark.of(line)
    return bool(mark and mark.rank == 0 and (mark.week or mark.section))


def is_misread_in_aim(line: str) -> bool:
    """The same for a line of an aim, which ends at any heading."""
    return bool(HASH.match(line)) or is_misread(line)
