"""Django's own SQLite backend, over the library that the package chose."""

from django.db.backends.sqlite3.base import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
