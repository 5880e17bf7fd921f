"""The first way into an installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from cohorts.models import Invitation


class Command(BaseCommand):
    help = "Print a link that makes its holder an organizer. A link given to the same address before is dead then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="MAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"“{options['email']}” is not an e-mail address.") from error
        invitation = self.renewed(email) or Invitation.objects.invite(
            created_by=None, role=Invitation.Role.ORGANIZER, email=email
        )
        # The link that needs no code: no mail leaves yet, and who runs commands here vouches for the address.
        self.stdout.write(invitation.mailed_url)

    def renewed(self, email: str) -> Invitation | None:
        """The address's open invitation with a new link, if there is one."""
        invitation = Invitation.objects.open().filter(role=Invitation.Role.ORGANIZER, email=email).first()
        if invitation:
            invitation.renew()
            invitation.save()
        return invitation
