"""What a save changed, in sentences for the cohort's list of changes: the old words and the new ones."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .edition import FIELDS, Edition, names_of


def changes_between(old: Edition, new: Edition) -> list[str]:
    """One line for each change, in the order of the page; empty if there is none."""
    lines = [_("Taken away: %(place)s") % {"place": place_of_week(old, week)} for week in _gone(old.weeks, new.weeks)]
    for week in new.weeks:
        if week not in old.weeks:
            lines.append(_("Added: %(place)s") % {"place": place_of_week(new, week)})
        else:
            lines += _in_week(old, new, week)
    return lines


def place_of_week(edition: Edition, week: str) -> str:
    number, theme = edition.weeks.index(week) + 1, edition.get("week", week, "theme")
    return _("week %(number)d “%(theme)s”") % {"number": number, "theme": theme}


def _gone(old: list[str], new: list[str]) -> list[str]:
    return [key for key in old if key not in new]


def _in_week(old: Edition, new: Edition, week: str) -> Iterator[str]:
    number = new.weeks.index(week) + 1
    head = _("Week %(number)d") % {"number": number}
    if old.weeks.index(week) + 1 != number:
        then = {"place": place_of_week(new, week), "old": old.weeks.index(week) + 1}
        yield _("Moved: %(place)s, was week %(old)d") % then
    yield from _reworded(old, new, "week", week, head)
    for section in new.sections[week]:
        place = f"{head} {new.get('section', section, 'heading')}"
        yield from _reworded(old, new, "section", section, place)
        yield from _in_section(old, new, section, place)


def _in_section(old: Edition, new: Edition, section: str, place: str) -> Iterator[str]:
    before, after, known = old.prompts[section], new.prompts[section], old.prompt_keys
    for prompt in before:
        if prompt not in new.prompt_keys:
            yield _("%(place)s: question taken away: “%(text)s”") % {"place": place, "text": _words(old, prompt)}
    for number, prompt in enumerate(after, start=1):
        words = {"place": place, "text": _words(new, prompt)}
        if prompt not in known:
            yield _("%(place)s: question added: “%(text)s”") % words
            continue
        if prompt not in before:
            yield _("%(place)s: question moved here: “%(text)s”") % words
        yield from _reworded(old, new, "prompt", prompt, _("%(place)s, question %(n)d") % {"place": place, "n": number})
    stayed = [prompt for prompt in before if prompt in after]
    if stayed != [prompt for prompt in after if prompt in before]:
        order = _(" / ").join(_("“%(text)s”") % {"text": _words(new, prompt)} for prompt in after)
        yield _("%(place)s: new order: %(order)s") % {"place": place, "order": order}


def _words(edition: Edition, prompt: str) -> str:
    return edition.get("prompt", prompt, "text") or edition.get("prompt", prompt, "hint")


def _reworded(old: Edition, new: Edition, kind: str, key: str, place: str) -> Iterator[str]:
    labels = {
        "theme": _("theme"),
        "aim": _("aim"),
        "heading": _("heading"),
        "due": _("due wording"),
        "subtitle": _("subtitle"),
        "output": _("kind of output"),
        "text": _("wording"),
        "hint": _("hint"),
    }
    for field in FIELDS[kind]:
        name = names_of(kind, key)[field]
        if old.values.get(name, "") != new.values.get(name, ""):
            words = {"place": place, "field": labels[field], "old": old.values.get(name, ""), "new": new.values[name]}
            yield _("%(place)s, %(field)s: “%(old)s” → “%(new)s”") % words
