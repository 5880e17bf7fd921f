"""The page that says who reads what and how long it is kept."""

from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField

BUNDLED = Path(__file__).resolve().parent.parent / "texts" / "privacy.md"


class PrivacyPageManager(models.Manager["PrivacyPage"]):
    def current(self) -> "PrivacyPage":
        """The page as the organizers wrote it, else the bundled one (not stored)."""
        return self.first() or self.model(text=BUNDLED.read_text(encoding="utf-8"))


class PrivacyPage(models.Model):
    """Who reads what, and how long it is kept, in the organizers' words. One row at most."""

    text = MarkdownxField(_("text"))
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    only = models.BooleanField(default=True, editable=False)

    objects = PrivacyPageManager()

    class Meta:
        verbose_name = _("privacy page")
        verbose_name_plural = _("privacy page")
        constraints = [
            models.UniqueConstraint(fields=["only"], name="privacy_page_only_one"),
            models.CheckConstraint(condition=models.Q(only=True), name="privacy_page_marked_as_only"),
        ]

    def __str__(self) -> str:
        return str(_("privacy page"))
