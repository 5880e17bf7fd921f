"""Loads the demo, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workbook import demo


class Command(BaseCommand):
    help = "Load the demo, unless it is there, and print its sign-ins: role, e-mail address, password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also without DEBUG: anybody can sign in then")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["force"]):
            raise CommandError("The demo has a known password, so it is loaded only with DEBUG (or --force).")
        demo.load(timezone.now())
        for sign_in in demo.sign_ins():
            self.stdout.write(" ".join(sign_in))
