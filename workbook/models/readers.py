"""Who may read a text beside its writer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Readers(models.TextChoices):
    """Who may read a text beside its writer, from the narrowest to the widest."""

    SELF = "self", _("Only me")
    FACILITATORS = "facilitators", _("Up to facilitators")
    GROUP = "group", _("The group")

    @classmethod
    def narrower(cls, one: str, other: str) -> str:
        """The choice that lets fewer people read."""
        return min(one, other, key=cls.values.index)
