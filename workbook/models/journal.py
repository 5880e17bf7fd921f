"""The key that seals what waits on a member's devices."""

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from cohorts.models import User

KEY_LENGTH = 32
"""Bytes: a key for AES with 256 bits."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_LENGTH)


class JournalKeyManager(models.Manager["JournalKey"]):
    def of(self, user: "User") -> bytes:
        """The user's own key, made when she first needs it. One query, except for the first time."""
        journal, _created = self.get_or_create(user=user)
        return bytes(journal.key)


class JournalKey(models.Model):
    """What a member writes without network waits on her device, and this key seals it there.

    The key is given to nobody but her, while she is signed in. When she signs out the device forgets it and keeps
    only what nobody can read; when she signs in again she gets the same one, and her words with it. So it is stored
    and not derived from `SECRET_KEY`: exchanging that must not lock anybody out of her own words. It opens nothing
    on this server.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="journal_key", verbose_name=_("person")
    )
    key = models.BinaryField(max_length=KEY_LENGTH, default=new_key, editable=False)

    objects = JournalKeyManager()

    class Meta:
        verbose_name = _("journal key")
        verbose_name_plural = _("journal keys")

    def __str__(self) -> str:
        return f"#{self.pk}"
