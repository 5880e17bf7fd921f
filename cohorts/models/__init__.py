"""Who takes part, in what, and how they are reached."""

from .cohort import Cohort, Membership, RoleChange
from .invitation import Invitation
from .mail import Mail
from .record import Record, RecordQuerySet
from .user import ORGANIZERS, User

__all__ = [
    "ORGANIZERS",
    "Cohort",
    "Invitation",
    "Mail",
    "Membership",
    "Record",
    "RecordQuerySet",
    "RoleChange",
    "User",
]
