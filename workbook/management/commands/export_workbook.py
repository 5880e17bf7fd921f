"""Writes a cohort's workbook as a page in Markdown."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from workbook.exporter import write


class Command(BaseCommand):
    help = "Write a cohort's workbook as Markdown: what is asked, none of the words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a file instead of the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = Cohort.objects.live().filter(slug=options["slug"]).first()
        if cohort is None:
            raise CommandError(_("There is no cohort “%(slug)s”.") % {"slug": options["slug"]})
        page = write(cohort.weeks.order_by("number").with_prompts(), title=cohort.name)
        if options["output"] is None:
            self.stdout.write(page, ending="")
            return
        try:
            options["output"].write_text(page, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(_("The file “%(file)s” cannot be written.") % {"file": options["output"]}) from error
