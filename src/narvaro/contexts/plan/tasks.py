"""Entries of the queue. They hold keys only: what the queue stores is no place for data."""

from django_tasks import task

from narvaro.contexts.plan import trial_work
from narvaro.core import jobs


@task()
def try_rule(authority_id: int, job_key: str) -> None:
    jobs.run(authority_id, job_key, trial_work.work)
