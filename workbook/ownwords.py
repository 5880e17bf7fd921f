"""Whether a text holds a member's own words, or only what the page itself put there."""

import re
import unicodedata
from collections.abc import Iterable

MARKERS = re.compile(r"^(?:[\s>#*+\-•・‣◦●○▪–—_=~☐☑✅\[\]]|\[[ xX]\]|[(（]?\d{1,3}[.)．）、:：](?=\D|$)|[①-⑳])+")
PUNCTUATION = re.compile(r"[\s\"'“”‘’「」『』*_`?？!！.。,，、…:：]+")


def bare(line: str) -> str:
    """A line without width, list marker, emphasis, quotes and end punctuation, for comparing only."""
    return PUNCTUATION.sub("", MARKERS.sub("", unicodedata.normalize("NFKC", line)))


def has_own_words(text: str, questions: Iterable[str]) -> bool:
    """Whether at least one line says something that is none of the week's questions.

    Empty bullets, dividers and white space say nothing; a question may be pasted in any list style, width
    or indent, and broken over several lines.
    """
    asked = [bare(line) for question in questions for line in [question, *question.splitlines()]]
    known = {question for question in asked if question}
    lines = [line for line in map(bare, text.splitlines()) if line]
    own = [line for line in lines if line not in known]
    return bool(own) and "".join(own) not in known
