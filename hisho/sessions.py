"""Sessions in the database."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Takes only keys that this site may have given out: PostgreSQL fails on a NUL sign in a text."""

    def _validate_session_key(self, key: str) -> bool:
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
