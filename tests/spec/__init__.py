"""Specification tables: lessons in, numbers out. The same tables are the text of docs/reference/metrics.md."""
