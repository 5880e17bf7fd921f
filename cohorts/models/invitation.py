"""Invitations: the only way in."""

import hashlib
import unicodedata
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from .cohort import Cohort, Membership, RoleChange
from .user import ORGANIZERS, User

LIFETIME = timedelta(days=14)
CODE_SIGNS, CODE_LENGTH = "ACDEFGHJKLMNPQRTVWXY3479", 8
"""What can be typed in place of the link: no two signs look alike, and 24⁸ codes are too many to try."""


def as_code(typed: str) -> str:
    """What somebody typed as the signs that a code is made of: any width and case, with or without the hyphen."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign in CODE_SIGNS)


def hash_token(token: str) -> str:
    """SHA-256 of a token, in hexadecimal: what the database knows of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by state and by who may see them."""

    def open(self) -> "InvitationQuerySet":
        """Those that still let somebody in.

        No join: an update of a joined queryset becomes `id IN (SELECT …)`, which PostgreSQL does not look at
        again after waiting for another's update, so that the limit could be overrun.
        """
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), uses__lt=F("max_uses")).filter(
            Q(cohort=None) | Q(cohort__in=Cohort.objects.unfinished())
        )

    def by_token(self, token: str) -> "InvitationQuerySet":
        """The open invitation of a link, with its cohort; empty for an unknown, used or expired one."""
        return self.open().filter(token_hash=hash_token(token)).select_related("cohort")

    def by_code(self, email: str, typed: str) -> "Invitation | None":
        """The open invitation of an address whose mailed code was typed. An unknown address takes as long."""
        code, nobody = as_code(typed), self.model()
        rows = list(self.open().exclude(email="").filter(email=email.lower()).select_related("cohort"))
        fits = [constant_time_compare(row.code, code) for row in rows or [nobody]]
        return next((row for row, fit in zip(rows, fits, strict=False) if fit), None)

    def invite(self, *, created_by: User | None, **fields: Any) -> "Invitation":
        """Create an invitation whose link is ready: `invitation.token`."""
        invitation = self.model(created_by=created_by, **fields)
        invitation.renew()
        invitation.save()
        return invitation

    def invite_all(self, people: dict[str, str], *, created_by: User | None, **fields: Any) -> "list[Invitation]":
        """Create an invitation for each address with its name, in one query; addresses are in lower case."""
        rows = [
            self.model(created_by=created_by, email=email, nickname=name, **fields) for email, name in people.items()
        ]
        for row in rows:
            row.renew()
        return self.bulk_create(rows)


class Invitation(models.Model):
    """A link that lets one person (by e-mail) or a few (shared) into one cohort in one role.

    The link's token is derived from the row's nonce and the site's key: the database alone, which holds
    only the token's hash, gives no link away, and an organizer can copy a link again.
    """

    class Role(models.TextChoices):
        MEMBER = Membership.Role.MEMBER.value, Membership.Role.MEMBER.label
        FACILITATOR = Membership.Role.FACILITATOR.value, Membership.Role.FACILITATOR.label
        ORGANIZER = "organizer", _("Organizer")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")

    class Refusal(models.TextChoices):
        ADDRESS = "address"
        LEFT = "left"

    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="invitations", null=True, blank=True, verbose_name=_("cohort")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("Empty for a shared link."))
    nickname = models.CharField(_("name"), max_length=30, blank=True)
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    max_uses = models.PositiveSmallIntegerField(_("how many may use it"), default=1)
    uses = models.PositiveSmallIntegerField(_("used"), default=0, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, verbose_name=_("invited by")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cohort=None, role="organizer") | Q(cohort__isnull=False) & ~Q(role="organizer"),
                name="invitation_organizers_belong_to_no_cohort",
            ),
            models.CheckConstraint(
                condition=~Q(email="") | Q(role="member"), name="invitation_shared_link_for_members_only"
            ),
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invitation_use_limit"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="invitation_newest_first")]  # the organizers' list

    def __str__(self) -> str:
        return self.email or str(_("shared link"))

    @property
    def token(self) -> str:
        """The secret part of the link: 256 bits, in hexadecimal."""
        return salted_hmac("cohorts.Invitation", self.nonce.hex, algorithm="sha256").hexdigest()

    @property
    def proof(self) -> str:
        """What only the mailed link carries: its holder has read the mail, so the address is hers."""
        return salted_hmac("cohorts.Invitation.mailed", self.nonce.hex, algorithm="sha256").hexdigest()[:32]

    @property
    def code(self) -> str:
        """What the mail shows beside the link, for a device on which the link does not open: a proof as well."""
        digest = salted_hmac("cohorts.Invitation.code", self.nonce.hex, algorithm="sha256").digest()
        number, signs = int.from_bytes(digest), ""
        for _place in range(CODE_LENGTH):
            number, sign = divmod(number, len(CODE_SIGNS))
            signs += CODE_SIGNS[sign]
        return signs

    @property
    def spaced_code(self) -> str:
        """The code as one reads it out: in two halves."""
        return f"{self.code[:4]}-{self.code[4:]}"

    def is_proven_by(self, proof: str) -> bool:
        return bool(self.email) and constant_time_compare(proof, self.proof)

    @property
    def url(self) -> str:
        """The whole link, with the site's own address, as organizers copy it: it proves no address."""
        return settings.BASE_URL + reverse("cohorts:invitation", args=[self.token])

    @property
    def mailed_url(self) -> str:
        """The link for the mailbox alone; a shared link has none of its own."""
        return settings.BASE_URL + reverse("cohorts:invitation", args=[self.token, self.proof])

    @property
    def state(self) -> State:
        if self.revoked_at:
            return self.State.REVOKED
        if self.uses >= self.max_uses:
            return self.State.ACCEPTED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.OPEN

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def renew(self) -> None:
        """Give the invitation a new link and a new term; the old link is dead. Not saved yet."""
        self.nonce = uuid.uuid4()
        self.token_hash = hash_token(self.token)
        self.expires_at = timezone.now() + LIFETIME
        self.revoked_at = None

    def revoke(self) -> None:
        """Make the link useless."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])

    def admits(self, user: User) -> bool:
        """Whether the address fits: anybody's for a shared link, else the invited one."""
        return not self.email or self.email.lower() == user.email.lower()

    def refusal(self, user: User) -> "Refusal | None":
        """Why this user may not come in, if so. The state of the link is another question: `open()`."""
        if not self.admits(user):
            return self.Refusal.ADDRESS
        gone = Q(user=user, left_at__isnull=False)
        if self.cohort and not self.email and self.cohort.memberships.filter(gone).exists():
            return self.Refusal.LEFT
        return None

    @transaction.atomic
    def accept(self, user: User) -> bool:
        """Let `user` in. A shared link counts only those to whom it gave something; a mailed one is used up.

        The row is locked first: whoever presses at the same time sees what the one before has done, so that
        the limit holds and one person takes one place, however often she presses.

        Returns:
            False if the link is used up, expired or revoked, or refuses this user; nothing has changed then.
        """
        if not Invitation.objects.open().select_for_update().filter(pk=self.pk).first() or self.refusal(user):
            return False
        if self.role == self.Role.ORGANIZER:
            user.groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
        if (self.cohort and self._join(user)) or self.email:
            Invitation.objects.filter(pk=self.pk).update(uses=F("uses") + 1)
        return True

    def _join(self, user: User) -> bool:
        """Give her the place; whether it is new, hers again, or more than it was.

        A shared link gives new places only. By an invitation of her own who comes back gets the role that stands
        in it, not the one of before; nobody who is in loses any.
        """
        places = Membership.objects.select_for_update()
        place, created = places.get_or_create(user=user, cohort=self.cohort, defaults={"role": self.role})
        if not created:
            if not self.email or (place.left_at is None and (place.is_facilitator or self.role == self.Role.MEMBER)):
                return False
            place.role, place.left_at = self.role, None
            place.save(update_fields=["role", "left_at"])
        appointed_herself = self.created_by_id == user.pk and place.is_facilitator
        RoleChange.objects.note(place, RoleChange.Deed.BEGAN, by=user if appointed_herself else None)
        return True
