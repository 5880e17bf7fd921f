"""What somebody has typed into the form so far: kept in her session until the cohort is open."""

import base64
import binascii
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

DRAFT, PAGE = "opening", "opening_page"
DATES = ("session-", "planned-")


@dataclass(frozen=True)
class Page:
    """A file that was chosen: a browser forgets it with the next answer."""

    name: str
    content: bytes


def keep(request: HttpRequest, names: list[str]) -> None:
    """Keep what was posted in the fields of these names, and the dates but the one that is to be proposed again."""
    kept = {name: values for name, values in request.POST.lists() if name in names or name.startswith(DATES)}
    kept.pop(f"session-{request.POST.get('reset')}", None)
    request.session[DRAFT] = kept


def kept(request: HttpRequest) -> QueryDict | None:
    """What was kept, in the form in which it was posted."""
    stored = request.session.get(DRAFT)
    if not stored:
        return None
    data = QueryDict(mutable=True)
    for name, values in stored.items():
        data.setlist(name, values)
    return data


def keep_page(request: HttpRequest, page: Page) -> None:
    request.session[PAGE] = [page.name, base64.b64encode(page.content).decode()]


def kept_page(request: HttpRequest) -> Page | None:
    try:
        name, content = request.session[PAGE]
        return Page(name, base64.b64decode(content, validate=True))
    except (KeyError, ValueError, binascii.Error):
        return None


def clear(request: HttpRequest) -> None:
    """Forget it all."""
    for key in (DRAFT, PAGE):
        request.session.pop(key, None)
