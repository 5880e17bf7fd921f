"""The same pages as plainly as Django allows: the fewest queries for the same data, one template each."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cohorts.models import Membership, User
from workbook.models import ANSWERING, Draft, Feedback, Prompt, Readers, Reading, Response, Revision, Week

ROWS = 50
IN_ORDER = ("section__week__number", "section__position", "section", "position")


def weeks_of(request: HttpRequest) -> QuerySet[Week]:
    """The weeks of the user's cohorts, each with its cohort and her `membership_id`."""
    mine = Week.objects.filter(cohort__memberships__user=request.user, cohort__memberships__left_at=None)
    return mine.select_related("cohort").annotate(membership_id=F("cohort__memberships"))


def prompts_with_texts(membership_id: int, condition: Q, week: Q) -> QuerySet[Prompt]:
    """The prompts of some weeks, each with the text of one member, if it is there: one query."""
    mine = FilteredRelation("responses", condition=Q(responses__membership=membership_id) & condition)
    texts = {name: F(f"mine__{name}") for name in ("text", "written", "readers", "version")}
    prompts = Prompt.objects.filter(week).annotate(mine=mine, response_id=F("mine__pk"))
    return prompts.annotate(**{f"own_{name}": text for name, text in texts.items()}).order_by(*IN_ORDER)


@require_GET
@login_required
def today(request: HttpRequest) -> HttpResponse:
    weeks = list(weeks_of(request))
    now = timezone.now()
    current = next(week for week in reversed(weeks) if week.opens_at <= now)
    membership, number = current.membership_id, current.number
    near = Q(section__week__in=[week.pk for week in weeks if number - 1 <= week.number <= number])
    prompts = list(prompts_with_texts(membership, Q(), near).select_related("section"))
    comments = Feedback.objects.filter(seen_at=None, revision__response__membership=membership)
    context = {
        "weeks": weeks,
        "week": current,
        "promise": next((p for p in prompts if p.section.week_id != current.pk and p.section.kind == "action"), None),
        "prompts": [prompt for prompt in prompts if prompt.section.week_id == current.pk],
        "comments": comments.select_related("author", "revision__response__prompt__section__week"),
    }
    return render(request, "bare/today.html", context)


@login_required
def week(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    if request.method == "POST":
        return save_all(request)
    weeks = list(weeks_of(request).filter(cohort__slug=slug))
    current = next((week for week in weeks if week.number == number), None)
    if current is None:
        raise Http404
    prompts = list(Prompt.objects.filter(section__week=current).select_related("section").order_by(*IN_ORDER))
    shown = Q(membership=current.membership_id) | Q(readers="group", membership__cohort=current.cohort_id)
    rows = Response.objects.filter(shown, prompt__section__week=current).select_related("membership__user")
    own, voices = {}, []
    for row in rows:
        if row.membership_id == current.membership_id:
            own[row.prompt_id] = row
        else:
            voices.append(row)
    add_to(prompts, own, voices)
    context = {"weeks": weeks, "week": current, "prompts": prompts, "voices": voices, "readers": Readers.choices}
    return render(request, "bare/week.html", context)


def add_to(prompts: Iterable[Prompt], own: dict[int, Response], voices: Iterable[Response]) -> None:
    """Hang the words and the comments on their prompts. One query."""
    comments: dict[int, list[Feedback]] = {}
    for row in Feedback.objects.filter(revision__response__in=own.values()).select_related("author", "revision"):
        comments.setdefault(row.revision.response_id, []).append(row)
    by_id = {}
    for prompt in prompts:
        by_id[prompt.pk] = prompt
        prompt.own = own.get(prompt.pk)
        prompt.comments = comments.get(prompt.own.pk, []) if prompt.own else []
    for voice in voices:
        voice.prompt = by_id[voice.prompt_id]


def save_one(response_id: int, version: int, text: str, readers: str) -> None:
    """One insert, one update."""
    Revision.objects.create(
        response_id=response_id, base_version=version, version=version + 1, text=text, readers=readers
    )
    Response.objects.filter(pk=response_id, version=version).update(
        text=text, readers=readers, version=version + 1, updated_at=timezone.now()
    )


def save_all(request: HttpRequest) -> HttpResponse:
    """As many inserts and updates as there are boxes, in one transaction."""
    data = request.POST
    with transaction.atomic():
        for name in data:
            if name.startswith("text-"):
                pk = name.removeprefix("text-")
                save_one(int(pk), int(data[f"version-{pk}"]), data[name], data[f"readers-{pk}"])
    return redirect(request.path)


@require_POST
@login_required
def box(request: HttpRequest, pk: int) -> HttpResponse:
    sent = json.loads(request.body)
    save_one(pk, sent["base_version"], sent["text"], sent["readers"])
    return JsonResponse({"version": sent["base_version"] + 1})


@require_GET
@login_required
def read(request: HttpRequest, membership_id: int, number: int) -> HttpResponse:
    here = Membership.objects.filter(pk=membership_id).values("cohort")
    people = Membership.objects.filter(
        cohort__in=here, role="member", cohort__memberships__user=request.user, cohort__memberships__role="facilitator"
    )
    members = list(people.select_related("user"))
    place = next((place for place, member in enumerate(members) if member.pk == membership_id), None)
    if place is None:
        raise Http404
    week = Q(section__week__number=number, section__week__cohort=members[place].cohort_id)
    prompts = prompts_with_texts(membership_id, ~Q(responses__readers="self"), week).select_related("section__week")
    prompts = list(prompts)
    shown = {prompt.response_id: prompt for prompt in prompts if prompt.response_id}
    add_talk(request.user, shown)
    beside = members[place - 1] if place else None, members[place + 1] if place + 1 < len(members) else None
    context = {"member": members[place], "week": prompts[0].section.week, "prompts": prompts, "beside": beside}
    return render(request, "bare/read.html", context)


def add_talk(user: User, entries: dict[int, Any]) -> None:
    """Hang on each what was said of its response (by id), who else read it, who answers now, her draft: 3 queries."""
    for entry in entries.values():
        entry.comments, entry.read_by, entry.answering, entry.draft = [], [], [], None
    for row in Feedback.objects.filter(revision__response__in=entries).select_related("author", "revision"):
        entries[row.revision.response_id].comments.append(row)
    for row in Reading.objects.filter(response__in=entries).exclude(reader=user).select_related("reader"):
        entries[row.response_id].read_by.append(row)
    now = timezone.now() - ANSWERING
    begun = Draft.objects.filter(Q(author=user) | Q(updated_at__gt=now), response__in=entries)
    for row in begun.exclude(text="").select_related("author"):
        if row.author_id == user.pk:
            entries[row.response_id].draft = row
        else:
            entries[row.response_id].answering.append(row)


@require_GET
@login_required
def responses(request: HttpRequest) -> HttpResponse:
    read = Reading.objects.filter(reader=request.user, response=OuterRef("pk"), version__gte=OuterRef("version"))
    answered = Feedback.objects.filter(author=request.user, revision__response=OuterRef("pk"))
    last = answered.order_by("-revision__version").values("revision__version")[:1]
    rows = (
        Response.objects.filter(
            membership__cohort__memberships__user=request.user,
            membership__cohort__memberships__role="facilitator",
            membership__role="member",
        )
        .annotate(is_read=Exists(read), answered_version=Subquery(last))
        .select_related("membership__user", "membership__cohort", "prompt__section__week")
        .defer("text")
        .order_by("-updated_at", "-pk")[:ROWS]
    )
    return render(request, "bare/responses.html", {"rows": rows})
