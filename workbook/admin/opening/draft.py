"""What somebody has typed into the form so far: kept in her session until the cohort is open."""

import base64
import binascii
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, QueryDict

DRAFT, PAGE, TURN = "opening", "opening_page", "opening_turn"
DATES = ("session-", "planned-")
DIGITS, LONGEST = 15, 60_000
"""So long, in milliseconds, a request may be on its way. One that seems older comes from a clock that was set back."""


@dataclass(frozen=True)
class Page:
    """A file that was chosen: a browser forgets it with the next answer."""

    name: str
    content: bytes


@transaction.atomic
def keep(request: HttpRequest, names: list[str], page: Page | None) -> None:
    """Keep what was posted in the fields of these names, the dates but the one to be proposed again, and the file.

    Nothing is kept of a request that its page gave up for a newer one, and that the server comes to only now. So what
    the session holds is read again, and stored at once.
    """
    turn, latest = _turn(request.POST.get("turn")), _latest(request)
    if turn is not None and latest is not None and 0 < latest - turn < LONGEST:
        return
    kept = {name: values for name, values in request.POST.lists() if name in names or name.startswith(DATES)}
    kept.pop(f"session-{request.POST.get('reset')}", None)
    request.session[DRAFT] = kept
    if turn is not None:
        request.session[TURN] = turn
    if page:
        request.session[PAGE] = [page.name, base64.b64encode(page.content).decode()]
    if latest is not None:
        request.session.save()
        request.session.modified = False


def _turn(sent: str | None) -> int | None:
    """When the page sent it, in milliseconds; None if it has no script."""
    return int(sent) if sent and sent.isascii() and sent.isdecimal() and len(sent) <= DIGITS else None


def _latest(request: HttpRequest) -> int | None:
    """The newest turn that was kept, or with which all was forgotten. Others wait until this one is stored.

    None if there is no such session any more.
    """
    row = Session.objects.select_for_update().filter(session_key=request.session.session_key).first()
    return row.get_decoded().get(TURN, 0) if row else None


def kept(request: HttpRequest) -> QueryDict | None:
    """What was kept, in the form in which it was posted."""
    stored = request.session.get(DRAFT)
    if not stored:
        return None
    data = QueryDict(mutable=True)
    for name, values in stored.items():
        data.setlist(name, values)
    return data


def kept_page(request: HttpRequest) -> Page | None:
    try:
        name, content = request.session[PAGE]
        return Page(name, base64.b64decode(content, validate=True))
    except (KeyError, ValueError, binascii.Error):
        return None


def clear(request: HttpRequest) -> None:
    """Forget it all, and what is on its way of it."""
    if (turn := _turn(request.POST.get("turn"))) is not None:
        request.session[TURN] = turn
    for key in (DRAFT, PAGE):
        request.session.pop(key, None)
