"""Reads a workbook from a page in Markdown: what is asked, and none of the words that somebody wrote there."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import TypeVar

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from .lines import Line, decoded, lines_in
from .models import Prompt, Section, Week
from .ownwords import bare
from .page import (
    COMMENT,
    DIVIDER,
    ITEM,
    NUMBERED,
    QUESTIONS,
    REFLECTION_HEADING,
    TAG_LINE,
    Heading,
    Mark,
    WeekLabel,
    is_misread_in_aim,
    unwrapped,
)
from .planned import PlannedPrompt, PlannedSection, PlannedWeek, Workbook, WorkbookError

BUNDLED = Path(__file__).resolve().parent / "texts" / "workbook.md"

Found = TypeVar("Found")


@dataclass
class _Block:
    """A heading and the lines under it."""

    head: Line
    lines: list[Line] = field(default_factory=list)


def bundled() -> Workbook:
    """The workbook that comes with the project."""
    return read(BUNDLED.read_bytes())


def read(data: bytes) -> Workbook:
    """Read a page, in UTF-8 or Shift_JIS, whatever tool it came from.

    Raises:
        WorkbookError: it is no page of a workbook, or it is ambiguous.
    """
    lines = lines_in(decoded(data))
    preamble, blocks = _split_weeks(lines)
    if not blocks:
        raise WorkbookError(
            _("No week was found in %(lines)d lines. A week begins with a heading like “# 第1週目：…”.")
            % {"lines": sum(1 for line in lines if line.text)}
        )
    _refuse_twins(blocks)
    found = [_read_week(block, label) for block, label in blocks]
    title = next((line.number for line in preamble if line.mark and line.mark.level), 0)
    left_out = sum(1 for line in preamble if not line.is_furniture and line.number != title)
    weeks = sorted((week for week, _left in found), key=lambda week: week.number)
    return Workbook(tuple(weeks), left_out + sum(left for _week, left in found))


# --- From lines to weeks -------------------------------------------------------------------------


def _labelled(lines: Iterable[Line], label: Callable[[Mark], Found | None]) -> dict[int, Found]:
    """Labels by line number. Real headings count alone; where there are none, bold lines, then list items."""
    found = [(line, what) for line in lines if line.mark and (what := label(line.mark))]
    surest = min((line.mark.rank for line, _what in found if line.mark), default=0)
    return {line.number: what for line, what in found if line.mark and line.mark.rank == surest}


def _split_weeks(lines: list[Line]) -> tuple[list[Line], list[tuple[_Block, WeekLabel]]]:
    labels = _labelled(lines, lambda mark: mark.week)
    preamble: list[Line] = []
    blocks: list[tuple[_Block, WeekLabel]] = []
    for line in lines:
        if label := labels.get(line.number):
            blocks.append((_Block(line), label))
        else:
            (blocks[-1][0].lines if blocks else preamble).append(line)
    return preamble, blocks


def _refuse_twins(blocks: Iterable[tuple[_Block, WeekLabel]]) -> None:
    lines: dict[int, int] = {}
    for block, label in blocks:
        line = block.head.number
        if not label.number:
            raise WorkbookError(_("Line %(line)d: weeks are counted from 1.") % {"line": line}, line)
        if label.number in lines:
            raise WorkbookError(
                _("Week %(number)d stands there twice, in line %(first)d and in line %(line)d.")
                % {"number": label.number, "first": lines[label.number], "line": line},
                line,
            )
        lines[label.number] = line


def _read_week(block: _Block, label: WeekLabel) -> tuple[PlannedWeek, int]:
    """A week, and how many of its lines were left out."""
    number, line = label.number, block.head.number
    if not label.theme:
        raise WorkbookError(_("Line %(line)d: week %(number)d has no theme.") % {"line": line, "number": number}, line)
    intro, parts = _split_sections(block.lines)
    if not parts:
        raise WorkbookError(
            _("No section was found in week %(number)d (line %(line)d).") % {"line": line, "number": number}, line
        )
    used = {part.head.number for part in parts.values()}
    aim = _read_aim(intro, next(iter(parts.values())).head.indent, used)
    sections = tuple(_read_sections(parts, used))
    theme = _fitting(Week, "theme", label.theme, line)
    week = PlannedWeek(number, theme, aim, sections)
    known = {bare(question) for question in week.questions}
    left = [line for line in block.lines if line.number not in used and not line.is_furniture]
    return week, sum(1 for line in left if bare(line.raw) not in known)


def _split_sections(lines: list[Line]) -> tuple[list[Line], dict[str, _Block]]:
    """The lines before the first section, and the sections by kind, in the page's order.

    Questions one level below a section's heading are that section's own: `summary/questions`.
    A kind that comes again is a text.
    """
    labels = _labelled(lines, lambda mark: mark.section)
    intro: list[Line] = []
    parts: dict[str, _Block] = {}
    current, under = intro, ""
    for line in lines:
        label = labels.get(line.number, "")
        if label == QUESTIONS and under and _is_below(line, parts[under].head):
            label = f"{under}/{QUESTIONS}"
        if not label or label in parts:
            current.append(line)
            continue
        parts[label] = _Block(line)
        current = parts[label].lines
        under = label if label in Section.Kind.values else ""
    return intro, parts


def _is_below(line: Line, head: Line) -> bool:
    return bool(line.mark and head.mark and line.mark.level > head.mark.level > 0)


# --- What a week says ----------------------------------------------------------------------------


def _read_aim(intro: list[Line], indent: int, used: set[int]) -> str:
    """What stands between the week's heading and the next one, without the indent of the week's headings."""
    said = list(takewhile(lambda line: not (line.mark and line.mark.level), intro))
    used.update(line.number for line in said)
    kept = [line for line in said if line.hidden or not _is_scaffold(line.text)]
    return "\n".join(_unescaped(line, indent) for line in kept).strip()


def _is_scaffold(text: str) -> bool:
    return any(kind.match(text) for kind in (DIVIDER, TAG_LINE, COMMENT))


def _unescaped(line: Line, indent: int) -> str:
    raw = line.raw[min(indent, line.indent) :]
    text = raw.strip()
    if line.hidden or not (text.startswith("\\") and is_misread_in_aim(text.lstrip("\\"))):
        return raw
    return raw.replace("\\", "", 1)


def _read_sections(parts: dict[str, _Block], used: set[int]) -> Iterator[PlannedSection]:
    questions = _read_questions(parts.get(QUESTIONS), used)
    for kind in Section.Kind.values:
        block = parts.get(kind)
        own = parts.get(f"{kind}/{QUESTIONS}")
        asked = questions if kind == Section.Kind.REFLECTION else ()
        if block:
            prompts = asked or (_read_questions(own, used) if own else (PlannedPrompt(),))
            yield _section(kind, block.head, _with_hint(prompts, _read_hint(block.lines, used)))
        elif asked:
            yield PlannedSection(kind, REFLECTION_HEADING, prompts=asked)


def _section(kind: str, head: Line, prompts: tuple[PlannedPrompt, ...]) -> PlannedSection:
    words = Heading.of(head.mark.text if head.mark else head.text)
    values = {name: _fitting(Section, name, value, head.number) for name, value in vars(words).items()}
    return PlannedSection(kind, prompts=prompts, **values)


def _read_questions(block: _Block | None, used: set[int]) -> tuple[PlannedPrompt, ...]:
    if block is None:
        return ()
    prompts = []
    for line, text in _items(block.lines):
        used.add(line.number)
        hint = _read_hint(block.lines, used, line.number - block.head.number)
        prompts.append(PlannedPrompt(_fitting(Prompt, "text", text, line.number), hint))
    return _with_hint(tuple(prompts), _read_hint(block.lines, used))


def _items(lines: list[Line]) -> list[tuple[Line, str]]:
    """The outermost list items with their texts: numbered ones, else bullets, else every line of text."""
    shown = [line for line in lines if not (line.is_furniture or line.hidden or line.is_quote)]
    numbered = [(line, found[1]) for line in shown if (found := NUMBERED.match(line.text))]
    bullets = [(line, found[1]) for line in shown if (found := ITEM.match(line.text))]
    plain = [(line, line.text) for line in shown if not (line.mark and line.mark.level)]
    items = numbered or bullets or plain
    outermost = min((line.indent for line, _text in items), default=0)
    return [(line, _question(text)) for line, text in items if line.indent == outermost]


def _question(text: str) -> str:
    return text[1:].strip() if text.startswith("\\") else unwrapped(text.strip())


def _read_hint(lines: list[Line], used: set[int], start: int = 0) -> str:
    """The quoted lines that come first from `start` on; blank lines may stand before them."""
    rest = dropwhile(lambda line: not line.text, (lines[place] for place in range(start, len(lines))))
    quotes = list(takewhile(lambda line: line.is_quote, rest))
    used.update(line.number for line in quotes)
    return "\n".join(line.quoted for line in quotes).strip()


def _with_hint(prompts: tuple[PlannedPrompt, ...], hint: str) -> tuple[PlannedPrompt, ...]:
    """The prompts, with a section's hint on the first of them."""
    if not (prompts and hint):
        return prompts
    both = "\n\n".join(filter(None, (prompts[0].hint, hint)))
    return (PlannedPrompt(prompts[0].text, both), *prompts[1:])


def _fitting(model: type[Model], name: str, value: str, line: int) -> str:
    """The value, if the database has room for it."""
    place: Field = model._meta.get_field(name)
    if place.max_length and len(value) > place.max_length:
        raise WorkbookError(
            _("Line %(line)d: the %(what)s is too long (%(length)d of at most %(limit)d characters).")
            % {"line": line, "what": place.verbose_name, "length": len(value), "limit": place.max_length},
            line,
        )
    return value
