"""Reading addresses as people paste them: lines, or rows of a spreadsheet; with or without names, in any width."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .names import validate_one_line
from .tables import Heading, rows_of

MAX_EMAIL, MAX_NAME = 254, 30
MAX_PIECE = 400
"""Signs of one name with its address; whatever is longer is neither."""
LOOK_AHEAD = 300
"""Rows below a table's head that say which of its columns holds the addresses."""
SEPARATORS = str.maketrans({"、": ",", "；": ",", ";": ",", "・": " ", "•": " "})
BORDER = r"\s<>,:\"()\[\]「」『』【】〈〉《》"
# Begins at a border only: a long text without “@” is read once, not once from each of its signs.
ADDRESS = re.compile(rf"(?<![^{BORDER}])(?:mailto:)?([^{BORDER}]+@[^{BORDER}]*)", re.IGNORECASE)
AROUND_A_NAME = " \t,:<>\"'()[]「」『』【】〈〉《》-*–—"
WEB_ADDRESS = re.compile(r"://|www\.|\w\.[a-z]{2,}\b", re.IGNORECASE | re.ASCII)
LIST_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+")
NUMBERS_ONLY = re.compile(r"[\d\s/.:+()年月日時分-]*")

# Until 2009 docomo and au gave out addresses with two dots in a row or one before the “@”. They are still in use.
OLD_CARRIERS = ("docomo.ne.jp", "ezweb.ne.jp", "au.com")
ODD_DOTS = re.compile(r"\.\.|\.@")
SIGN = r"[-!#$%&'*+/=?^_`{}|~0-9A-Z]"
OLD_LOCAL_PART = re.compile(
    rf'(?:{SIGN}[-.!#$%&\'*+/=?^_`{{}}|~0-9A-Z]*|"(?:[\x20!#-\[\]-~]|\\[\x20-~])*")\Z', re.IGNORECASE
)


def admit_old_addresses() -> None:
    """Let every form of the site take such addresses: sign-up, sign-in and the outbox share Django's one validator."""
    validate_email.user_regex = OLD_LOCAL_PART


@dataclass(frozen=True)
class Address:
    """Somebody to write to; the name may be empty."""

    email: str
    name: str = ""


class Fate(StrEnum):
    """What a line is: somebody, somebody who stands there already, nobody that could be read, or a table's head."""

    GOOD = "good"
    REPEATED = "repeated"
    BAD = "bad"
    HEADING = "heading"


@dataclass(frozen=True)
class Line:
    """One address, or one line without any, as it was typed; `number` counts the lines from 1."""

    number: int
    text: str
    fate: Fate
    address: Address | None = None


@dataclass
class Pasted:
    """What a pasted text holds, line by line."""

    lines: list[Line] = field(default_factory=list)

    @property
    def good(self) -> list[Address]:
        """Whom to write to, each once."""
        return [line.address for line in self.lines if line.fate == Fate.GOOD]

    @property
    def bad(self) -> list[str]:
        """The lines that are no address, as they were typed."""
        return [line.text for line in self.lines if line.fate == Fate.BAD]

    @property
    def to_mend(self) -> str:
        """What to put back into the box: the lines that could not be read, under their table's head."""
        rest = [line.text for line in self.lines if line.fate in {Fate.BAD, Fate.HEADING}]
        return "\n".join(rest) if self.bad else ""

    @property
    def repeated(self) -> list[str]:
        """The addresses that stood there twice."""
        return [line.address.email for line in self.lines if line.fate == Fate.REPEATED]


def read_addresses(text: str) -> Pasted:
    """Read a pasted list: `mail`, `名前 <mail>`, `名前　mail`, several with commas; ＠ and spaces of any width.

    Rows of a spreadsheet have name and address in any column; a head that names them is understood and left out.
    """
    pasted, known, heading = Pasted(), set(), None
    rows = rows_of(text)
    for number, cells in enumerate(rows, start=1):
        if not any(_plain(cell).strip(AROUND_A_NAME) for cell in cells):
            continue
        found = Heading.read(cells, islice(rows, number, number + LOOK_AHEAD))
        heading = found or heading
        for typed, address in [("\t".join(cells), None)] if found else _people(cells, heading):
            fate = Fate.HEADING if found else _fate(address, known)
            pasted.lines.append(Line(number, typed.rstrip() if len(cells) > 1 else typed.strip(), fate, address))
    return pasted


def _fate(address: Address | None, known: set[str]) -> Fate:
    if address is None:
        return Fate.BAD
    if address.email in known:
        return Fate.REPEATED
    known.add(address.email)
    return Fate.GOOD


def _people(cells: list[str], heading: Heading | None) -> list[tuple[str, Address | None]]:
    """Who stands in a row, with what was typed about each."""
    if len(cells) == 1:
        return [(piece, _read(piece)) for piece in _pieces(cells[0])]
    typed, column = "\t".join(cells), heading and heading.mail
    here = cells if column is None else cells[column : column + 1]
    found = [_read(piece) for cell in here if "@" in _plain(cell) for piece in _pieces(cell)]
    people = [address for address in found if address]
    if not people or len(people) < len(found):
        return [(typed, None)]
    name = (heading.name_in(cells) if heading else "") or _first_name(cells)
    alone = len(people) == 1
    return [(typed, Address(person.email, (_name(name) or person.name) if alone else person.name)) for person in people]


def _first_name(cells: list[str]) -> str:
    """The first cell that can be somebody's name: no address, no number, no date."""
    plain = [_plain(cell).strip() for cell in cells]
    return next((cell for cell in plain if "@" not in cell and not NUMBERS_ONLY.fullmatch(cell)), "")


def _plain(text: str) -> str:
    """Half width, one kind of separator, without invisible signs."""
    wide = unicodedata.normalize("NFKC", text).translate(SEPARATORS)
    return "".join(sign for sign in wide if unicodedata.category(sign) != "Cf")


def _pieces(line: str) -> list[str]:
    """A line with one address stays whole, so that a comma may stand after the name; else it falls at the commas."""
    plain = _plain(line)
    if not plain.strip(AROUND_A_NAME):
        return []
    if len(ADDRESS.findall(plain)) <= 1:
        return [line]
    pieces = [piece for piece in plain.split(",") if piece.strip()]
    return [part for piece in pieces for part in (piece.split() if len(ADDRESS.findall(piece)) > 1 else [piece])]


def _read(piece: str) -> Address | None:
    plain = _plain(piece)
    found = ADDRESS.search(plain)
    if not found or len(plain) > MAX_PIECE:
        return None
    email = found[1].rstrip(".。").strip("'").lower()
    name = _name(plain[: found.start()] + " " + plain[found.end() :])
    return Address(email, name) if len(email) <= MAX_EMAIL and is_address(email) else None


def is_address(email: str) -> bool:
    """Whether mail can be sent there. Odd dots are a slip of the finger, but where a carrier once gave them out."""
    if ODD_DOTS.search(email) and not email.rpartition("@")[2].endswith(OLD_CARRIERS):
        return False
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _name(text: str) -> str:
    """What stands beside the address, if it can be a salutation: the mail goes out in the salon's name."""
    name = " ".join(LIST_NUMBER.sub("", _plain(text)).split()).strip(AROUND_A_NAME)[:MAX_NAME]
    try:
        validate_one_line(name)
    except ValidationError:
        return ""
    return "" if WEB_ADDRESS.search(name) else name
