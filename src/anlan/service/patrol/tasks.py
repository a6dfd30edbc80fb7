"""What the worker does for the `patrol` app."""

from __future__ import annotations

from django.tasks import task


@task()
def make(job_id: int) -> None:
    """Make the briefing of a job."""
    from anlan.service.patrol.domain.making import run_job  # noqa: PLC0415 the domain queues this task

    run_job(job_id)
