"""The project's own app configurations, where one insists on middleware that a bare project has not."""

from allauth.account.apps import AccountConfig


class BareAccountConfig(AccountConfig):
    """allauth's models without its demand for a middleware."""

    def ready(self) -> None:
        """Nothing to prepare: nobody signs in here."""
