"""What a browser makes of our pages, and a reader of the downloaded ones."""

import html
import re
from urllib.parse import urlencode

from tests.cast import QUESTIONS
from workbook.page import is_misread, section_label

from .corpus import as_kept

FIELD = re.compile(r'<textarea name="text-(\d+)"[^>]*>(.*?)</textarea', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+-\d+)" value="([^"]*)"')
WEEK = re.compile(r"# 第(\d+)週目：")
ASKS = {f"### {question}": place for place, question in enumerate(QUESTIONS, start=1)}


def fields_on(page: bytes) -> dict[int, str]:
    """The value of every textarea, by the prompt: line ends become LF, the first one falls away, entities are read."""
    text = page.decode().replace("\r\n", "\n").replace("\r", "\n")
    return {int(prompt): html.unescape(value.removeprefix("\n")) for prompt, value in FIELD.findall(text)}


def form_of(page: bytes, texts: dict[int, str]) -> bytes:
    """What a browser sends when the plain form's button is pressed: a field's line ends are LF, on the way CRLF."""
    values = dict(HIDDEN.findall(page.decode()))
    for prompt, text in texts.items():
        values |= {f"text-{prompt}": as_kept(text).replace("\n", "\r\n"), f"readers-{prompt}": "facilitators"}
    return urlencode(values).encode()


def words_in(page: str) -> dict[tuple[int, str, int], str]:
    """The words of a downloaded page, to the letter, by week, section and place of the question."""
    lines = page.split("\n")
    marks: list[tuple[int, tuple[int, str, int] | None]] = []
    week, kind = 0, ""
    for number, line in enumerate(lines):
        if found := WEEK.match(line):
            week, kind = int(found[1]), ""
            marks.append((number, None))
        elif line.startswith("## ") and (label := section_label(line[3:])):
            kind = label
            marks.append((number, (week, kind, 1)))
        elif line in ASKS:
            marks.append((number, (week, kind, ASKS[line])))
    words = {}
    for (number, place), (end, following) in zip(marks, [*marks[1:], (len(lines), ())], strict=True):
        block = lines[number + 1 : end - 2 if following is None else end]  # a divider stands before a week
        if place and len(block) > 1:
            words[place] = unguarded("\n".join(block[1:-1]))
    return words


def unguarded(text: str) -> str:
    """Without the backslashes that the writer of the page has put before what would be read as its own."""
    if text.lstrip().lstrip("\\").startswith(">"):
        text = without_guard(text)
    return "\n".join(without_guard(line) if is_own(line.strip().lstrip("\\")) else line for line in text.split("\n"))


def is_own(line: str) -> bool:
    return line in ASKS or is_misread(line)


def without_guard(text: str) -> str:
    start = len(text) - len(text.lstrip())
    return text[:start] + text[start:].removeprefix("\\")
