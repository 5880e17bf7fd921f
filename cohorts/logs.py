"""What may not stand in a log or in a mail to the operators."""

import logging
import re

# Invitations, links by which a password is chosen or mails are switched off; also percent-encoded in an address.
LINK = re.compile(
    r"((?:/|%2F)(?:invitations|reset(?:/|%2F)key|mails(?:/|%2F)off)(?:/|%2F))[^\s?&\"'<>]+", re.IGNORECASE
)


def without_links(text: str) -> str:
    """The text, the secret part of such links cut out: whoever reads it must not be able to open them."""
    return LINK.sub(r"\1…", text)


class HideLinks(logging.Filter):
    """Cut secret links out of every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if LINK.search(message):
            record.msg, record.args = without_links(message), None
        return True
