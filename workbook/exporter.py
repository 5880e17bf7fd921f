"""Writes a workbook, or one member's own words, as a page in Markdown that can be read again."""

import re
from collections.abc import Callable, Iterable, Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .models import FormerWording, Prompt, Response, Section, Week
from .page import QUESTIONS_HEADING, Heading, WeekLabel, is_furniture, is_misread, is_misread_in_aim, section_label
from .planned import PlannedPrompt, PlannedSection, PlannedWeek

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def write(weeks: Iterable[Week], title: str = "") -> str:
    """The plan of a cohort's weeks; fetch them `with_prompts`."""
    return write_plan(map(PlannedWeek.of, weeks), title)


def write_plan(weeks: Iterable[PlannedWeek], title: str = "") -> str:
    """A plan as a page. Reading it again gives the same weeks."""
    page = _page(title, ([*_week_head(week), *_plan_blocks(week)] for week in weeks))
    return CONTROL.sub("", page).strip("\n") + "\n"


def write_words(weeks: Iterable[Week], responses: Iterable[Response], title: str = "") -> str:
    """One member's own words, each under its heading and question; fetch the weeks `with_prompts`.

    Above an answer to a question that was reworded since, a line says how it read; fetch the responses `with_wording`
    and `tell` them.

    To the letter: one blank line before and after a text is the page's, every other sign is hers, control signs and
    blank lines at its ends too. A backslash stands before a line, and before a quote at the beginning of a text, that
    would be read as the page's own; where such a line began with backslashes already, there is one more.
    """
    weeks, texts = list(weeks), {response.prompt_id: response for response in responses if response.text}
    asked = {_ask(prompt) for week in weeks for section in week.sections.all() for prompt in section.prompts.all()}
    words = {prompt: _words(response.text, asked) for prompt, response in texts.items()}
    former = {prompt: response.former_wording for prompt, response in texts.items() if response.former_wording}
    pages = ([*_week_head(PlannedWeek.of(week)), *_words_blocks(week, words, former)] for week in weeks)
    return _page(title, pages) + "\n"


def _page(title: str, weeks: Iterable[Iterable[str]]) -> str:
    """Blocks with a blank line between them; a divider between weeks never touches a text."""
    pages = ["\n\n".join(blocks) for blocks in weeks]
    head = [f"# {_escaped_title(title)}"] if title else []
    first = ["\n\n".join([*head, *pages[:1]])]
    return "\n\n---\n\n".join(first + pages[1:])


def _escaped_title(title: str) -> str:
    line = " ".join(title.split())
    return f"\\{line}" if is_misread(f"# {line}") else line


def _week_head(week: PlannedWeek) -> Iterator[str]:
    yield f"# 第{week.number}週目：{week.theme}"
    if week.aim:
        yield _escaped_lines(week.aim, is_misread_in_aim)


def _escaped_lines(text: str, is_misread: Callable[[str], bool]) -> str:
    """The text with a backslash before every line that would be read as something else."""
    return "\n".join(_escaped(line) if is_misread(line.strip().lstrip("\\")) else line for line in text.split("\n"))


def _escaped(line: str) -> str:
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}\\{line[start:]}"


# --- A plan --------------------------------------------------------------------------------------


def _plan_blocks(week: PlannedWeek) -> Iterator[str]:
    for section in week.sections:
        asks = section.kind == Section.Kind.REFLECTION and _asks_in_words(section)
        if asks:
            yield f"## {QUESTIONS_HEADING}"
            yield _questions(section.prompts)
        yield _section_heading(section)
        if not asks:
            yield from _own_prompts(section)


def _asks_in_words(section: PlannedSection) -> bool:
    """Whether its prompts say more than the heading: not just one without a text."""
    return [prompt.text for prompt in section.prompts] not in ([], [""])


def _section_heading(section: PlannedSection) -> str:
    """The heading line; one in which the kind cannot be recognised names it in a comment."""
    words = str(Heading(section.heading, section.due, section.output, section.subtitle))
    if WeekLabel.of(words):
        words = f"\\{words}"
    return f"## {words}" if section_label(words) == section.kind else f"## {words} <!-- {section.kind} -->"


def _own_prompts(section: PlannedSection) -> Iterator[str]:
    if _asks_in_words(section) or not section.prompts:
        yield f"### {QUESTIONS_HEADING}"
    if _asks_in_words(section):
        yield _questions(section.prompts)
    elif section.prompts and section.prompts[0].hint:
        yield _quoted(section.prompts[0].hint)


def _questions(prompts: Iterable[PlannedPrompt]) -> str:
    return "\n".join(line for number, prompt in enumerate(prompts, start=1) for line in _question(number, prompt))


def _question(number: int, prompt: PlannedPrompt) -> Iterator[str]:
    item = f"{number}. {prompt.text}"
    needs_guard = is_furniture(item.strip()) or prompt.text[0] in "\\*_"
    yield f"{number}. \\{prompt.text}" if needs_guard else item
    if prompt.hint:
        yield _quoted(prompt.hint)


def _quoted(hint: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in hint.split("\n"))


# --- Words ---------------------------------------------------------------------------------------


def _ask(prompt: Prompt) -> str:
    return f"### {prompt.text}"


def _words_blocks(week: Week, words: dict[int, str], former: dict[int, FormerWording]) -> Iterator[str]:
    sections = sorted(week.sections.all(), key=lambda section: PlannedSection.of(section).position)
    for section in sections:
        planned = PlannedSection.of(section)
        if planned.kind == Section.Kind.REFLECTION and _asks_in_words(planned):
            yield f"## {QUESTIONS_HEADING}"
            yield _questions(PlannedPrompt(prompt.text) for prompt in planned.prompts)
        yield _section_heading(planned)
        for prompt in section.prompts.all():
            if prompt.text:
                yield _ask(prompt)
            if prompt.pk in former and former[prompt.pk].text != prompt.text:
                yield _former(former[prompt.pk])
            if prompt.pk in words:
                yield words[prompt.pk]


def _former(wording: FormerWording) -> str:
    day = date_format(localtime(wording.replaced_at), _("F j"))
    asked = _("The question before: %(text)s") if wording.text else _("Before, only the heading asked.")
    told = [_("This question was reworded on %(day)s.") % {"day": day}, asked % {"text": wording.text}]
    return f"*{' '.join(told)}*"


def _words(text: str, asked: set[str]) -> str:
    """The text as it was written; a quote at its beginning would be read as a hint."""
    escaped = _escaped_lines(text, lambda line: line in asked or is_misread(line))
    return _escaped(escaped) if escaped.lstrip().lstrip("\\").startswith(">") else escaped
