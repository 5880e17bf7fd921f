"""The facilitator's pages about many members, as plainly as Django allows."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import condition, require_GET

from cohorts.models import Membership, User
from workbook.models import ANSWERING, Draft, Feedback, Prompt, Reading, Response, Week

from .views import IN_ORDER, add_talk


def facilitated(user: User, path: str) -> dict[str, object]:
    """Lookups that hold for what she facilitates; `path` leads to a cohort."""
    place = f"{path}__memberships__"
    return {f"{place}user": user, f"{place}role": "facilitator", f"{place}left_at": None}


def members_of(cohort_id: int) -> list[Membership]:
    return list(Membership.objects.filter(cohort=cohort_id, role="member").select_related("user"))


def marked(user: User) -> QuerySet[Response]:
    """Members' texts, each with whether she has read and answered it."""
    read = Reading.objects.filter(reader=user, response=OuterRef("pk"), version__gte=OuterRef("version"))
    answered = Feedback.objects.filter(author=user, revision__response=OuterRef("pk"))
    members = Response.objects.filter(membership__role="member")
    return members.annotate(is_read=Exists(read), is_answered=Exists(answered))


def board_tag(request: HttpRequest, pk: int) -> str | None:
    """What the newest change says of the board: one query."""
    rows = Response.objects.filter(prompt__section__week=pk, **facilitated(request.user, "membership__cohort"))
    found = rows.aggregate(last=Max("updated_at"), count=Count("pk"), versions=Sum("version"))
    return f'"{found["last"]}-{found["count"]}-{found["versions"]}"' if found["count"] else None


def state_of(row: dict[str, object] | None) -> str:
    if row is None:
        return "未記入"
    if row["readers"] == "self":
        return "自分だけ"
    if not row["is_read"]:
        return "コメント後に変更" if row["is_answered"] else "未読"
    return "書けた" if row["written"] else "書きかけ"


@require_GET
@login_required
@condition(etag_func=board_tag)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Week.objects.filter(cohort__weeks=pk, **facilitated(request.user, "cohort"))
    weeks = list(mine.order_by("number"))
    week = next((week for week in weeks if week.pk == pk), None)
    if week is None:
        raise Http404
    prompts = list(Prompt.objects.filter(section__week__in=weeks).select_related("section").order_by(*IN_ORDER))
    shown = [prompt for prompt in prompts if prompt.section.week_id == pk]
    members = members_of(week.cohort_id)
    names = ["membership", "prompt", "readers", "written", "is_read", "is_answered"]
    rows = marked(request.user).filter(prompt__section__week=pk).values(*names)
    found = {(row["membership"], row["prompt"]): row for row in rows}
    here = Draft.objects.filter(response__prompt__section__week=pk, updated_at__gt=timezone.now() - ANSWERING)
    answering = list(here.exclude(author=request.user).exclude(text="").select_related("author", "response"))
    for member in members:
        member.cells = [
            {
                "state": state_of(found.get((member.pk, prompt.pk))),
                "answering": [
                    draft.author.nickname
                    for draft in answering
                    if (draft.response.membership_id, draft.response.prompt_id) == (member.pk, prompt.pk)
                ],
            }
            for prompt in shown
        ]
    context = {"week": week, "weeks": weeks, "prompts": shown, "members": members, "chart": chart(prompts, weeks)}
    return render(request, "bare/board.html", context)


def chart(prompts: list[Prompt], weeks: list[Week]) -> list[tuple[str, list[int]]]:
    """Each heading with how many wrote, week by week. One query."""
    written = Response.objects.filter(prompt__in=prompts, written=True, membership__left_at=None)
    grouped = written.order_by().values(week=F("prompt__section__week"), kind=F("prompt__section__kind"))
    counts = {(row["week"], row["kind"]): row["n"] for row in grouped.annotate(n=Count("membership", distinct=True))}
    headings = {prompt.section.kind: prompt.section.heading for prompt in prompts}
    return [(heading, [counts.get((week.pk, kind), 0) for week in weeks]) for kind, heading in headings.items()]


@require_GET
@login_required
def question(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Prompt.objects.filter(**facilitated(request.user, "section__week__cohort"))
    prompt = mine.filter(pk=pk).select_related("section__week__cohort").first()
    if prompt is None:
        raise Http404
    members = members_of(prompt.section.week.cohort_id)
    rows = {row.pk: row for row in marked(request.user).filter(prompt=prompt).exclude(readers="self")}
    add_talk(request.user, rows)
    by_member = {row.membership_id: row for row in rows.values()}
    for member in members:
        member.response = by_member.get(member.pk)
    return render(request, "bare/question.html", {"prompt": prompt, "members": members})
