"""What members send from their pages: one box, what became of a promise, thanks, a text to preview."""

from typing import TypeVar

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workbook import answers
from workbook.attempts import logged
from workbook.devices import device_label
from workbook.forms import MAX_BODY, JsonForm, OutcomeForm, PreviewForm, ResponseForm
from workbook.markdown import render as render_markdown
from workbook.models import Feedback, Prompt, Response, Saved, find_place

Sent = TypeVar("Sent", bound=JsonForm)


@login_not_required
@logged("prompt")
@answers.allow("POST")
@answers.in_json
def response_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one box. Answers are described in `answers`; never a redirect, never HTML."""
    body = body_of(request)
    place = find_place(request.user, pk)
    if place is None:
        return not_taken(request, pk, body)
    form = received(request, ResponseForm.from_json(body))
    save = form.save_of(pk, place.membership_id, place.questions, device_label(request))
    return written(request, form, Response.objects.write(save, place))


def not_taken(request: HttpRequest, pk: int, body: bytes) -> HttpResponse:
    """What is answered where she may not write: in a finished cohort that it has ended, unless the words are there."""
    for prompt in Prompt.objects.open_to(request.user).filter(pk=pk):
        form = received(request, ResponseForm.from_json(body))
        save = form.save_of(pk, prompt.membership_id, Prompt.objects.beside(pk).asked(), device_label(request))
        known = Response.objects.find_again(save)
        return written(request, form, known) if known and known.accepted else answers.finished()
    return answers.not_found()


def body_of(request: HttpRequest) -> bytes:
    """What was sent. Raises `Refused` (413) for more than a box holds."""
    request.attempt.user = request.user.pk
    if len(request.body) > MAX_BODY:
        raise answers.Refused(answers.too_large())
    return request.body


def received(request: HttpRequest, form: Sent) -> Sent:
    """The form, if it is valid and comes from a page of this user; raises `Refused` (422, 409) if not."""
    valid, request.attempt.sent = form.is_valid(), form.cleaned_data
    if not valid:
        raise answers.Refused(answers.invalid(form))
    if form.cleaned_data["user"] not in {None, request.user.pk}:
        raise answers.Refused(answers.user_changed())
    return form


def written(request: HttpRequest, form: ResponseForm, saved: Saved) -> HttpResponse:
    """What is answered to a save, with its version for the log."""
    request.attempt.version = saved.version
    return answers.saved(request, saved, form)


@require_POST
def response_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what became of one's own promise."""
    response = get_object_or_404(Response.objects.promises_of(request.user), pk=pk)
    form = OutcomeForm(request.POST, instance=response)
    if form.is_valid():
        response.settle(form.cleaned_data["outcome"])
    else:
        messages.error(request, _("Please choose one of the three."))
    return redirect("workbook:today")


@require_POST
def feedback_thanks(request: HttpRequest, pk: int) -> HttpResponse:
    """Thank for a comment on one's own words."""
    comments = Feedback.objects.filter(revision__response__membership__user=request.user)
    comment = get_object_or_404(comments.select_related("revision__response__prompt__section__week__cohort"), pk=pk)
    comment.thank()
    prompt = comment.revision.response.prompt
    return redirect(f"{prompt.section.week.get_absolute_url()}#box-{prompt.pk}")


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """A text as it will look: the one preview of members' boxes and of the admin's Markdown fields."""
    if not ratelimit.consume(request, action="preview"):
        return HttpResponse(_("Please wait a moment."), status=429, content_type="text/plain; charset=utf-8")
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(" ".join(form.errors["text"]), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(render_markdown(form.cleaned_data["text"]))
