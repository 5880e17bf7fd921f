"""WSGI entry point."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hisho.settings")

django_application = get_wsgi_application()
BOUNDARY = re.compile(r";\s*(boundary=(?:\"[^\"]*\"|[^;\s]+))", re.IGNORECASE)


def plain(content_type: str) -> str:
    """The type and its boundary, nothing else.

    Django decodes a request with whatever `charset` it names and takes names of codecs that decode no text for
    one; the request then breaks before Django's own error pages. All forms of this site are UTF-8.
    """
    boundary = BOUNDARY.search(content_type)
    kind = content_type.partition(";")[0].strip()
    return f"{kind}; {boundary[1]}" if boundary else kind


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if ";" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = plain(environ["CONTENT_TYPE"])
    return django_application(environ, start_response)
