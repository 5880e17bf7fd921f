"""Sessions in the database."""

from functools import cache
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from cohorts.prepared import Prepared, Slot


class SessionStore(DatabaseStore):
    """Takes only keys that this site may have given out: PostgreSQL fails on a NUL sign in a text.

    Every request of every signed-in person begins here, so the query is a prepared one.
    """

    def _validate_session_key(self, key: str) -> bool:
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, if there is no such session or it is too old."""
        for (data,) in _living().ask(key=self.session_key, now=timezone.now()):
            return self.decode(data)
        self._session_key = None
        return {}


@cache
def _living() -> Prepared:
    key, now = Slot("key", CharField()), Slot("now", DateTimeField())
    sessions = SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
    return Prepared(sessions.values_list("session_data"))
