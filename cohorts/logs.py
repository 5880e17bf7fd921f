"""What may not stand in a log."""

import logging
import re

LINK = re.compile(r"/invitations/[^/\s?]+")


class HideInvitations(logging.Filter):
    """Cut the secret part out of invitation links: whoever reads the log must not be able to join."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if LINK.search(message):
            record.msg, record.args = LINK.sub("/invitations/…", message), None
        return True
