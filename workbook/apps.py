"""App configuration of the workbook: what is asked, written and said about it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkbookConfig(AppConfig):
    name = "workbook"
    verbose_name = _("Workbook")

    def ready(self) -> None:
        """The mails about what is written are written here, too."""
        from . import letters  # noqa: F401 (models are there only now)
