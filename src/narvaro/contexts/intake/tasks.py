"""Entries of the queue. They hold keys only: what the queue stores is no place for data."""

from django_tasks import task

from narvaro.contexts.intake import work
from narvaro.core import jobs


@task()
def look(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work.look)


@task()
def read(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work.read)


@task()
def undo(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work.undo)
