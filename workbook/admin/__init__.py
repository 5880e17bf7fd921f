"""The admin pages of the workbook: the desk of facilitators, the plan for organizers."""

from .cohort import WorkbookCohortAdmin
from .privacy import PrivacyPageAdmin
from .response import ResponseAdmin
from .week import WeekAdmin

__all__ = ["PrivacyPageAdmin", "ResponseAdmin", "WeekAdmin", "WorkbookCohortAdmin"]
