"""The room of a session: its page, what the page asks every few seconds, and what is done in it."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.timezone import override as time_zone
from django.views.decorators.http import require_GET, require_POST

from workbook import answers
from workbook.answers import View
from workbook.models import Attendance, Room
from workbook.room import MAX_KNOWN, OpenRoom
from workbook.roomform import AttendForm, SteerForm
from workbook.worksheet import Worksheet


@require_GET
def room(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The room: for who facilitates made to be shown to all, for everybody else to lie beside the call."""
    sheet = Worksheet(request.user, slug, number)
    if sheet.membership is None:
        raise Http404
    with time_zone(sheet.cohort.zone):
        try:
            found = OpenRoom(request.user, slug, number)
        except Http404:
            context = {"worksheet": sheet, "cohort": sheet.cohort, "nav": "week"}
            return render(request, "workbook/week_closed.html", context)
        if not found.may_steer:
            sheet.load(is_alone=True)
        found.worksheet = sheet
        context = {"room": found, "worksheet": sheet, "cohort": sheet.cohort, "nav": "week"}
        context |= {"state": found.state(), "etag": found.tag(found.stage, request.LANGUAGE_CODE)}
        return render(request, "workbook/room.html", context)


@login_not_required
@answers.allow("GET")
@answers.in_json
def room_state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What is new in the room; 304 if nothing is. `only=closing`: for other pages, whether the closing is on."""
    found = OpenRoom(request.user, slug, number)
    told = found.turning if request.GET.get("only") == "closing" else found.stage
    tag = found.tag(told, request.LANGUAGE_CODE)
    if tag in known_tags(request):
        return unchanged(tag)
    if told is found.stage:
        return state_of(request, found)
    answer = answers.Answer({**told, "now": found.now.isoformat()})
    answer["ETag"] = f'"{tag}"'
    return answer


def known_tags(request: HttpRequest) -> list[str]:
    """What the page shows already. A compressed answer carries its tag as a weak one."""
    return [tag.removeprefix("W/").strip('"') for tag in parse_etags(request.headers.get("If-None-Match", ""))]


def unchanged(tag: str) -> HttpResponse:
    """304 with next to no headers: this is asked every three seconds, and there is no page that they could protect."""
    answer = HttpResponseNotModified(headers={"ETag": f'"{tag}"', "Cache-Control": "private, no-store"})
    answer.is_bare = True
    return answer


def state_of(request: HttpRequest, found: OpenRoom) -> answers.Answer:
    """The whole state, with the cards that the page does not say it `have`s."""
    sent = request.GET.get("have") or request.POST.get("have") or ""
    answer = answers.Answer(found.state(set(sent.split(",", MAX_KNOWN)[:MAX_KNOWN])))
    answer["ETag"] = f'"{found.tag(found.stage, request.LANGUAGE_CODE)}"'
    return answer


def wants_state(request: HttpRequest) -> bool:
    """Whether a page's script asks, which takes the room's state for an answer."""
    return request.headers.get("Accept") == "application/json"


def deed(view: View) -> View:
    """What is pressed in the room: by the page's script, which gets JSON whatever goes wrong, or as a form."""
    by_script = answers.in_json(view)

    @login_not_required
    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, number: int) -> HttpResponse:
        if wants_state(request):
            return by_script(request, slug, number)
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("workbook:room", args=[slug, number]))
        return view(request, slug, number)

    return wrapped


def done(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the room is after a deed: as JSON for a page's script, else the way back to the page."""
    if wants_state(request):
        return state_of(request, OpenRoom(request.user, slug, number))
    return redirect("workbook:room", slug, number)


def refused(request: HttpRequest, form: SteerForm | AttendForm, slug: str, number: int) -> HttpResponse:
    """Why the deed was not done, in words."""
    if wants_state(request):
        return answers.invalid(form)
    for reasons in form.errors.values():
        for reason in reasons:
            messages.error(request, reason)
    return redirect("workbook:room", slug, number)


@deed
def room_steer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change what all see; for who facilitates."""
    found = OpenRoom(request.user, slug, number)
    if not found.may_steer:
        raise Http404
    form = SteerForm(request.POST, found)
    if not form.is_valid():
        return refused(request, form, slug, number)
    Room.objects.steer(found.fact.week_id, request.user, **form.cleaned_data)
    return done(request, slug, number)


@deed
def room_attend(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say that one is here, or correct it; a facilitator also for others."""
    found = OpenRoom(request.user, slug, number)
    form = AttendForm(request.POST, found)
    if not form.is_valid():
        return refused(request, form, slug, number)
    if form.cleaned_data["membership"] is None:
        raise Http404
    membership, is_present = form.cleaned_data["membership"], form.cleaned_data["present"] == "1"
    Attendance.objects.note(found.fact.week_id, membership, is_present, request.user)
    return done(request, slug, number)
