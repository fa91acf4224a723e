"""A day in an address: 2026-11-20."""

from datetime import date


class IsoDay:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which is not found."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
