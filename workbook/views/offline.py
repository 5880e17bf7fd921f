"""Without a network: the service worker, the shell that it keeps, and what a home screen wants to know."""

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import Storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from workbook.models import Prompt
from workbook.worksheet import Box

PAPER = "#faf7f0"
APART = re.compile(r"admin|/room\b")
"""The names of files that no page needs which opens without a network."""


class EmptyBox(Box):
    """A box without a number of its own: the shell must be the same at every rendering."""

    operation_id = ""


def files() -> list[str]:
    """The addresses of all that members' pages load: everything in `static/` that is not the office's or the room's.

    A session's room is of no use without a network. Hashed scripts have inside what they import, so modules that are
    only imported are left out.
    """
    found = {name: storage for name, storage in FileSystemFinder().list([]) if not APART.search(name)}
    names = set(found)
    if hasattr(staticfiles_storage, "only_imported"):
        names -= staticfiles_storage.only_imported(read_scripts(found))
    return [static(name) for name in sorted(names)]


def read_scripts(found: dict[str, Storage]) -> dict[str, str]:
    """The scripts with their source."""
    scripts = {name: Path(storage.path(name)) for name, storage in found.items() if name.endswith(".js")}
    return {name: path.read_text(encoding="utf-8") for name, path in scripts.items()}


@login_not_required
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the shell. Browsers ask for it at every page; it changes when a file or the shell does."""
    script = read_release(get_language()).worker
    etag = f'"{sha256(script.encode()).hexdigest()}"'
    headers = {"Cache-Control": "no-cache", "ETag": etag}
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response)


@login_not_required
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page that stands in for members' pages while there is no network. It knows nobody."""
    return HttpResponse(read_release(get_language()).shell)


class Release(NamedTuple):
    """The worker and the shell that it keeps. Both name their version: while a deploy rolls out, a browser may get
    one from the old server and one from the new."""

    worker: str
    shell: str


def read_release(language: str) -> Release:
    """The release in this language. While developing files change under a running server."""
    return make_release() if settings.DEBUG else remember_release(language)


@lru_cache
def remember_release(language: str) -> Release:
    return make_release()


def make_release() -> Release:
    draft = write_release("")
    return write_release(sha256("".join(draft).encode()).hexdigest()[:12])


def write_release(version: str) -> Release:
    """Made without the request: no session, no token, no message can get into it."""
    context = {"files": files(), "shell": reverse("workbook:offline"), "static_url": settings.STATIC_URL}
    worker = render_to_string("offline/sw.js", {**context, "version": version})
    return Release(worker, render_to_string("offline/shell.html", {**empty_week(), "version": version}))


def empty_week() -> dict[str, Any]:
    """What the box's template needs to render one that is filled in on the device."""
    box = EmptyBox(Prompt(pk=0, position=1, text="?", hint="?"))
    worksheet = SimpleNamespace(membership=True, readers=[], csrf_cookie_name=settings.CSRF_COOKIE_NAME)
    return {"box": box, "sheet": SimpleNamespace(boxes=[box, box]), "worksheet": worksheet}


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What a home screen shows. Browsers ask for it without cookies, so it speaks the site's own language."""
    with override(settings.LANGUAGE_CODE):
        return JsonResponse(describe_app(), content_type="application/manifest+json")


def describe_app() -> dict[str, Any]:
    return {
        "id": "/",
        "name": _("Hisho – the workbook"),
        "short_name": _("Hisho"),
        "description": _("Think by yourself, listen, sum up, decide: your workbook for every week."),
        "lang": settings.LANGUAGE_CODE,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("img/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
