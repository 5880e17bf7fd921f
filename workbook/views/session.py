"""What a page asks while somebody writes in it: who is signed in here, and what stands in her boxes."""

from base64 import b64encode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.views.decorators.csrf import ensure_csrf_cookie

from workbook import answers
from workbook.models import JournalKey, Prompt, Readers, Response
from workbook.models.saving import Text


@login_not_required
@answers.allow("GET")
@ensure_csrf_cookie
def session(request: HttpRequest) -> answers.Answer:
    """Who is signed in in this browser, with her own key; nulls for nobody. Gives the token for the next save too."""
    if not request.user.is_authenticated:
        return answers.Answer({"user": None, "key": None})
    return own_session(request)


@answers.in_json
def own_session(request: HttpRequest) -> answers.Answer:
    key = b64encode(JournalKey.objects.of(request.user)).decode()
    return answers.Answer({"user": request.user.pk, "key": key})


@login_not_required
@answers.allow("GET")
@answers.in_json
def week_responses(request: HttpRequest, slug: str, number: int) -> answers.Answer:
    """One's own boxes of an opened week as the server holds them, for a page that was away for a while.

    Of a finished cohort with `error` and `message`, as a save would be answered.
    """
    week = {"section__week__cohort__slug": slug, "section__week__number": number}
    columns = ("pk", "membership_id", "section__week__cohort__finished_at")
    rows = Prompt.objects.open_to(request.user).filter(**week).values_list(*columns).order_by()
    places = {pk: membership for pk, membership, _finished in rows}
    if not places:
        return answers.not_found()
    own = Response.objects.filter(prompt__in=places, membership__in=set(places.values()))
    boxes = {pk: box_of(None) for pk in places} | {response.prompt_id: box_of(response) for response in own}
    is_finished = any(finished for *_place, finished in rows)
    told = {"error": "finished", "message": answers.finished_sentence()} if is_finished else {}
    return answers.Answer({"user": request.user.pk, "boxes": boxes, **told})


def box_of(response: Text | None) -> dict[str, str | int | None]:
    """One box as JSON; version 0 if nothing was ever saved in it."""
    if response is None:
        return {"version": 0, "text": "", "readers": Readers.FACILITATORS, "state": "empty", "saved_at": None}
    return {
        "version": response.version,
        "text": response.text,
        "readers": response.readers,
        "state": response.state,
        "saved_at": response.updated_at.isoformat(),
    }
