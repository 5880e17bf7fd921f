"""Rows and columns as spreadsheets hand them over: pasted with tabs, or as a file of comma-separated values."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAIL = re.compile(r".*(?:mail|メール|アドレス).*")
ONLY_MAIL = re.compile(r"(?:e-?mail|mail|(?:電子)?メール)? ?(?:アドレス|address)?")
NICKNAME = re.compile(r"ニックネーム|呼び名|呼ばれたい|表示名|ハンドルネーム|nickname|display ?name")
WHOLE_NAME = re.compile(r"(?:お|ご)?名前|(?:ご)?氏名|参加者(?:名)?|メンバー(?:名)?|(?:full ?)?name")
FAMILY_NAME = re.compile(r"姓|名字|苗字|(?:last|family) ?name")
GIVEN_NAME = re.compile(r"名|(?:first|given) ?name")
LONGEST_HEADING = 20
"""Signs of one; whatever is longer is a sentence."""


class NotText(ValueError):
    """The file is no text that could hold addresses."""


def decode(data: bytes) -> str:
    """A file's text: UTF-8 with or without a mark, UTF-16 with one, else Shift_JIS as Excel writes it.

    Raises:
        NotText: it is none of them.
    """
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotText


def with_tabs(text: str) -> str:
    """A file's values, whatever separates them, as they would be pasted from a spreadsheet."""
    head = "\n".join(text.splitlines()[:10])
    separator = max("\t,;", key=head.count)
    rows = _parse(text, separator) if separator in head else [[line] for line in text.splitlines()]
    return "\n".join("\t".join(row) for row in rows)


def rows_of(text: str) -> list[list[str]]:
    """The rows of a pasted text, each with its cells; a line without tabs is one cell."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "\t" not in text and "," in first and Heading.read(first.split(",")):
        return _parse(text, ",")
    return _parse(text, "\t") if "\t" in text else [[line] for line in text.splitlines()]


def _parse(text: str, separator: str) -> list[list[str]]:
    """Read quotes as spreadsheets write them. A quote that nobody closed is a sign like any other."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        rows = []
    if not rows or any("\n" in cell and cell.count("@") > 1 for row in rows for cell in row):
        rows = [line.split(separator) for line in text.splitlines()]
    return [[" ".join(re.split(r"[\r\n\t]+", cell)) for cell in row] for row in rows]


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lower().lstrip("\ufeff")


@dataclass(frozen=True)
class Heading:
    """The columns of a table as its head names them: the address's, and those that make the name."""

    mail: int | None
    names: tuple[int, ...]

    @classmethod
    def read(cls, cells: list[str], below: Iterable[list[str]] = ()) -> "Heading | None":
        """The head of a table; None for a row that is somebody's. Of several columns for addresses the fullest."""
        plain = [_plain(cell) for cell in cells]
        if any("@" in cell for cell in plain):
            return None
        short = [cell if len(cell) <= LONGEST_HEADING else "" for cell in plain]
        mails = [
            place
            for place, cell in enumerate(short)
            if cell and (MAIL if len(cells) > 1 else ONLY_MAIL).fullmatch(cell)
        ]
        names = cls._names(short)
        if not mails and not (names and len(cells) > 1):
            return None
        rows = list(below)
        filled = {place: sum("@" in _plain(row[place]) for row in rows if len(row) > place) for place in mails}
        return cls(max(mails, key=lambda place: filled[place], default=None), names)

    @staticmethod
    def _names(cells: list[str]) -> tuple[int, ...]:
        """The column of the name she is called by, else of her whole name, else those of its two parts."""
        for kind in (NICKNAME, WHOLE_NAME):
            places = [place for place, cell in enumerate(cells) if kind.fullmatch(cell)]
            if places:
                return (places[0],)
        parts = [
            [place for place, cell in enumerate(cells) if kind.fullmatch(cell)] for kind in (FAMILY_NAME, GIVEN_NAME)
        ]
        return tuple(places[0] for places in parts if places)

    def name_in(self, cells: list[str]) -> str:
        """The name that stands in a row; empty if there is none."""
        return " ".join(cells[place].strip() for place in self.names if place < len(cells)).strip()
