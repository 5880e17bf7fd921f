"""Who takes part, in what, and how they are reached."""

from .cohort import Cohort, Membership
from .invitation import Invitation
from .mail import Mail
from .user import ORGANIZERS, User

__all__ = ["ORGANIZERS", "Cohort", "Invitation", "Mail", "Membership", "User"]
