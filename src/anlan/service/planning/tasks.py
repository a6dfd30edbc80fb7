"""What the planner's worker does."""

from __future__ import annotations

from django.tasks import task


@task(queue_name="planning")
def work(job_id: int) -> None:
    """Do a planning job."""
    from anlan.service.planning.domain.jobs import run_job  # noqa: PLC0415 the domain queues this task

    run_job(job_id)
