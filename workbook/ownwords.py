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
    or indent, and broken over several lines; all of them may stand on one.
    """
    asked = list(questions)
    parts = (bare(line) for question in asked for line in [question, *question.splitlines()])
    known = {"".join(map(bare, asked)), *parts}
    lines = [line for line in map(bare, text.splitlines()) if line]
    place = 0
    while place < len(lines):
        pasted = _pasted(lines[place : place + MOST_LINES], known)
        if not pasted:
            return True
        place += pasted
    return False


def _pasted(lines: list[str], known: set[str]) -> int:
    """How many of the first lines are, put together, something known; 0 for none."""
    return next((count for count in range(len(lines), 0, -1) if "".join(lines[:count]) in known), 0)
