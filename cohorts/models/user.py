"""The people: an e-mail address to sign in with and the nickname used in the salon."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .cohort import Membership

ORGANIZERS = "Organizers"


class UserManager(BaseUserManager["User"]):
    """Creates users; an address is stored in lower case, so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password she signs in by e-mailed code.

        Raises:
            ValueError: `email` is empty.
        """
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user with every right of an organizer; members' words stay closed to her."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def organizers(self) -> "models.QuerySet[User]":
        """Those who open cohorts and invite, by the group or by every right of the site."""
        return self.filter(models.Q(groups__name=ORGANIZERS) | models.Q(is_superuser=True), is_active=True).distinct()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the salon, known to the others by her nickname."""

    email = models.EmailField(_("e-mail address"), unique=True)
    nickname = models.CharField(_("nickname"), max_length=30)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("signed up"), default=timezone.now, editable=False)
    mails_begins = models.BooleanField(_("send me a mail when a cohort begins"), default=True, db_default=True)
    mails_session = models.BooleanField(_("remind me of what to write before a session"), default=True, db_default=True)
    mails_summary = models.BooleanField(
        _("remind me of summary and action after a session"), default=True, db_default=True
    )
    mails_feedback = models.BooleanField(_("send me a mail when a comment arrives"), default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["nickname"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.nickname or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.nickname

    def get_short_name(self) -> str:
        return self.nickname

    @cached_property
    def is_organizer(self) -> bool:
        """Whether she opens cohorts and invites, site-wide. One query, once per request."""
        return self.is_superuser or self.groups.filter(name=ORGANIZERS).exists()

    @cached_property
    def places(self) -> "dict[int, Membership]":
        """Her memberships of today by the cohort's id, with cohort and head count. One query, once per request."""
        memberships = self.memberships.current().select_related("cohort").with_head_count()
        return {membership.cohort_id: membership for membership in memberships}

    @property
    def joined(self) -> list[int]:
        """The ids of the cohorts where she takes part today, in any role."""
        return list(self.places)

    @property
    def facilitated(self) -> list[int]:
        """The ids of the cohorts that she facilitates today."""
        return [cohort for cohort, membership in self.places.items() if membership.is_facilitator]

    @property
    def is_facilitator(self) -> bool:
        """Whether she facilitates any running cohort."""
        return bool(self.facilitated)
