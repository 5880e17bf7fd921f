"""App configuration of the people and their cohorts, and of the one admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

from .addresses import admit_old_addresses


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = _("Cohorts and people")

    def ready(self) -> None:
        """Widen what counts as an address, once, for every form."""
        admit_old_addresses()


class HishoAdminConfig(AdminConfig):
    default_site = "cohorts.sites.HishoAdminSite"
