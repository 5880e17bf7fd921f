"""What the page of a session's room asks every few seconds, as plainly as Django allows."""

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, FilteredRelation, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.html import linebreaks
from django.views.decorators.http import require_GET

from cohorts.models import Membership, User
from workbook.models import Response, Week

ROOM = ["prompt", "is_named", "order", "seed", "spotlight", "timer_ends_at", "closing_at", "closing_ends_at"]
PROMPT = "sections__prompts__"
PERSON = {
    "name": F("user__nickname"),
    "response": F("shared__pk"),
    "version": F("shared__version"),
    "present": F("came__is_present"),
}


def find_questions(user: User, slug: str, number: int) -> list[dict[str, Any]]:
    """The questions of a week, each with the week's room: one query."""
    here = {"cohort__slug": slug, "cohort__memberships__user": user, "cohort__memberships__left_at": None}
    names = ["pk", "cohort", f"{PROMPT}pk", f"{PROMPT}text", *(f"room__{name}" for name in ROOM)]
    weeks = Week.objects.filter(number=number, **here)
    return list(weeks.order_by("sections__position", f"{PROMPT}position").values(*names))


def find_people(cohort: int, week: int, prompt: int) -> list[dict[str, Any]]:
    """Who takes part, with what each shared of a question: one query."""
    is_shared = Q(responses__prompt=prompt, responses__readers="group", responses__written=True)
    people = Membership.objects.filter(cohort=cohort, left_at=None).annotate(
        shared=FilteredRelation("responses", condition=is_shared),
        came=FilteredRelation("attendances", condition=Q(attendances__week=week)),
    )
    return list(people.values("pk", "role", **PERSON))


@require_GET
@login_required
def state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    rows = find_questions(request.user, slug, number)
    if not rows:
        raise Http404
    chosen = rows[0]["room__prompt"] or rows[0][f"{PROMPT}pk"]
    asked = next(row for row in rows if row[f"{PROMPT}pk"] == chosen)
    people = find_people(asked["cohort"], asked["pk"], chosen)
    told = {"asked": asked, "people": people}
    tag = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()
    if request.headers.get("If-None-Match") == f'"{tag}"':
        return HttpResponseNotModified(headers={"ETag": f'"{tag}"'})
    shown = [person["response"] for person in people if person["response"]]
    texts = dict(Response.objects.filter(pk__in=shown, readers="group").values_list("pk", "text"))
    cards = [{"id": pk, "html": linebreaks(text, autoescape=True)} for pk, text in texts.items()]
    return JsonResponse({**told, "cards": cards}, headers={"ETag": f'"{tag}"'})
