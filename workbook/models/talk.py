"""What is said about what is written, and who has read it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Membership, User

from .plan import Week
from .words import Response, Revision


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Comments, by who may read them."""

    def readable_by(self, user: User) -> "FeedbackQuerySet":
        """Comments on responses that the user may read, for the writer and her facilitators only.

        The group reads a shared text, not what was said to its writer.
        """
        answered = Response.objects.readable_by(user).filter(
            models.Q(membership__user=user) | models.Q(membership__cohort__in=Cohort.objects.facilitated_by(user))
        )
        return self.filter(revision__response__in=answered)


class Feedback(models.Model):
    """A facilitator's answer to one revision of a response."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="feedback", verbose_name=_("revision"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="feedback", verbose_name=_("facilitator")
    )
    text = models.TextField(_("comment"), max_length=10_000)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True, editable=False)
    thanked_at = models.DateTimeField(_("thanked"), null=True, blank=True, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def thank(self) -> None:
        """Note the writer's thanks, once."""
        if self.thanked_at is None:
            self.thanked_at = timezone.now()
            self.save(update_fields=["thanked_at"])


class Reading(models.Model):
    """A facilitator has read this version of a response."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings")
    response = models.ForeignKey(Response, models.PROTECT, related_name="readings")
    version = models.PositiveIntegerField()
    read_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["reader", "response"], name="reading_once_per_reader_and_response"),
        ]

    def __str__(self) -> str:
        return f"#{self.response_id} v{self.version}"


class AccessRecord(models.Model):
    """Who read or exported whose words, and when. Only ever added; never holds the words."""

    class Deed(models.TextChoices):
        READ = "read", _("read")
        EXPORT = "export", _("exported")

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_records")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="access_records")
    week = models.ForeignKey(Week, models.PROTECT, null=True, related_name="access_records")
    deed = models.CharField(max_length=10, choices=Deed)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"
