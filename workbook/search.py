"""Finding words: the same hits on every database, whatever the width and the case in which they were typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from cohorts.models import Membership, User

from .models import Response

SHORTEST, LONGEST = 2, 60
"""Characters of what can be searched for."""

BEFORE, AFTER = 30, 90
"""Characters shown before and after a hit."""

MOST_SNIPPETS = 3

BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Piece:
    """A part of what is shown of a text: a hit, or what stands around it."""

    text: str
    is_hit: bool = False


class Search:
    """What somebody looks for: all its words must be there, in any order.

    It becomes a regular expression of plain alternatives, because case and width mean something else to each
    database, and to `LIKE` some characters are more than themselves. The same expression marks the hits.
    """

    def __init__(self, query: str) -> None:
        self.patterns = [_pattern(word) for word in dict.fromkeys(query.split())]

    def among(self, responses: QuerySet[Response]) -> QuerySet[Response]:
        """Those that hold all the words."""
        for pattern in self.patterns:
            responses = responses.filter(text__regex=pattern)
        return responses

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(self.patterns))

    def snippets(self, text: str) -> list[list[Piece]]:
        """What stands around the first place of each word, with all hits in it."""
        found = (re.search(pattern, text) for pattern in self.patterns)
        windows = sorted((hit.start() - BEFORE, hit.end() + AFTER) for hit in found if hit)
        merged: list[tuple[int, int]] = []
        for start, end in windows:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((max(start, 0), end))
        return [self._pieces(text, *window) for window in merged[:MOST_SNIPPETS]]

    def _pieces(self, text: str, start: int, end: int) -> list[Piece]:
        if start:
            start = len(text) - len(text[start:].lstrip())
        pieces, place = [Piece("…")] if start else [], start
        for hit in self._any.finditer(text, start):
            if hit.start() >= end:
                break
            pieces += [Piece(text[place : hit.start()]), Piece(hit[0], is_hit=True)]
            place = hit.end()
        pieces += [Piece(text[place : max(end, place)]), Piece("…" if end < len(text) else "")]
        return [Piece(BREAK.sub("\n", piece.text), piece.is_hit) for piece in pieces if piece.text]


def readable_words(user: User) -> QuerySet[Response]:
    """What members wrote and she may read as their facilitator, newest first, with all that says where it stands."""
    mine = Response.objects.readable_by(user).filter(
        membership__cohort__in=user.facilitated, membership__role=Membership.Role.MEMBER
    )
    whole = mine.select_related("membership__user", "membership__cohort", "prompt__section__week")
    return whole.order_by("-updated_at", "-pk")


def length(query: str) -> int:
    """How many characters a reader sees in it, without spaces."""
    return len("".join(unicodedata.normalize("NFKC", query).split()))


def _pattern(word: str) -> str:
    """The word as typed, or in any width and case."""
    plain = unicodedata.normalize("NFKC", word)
    return f"(?:{re.escape(word)}|{''.join(map(_character, plain))})"


def _character(sign: str) -> str:
    cases = {sign, sign.lower(), sign.upper()}
    spellings = {spelling for case in cases for spelling in (case, *_other_widths(case))}
    spellings |= {unicodedata.normalize("NFD", spelling) for spelling in spellings}
    return f"(?:{'|'.join(map(re.escape, sorted(spellings, key=lambda one: (-len(one), one))))})"


def _other_widths(text: str) -> list[str]:
    """A text of one sign as it may also be typed: full-width Latin, half-width kana."""
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    return [wide, "".join(HALF_WIDTH.get(sign, sign) for sign in text)]


def _half_width() -> dict[str, str]:
    """Full-width signs and how they are typed half-width, those with voice marks in two signs."""
    half = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
    marks = {"\u3099": "\uff9e", "\u309a": "\uff9f"}
    for code in range(0x30A1, 0x30FB):
        base, *mark = unicodedata.normalize("NFD", chr(code))
        if mark and base in half:
            half[chr(code)] = half[base] + marks[mark[0]]
    return half


HALF_WIDTH = _half_width()
