"""Deletes for good what was closed long enough ago."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workbook.purge import GRACE, count, due, purge


class Command(BaseCommand):
    help = f"Delete for good the cohorts that were closed more than {GRACE.days} days ago, with everything in them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        cohorts = list(due())
        for cohort in cohorts:
            numbers = count(cohort) if options["dry_run"] else purge(cohort)
            gone = " ".join(f"{model}={number}" for model, number in numbers.items())
            closed = f"{cohort.slug} (closed {cohort.deleted_at:%Y-%m-%d})"
            self.stdout.write(f"{'Would delete' if options['dry_run'] else 'Deleted'} {closed}: {gone or 'nothing'}")
        if not cohorts:
            self.stdout.write("Nothing to delete.")
