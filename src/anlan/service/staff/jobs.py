"""What the worker does for accounts by itself: forget ended sessions and finished tasks."""

from datetime import timedelta

from django.core.management import call_command

from anlan.service.jobs import periodic

KEEP_DAYS = 14


def forget_sessions() -> None:
    """Delete the sessions that have run out."""
    call_command("clearsessions")


def forget_tasks() -> None:
    """Delete the results of tasks that ended two weeks ago."""
    call_command("prune_db_task_results", min_age_days=KEEP_DAYS, verbosity=0)


periodic(every=timedelta(days=1))(forget_sessions)
periodic(every=timedelta(days=1))(forget_tasks)
