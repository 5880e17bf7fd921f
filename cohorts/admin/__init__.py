"""The admin pages of people and cohorts. `workbook/admin/cohort.py` adds the weeks to the cohort's page."""

from .cohort import CohortAdmin
from .invitation import InvitationAdmin
from .mail import MailAdmin
from .membership import MembershipAdmin

__all__ = ["CohortAdmin", "InvitationAdmin", "MailAdmin", "MembershipAdmin"]
