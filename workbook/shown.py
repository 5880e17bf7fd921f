"""What a reading page was showing, signed: without the signature, numbers sent from there would open the history."""

from django.core import signing

from cohorts.models import User
from workbook.models import Readers, Response, Revision

SALT = "workbook.shown"


def sign(reader: User, response_id: int, revision_id: int | None) -> str:
    """Says that this reader was shown this revision of the response; the same for the same."""
    return signing.Signer(salt=SALT).sign_object([reader.pk, response_id, revision_id])


def find(signed: str, reader: User, response: Response) -> Revision | None:
    """The revision that was shown to this reader for this response, with all that a comment on it needs.

    None for a value that no page ever made for her, and for a text that was never anybody else's to read.
    """
    try:
        reader_id, response_id, revision_id = signing.Signer(salt=SALT).unsign_object(signed)
    except (signing.BadSignature, ValueError):
        return None
    if (reader_id, response_id) != (reader.pk, response.pk):
        return None
    whole = ("response__membership__user", "response__membership__cohort", "response__prompt__section__week")
    open_ones = response.revisions.filter(version__isnull=False).exclude(readers=Readers.SELF)
    return open_ones.filter(pk=revision_id).select_related(*whole).first()
