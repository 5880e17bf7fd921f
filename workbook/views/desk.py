"""What facilitators' pages send while they write: comments before and as they are sent, notes about members."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.models import Membership
from workbook import answers
from workbook.attempts import logged
from workbook.devices import device_label
from workbook.forms import DiscardForm, DraftForm, SendForm
from workbook.models import Draft, DraftSave, Feedback, Note, NoteSave, Response, StaleDraft
from workbook.shown import find
from workbook.views.saving import body_of, received, written
from workbook.views.session import box_of


def is_admitted(request: HttpRequest) -> bool:
    """Whether she may do here what the office's pages let her do: with a second factor, where one is asked for."""
    return not settings.REQUIRE_STAFF_MFA or is_mfa_enabled(request.user)


def answerable(request: HttpRequest, pk: int) -> Response:
    """The response, with its membership. Raises `Refused` (404) unless she may comment on it."""
    if is_admitted(request):
        for response in Response.objects.answerable_by(request.user).filter(pk=pk):
            return response
    raise answers.Refused(answers.not_found())


@login_not_required
@logged("response")
@answers.allow("POST")
@answers.in_json
def draft_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save her comment on a response, which nobody else reads before she sends it. Answers as members' boxes do."""
    body = body_of(request)
    response = answerable(request, pk)
    form = received(request, DraftForm.from_json(body))
    save = DraftSave(response.pk, request.user.pk, **form.words, device=device_label(request))
    return written(request, form, Draft.objects.write(save))


@login_not_required
@logged("membership")
@answers.allow("POST")
@answers.in_json
def note_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save her note about a member, for the facilitators alone. Answers as members' boxes do."""
    body = body_of(request)
    if not is_admitted(request) or not Membership.objects.led_by(request.user).filter(pk=pk).exists():
        return answers.not_found()
    form = received(request, DraftForm.from_json(body))
    save = NoteSave(pk, request.user.pk, **form.words, device=device_label(request))
    return written(request, form, Note.objects.write(save))


@login_not_required
@logged("response")
@answers.allow("POST")
@answers.in_json
def feedback_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send her draft, as it stands at the version that her page knows, to the member.

    200: `version` of the draft, which is empty now, and `others` who commented meanwhile; the same again for the same
    operation. 409 `conflict` as for a save: the draft holds something else by now.
    """
    body = body_of(request)
    response = answerable(request, pk)
    form = received(request, SendForm.from_json(body))
    revision = find(form.cleaned_data["shown"], request.user, response)
    if revision is None:
        return answers.untied()
    operation, base = form.cleaned_data["operation_id"], form.cleaned_data["base_version"]
    sending = DraftSave(response.pk, request.user.pk, operation, base, "", device_label(request))
    try:
        _feedback, request.attempt.version = Feedback.objects.send(revision, request.user, sending)
    except StaleDraft as stale:
        return answers.stale(stale.draft, base)
    others = Feedback.objects.beside(response, request.user, form.cleaned_data["seen"])
    return answers.sent(operation, request.attempt.version, others)


@login_not_required
@answers.allow("GET")
@answers.in_json
def desk_boxes(request: HttpRequest, slug: str) -> HttpResponse:
    """Her unsent comments and her notes in a cohort as the server holds them, for a page that was away for a while."""
    places = request.user.places.values() if is_admitted(request) else []
    cohort = next((place.cohort for place in places if place.is_facilitator and place.cohort.slug == slug), None)
    if cohort is None:
        return answers.not_found()
    answerable = Response.objects.answerable_by(request.user).filter(membership__cohort=cohort)
    drafts = Draft.objects.filter(author=request.user, response__in=answerable)
    notes = Note.objects.readable_by(request.user).filter(author=request.user, membership__cohort=cohort)
    boxes = {f"answer-{draft.response_id}": box_of(draft) for draft in drafts}
    boxes |= {f"note-{note.membership_id}": box_of(note) for note in notes}
    return answers.Answer({"user": request.user.pk, "boxes": boxes})


@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Let go of her unsent comment on words that are not open to her any more; it stays in its history."""
    stranded = Draft.objects.stranded_of(request.user) if is_admitted(request) else Draft.objects.none()
    get_object_or_404(stranded, response=pk)
    form = DiscardForm(request.POST)
    if form.is_valid() and Draft.objects.let_go(pk, request.user, form.cleaned_data["version"]):
        messages.success(request, _("The comment was let go of."))
    else:
        messages.error(request, _("This comment was changed elsewhere. Please look at it again."))
    return redirect("admin:index")
