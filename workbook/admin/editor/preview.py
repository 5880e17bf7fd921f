"""A week as its members would see it, before it is saved."""

from itertools import count

from django.http import Http404

from cohorts.models import Cohort, User
from workbook.models import Prompt, Section, Week
from workbook.worksheet import Box, Sheet, Worksheet

from .edition import FIELDS, NEW, Edition
from .page import EditorPage

STAND_IN = 10**15
"""Ids from here on stand for rows that are not saved yet, so that the page's anchors differ."""


class PreviewSheet(Worksheet):
    """The member's page, made of what stands in the editor. Nobody's words are in it."""

    is_preview = True
    neighbours: dict[str, Week | None] = {}

    def __init__(self, user: User, cohort: Cohort, page: EditorPage, key: str) -> None:
        """Raises Http404 if there is no such week on the page."""
        if key not in page.mine.weeks:
            raise Http404
        self.user, self.cohort, self.membership = user, cohort, None
        self.weeks, self.voices, self.boxes = [], [], {}
        self.ids = count(STAND_IN)
        row = page.rows[page.mine.weeks.index(key)]
        self.week = self._row(Week, "week", key, page.mine)
        self.week.cohort, self.week.number = cohort, row.number
        self.week.session_at = self.week.opens_at = row.session_at
        self.sheets = [self._sheet(section, page.mine) for section in page.mine.sections[key]]

    def _row(self, model: type, kind: str, key: str, edition: Edition) -> Week | Section | Prompt:
        words = {name: edition.get(kind, key, name) for name in FIELDS[kind]}
        return model(pk=next(self.ids) if NEW.fullmatch(key) else int(key), **words)

    def _sheet(self, key: str, edition: Edition) -> Sheet:
        section = self._row(Section, "section", key, edition)
        section.week, section.kind = self.week, edition.kinds[key]
        boxes = []
        for position, prompt in enumerate(edition.prompts[key], start=1):
            row = self._row(Prompt, "prompt", prompt, edition)
            row.section, row.position = section, position
            boxes.append(Box(row))
        return Sheet(section, boxes)
