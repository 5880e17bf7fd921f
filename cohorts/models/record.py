"""Records: what happened, only ever added."""

from typing import Any, NoReturn, TypeVar

from django.db import models


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Raises TypeError: a record that could be changed would prove nothing."""
    raise TypeError("A record is only ever added.")


Row = TypeVar("Row", bound="Record")


class RecordQuerySet(models.QuerySet[Row]):
    """Rows to add and to read; to change or delete them raises TypeError. `manage.py purge` alone goes around it."""

    update = delete = update_or_create = bulk_update = _refuse

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> list[Row]:
        if update_conflicts:
            _refuse()
        return super().bulk_create(objs, *args, **kwargs)


class Record(models.Model):
    """Something that happened. Can be saved once and is never changed or deleted while its cohort stands."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the record. Raises TypeError if it is there already."""
        if not self._state.adding or kwargs.get("force_update") or kwargs.get("update_fields"):
            _refuse()
        super().save(*args, **{**kwargs, "force_insert": True})

    delete = _refuse
