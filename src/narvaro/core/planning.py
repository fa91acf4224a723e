"""What the database knows of its own tables when it plans a query. SQLite knows nothing until it is told, and then goes
through a whole authority to find one school; PostgreSQL learns by itself, but not at once after a load."""

from django.db import connection

_ROWS_LOOKED_AT = 1000  # of each index: enough to tell a key that points out one row from one that all rows share


def learn() -> None:
    """After a load and after each job; some milliseconds."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"pragma analysis_limit = {_ROWS_LOOKED_AT}")
        cursor.execute("analyze")
