"""The facilitator's search through what she may read."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import User
from workbook.forms import UNSTORABLE
from workbook.models import AccessRecord, Response
from workbook.models.records import Shown
from workbook.search import LONGEST, SHORTEST, Piece, Search, length, readable_words

PAGE = 20


class QueryField(forms.CharField):
    """What somebody types into the search box; what cannot be searched for is answered by a sentence."""

    default_error_messages = {
        "short": _("Please type at least two characters."),
        "long": _("Please search for fewer words: up to 60 characters."),
        "unicode": _("This holds a sign that cannot be searched for. Please type it anew."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.validators = []  # Django's own refuses NUL in a tool's words

    def validate(self, value: str) -> None:
        """Raises ValidationError, with a sentence, for anything that finds nothing or too much."""
        code = None
        if UNSTORABLE.search(value):
            code = "unicode"
        elif len(value) > LONGEST:
            code = "long"
        elif length(value) < SHORTEST:
            code = "short"
        if code:
            raise ValidationError(self.error_messages[code], code=code)


class SearchForm(forms.Form):
    """Words, and perhaps one of her cohorts to look in; one that is not hers is unknown."""

    q = QueryField()
    cohort = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("This cohort is not among yours. Please choose another.")},
    )

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        mine = [(row.cohort_id, row.cohort.name) for row in user.places.values() if row.is_facilitator]
        self.has_choice = len(mine) > 1
        self.fields["cohort"].choices = [("", _("All my cohorts")), *mine]

    @property
    def typed(self) -> str:
        """What stands in the box again."""
        return UNSTORABLE.sub("", self.data.get("q", ""))

    @property
    def sentences(self) -> list[str]:
        """What is wrong with it; nothing before anything was asked."""
        return [sentence for field in self.errors.values() for sentence in field] if "q" in self.data else []


@dataclass
class Hit:
    """One text that was found, with what stands around the words."""

    response: Response
    snippets: list[list[Piece]]

    @property
    def url(self) -> str:
        """The member's week, at this text."""
        member, prompt = self.response.membership_id, self.response.prompt
        place = reverse("admin:workbook_response_read", args=[member, prompt.section.week.number])
        return f"{place}#entry-{member}-{prompt.pk}"


class Findings:
    """One page of what was found. Two queries."""

    def __init__(self, user: User, search: Search, cohort: int | None, number: str | None) -> None:
        words = readable_words(user)
        found = search.among(words.filter(membership__cohort=cohort) if cohort else words)
        self.user, self.search = user, search
        self.page: Page = Paginator(found, PAGE).get_page(number)

    @cached_property
    def hits(self) -> list[Hit]:
        return [Hit(response, self.search.snippets(response.text)) for response in self.page]

    def record(self) -> None:
        """Note whose words the page shows. Two queries."""
        found = [hit.response for hit in self.hits]
        shown = [Shown(one.membership_id, one.prompt.section.week_id, one.prompt_id) for one in found]
        AccessRecord.objects.record_shown(self.user, shown, AccessRecord.Deed.SEARCH)


def search_words(request: HttpRequest) -> HttpResponse:
    """Search through what members wrote; for facilitators alone."""
    if not request.user.is_facilitator:
        raise Http404
    form, findings = SearchForm(request.user, request.GET), None
    if "q" in request.GET and form.is_valid():
        query, cohort = form.cleaned_data["q"], form.cleaned_data["cohort"]
        findings = Findings(request.user, Search(query), cohort, request.GET.get("page"))
        findings.record()
    context = {
        **admin.site.each_context(request),
        "title": _("Search the words"),
        "search": form,
        "findings": findings,
    }
    return TemplateResponse(request, "admin/workbook/search.html", context)
