"""Two organizers in one workbook: who saves second meets what the first one saved, and loses nothing of hers."""

from dataclasses import dataclass

from .edition import Edition, names_of


@dataclass
class Merged:
    """`edition` holds both; where both changed the same text it holds one's own, and `theirs` the other by its name."""

    edition: Edition
    theirs: dict[str, str]


def merge(began: Edition, mine: Edition, now: Edition) -> Merged:
    """Join what was typed (`mine`, on a page that began with `began`) and what is stored by now.

    Whatever one of the two left as it was becomes what the other made of it. What was deleted elsewhere while
    something was typed in it comes back as new.
    """
    merged = Edition()
    for week in _order(began.weeks, mine.weeks, now.weeks):
        if week in mine.weeks and (week not in began.weeks or week in now.weeks):
            _join_week(merged, week, began, mine, now)
        elif week in now.weeks:
            merged.take_week(now, week)
    for week in merged.weeks:
        if week in mine.weeks:
            _bring_back(merged, week, began, mine, now)
    for week in mine.weeks:
        if week in began.weeks and week not in now.weeks and _is_touched(list(mine.names_in(week)), began, mine):
            merged.take_week(mine, week, anew=True)
    theirs = {}
    for name in merged.values.keys() & now.values.keys():
        before, typed, stored = (edition.values.get(name) for edition in (began, mine, now))
        if typed is None or typed == before:
            merged.values[name] = stored
        elif stored not in (before, typed):
            theirs[name] = stored
    return Merged(merged, theirs)


def _order(began: list[str], mine: list[str], now: list[str]) -> list[str]:
    """The keys of both: in one's own order if one changed it, without what went and with what came elsewhere.

    What is not saved yet comes last.
    """
    if mine == began:
        return now
    kept = [key for key in mine if key in now]
    came = [key for key in now if key not in began]
    return kept + came + [key for key in mine if key not in began]


def _is_touched(names: list[str], began: Edition, mine: Edition) -> bool:
    return any(mine.values.get(name) != began.values.get(name, "") for name in names)


def _join_week(merged: Edition, week: str, began: Edition, mine: Edition, now: Edition) -> None:
    """Put a week that both may have changed at the end of `merged`, with one's own texts."""
    layouts = [edition.layout(week) if week in edition.weeks else [] for edition in (began, mine, now)]
    is_mine = layouts[1] != layouts[0]
    merged.weeks.append(week)
    merged.sections[week] = list(mine.sections[week])
    _copy(merged, "week", week, mine, now)
    for section in mine.sections[week]:
        merged.kinds[section], merged.prompts[section] = mine.kinds[section], []
        _copy(merged, "section", section, mine, now)
        source = mine if is_mine else now
        for prompt in source.prompts[section]:
            if prompt not in began.prompt_keys or prompt in now.prompt_keys:
                merged.prompts[section].append(prompt)
                _copy(merged, "prompt", prompt, mine, now)


def _bring_back(merged: Edition, week: str, began: Edition, mine: Edition, now: Edition) -> None:
    """What came elsewhere, and what went elsewhere while it was changed here; no section stays empty."""
    for section in merged.sections[week]:
        for prompt in now.prompts.get(section, []):
            if prompt not in began.prompt_keys and prompt not in merged.prompt_keys:
                merged.take_prompt(now, prompt, section)
        for prompt in mine.prompts[section]:
            is_gone = prompt in began.prompt_keys and prompt not in now.prompt_keys
            if is_gone and _is_touched(list(names_of("prompt", prompt).values()), began, mine):
                merged.take_prompt(mine, prompt, section, anew=True)
        if not merged.prompts[section]:
            merged.add(section)


def _copy(merged: Edition, kind: str, key: str, mine: Edition, now: Edition) -> None:
    for name in names_of(kind, key).values():
        merged.values[name] = mine.values.get(name, now.values.get(name, ""))
