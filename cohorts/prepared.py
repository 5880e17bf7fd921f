"""Queries that are put together once and asked often.

For a short query the ORM needs longer to write the SQL than PostgreSQL to answer it. Here the SQL is written once,
from an ordinary queryset, so that its rules stay in one place; asking it then costs little more than the answer.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet


class Slot(Expression):
    """A place in a prepared query for a value that is known only when it is asked. Stands where a value may stand."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list["Slot"]]:
        return "%s", [self]


class Prepared:
    """A query of plain columns (`values_list`) with slots."""

    def __init__(self, rows: QuerySet) -> None:
        self.sql, self.parameters = rows.query.sql_with_params()

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database gives them. One query."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, list(self._filled(values)))
            return cursor.fetchall()

    def _filled(self, values: dict[str, Any]) -> Iterator[Any]:
        for parameter in self.parameters:
            if isinstance(parameter, Slot):
                yield parameter.output_field.get_db_prep_value(values[parameter.name], connection)
            else:
                yield parameter
