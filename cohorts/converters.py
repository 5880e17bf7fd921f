"""Path converters."""

from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A row's id: a number that fits the database's column; a larger one is no such page."""

    def to_python(self, value: str) -> int:
        """Raises ValueError for what no row can have."""
        if len(value) > len(str(2**63)) or int(value) >= 2**63:
            raise ValueError(value)
        return int(value)
