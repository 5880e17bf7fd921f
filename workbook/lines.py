"""A page's lines: decoded, without the notes of the tool that it comes from, code blocks marked."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .page import FENCE, Mark, is_furniture
from .planned import WorkbookError

MAX_BYTES = 1_000_000
FRONT_MATTER_LINES = 40
FRONT_MATTER = re.compile(r"^(?:[\w-]+\s*:|\s|- |$)")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Line:
    """One line; `hidden` in a code block, where nothing is a heading."""

    number: int
    raw: str
    hidden: bool = False
    mark: Mark | None = None

    @property
    def text(self) -> str:
        return self.raw.strip()

    @property
    def indent(self) -> int:
        return len(self.raw) - len(self.raw.lstrip(" \t"))

    @property
    def is_furniture(self) -> bool:
        return not self.hidden and is_furniture(self.text)

    @property
    def is_quote(self) -> bool:
        return not self.hidden and self.text.startswith(">")

    @property
    def quoted(self) -> str:
        return self.raw.lstrip(" \t")[1:].removeprefix(" ")


def decoded(data: bytes) -> str:
    """The page as text, in NFC and with LF line ends.

    Raises:
        WorkbookError: it is empty, too large, or no text.
    """
    if len(data) > MAX_BYTES:
        raise WorkbookError(_("The file is larger than 1 MB. A workbook's page is much smaller."))
    if data.startswith(b"PK\x03\x04"):
        raise WorkbookError(_("This is a ZIP file. Please unpack it and choose the .md file inside."))
    text = unicodedata.normalize("NFC", _text(data).replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise WorkbookError(_("The file is empty."))
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        line = text[: len(text) - len(text.lstrip())].count("\n") + 1
        raise WorkbookError(
            _("Line %(line)d begins an HTML page. Please export it as Markdown instead.") % {"line": line}, line
        )
    return text


def _text(data: bytes) -> str:
    """The text in UTF-8, else in Shift_JIS. A control sign betrays that it is neither."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            text = data.decode("cp932")
        except UnicodeDecodeError:
            raise _not_text(data[: error.start].count(b"\n") + 1) from None
    if found := CONTROL.search(text):
        raise _not_text(text[: found.start()].count("\n") + 1)
    return text


def _not_text(line: int) -> WorkbookError:
    return WorkbookError(
        _("Line %(line)d is not text. Please choose a Markdown file in UTF-8 or Shift_JIS.") % {"line": line}, line
    )


def lines_in(text: str) -> list[Line]:
    """The lines of a page, numbered from 1 as an editor shows them."""
    raws = text.split("\n")
    hidden = _fenced(raws)
    lines = [
        Line(number, raw, True) if number in hidden else Line(number, raw, False, Mark.of(raw.strip()))
        for number, raw in enumerate(raws, start=1)
    ]
    return lines[_front_matter(lines) :]


def _fenced(raws: list[str]) -> set[int]:
    """Numbers of the lines of code blocks, fences included. A fence that is never closed is a text."""
    hidden: set[int] = set()
    opened, fence = 0, ""
    for number, raw in enumerate(raws, start=1):
        line = raw.strip()
        if not opened and (found := FENCE.match(line)):
            opened, fence = number, found[1]
        elif opened and line.startswith(fence) and not line.strip(fence[0]):
            hidden.update(range(opened, number + 1))
            opened = 0
    return hidden


def _front_matter(lines: list[Line]) -> int:
    """How many lines at the top are some tool's notes about the page."""
    if lines[0].raw.rstrip() != "---":
        return 0
    for place, line in enumerate(lines[1 : FRONT_MATTER_LINES + 1], start=1):
        if line.raw.rstrip() == "---":
            return place + 1
        if not FRONT_MATTER.match(line.raw) or (line.mark and line.mark.week):
            return 0
    return 0
