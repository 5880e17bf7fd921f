"""Whether a text holds a member's own words, or only what the page itself put there."""

import re
import unicodedata
from collections.abc import Iterable

CIRCLED = re.compile(r"^[\s\u3000]*[①-⑳❶-❿➀-➓]")
MARKERS = re.compile(
    r"^(?:\[[ xX]\]|[(（]?\d{1,3}[.)．）、:：](?=\D|$)|[QＱ]\d{0,2}[.．:：]"
    r"|[\s>#*+\-•・‣◦●○■□◆◇▪▶►▼★☆※→⇒–—―─━ー_=~☐☑✅\[\]])+"
)
PUNCTUATION = re.compile(r"[\s\"'“”‘’「」『』*_`?？!！.。,，、…:：]+")
MOST_LINES = 6
"""Lines over which a pasted question may be broken."""


def bare(line: str) -> str:
    """A line without width, list marker, emphasis, quotes and end punctuation, for comparing only."""
    return PUNCTUATION.sub("", MARKERS.sub("", unicodedata.normalize("NFKC", CIRCLED.sub("", line))))


def has_own_words(text: str, questions: Iterable[str]) -> bool:
    """Whether at least one line says something that is none of the week's questions.

    Empty bullets, dividers and white space say nothing; a question may be pasted in any list style, width
    or indent, and broken over several lines; several of them may stand on one.
    """
    asked = list(questions)
    whole = {line for line in map(bare, asked) if line}
    known = whole.union(bare(line) for question in asked for line in question.splitlines())
    lines = [line for line in map(bare, text.splitlines()) if line]
    place = 0
    while place < len(lines):
        pasted = _pasted(lines[place : place + MOST_LINES], known, whole)
        if not pasted:
            return True
        place += pasted
    return False


def _pasted(lines: list[str], known: set[str], whole: set[str]) -> int:
    """How many of the first lines are, put together, something known, or several whole questions; 0 for none."""
    most = sum(map(len, whole))
    for count in range(len(lines), 0, -1):
        line = "".join(lines[:count])
        if line in known or (len(line) <= most and _is_row(line, whole)):
            return count
    return 0


def _is_row(line: str, whole: set[str]) -> bool:
    """Whether the line is nothing but questions, one behind the other."""
    reached, waiting = {0}, [0]
    while waiting:
        start = waiting.pop()
        ends = {start + len(question) for question in whole if line.startswith(question, start)}
        waiting += ends - reached
        reached |= ends
    return len(line) in reached
