"""A workbook as a plan: what is asked in which week, before anybody has dates or words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from .models import Section, Week


class WorkbookError(ValueError):
    """A page cannot be read as a workbook; the message is one sentence for the person who chose the file.

    `line` is the line it speaks of, counted from 1, or None.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def one_line(value: str) -> str:
    """A value that stands on one line of a page."""
    return " ".join(value.splitlines()).strip()


def lines_of(value: str) -> str:
    """A value of several lines with LF line ends, as a page keeps it."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


@dataclass(frozen=True)
class PlannedPrompt:
    """One thing to ask. Without a text the section's heading asks."""

    text: str = ""
    hint: str = ""


@dataclass(frozen=True)
class PlannedSection:
    """One of a week's sections, with the words of its heading line taken apart."""

    kind: str
    heading: str
    due: str = ""
    output: str = ""
    subtitle: str = ""
    prompts: tuple[PlannedPrompt, ...] = (PlannedPrompt(),)

    @classmethod
    def of(cls, section: Section) -> Self:
        prompts = (PlannedPrompt(one_line(prompt.text), lines_of(prompt.hint)) for prompt in section.prompts.all())
        words = (one_line(value) for value in (section.heading, section.due, section.output, section.subtitle))
        return cls(section.kind, *words, tuple(prompts))

    @property
    def position(self) -> int:
        """The place of its kind in a week, from 1."""
        return Section.Kind.values.index(self.kind) + 1


@dataclass(frozen=True)
class PlannedWeek:
    """One week: its theme, its aim (Markdown) and its sections in the order of their kinds."""

    number: int
    theme: str
    aim: str = ""
    sections: tuple[PlannedSection, ...] = ()

    @classmethod
    def of(cls, week: Week) -> Self:
        """The plan of a stored week; two queries unless it was fetched `with_prompts`."""
        sections = sorted(map(PlannedSection.of, week.sections.all()), key=lambda section: section.position)
        return cls(week.number, one_line(week.theme), lines_of(week.aim), tuple(sections))

    @property
    def questions(self) -> list[str]:
        """The texts of everything that is asked in words, the reflection's first."""
        return [prompt.text for section in self.sections for prompt in section.prompts if prompt.text]


@dataclass(frozen=True)
class Workbook:
    """All weeks in order. `left_out` counts the page's lines that are somebody's words, not the workbook's."""

    weeks: tuple[PlannedWeek, ...]
    left_out: int = 0

    @property
    def sections(self) -> Iterator[PlannedSection]:
        return (section for week in self.weeks for section in week.sections)

    @property
    def counts(self) -> dict[str, int]:
        """How much of everything: weeks, questions, prompts, left_out_lines."""
        prompts = [prompt for section in self.sections for prompt in section.prompts]
        return {
            "weeks": len(self.weeks),
            "questions": sum(1 for prompt in prompts if prompt.text),
            "prompts": len(prompts),
            "left_out_lines": self.left_out,
        }
