"""お知らせ: what a cohort's members are sent by mail, to whom and when, and the organizer's own sentence in it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort, Mail, Membership, User
from cohorts.stopping import KINDS
from workbook.digest import Digest, digests
from workbook.letters import letter_of
from workbook.models import Feedback, Prompt, Response, Revision, Section, Week
from workbook.reminders import Occasion, Reminder, occasions, reminders

RULES = {
    Mail.Kind.BEGINS: gettext_lazy(
        "When the first week opens, to all members. Whoever joins later gets it then, with the session that comes next."
    ),
    Mail.Kind.SESSION: gettext_lazy(
        "On the day before a session, to members who have not yet written everything that comes before it."
    ),
    Mail.Kind.SUMMARY: gettext_lazy(
        "On the morning after a session, once, to members whose summary or next step is not written yet."
    ),
    Mail.Kind.FEEDBACK: gettext_lazy(
        "When comments have arrived that a member has not seen; one mail a day at most, without a word of them."
    ),
}
MARK = "〇〇"
"""Stands in a mail for what differs from one reader to the next."""


class NoteForm(forms.ModelForm):
    """One sentence of the organizer's own, which every one of these mails carries."""

    class Meta:
        model = Cohort
        fields = ["mail_note"]
        labels = {"mail_note": gettext_lazy("A sentence of your own in these mails")}
        help_texts = {"mail_note": gettext_lazy("It stands at the end of each mail, as you write it. It may be empty.")}


@dataclass
class Row:
    """One kind of mail: its rule, who gets it next and when, how it reads, and what became of those before."""

    kind: str
    week: Week | None = None
    moment: datetime | None = None
    is_now: bool = False
    people: list[User] = field(default_factory=list)
    subject: str = ""
    body: str = ""
    states: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return Mail.Kind(self.kind).label

    @property
    def rule(self) -> str:
        return str(RULES[self.kind])

    @property
    def sent(self) -> int:
        return self.states.get(Mail.State.SENT, 0)

    @property
    def doubtful(self) -> int:
        """How many did not arrive, or may not have."""
        return self.states.get(Mail.State.FAILED, 0) + self.states.get(Mail.State.UNKNOWN, 0)


def rows_of(cohort: Cohort) -> list[Row]:
    """All kinds as things stand now. Ten queries, however many members."""
    now = timezone.now()
    coming = [(moment, one) for one in occasions(now, cohort.pk) if (moment := one.next_moment(now))]
    coming.sort(key=lambda pair: pair[0])
    found = _unsent(reminders([one for _moment, one in coming], now))
    rows = [_reminder_row(kind, cohort, coming, found, now) for kind in KINDS if kind != Mail.Kind.FEEDBACK]
    rows.append(_digest_row(cohort, now))
    counts = Mail.objects.filter(cohort=cohort, kind__in=KINDS).order_by().values_list("kind", "state")
    for kind, state, number in counts.annotate(n=Count("pk")):
        next(row for row in rows if row.kind == kind).states[state] = number
    return rows


def _unsent(found: list[Reminder]) -> list[Reminder]:
    """Without those for which a mail has gone out or was tried."""
    mails = Mail.objects.filter(key__in=[one.key for one in found])
    done = set(mails.exclude(state__in=[Mail.State.DROPPED, Mail.State.PENDING]).values_list("key", flat=True))
    return [one for one in found if one.key not in done]


def _reminder_row(
    kind: str, cohort: Cohort, coming: list[tuple[datetime, Occasion]], found: list[Reminder], now: datetime
) -> Row:
    """The next occasion of this kind on which somebody gets a mail; if there is none, the next one at all."""
    mine = [(moment, one) for moment, one in coming if one.kind == kind]
    reached = {id(one.occasion) for one in found}
    chosen = next((pair for pair in mine if id(pair[1]) in reached), mine[-1] if mine else None)
    if chosen is None:
        return Row(kind)
    moment, occasion = chosen
    hers = [one for one in found if one.occasion is occasion]
    example = hers[0] if hers else Reminder(occasion, _nobody(cohort))
    week = occasion.upcoming if kind == Mail.Kind.BEGINS else occasion.week
    people = [one.membership.user for one in hers]
    return Row(kind, week, moment, moment <= now, people, *_text(example, moment))


def _digest_row(cohort: Cohort, now: datetime) -> Row:
    """Whoever has comments that she has not seen, and when the first of them is told."""
    found = digests(now, cohort=cohort.pk)
    moment = min((one.next_moment(now) for one in found), default=None)
    week = cohort.weeks.first()
    if week is None:
        return Row(Mail.Kind.FEEDBACK)
    people = [one.membership.user for one in found]
    example = found[0] if found else Digest(_nobody(cohort), [_any_comment(week)])
    is_now = bool(moment and moment <= now)
    return Row(Mail.Kind.FEEDBACK, None, moment, is_now, people, *_text(example, moment))


def _nobody(cohort: Cohort) -> Membership:
    """Stands for whoever will get the mail, while nobody would."""
    return Membership(user=User(nickname=MARK), cohort=cohort)


def _any_comment(week: Week) -> Feedback:
    response = Response(prompt=Prompt(section=Section(week=week)))
    return Feedback(author=User(nickname=MARK), revision=Revision(response=response))


def _text(one: Reminder | Digest, moment: datetime | None) -> tuple[str, str]:
    """Subject and body as they will leave. The link that switches off is hers alone, so it is not shown."""
    with translation.override(settings.LANGUAGE_CODE):
        letter = letter_of(one, moment)
        return replace(letter, stop_url=f"{settings.BASE_URL}/mails/off/{MARK}/").text(one.kind)


def reminders_view(request: HttpRequest, cohort: Cohort, context: dict[str, Any]) -> HttpResponse:
    """Each kind of mail with its text, its next moment and those who will get it; the sentence is changed here."""
    form = NoteForm(request.POST or None, instance=cohort)
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.has_changed():
            note = _("Sentence in the mails: %(note)s") % {"note": cohort.mail_note}
            LogEntry.objects.log_actions(request.user.pk, [cohort], CHANGE, note, single_object=True)
        messages.success(request, _("Saved. The mails that leave from now on carry it."))
        return redirect("admin:cohorts_cohort_reminders", cohort.pk)
    shown = Cohort.objects.get(pk=cohort.pk) if form.errors else cohort
    context = {**context, "title": _("Mails to the members"), "cohort": shown, "form": form, "rows": rows_of(shown)}
    return TemplateResponse(request, "admin/cohorts/cohort/reminders.html", context).render()
