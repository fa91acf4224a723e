"""Entries of the queue. They hold keys only."""

from django_tasks import task

from narvaro.contexts.sources import work
from narvaro.core import jobs


@task()
def check(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work.check)


@task()
def read(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work.read)
