"""What members send from their pages: one box, what became of a promise, thanks, a text to preview."""

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
from workbook.forms import MAX_BODY, OutcomeForm, PreviewForm, ResponseForm
from workbook.markdown import render as render_markdown
from workbook.models import Feedback, OperationReused, Response, find_place


@login_not_required
@logged
@answers.allow("POST")
@answers.in_json
def response_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one box. Answers are described in `answers`; never a redirect, never HTML."""
    attempt = request.attempt
    attempt.user = request.user.pk
    if len(request.body) > MAX_BODY:
        return answers.too_large()
    place = find_place(request.user, pk)
    if place is None:
        return answers.not_found()
    form = ResponseForm.from_json(request.body)
    valid, attempt.sent = form.is_valid(), form.cleaned_data
    if not valid:
        return answers.invalid(form)
    if form.cleaned_data["user"] not in {None, request.user.pk}:
        return answers.user_changed()
    save = form.save_of(pk, place.membership_id, place.questions, device_label(request))
    try:
        saved = Response.objects.write(save, place)
    except OperationReused:
        return answers.operation_reused()
    attempt.version = saved.version
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
