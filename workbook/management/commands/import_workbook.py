"""Opens a cohort from a page in Markdown."""

import json
import sys
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cohorts.models.cohort import validate_time_zone
from workbook.importer import read
from workbook.lines import MAX_BYTES
from workbook.opening import open_cohort
from workbook.planned import Workbook, WorkbookError


class Command(BaseCommand):
    help = "Open a cohort from a workbook in Markdown. Members' words on the page are left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--name", required=True, help="what the cohort is called")
        parser.add_argument("--slug", required=True, help="the last part of its web address")
        parser.add_argument("--first-session", required=True, metavar="2026-12-02T21:00", help="in the time zone")
        parser.add_argument("--meeting-url", default="", metavar="URL")
        parser.add_argument("--facilitator", action="append", default=[], metavar="MAIL", help="may be repeated")
        parser.add_argument("--time-zone", default="Asia/Tokyo", metavar="ZONE")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            workbook = read(_content(options["file"]))
            first_session = _moment(options["first_session"], options["time_zone"])
            # An invitation may leave through the console, and standard output belongs to the counts.
            with redirect_stdout(sys.stderr):
                open_cohort(
                    name=options["name"],
                    slug=options["slug"],
                    first_session=first_session,
                    workbook=workbook,
                    meeting_url=options["meeting_url"],
                    facilitators=options["facilitator"],
                    time_zone=options["time_zone"],
                )
        except (WorkbookError, ValidationError) as error:
            raise CommandError(_sentence(error)) from error
        self.stdout.write(json.dumps(workbook.counts) if options["json"] else _summary(options["name"], workbook))


def _content(path: Path) -> bytes:
    """The file's bytes, at most one more than a page may have."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise WorkbookError(_("The file “%(file)s” cannot be read.") % {"file": path}) from error


def _moment(value: str, time_zone: str) -> datetime:
    """A moment as written on the command line, in the cohort's time zone unless it names its own."""
    validate_time_zone(time_zone)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        message = _("“%(value)s” is no date and time; please write it like 2026-12-02T21:00.")
        raise WorkbookError(message % {"value": value}) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def _sentence(error: WorkbookError | ValidationError) -> str:
    """One sentence: the first thing that is wrong, with the field's name where Django knows it."""
    if isinstance(error, WorkbookError):
        return str(error)
    if hasattr(error, "error_dict"):
        field, messages = next(iter(error.message_dict.items()))
        return f"--{field.replace('_', '-')}: {messages[0]}"
    return str(error.messages[0])


def _summary(name: str, workbook: Workbook) -> str:
    opened = _("“%(name)s” is open: %(weeks)d weeks, %(questions)d questions, %(prompts)d boxes to write in.")
    lines = [opened % {"name": name, **workbook.counts}]
    if workbook.left_out:
        lines.append(_("%(left_out_lines)d lines with somebody's words were left out.") % workbook.counts)
    return "\n".join(lines)
