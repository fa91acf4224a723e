"""Entries of the queue. They hold keys only."""

from django_tasks import task

from narvaro.contexts.cases.daily import work
from narvaro.core import jobs


@task()
def remind_open_work(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, work)
