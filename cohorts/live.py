"""Pages that keep themselves up to date: their script asks again every few seconds, and mostly nothing is new.

A page's stamp says in one query whether it may be seen, and in short what it would show. The tag made of it is all
that reaches the browser: it tells nothing, and another person's is another one.
"""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags


def is_live(request: HttpRequest) -> bool:
    """Whether the page's own script asks, which needs the regions alone and no frame around them."""
    return request.headers.get("X-Live") == "1"


def tag_of(request: HttpRequest, stamp: str) -> str:
    """The tag of a page for this person, in this language, with this stamp."""
    facts = "\n".join([str(request.user.pk), request.get_full_path(), request.LANGUAGE_CODE, stamp])
    return salted_hmac("cohorts.live", facts, algorithm="sha256").hexdigest()[:32]


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the page shows this already. A compressed answer carries its tag as a weak one."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return is_live(request) and tag in [one.removeprefix("W/").strip('"') for one in known]
