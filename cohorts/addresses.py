"""Reading addresses as people paste them: one a line, with or without a name, in full or half width."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .names import validate_one_line

MAX_EMAIL, MAX_NAME = 254, 30
MAX_PIECE = 400
"""Signs of one name with its address; whatever is longer is neither."""
SEPARATORS = str.maketrans({"、": ",", "；": ",", ";": ",", "・": " ", "•": " "})
BORDER = r"\s<>,:\"()\[\]「」『』【】〈〉《》"
# Begins at a border only: a long text without “@” is read once, not once from each of its signs.
ADDRESS = re.compile(rf"(?<![^{BORDER}])(?:mailto:)?([^{BORDER}]+@[^{BORDER}]*)", re.IGNORECASE)
AROUND_A_NAME = " \t,:<>\"'()[]「」『』【】〈〉《》-*–—"
WEB_ADDRESS = re.compile(r"://|www\.|\w\.[a-z]{2,}\b", re.IGNORECASE | re.ASCII)
LIST_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+")


@dataclass(frozen=True)
class Address:
    """Somebody to write to; the name may be empty."""

    email: str
    name: str = ""


@dataclass
class Pasted:
    """What a pasted text holds: addresses, each once, and the lines that are none, as they were typed."""

    good: list[Address] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def read_addresses(text: str) -> Pasted:
    """Read a pasted list: `mail`, `名前 <mail>`, `名前　mail`, several with commas; ＠ and spaces of any width."""
    pasted, known = Pasted(), set()
    for line in text.splitlines():
        for piece in _pieces(line):
            address = _read(piece)
            if address is None:
                pasted.bad.append(piece.strip())
            elif address.email in known:
                pasted.repeated.append(address.email)
            else:
                known.add(address.email)
                pasted.good.append(address)
    return pasted


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
    try:
        validate_email(email)
    except ValidationError:
        return None
    return Address(email, name) if len(email) <= MAX_EMAIL else None


def _name(text: str) -> str:
    """What stands beside the address, if it can be a salutation: the mail goes out in the salon's name."""
    name = " ".join(LIST_NUMBER.sub("", text).split()).strip(AROUND_A_NAME)[:MAX_NAME]
    try:
        validate_one_line(name)
    except ValidationError:
        return ""
    return "" if WEB_ADDRESS.search(name) else name
